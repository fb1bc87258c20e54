import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterTaking, amountsOf, type Bill, billOf, type Taken } from '../../../worker/domain/vouchers/bill.ts';
import { type Applicable, type Discount, EFFECTS, EVERY_ITEM } from '../../../worker/domain/vouchers/discount.ts';
import { take, takeCredits } from '../../../worker/domain/vouchers/effects.ts';
import { boundedShares, shares } from '../../../worker/domain/vouchers/shares.ts';
import { cart, item, off } from './offers.ts';

const ONLY = (id: string): Applicable => ({ only: [{ kind: 'product', id }], not: [] });
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

function taking(discount: Discount, bill: Bill, limits: readonly Applicable[] = []): Taken {
  return take({ discount, limits }, bill);
}

const linesOf = (taken: Taken) => taken.items.map(({ discountMinor }) => discountMinor);

describe('10.00 off lines of 2 x 10.00, 3 x 15.00 and 3 x 20.00', () => {
  const bill = billOf(cart([item(1_000, 2), item(1_500, 3), item(2_000, 3)]));
  test.each([
    ['items_proportionally', [160, 360, 480]],
    ['items_proportionally_by_quantity', [250, 375, 375]],
    ['items_by_quantity', [2_000, 3_000, 3_000]],
    ['items', [1_000, 1_000, 1_000]],
  ] as const)('by the effect %s is %j', (effect, lines) => {
    expect(linesOf(taking({ kind: 'amount', amountMinor: 1_000, effect }, bill))).toEqual(lines);
  });

  test('off the order touches no line', () => {
    expect(taking(off(1_000), bill)).toMatchObject({
      orderMinor: 1_000,
      itemsMinor: 0,
      discountMinor: 1_000,
      items: [],
    });
  });
});

describe('case 33: the total', () => {
  test('of 100 percent off is 0', () => {
    const bill = billOf(cart([item(333, 3), item(1)]));
    for (const effect of ['order', 'items'] as const) {
      const taken = taking({ kind: 'percent', hundredths: 10_000, capMinor: null, effect }, bill);
      expect(amountsOf(afterTaking(bill, taken)).totalMinor).toBe(0);
    }
  });

  test('is never below 0: more off than there is takes what there is', () => {
    const bill = billOf(cart([item(300), item(500)]));
    const first = afterTaking(bill, taking(off(200), bill));
    expect(taking(off(10_000), first).discountMinor).toBe(600);
    expect(taking({ kind: 'amount', amountMinor: 10_000, effect: 'items' }, first).discountMinor).toBe(600);
  });

  test('is lowered by a percentage up to its cap', () => {
    const bill = billOf(cart([item(10_000), item(20_000)]));
    const percent = { kind: 'percent', hundredths: 1_250, capMinor: 2_000 } as const;
    expect(taking({ ...percent, effect: 'order' }, bill).discountMinor).toBe(2_000);
    expect(linesOf(taking({ ...percent, effect: 'items' }, bill))).toEqual([667, 1_333]);
    expect(taking({ ...percent, capMinor: null, effect: 'order' }, bill).discountMinor).toBe(3_750);
  });

  test('takes 0.01 over 3 lines from exactly one of them', () => {
    const bill = billOf(cart([item(100), item(100), item(100)]));
    for (const effect of ['items_proportionally', 'items_proportionally_by_quantity'] as const) {
      const taken = taking({ kind: 'amount', amountMinor: 1, effect }, bill);
      expect(taken.items).toEqual([{ index: 0, discountMinor: 1, freePieces: 0, subtotalMinor: 99 }]);
    }
  });

  test('of a percentage that is no whole cent is rounded half up, once', () => {
    const bill = billOf(cart([item(5), item(5), item(5)]));
    const tenth = { kind: 'percent', hundredths: 1_000, capMinor: null } as const;
    expect(taking({ ...tenth, effect: 'order' }, bill).discountMinor).toBe(2);
    expect(taking({ ...tenth, effect: 'items' }, bill).discountMinor).toBe(2);
  });
});

