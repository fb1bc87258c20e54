import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsOf } from '../../../worker/domain/vouchers/bill.ts';
import { EFFECTS } from '../../../worker/domain/vouchers/discount.ts';
import type { NumberTest } from '../../../worker/domain/vouchers/rule-definition.ts';
import { planStack, type StackAsk, type StackEntry, type StackPlan } from '../../../worker/domain/vouchers/stack.ts';
import { NOT_COMBINABLE, STACKING, type StackingRules } from '../../../worker/domain/vouchers/stacking.ts';
import type { Voucher } from '../../../worker/domain/vouchers/voucher.ts';
import { campaign, cart, facts, giftCard, giving, item, keyOf, made, NOW, off, rule, voucher } from './offers.ts';

const LOOSE: StackingRules = { ...STACKING, applicableLimit: 30, perCategoryLimit: 30 };

function entry(id: string, of: Voucher | null, changes: Partial<StackEntry> = {}): StackEntry {
  const held = of === null ? null : { ...of, id: `v_${id}`, code: id };
  return { id, voucher: held, campaign: null, rules: [], facts: facts(), creditsMinor: null, ...changes };
}

function plan(entries: StackEntry[], changes: Partial<StackAsk> = {}): StackPlan {
  return made(planStack({ entries, cart: cart(2_000), lockKey: null, nowMs: NOW, rules: LOOSE, ...changes }));
}

const states = ({ entries }: StackPlan) =>
  entries.map(
    (one) =>
      `${one.id} ${one.status === 'skipped' ? one.key : one.status === 'inapplicable' ? one.refused.key : one.fit.taken?.discountMinor}`,
  );
const least = (value: number): NumberTest => ({ op: 'more_than', value });

describe('case 30: a gift card of 1.00 and a coupon for orders above 10.00, for 10.50', () => {
  const coupon = entry('coupon', giving(off(200)), {
    rules: [rule({ kind: 'order_amount', of: 'now', test: least(1_000) })],
  });
  const card = entry('gift', giftCard(100));
  const partial = { cart: cart(1_050), rules: { ...LOOSE, mode: 'partial' as const } };

  test('both apply where the coupon comes first', () => {
    const both = plan([coupon, card], partial);
    expect(states(both)).toEqual(['coupon 200', 'gift 100']);
    expect(both.amounts?.totalMinor).toBe(750);
  });

  test('the coupon does not where the card comes first', () => {
    expect(states(plan([card, coupon], partial))).toEqual(['gift 100', 'coupon order_rules_violated']);
  });
});

describe('case 31: a stack with one bad entry', () => {
  const three = [entry('a', giving(off(100))), entry('bad', voucher({ active: false })), entry('c', giving(off(300)))];

  test('in ALL mode applies nothing', () => {
    const none = plan(three);
    expect(none.valid).toBe(false);
    expect(states(none)).toEqual([
      'a preceding_validation_failed',
      'bad voucher_disabled',
      'c preceding_validation_failed',
    ]);
    expect(none.amounts).toMatchObject({ totalMinor: 2_000, totalDiscountMinor: 0 });
  });

  test('in PARTIAL mode applies the rest and lists it', () => {
    const some = plan(three, { rules: { ...LOOSE, mode: 'partial' } });
    expect(some.valid).toBe(true);
    expect(states(some)).toEqual(['a 100', 'bad voucher_disabled', 'c 300']);
    expect(some.amounts).toMatchObject({ totalMinor: 1_600 });
  });

  test('of nothing but bad ones is not valid, and an unknown code is told as not found', () => {
    const none = plan([entry('x', null)], { rules: { ...LOOSE, mode: 'partial' } });
    expect([none.valid, states(none)]).toEqual([false, ['x not_found']]);
  });
});

describe('case 32: a request', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => entry(`c${at}`, giving(off(1))));
  const asked = (entries: StackEntry[]) =>
    keyOf(planStack({ entries, cart: cart(2_000), lockKey: null, nowMs: NOW, rules: LOOSE }));

  test('may name each code once, however it is written', () => {
    expect(asked([entry('SUMMER20', voucher()), entry(' summer20', null)])).toBe('duplicated_redeemables');
    expect(asked([entry('x', null), entry('X', null)])).toBe('duplicated_redeemables');
  });

  test('may name 30 and not 31, nor none', () => {
    expect([asked(many(30)), asked(many(31)), asked([])]).toEqual([null, 'invalid_payload', 'invalid_payload']);
  });
});

