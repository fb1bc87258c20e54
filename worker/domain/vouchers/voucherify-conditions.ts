/** The names of Voucherify's rules, each with the condition that it is here. Amounts in them are hundredths. */
import type { JsonObject } from '../json.ts';
import { PERIODS, type Period } from './facts.ts';
import type { ItemCondition, ItemTree, NumberTest, RuleCondition, RuleTree, ValueTest } from './rule-definition.ts';
import {
  type Among,
  grouped,
  idTests,
  numberTests,
  type PlainKind,
  type Say,
  selectorTests,
  treeOf,
  truthOf,
  valueTests,
} from './voucherify-operators.ts';
import { ownRule } from './voucherify-own-names.ts';

export interface Named {
  name: string;
  /** Of metadata: which; null: none is named. */
  property: string | null;
  conditions: JsonObject;
}

export interface Reading {
  currency: string;
  /** Where a customer's metadata lie among the traits. */
  traitOf: (property: string) => string;
  /** `at` within the rule. */
  say: Say;
}

/** A rule about the order's lines: which of them, and what of each. `sum`: of all of them together. */
export type Lines =
  | { kind: 'lines'; which: Extract<RuleCondition, { kind: 'items' }>['which']; where: ItemTree }
  | { kind: 'sum'; of: 'pieces' | 'amount'; tests: (where: ItemTree | null) => RuleTree }
  /** The discount applies to the lines of the rule that holds this one. */
  | { kind: 'discounted'; isSo: boolean };

/** What a name and its conditions mean; null: nobody knows the name here, or what it asks for. */
export function readNamed(named: Named, reading: Reading): { kind: 'rule'; tree: RuleTree } | Lines | null {
  const lines = linesOf(named, reading);
  if (lines !== null) return lines;
  const own = ownRule(named.name, named.conditions, within(reading.say));
  const tree = own ?? ruleOf(named, reading) ?? countsOf(named, reading);
  return tree === null ? null : { kind: 'rule', tree };
}

/** Known, but about something that does not exist here: never silently left out. */
const UNSUPPORTED = Object.entries({
  'redemption.reward.pay_with_points.points_used': 'is not supported: a reward has its own price in points',
  'redemption.count.per_user': 'is not supported: count by customer',
  'redemption.count.per_api_key': 'is not supported: count by customer',
});

export function whyUnknown(name: string): string {
  const known = UNSUPPORTED.find(([base]) => name === base || name.startsWith(`${base}.`));
  return known?.[1] ?? 'is no rule that is known here';
}

function ruleOf(named: Named, { currency, traitOf, say }: Reading): RuleTree | null {
  const { name, conditions } = named;
  const inConditions = within(say);
  const money = (make: (test: NumberTest) => RuleCondition) =>
    treeOf(numberTests(conditions, currency, inConditions), make);
  const value = (make: (test: ValueTest) => RuleCondition) => treeOf(valueTests(conditions, inConditions), make);
  const path = () => propertyOf(named, say);
  switch (name) {
    case 'customer.segment':
      return amongTree(idTests(conditions, inConditions), (anyOf) => ({ kind: 'segment', anyOf }));
    case 'customer.loyalty.tier':
    case 'customer.loyalty_tier':
      return amongTree(idTests(conditions, inConditions), (anyOf) => ({ kind: 'tier', anyOf }));
    case 'customer.metadata':
      return value((test) => ({ kind: 'trait', path: traitOf(path()), test }));
    case 'publication.redeemable_by_linked_customer':
      if (!truthOf(conditions, inConditions)) inConditions('$is', 'must be true');
      return { kind: 'holder' };
    case 'order.amount':
      return money((test) => ({ kind: 'order_amount', of: 'now', test }));
    case 'order.initial_amount':
      return money((test) => ({ kind: 'order_amount', of: 'initial', test }));
    case 'order.total_amount':
      return money((test) => ({ kind: 'order_amount', of: 'after', test }));
    case 'order.metadata':
      return value((test) => ({ kind: 'order_metadata', path: path(), test }));
    case 'campaign.orders.amount':
      return money((test) => ({ kind: 'campaign_money', of: 'orders', test }));
    case 'campaign.orders.amount_discounted':
      return money((test) => ({ kind: 'campaign_money', of: 'discounts', test }));
    case 'redemption.gift.amount':
      return money((test) => ({ kind: 'gift_spent', test }));
    case 'redemption.metadata':
      return value((test) => ({ kind: 'redemption_metadata', path: path(), test }));
    case 'redemption.user.login':
      return value((test) => ({ kind: 'login', test }));
    case 'redemption.api_key':
      return value((test) => ({ kind: 'api_key', test }));
    case 'custom_event.metadata':
      return value((test) => ({ kind: 'event', path: path(), test }));
    default:
      return null;
  }
}

function within(say: Say): Say {
  return (at, rule) => say(at === '' ? 'conditions' : `conditions.${at}`, rule);
}

function propertyOf({ property }: Named, say: Say): string {
  if (property === null) say('property', 'must name what of the metadata is meant');
  return property ?? '';
}