describe('a new price', () => {
  test('is each piece’s, and nothing where a piece costs less', () => {
    const bill = billOf(cart([item(1_000, 2), item(300)]));
    expect(linesOf(taking({ kind: 'fixed', priceMinor: 400, effect: 'items' }, bill))).toEqual([1_200]);
  });

  test('of the order takes what is above it', () => {
    const bill = billOf(cart(2_500));
    expect(taking({ kind: 'fixed', priceMinor: 999, effect: 'order' }, bill).discountMinor).toBe(1_501);
    expect(taking({ kind: 'fixed', priceMinor: 9_999, effect: 'order' }, bill).discountMinor).toBe(0);
  });
});

describe('goods for nothing', () => {
  const gift = { kind: 'product', productId: 'mug', variantId: null, quantity: 2 } as const;
  const bill = billOf(cart([item(1_000, 1, { productId: 'mug' }), item(500)]));

  test('are those in the cart first; what is missing is to be put in', () => {
    expect(taking({ ...gift, effect: 'add_missing' }, bill)).toMatchObject({
      discountMinor: 1_000,
      items: [{ index: 0, discountMinor: 1_000, freePieces: 1, subtotalMinor: 0 }],
      freeItems: [{ productId: 'mug', variantId: null, quantity: 1 }],
    });
  });

  test('come on top where they are always new', () => {
    expect(taking({ ...gift, effect: 'add_new' }, bill)).toMatchObject({
      discountMinor: 0,
      items: [],
      freeItems: [{ productId: 'mug', variantId: null, quantity: 2 }],
    });
  });

  test('are not the same pieces twice', () => {
    const after = afterTaking(bill, taking({ ...gift, quantity: 1, effect: 'add_missing' }, bill));
    expect(taking({ ...gift, quantity: 1, effect: 'add_missing' }, after)).toMatchObject({
      discountMinor: 0,
      freeItems: [{ productId: 'mug', variantId: null, quantity: 1 }],
    });
  });
});

describe('free delivery', () => {
  test('takes what delivery costs, outside of the order’s amounts, and once', () => {
    const bill = billOf(cart(2_000, { shippingMinor: 490 }));
    const taken = taking({ kind: 'shipping' }, bill);
    expect(taken).toMatchObject({ discountMinor: 0, shippingMinor: 490, freeShipping: true });
    expect(taking({ kind: 'shipping' }, afterTaking(bill, taken)).shippingMinor).toBe(0);
  });

  test('takes the whole line of the order that it stands in, once, and no other', () => {
    const bill = billOf(cart([item(1_000), item(490, 1, { productId: 'prod_5h1pp1ng' })]));
    const taken = taking({ kind: 'shipping' }, bill);
    expect(taken).toEqual({
      ...{ orderMinor: 0, itemsMinor: 490, discountMinor: 490, freeItems: [], shippingMinor: 0, freeShipping: true },
      items: [{ index: 1, discountMinor: 490, freePieces: 1, subtotalMinor: 0 }],
    });
    expect(taking({ kind: 'shipping' }, afterTaking(bill, taken)).discountMinor).toBe(0);
  });
});

describe('what an offer applies to', () => {
  const bill = billOf(
    cart([
      item(1_000, 1, { productId: 'a', collections: ['shoes'] }),
      item(2_000, 1, { productId: 'b', collections: ['shoes'], tags: ['sale'] }),
      item(4_000, 1, { productId: 'c', variantId: 'c-red' }),
    ]),
  );
  const half = { kind: 'percent', hundredths: 5_000, capMinor: null, effect: 'items' } as const;
  test.each<[string, Applicable[], number[]]>([
    ['a product', [ONLY('a')], [500]],
    ['a variant', [{ only: [{ kind: 'variant', id: 'c-red' }], not: [] }], [2_000]],
    ['a collection', [{ only: [{ kind: 'collection', id: 'shoes' }], not: [] }], [500, 1_000]],
    ['all but a tag', [{ only: [], not: [{ kind: 'tag', tag: 'sale' }] }], [500, 2_000]],
    [
      'what two limits leave',
      [
        { only: [{ kind: 'collection', id: 'shoes' }], not: [] },
        { only: [], not: [{ kind: 'tag', tag: 'sale' }] },
      ],
      [500],
    ],
  ])('can be %s', (_, limits, lines) => {
    expect(linesOf(taking(half, bill, limits))).toEqual(lines);
  });

  test('bounds what is taken off the order', () => {
    expect(taking(off(9_999), bill, [ONLY('a')]).discountMinor).toBe(1_000);
    expect(taking({ ...half, effect: 'order' }, bill, [ONLY('b')]).discountMinor).toBe(1_000);
    expect(taking(off(9_999), bill, [ONLY('nothing of it')]).discountMinor).toBe(0);
  });
});

