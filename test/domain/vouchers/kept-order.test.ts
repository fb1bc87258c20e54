/** What is kept of an order tells its lines later as they were told then; it is bounded, and says nothing of anybody. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anonymousRedemption } from '../../../worker/domain/erasure/vouchers.ts';
import { afterTaking, billOf, type Taken } from '../../../worker/domain/vouchers/bill.ts';
import type { CartItem } from '../../../worker/domain/vouchers/cart.ts';
import type { Discount } from '../../../worker/domain/vouchers/discount.ts';
import {
  type KeptOrder,
  keptOrder,
  MOST_KEPT_BYTES,
  MOST_KEPT_LINES,
  orderKept,
  saidOf,
} from '../../../worker/domain/vouchers/kept-order.ts';
import { type OrderLine, orderLines } from '../../../worker/domain/vouchers/order-lines.ts';
import { redeem } from '../../../worker/domain/vouchers/redeem.ts';
import type { Redemption } from '../../../worker/domain/vouchers/voucher.ts';
import { amountOff, freeProduct, freeShipping } from './arbitrary-discounts.ts';
import { ask, cart, giving, item, made, naming } from './offers.ts';

const discounts: fc.Arbitrary<Discount> = fc.oneof(amountOff(5_000), freeProduct, freeShipping);
const lines = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom('mug', 'prod_5h1pp1ng'))
    .map(([price, quantity, productId]) => item(price, quantity, { productId })),
  { minLength: 1, maxLength: 5 },
);

/** One after the other for one order, as a stack is. */
function redeemed(items: CartItem[], offers: Discount[]): Redemption[] {
  let bill = billOf(cart(items));
  return offers.map((discount, at) => {
    const done = redeem(ask(giving(discount), { bill }), naming(`r_${at}`));
    const { redemption } = made(done);
    bill = afterTaking(bill, takenBy(redemption));
    return redemption;
  });
}

function takenBy({ taken }: Redemption): Taken {
  if (taken === undefined) throw new Error('nothing was taken');
  return taken;
}

function linesLater(redemptions: Redemption[]): OrderLine[] | null {
  const told = orderKept(redemptions);
  return told === null ? null : orderLines(told.order, told.taken, told.from);
}

test('each of a stack alone, and all of it, tell the lines later as they were told then', () => {
  fc.assert(
    fc.property(lines, fc.array(discounts, { minLength: 1, maxLength: 4 }), (items, offers) => {
      const all = redeemed(items, offers);
      const taken = all.map(takenBy);
      const then = all.map((_, at) => orderLines({ items }, taken.slice(0, at + 1), at));
      expect(all.map((one) => linesLater([one]))).toEqual(then);
      expect(linesLater(all)).toEqual(orderLines({ items }, taken));
    }),
  );
});

test('of a redemption from when no lines were kept none are told', () => {
  const [{ order: _, ...old } = { order: null }] = redeemed([item(500)], [{ kind: 'shipping' }]);
  expect(orderKept([old])).toBeNull();
});

test('an order that is nothing but an amount is kept only where something was taken of it before', () => {
  const bill = billOf(cart(2_000));
  const after = afterTaking(bill, takenBy(made(redeem(ask(giving(OFF), { bill }), naming('r_1'))).redemption));
  expect([keptOrder(null), keptOrder(bill)]).toEqual([null, null]);
  const earlier = { orderMinor: 500, itemsMinor: 0, freeItems: [], freeShipping: false };
  expect(keptOrder(after)).toEqual({ amountMinor: 2_000, earlier, items: [] });
});

const OFF: Discount = { kind: 'amount', amountMinor: 500, effect: 'order' };
const orderOf = (items: CartItem[]): KeptOrder => {
  const [order] = redeemed(items, [OFF]).flatMap((one) => one.order ?? []);
  if (order === undefined) throw new Error('nothing is kept');
  return order;
};

describe('of a long order', () => {
  test('the first 100 lines are kept, and its amount is that of all', () => {
    const items = Array.from({ length: 103 }, (_, at) => item(100, 1, { productId: `p${at}` }));
    const { amountMinor, items: kept, leftOut } = orderOf(items);
    const first = items.slice(0, MOST_KEPT_LINES).map(({ productId }) => productId);
    expect([amountMinor, kept.map(({ productId }) => productId), leftOut]).toEqual([10_300, first, 3]);
  });

  test.each(['x', 'é', '茶'])('as many lines are kept as fit into 16 KB, of names of %s as well', (letter) => {
    const said = { product: { name: letter.repeat(300) } };
    const { items, leftOut = 0 } = orderOf(Array.from({ length: 90 }, () => item(100, 1, { said })));
    const bytes = (some: unknown) => new TextEncoder().encode(JSON.stringify(some)).length;
    const one = bytes(items[0]) + 1;
    expect(items.length + leftOut).toBe(90);
    expect(bytes(items)).toBeLessThanOrEqual(MOST_KEPT_BYTES);
    expect(bytes(items) + one).toBeGreaterThan(MOST_KEPT_BYTES);
  });

  test('no delivery is told beside the one that may be among the lines that are left out', () => {
    const goods = Array.from({ length: MOST_KEPT_LINES }, () => item(100));
    const items = [...goods, item(490, 1, { productId: 'prod_5h1pp1ng' })];
    expect(linesLater(redeemed(items, [{ kind: 'shipping' }]))).toHaveLength(MOST_KEPT_LINES);
  });
});

test('ids, names and numbers are kept of a line, and nothing else that is said of it', () => {
  const goods = { id: 'prod_1', source_id: 'a', name: 'Tea', price: 900, metadata: { for: 'Ann' }, image: 'ann.png' };
  const sku = { sku: 'A-1', id: ['Ann'] };
  const item = { product_id: 'prod_1', related_object: 'product', price: 1_000, metadata: { note: 'for Ann' } };
  const kept = { id: 'prod_1', source_id: 'a', name: 'Tea', price: 900 };
  expect(saidOf({ ...item, source_id: 'x'.repeat(301), product: goods, sku, gift: 'for Ann' })).toEqual({
    ...{ product_id: 'prod_1', related_object: 'product', price: 1_000 },
    ...{ product: kept, sku: { sku: 'A-1' } },
  });
});

test('of somebody who is erased amounts alone are left', () => {
  const said = { product: { name: 'Ring for Ann' } };
  const offers: Discount[] = [
    { kind: 'product', productId: 'mug', variantId: null, quantity: 1, effect: 'add_new' },
    OFF,
  ];
  const [, second] = redeemed([item(900, 1, { said })], offers).map(anonymousRedemption);
  const earlier = { orderMinor: 0, itemsMinor: 0, freeItems: [], freeShipping: false };
  expect(second?.order).toEqual({ amountMinor: 900, earlier, items: [], leftOut: 1 });
  expect(second === undefined ? null : linesLater([second])).toEqual([]);
});