describe('the shop’s rules of stacking', () => {
  const partial = (changes: Partial<StackingRules>) => ({
    rules: { ...STACKING, mode: 'partial' as const, ...changes },
  });
  const of = (id: string, category: string | null, changes: Partial<StackEntry> = {}) =>
    entry(id, giving(off(100), { category }), changes);

  test('let five apply, and one of a category', () => {
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => of(id, null));
    expect(states(plan(six, partial({})))).toEqual([
      'a 100',
      'b 100',
      'c 100',
      'd 100',
      'e 100',
      'f applicable_redeemables_limit_exceeded',
    ]);
    expect(states(plan([of('a', 'x'), of('b', 'x'), of('c', 'y')], partial({})))).toEqual([
      'a 100',
      'b applicable_redeemables_per_category_limit_exceeded',
      'c 100',
    ]);
  });

  test('let what may not be combined stand alone, wherever nothing else was said', () => {
    expect(states(plan([of('a', NOT_COMBINABLE), of('b', null)], partial({})))).toEqual([
      'a 100',
      'b exclusion_rules_not_met',
    ]);
    expect(states(plan([of('b', null), of('a', NOT_COMBINABLE)], partial({})))).toEqual([
      'b 100',
      'a exclusion_rules_not_met',
    ]);
  });

  test('keep exclusive ones apart from all but joint ones', () => {
    const rules = partial({ exclusive: ['alone', 'only'], joint: ['always'] });
    expect(states(plan([of('a', 'alone'), of('b', 'plain'), of('c', 'always'), of('d', null)], rules))).toEqual([
      'a 100',
      'b exclusion_rules_not_met',
      'c 100',
      'd exclusion_rules_not_met',
    ]);
    expect(states(plan([of('b', 'plain'), of('a', 'alone'), of('c', 'always')], rules))).toEqual([
      'b 100',
      'a exclusion_rules_not_met',
      'c 100',
    ]);
    expect(states(plan([of('a', 'alone'), of('b', 'only')], rules))).toEqual([
      'a 100',
      'b applicable_exclusive_redeemables_limit_exceeded',
    ]);
    const two = partial({ exclusive: ['alone', 'only'], exclusiveLimit: 2 });
    expect(states(plan([of('a', 'alone'), of('b', 'alone'), of('c', 'only')], two))).toEqual([
      'a 100',
      'b applicable_exclusive_redeemables_per_category_limit_exceeded',
      'c 100',
    ]);
  });

  test('take the category of a campaign, and sort by it where they say so', () => {
    const entries = [of('a', 'late'), of('b', null), of('c', null, { campaign: campaign({ category: 'early' }) })];
    const sorted = plan(entries, partial({ sorting: 'category', hierarchy: ['early', 'late'] }));
    expect(sorted.entries.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(states(plan(entries, partial({})))).toHaveLength(3);
  });

  test('in ALL mode with one too many apply nothing', () => {
    const rules = { rules: { ...STACKING, applicableLimit: 1 } };
    expect(plan([of('a', null), of('b', null)], rules)).toMatchObject({ valid: false });
  });

  test('redeem what takes nothing, or leave it out', () => {
    const two = [entry('a', giving(off(2_000))), entry('b', giving(off(100)))];
    expect(states(plan(two))).toEqual(['a 2000', 'b 0']);
    const leaving = plan(two, { rules: { ...LOOSE, noEffect: 'skip' } });
    expect([leaving.valid, states(leaving)]).toEqual([true, ['a 2000', 'b redeemable_has_no_effect']]);
  });

  test('reckon percentages of what is left, or of the first amount', () => {
    const half = giving({ kind: 'percent', hundredths: 5_000, capMinor: null, effect: 'order' });
    const two = [entry('a', half), entry('b', half)];
    expect(states(plan(two))).toEqual(['a 1000', 'b 500']);
    expect(states(plan(two, { rules: { ...LOOSE, base: 'initial' } }))).toEqual(['a 1000', 'b 1000']);
  });
});