describe('a second voucher', () => {
  const half = { kind: 'percent', hundredths: 5_000, capMinor: null, effect: 'items' } as const;
  test('finds the prices that the first left, or the first prices where the shop says so', () => {
    const bill = billOf(cart([item(1_000)]));
    const after = afterTaking(bill, taking(half, bill));
    expect(taking(half, after).discountMinor).toBe(250);
    expect(take({ discount: half, limits: [], base: 'initial' }, after).discountMinor).toBe(500);
    const third = afterTaking(after, take({ discount: half, limits: [], base: 'initial' }, after));
    expect(take({ discount: half, limits: [], base: 'initial' }, third).discountMinor).toBe(0);
  });

  test('may not take more than a part of the order where it says so', () => {
    const bill = billOf(cart([item(1_000), item(1_000)]));
    const most = { kind: 'amount', amountMinor: 5_000, mostOfOrder: 2_500 } as const;
    for (const effect of EFFECTS) expect(taking({ ...most, effect }, bill).discountMinor).toBe(500);
  });
});

const money = fc.integer({ min: 0, max: 5_000_000 });
const line = fc.record({
  price: money,
  quantity: fc.integer({ min: 1, max: 50 }),
  product: fc.constantFrom('a', 'b', 'c'),
});
const lines = fc
  .array(line, { minLength: 1, maxLength: 8 })
  .map((all) => all.map(({ price, quantity, product }) => item(price, quantity, { productId: product })));
const anyEffect = fc.constantFrom(...EFFECTS);
const orderOrItems = fc.constantFrom('order' as const, 'items' as const);
const discount: fc.Arbitrary<Discount> = fc.oneof(
  fc.record({ kind: fc.constant('amount' as const), amountMinor: money, effect: anyEffect }),
  fc.record({
    kind: fc.constant('percent' as const),
    hundredths: fc.integer({ min: 0, max: 10_000 }),
    capMinor: fc.option(money),
    effect: orderOrItems,
  }),
  fc.record({ kind: fc.constant('fixed' as const), priceMinor: money, effect: orderOrItems }),
  fc.record({
    kind: fc.constant('product' as const),
    productId: fc.constantFrom('a', 'z'),
    variantId: fc.constant(null),
    quantity: fc.integer({ min: 1, max: 60 }),
    effect: fc.constantFrom('add_missing' as const, 'add_new' as const),
  }),
  fc.constant({ kind: 'shipping' as const }),
);
const limits = fc.constantFrom<Applicable[]>(
  [EVERY_ITEM],
  [ONLY('a')],
  [{ only: [], not: [{ kind: 'product', id: 'b' }] }],
);
const offer = fc.record({ discount, limits, base: fc.constantFrom('discounted' as const, 'initial' as const) });

