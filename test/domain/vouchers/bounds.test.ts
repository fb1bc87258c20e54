/** Which budgets are written as rules, and what a filter of operations remembers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../worker/domain/vouchers/bounds.ts';
import { OpFilter } from '../../../worker/domain/vouchers/op-filter.ts';
import type { NumberTest, Rule, RuleTree } from '../../../worker/domain/vouchers/rule-definition.ts';

const NONE = { redemptions: null, discountMinor: null, ordersMinor: null };

const rule = (id: string, when: RuleTree): Rule => ({
  id,
  name: id,
  when,
  message: null,
  applicable: null,
  source: null,
});
const count = (test: NumberTest, more: object = {}): RuleTree => ({
  kind: 'redemptions',
  of: 'campaign',
  by: 'all',
  per: 'ever',
  test,
  ...more,
});
const money = (of: 'orders' | 'discounts', test: NumberTest): RuleTree => ({ kind: 'campaign_money', of, test });
const atMost = (value: number): NumberTest => ({ op: 'at_most', value });

describe('a budget that is written as a rule', () => {
  const of = (...rules: RuleTree[]) =>
    boundsOf(
      { rules: rules.map((_, at) => `val_${at}`) },
      rules.map((when, at) => rule(`val_${at}`, when)),
    );

  it('is the least that all rules let through together', () => {
    expect(of(count(atMost(100)))).toEqual({ ...NONE, redemptions: 100 });
    expect(of(count({ op: 'less_than', value: 100 }))).toEqual({ ...NONE, redemptions: 99 });
    expect(
      of(count(atMost(100)), { kind: 'all', of: [count(atMost(40.5)), money('discounts', atMost(5_000))] }),
    ).toEqual({
      redemptions: 40,
      discountMinor: 5_000,
      ordersMinor: null,
    });
    expect(of(money('orders', { op: 'less_than', value: 0 }))).toEqual({ ...NONE, ordersMinor: 0 });
  });

  it('is none where the same sum is asked for in another way as well, or only by one of several', () => {
    expect(of(count(atMost(100)), count({ op: 'at_least', value: 2 }))).toEqual(NONE);
    expect(of(count(atMost(100)), { kind: 'any', of: [count(atMost(10))] })).toEqual(NONE);
    expect(of({ kind: 'not', of: count(atMost(10)) })).toEqual(NONE);
    expect(of(count(atMost(5), { per: 'day' }), count(atMost(5), { by: 'customer' }))).toEqual(NONE);
  });

  it('is none where a voucher of the campaign has such a rule of its own', () => {
    const rules = [rule('val_0', count(atMost(100))), rule('val_own', count(atMost(10)))];
    expect(boundsOf({ rules: ['val_0'] }, rules)).toEqual(NONE);
  });
});

describe('a filter of operations', () => {
  it('knows every operation that it was told of, also from its bytes, and hardly any other', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 40 }), { maxLength: 500 }), (ops) => {
        const filter = OpFilter.for(ops.length);
        for (const op of ops) filter.add(op);
        const copy = OpFilter.from(filter.bytes);
        expect(ops.filter((op) => !copy.mayHold(op))).toEqual([]);
      }),
      { numRuns: 50 },
    );
    const filter = OpFilter.for(20_000);
    for (let at = 0; at < 20_000; at += 1) filter.add(`op ${at}`);
    const strangers = Array.from({ length: 20_000 }, (_, at) => `other ${at}`).filter((op) => filter.mayHold(op));
    expect(strangers.length).toBeLessThan(400);
  });
});