describe('two codes of one campaign in one stack', () => {
  const counts = {
    'campaign.customer.ever': 0,
    'campaign.redemptions.ever': 0,
    'campaign.discount_minor': 0,
    'campaign.orders_minor': 0,
  };
  const two = (changes: Parameters<typeof campaign>[0]) =>
    ['a', 'b'].map((id) =>
      entry(id, giving(off(300), { campaign: 'camp_1' }), { campaign: campaign(changes), facts: facts({ counts }) }),
    );
  const partial = { rules: { ...LOOSE, mode: 'partial' as const } };

  test('are two uses of it by its customer and of its budget', () => {
    expect(states(plan(two({ limitPerCustomer: 1 }), partial))).toEqual(['a 300', 'b quantity_exceeded']);
    const caps = (redemptions: number | null, discountMinor: number | null, ordersMinor: number | null) =>
      two({ caps: { redemptions, discountMinor, ordersMinor } });
    expect(states(plan(caps(1, null, null), partial))).toEqual(['a 300', 'b quantity_exceeded']);
    expect(states(plan(caps(null, 599, null), partial))).toEqual(['a 300', 'b redemption_rules_violated']);
    expect(states(plan(caps(null, null, 3_699), partial))).toEqual(['a 300', 'b redemption_rules_violated']);
    expect(states(plan(caps(2, 600, 3_700), partial))).toEqual(['a 300', 'b 300']);
  });
});

describe('INV: amounts of a stack', () => {
  const money = fc.integer({ min: 0, max: 5_000 });
  const benefit = fc.oneof(
    fc
      .record({ kind: fc.constant('amount' as const), amountMinor: money, effect: fc.constantFrom(...EFFECTS) })
      .map((discount) => giving(discount)),
    fc
      .record({
        kind: fc.constant('percent' as const),
        hundredths: fc.integer({ min: 1, max: 10_000 }),
        capMinor: fc.option(money),
        effect: fc.constantFrom('order' as const, 'items' as const),
      })
      .map((discount) => giving(discount)),
    fc
      .record({
        kind: fc.constant('fixed' as const),
        priceMinor: money,
        effect: fc.constantFrom('order' as const, 'items' as const),
      })
      .map((discount) => giving(discount)),
    fc.integer({ min: 1, max: 5_000 }).map((amount) => giftCard(amount)),
    fc.constant(voucher({ active: false })),
  );
  const items = fc.array(fc.tuple(money, fc.integer({ min: 1, max: 4 })), { maxLength: 5 });

  test('agree at every step, never fall below 0, and only what applies changes them', () => {
    fc.assert(
      fc.property(
        fc.array(benefit, { minLength: 1, maxLength: 8 }),
        items,
        fc.constantFrom('all' as const, 'partial' as const),
        fc.constantFrom('initial' as const, 'discounted' as const),
        (of, lines, mode, base) => {
          const bought =
            lines.length === 0 ? cart(4_000) : cart(lines.map(([price, quantity]) => item(price, quantity)));
          const done = plan(
            of.map((one, at) => entry(`c${at}`, one)),
            { cart: bought, rules: { ...LOOSE, mode, base } },
          );
          let sum = 0;
          let last = 0;
          for (const one of done.entries) {
            if (one.status !== 'applicable' || one.before === null || one.after === null) continue;
            const [before, after] = [amountsOf(one.before), amountsOf(one.after)];
            expect(before.totalDiscountMinor).toBe(last);
            const applied = one.fit.taken?.discountMinor ?? Number.NaN;
            expect(after.totalDiscountMinor).toBe(before.totalDiscountMinor + applied);
            expect(after.discountMinor).toBe(before.discountMinor + (one.fit.taken?.orderMinor ?? Number.NaN));
            last = after.totalDiscountMinor;
            sum += applied;
          }
          const amounts = done.amounts;
          expect(amounts?.totalDiscountMinor).toBe(sum);
          expect(amounts).toEqual({
            amountMinor: bought.amountMinor,
            discountMinor: (amounts?.totalDiscountMinor ?? 0) - (amounts?.itemsDiscountMinor ?? 0),
            itemsDiscountMinor: amounts?.itemsDiscountMinor,
            totalDiscountMinor: sum,
            totalMinor: bought.amountMinor - sum,
          });
          expect(amounts?.totalMinor).toBeGreaterThanOrEqual(0);
          if (mode === 'all') expect(done.valid).toBe(done.entries.every(({ status }) => status === 'applicable'));
          expect(done.entries.map(({ id }) => id)).toEqual(of.map((_, at) => `c${at}`));
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a stack without an order says what applies and nothing of amounts', () => {
  const done = plan([entry('a', giving(off(100))), entry('g', giftCard(500), { creditsMinor: 200 })], { cart: null });
  expect(done).toMatchObject({ valid: true, bill: null, amounts: null });
  expect(done.entries.map((one) => one.status === 'applicable' && one.fit.creditsMinor)).toEqual([null, 200]);
});