describe('INV: whatever is taken, in whatever order', () => {
  test('shares add up to the whole, no line and no total falls below 0, and the amounts agree', () => {
    fc.assert(
      fc.property(lines, fc.array(offer, { maxLength: 5 }), (items, offers) => {
        let bill = billOf(cart(items, { shippingMinor: 500 }));
        for (const one of offers) {
          const taken = take(one, bill);
          const after = afterTaking(bill, taken);
          const [before, now] = [amountsOf(bill), amountsOf(after)];
          expect(taken.itemsMinor).toBe(sum(linesOf(taken)));
          expect(taken.discountMinor).toBe(taken.orderMinor + taken.itemsMinor);
          expect(Math.min(taken.orderMinor, taken.shippingMinor, ...linesOf(taken), 0)).toBe(0);
          expect(now.totalMinor).toBe(before.totalMinor - taken.discountMinor);
          expect(now.totalMinor).toBeGreaterThanOrEqual(0);
          for (const { index, subtotalMinor } of taken.items) {
            expect(subtotalMinor).toBe((items[index]?.amountMinor ?? 0) - (after.itemDiscountsMinor[index] ?? 0));
            expect(subtotalMinor).toBeGreaterThanOrEqual(0);
          }
          bill = after;
        }
      }),
      { numRuns: 400 },
    );
  });

  test('a larger amount never takes less, nor a higher percentage, nor a lower new price', () => {
    fc.assert(
      fc.property(lines, money, money, anyEffect, orderOrItems, (items, a, b, effect, where) => {
        const bill = billOf(cart(items));
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const amount = (amountMinor: number) => taking({ kind: 'amount', amountMinor, effect }, bill).discountMinor;
        const price = (priceMinor: number) => taking({ kind: 'fixed', priceMinor, effect: where }, bill).discountMinor;
        const percent = (part: number) =>
          taking({ kind: 'percent', hundredths: part % 10_001, capMinor: null, effect: where }, bill).discountMinor;
        expect(amount(more)).toBeGreaterThanOrEqual(amount(less));
        expect(price(less)).toBeGreaterThanOrEqual(price(more));
        const [low, high] = [Math.min(a % 10_001, b % 10_001), Math.max(a % 10_001, b % 10_001)];
        expect(percent(high)).toBeGreaterThanOrEqual(percent(low));
      }),
      { numRuns: 300 },
    );
  });

  test('money of a gift card is taken whole, up to the total, off the order as off the lines', () => {
    fc.assert(
      fc.property(lines, money, money, (items, credits, first) => {
        const start = billOf(cart(items));
        const bill = afterTaking(start, taking(off(first), start));
        const expected = Math.min(credits, amountsOf(bill).totalMinor);
        expect(takeCredits(credits, 'order', bill).discountMinor).toBe(expected);
        expect(takeCredits(credits, 'items', bill).discountMinor).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('shares', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 });

  test('add up, are each at most a cent from their exact part, and do not depend on the order of lines', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 0, max: 9_000_000 }), fc.nat(), (all, whole, turn) => {
        const total = sum(all);
        fc.pre(total > 0);
        const given = shares(whole, all);
        expect(sum(given)).toBe(whole);
        for (const [at, share] of given.entries())
          expect(Math.abs(share - (whole * (all[at] ?? 0)) / total)).toBeLessThan(1);
        const turned = [...all.slice(turn % all.length), ...all.slice(0, turn % all.length)];
        const pairs = (of: readonly number[], got: readonly number[]) => of.map((weight, at) => [weight, got[at] ?? 0]);
        const ordered = (of: number[][]) => of.map((pair) => pair.join(' ')).sort();
        expect(ordered(pairs(turned, shares(whole, turned)))).toEqual(ordered(pairs(all, given)));
      }),
      { numRuns: 300 },
    );
  });

  test('of equal remainders give the cent to the larger line, wherever it stands', () => {
    expect([shares(2, [1, 3]), shares(2, [3, 1])]).toEqual([
      [0, 2],
      [2, 0],
    ]);
  });

  test('that are bounded fill up to the whole or to the brim, none beyond its own', () => {
    const part = fc.record({ weight: fc.integer({ min: 0, max: 1_000 }), most: fc.integer({ min: 0, max: 5_000 }) });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.integer({ min: 0, max: 60_000 }), (parts, whole) => {
        const given = boundedShares(whole, parts);
        const brim = sum(parts.map(({ weight, most }) => (weight > 0 ? most : 0)));
        expect(sum(given)).toBe(Math.min(whole, brim));
        for (const [at, { most }] of parts.entries()) expect(given[at]).toBeLessThanOrEqual(most);
      }),
      { numRuns: 300 },
    );
  });

  test('of pieces that are worth less than their part go to the others', () => {
    const bill = billOf(cart([item(1, 100), item(10_000)]));
    const taken = taking({ kind: 'amount', amountMinor: 1_000, effect: 'items_proportionally_by_quantity' }, bill);
    expect(linesOf(taken)).toEqual([100, 900]);
  });
});
