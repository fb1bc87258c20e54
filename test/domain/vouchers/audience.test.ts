/** Whom a voucher is for, whatever is in their cart. */
import { describe, expect, it } from 'vitest';
import { audienceOf } from '../../../worker/domain/vouchers/audience.ts';
import type { Rule, RuleTree } from '../../../worker/domain/vouchers/rule-definition.ts';

const rule = (when: RuleTree): Rule => ({
  id: 'val_1',
  name: 'R',
  when,
  message: null,
  applicable: null,
  source: null,
});
const order: RuleTree = { kind: 'order_amount', of: 'now', test: { op: 'at_least', value: 5000 } };
const tier: RuleTree = { kind: 'tier', anyOf: ['gold'] };
const always: RuleTree = { kind: 'all', of: [] };

describe('a rule without its order', () => {
  it.each<[string, RuleTree, RuleTree]>([
    ['asks nothing where it asked of the order alone', order, always],
    ['keeps what it asks of the customer', tier, tier],
    ['keeps the rest of a group', { kind: 'all', of: [order, tier] }, { kind: 'all', of: [always, tier] }],
    ['holds where the order could make it hold', { kind: 'any', of: [tier, order] }, always],
    ['takes the opposite to hold as well', { kind: 'not', of: order }, always],
    ['keeps an opposite of the customer', { kind: 'not', of: tier }, { kind: 'not', of: tier }],
    [
      'keeps alternatives that each ask of the customer',
      { kind: 'any', of: [{ kind: 'all', of: [tier, order] }, tier] },
      { kind: 'any', of: [{ kind: 'all', of: [tier, always] }, tier] },
    ],
  ])('%s', (_, when, audience) => {
    expect(audienceOf(rule(when))).toEqual(rule(audience));
  });
});