function amongTree(tests: Among<string>[], make: (anyOf: string[]) => RuleCondition): RuleTree {
  return grouped<RuleCondition>(
    'all',
    tests.map(({ of, isNot }): RuleTree => (isNot ? { kind: 'not', of: make(of) } : make(of))),
  );
}

const COUNTED = {
  'redemption.count': { of: 'voucher', by: 'all' },
  'redemption.count.per_customer': { of: 'voucher', by: 'customer' },
  'campaign.redemptions.count': { of: 'campaign', by: 'all' },
  'campaign.redemptions.customers_count': { of: 'campaign', by: 'customer' },
} as const;

const ENDINGS: Record<Period, string> = { ever: '', day: '.daily', week: '.weekly', month: '.monthly' };

function countsOf({ name, conditions }: Named, { say }: Reading): RuleTree | null {
  for (const [base, { of, by }] of Object.entries(COUNTED)) {
    const per = PERIODS.find((period) => name === base + ENDINGS[period]);
    if (per === undefined) continue;
    const tests = numberTests(conditions, null, within(say));
    return treeOf(tests, (test): RuleCondition => ({ kind: 'redemptions', of, by, per, test }));
  }
  return null;
}

type Which = Extract<Lines, { kind: 'lines' }>['which'];

const CHOSEN = new Map<string, { which: Which; plainKind: PlainKind }>(
  Object.entries({
    'product.id': { which: 'any', plainKind: 'product' },
    'sku.id': { which: 'any', plainKind: 'variant' },
    'order.items.any': { which: 'any', plainKind: 'either' },
    'order.items.every': { which: 'every', plainKind: 'either' },
    'order.items.none': { which: 'none', plainKind: 'either' },
    'order.items.cheapest': { which: 'cheapest', plainKind: 'either' },
    'order.items.most_expensive': { which: 'dearest', plainKind: 'either' },
  } as const),
);

const MEASURED = new Map<string, { which: Which; kind: Measured }>(
  Object.entries({
    'order.items.price_any': { which: 'any', kind: 'item_price' },
    'order.items.price_each': { which: 'every', kind: 'item_price' },
    'order.items.price': { which: 'any', kind: 'item_price' },
    'order.items.quantity': { which: 'any', kind: 'item_quantity' },
    'order.items.amount': { which: 'any', kind: 'item_amount' },
    'order.items.metadata': { which: 'any', kind: 'item_metadata' },
    'order.items.metadata_any': { which: 'any', kind: 'item_metadata' },
    'order.items.metadata_each': { which: 'every', kind: 'item_metadata' },
    'product.price': { which: 'any', kind: 'item_price' },
    'product.quantity': { which: 'any', kind: 'item_quantity' },
    'product.metadata': { which: 'any', kind: 'item_metadata' },
    'sku.price': { which: 'any', kind: 'item_price' },
    'sku.quantity': { which: 'any', kind: 'item_quantity' },
    'sku.metadata': { which: 'any', kind: 'item_metadata' },
  } as const),
);

const SUMMED = /^(?:product|sku|order\.items)(?:\.metadata)?\.aggregated_(quantity|amount)$/;

function linesOf(named: Named, reading: Reading): Lines | null {
  const { name, conditions } = named;
  const say = within(reading.say);
  const chosen = CHOSEN.get(name);
  if (chosen !== undefined) {
    const tests = selectorTests(conditions, chosen.plainKind, say);
    const trees = tests.map(({ of, isNot }): ItemTree => {
      const item: ItemTree = { kind: 'item', anyOf: of };
      return isNot ? { kind: 'not', of: item } : item;
    });
    return { kind: 'lines', which: chosen.which, where: grouped<ItemCondition>('all', trees) };
  }
  const measured = MEASURED.get(name);
  if (measured !== undefined)
    return { kind: 'lines', which: measured.which, where: itemTree(measured.kind, named, reading) };
  const of = name === 'order.items.count' ? 'quantity' : SUMMED.exec(name)?.[1];
  if (of !== undefined) {
    const tests = numberTests(conditions, of === 'amount' ? reading.currency : null, say);
    const unit = of === 'amount' ? 'amount' : 'pieces';
    const make = (where: ItemTree | null) =>
      treeOf(tests, (test): RuleCondition => ({ kind: 'items_sum', of: unit, where, test }));
    return { kind: 'sum', of: unit, tests: make };
  }
  if (name !== 'product.discount_applicable' && name !== 'sku.discount_applicable') return null;
  return { kind: 'discounted', isSo: truthOf(conditions, say) };
}

type Measured = 'item_price' | 'item_quantity' | 'item_amount' | 'item_metadata';

function itemTree(kind: Measured, named: Named, reading: Reading): ItemTree {
  const say = within(reading.say);
  if (kind === 'item_metadata') {
    const path = propertyOf(named, reading.say);
    return treeOf(valueTests(named.conditions, say), (test): ItemCondition => ({ kind, path, test }));
  }
  const currency = kind === 'item_quantity' ? null : reading.currency;
  return treeOf(numberTests(named.conditions, currency, say), (test): ItemCondition => ({ kind, test }));
}
