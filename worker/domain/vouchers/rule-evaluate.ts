/** Holds an order, a customer and counts against rules; says what failed, with its facts. What cannot be told fails, negated or not. */
import type { Json, JsonObject } from '../json.ts';
import { instantOf } from '../zoned.ts';
import { amountsOf, type Bill, isSelected, type Taken } from './bill.ts';
import type { CartItem } from './cart.ts';
import type { CountName, Facts } from './facts.ts';
import { type Refused, refusal, type VoucherKey } from './refused.ts';
import type { ItemCondition, NumberTest, Rule, RuleCondition, RuleTree } from './rule-definition.ts';
import { holds, isGroup } from './rule-tree.ts';
import { passesAt, passesNumber, passesValue } from './rule-values.ts';
import { isOpen } from './validity.ts';
import type { Voucher } from './voucher.ts';

export interface RuleAsk {
  facts: Facts;
  /** null: of something else than a voucher, such as a distribution. */
  voucher: Voucher | null;
  bill: Bill | null;
  /** What the voucher would take now; null where there is no bill. */
  taken: Taken | null;
  /** What of a gift card would be spent. */
  creditsMinor: number | null;
  nowMs: number;
}

/** null where every rule holds; else the first that does not. */
export function brokenRule(rules: readonly Rule[], ask: RuleAsk): Refused | null {
  for (const rule of rules) {
    const { truth, because } = judge(rule.when, 'when', ask);
    if (truth !== true) return refusalOf(rule, because);
  }
  return null;
}

/** Whether a tree holds that guards something else than a voucher. */
export function ruleHolds(when: RuleTree, ask: RuleAsk): boolean {
  return judge(when, 'when', ask).truth === true;
}

/** null: it cannot be told, and neither can its opposite. */
type Truth = boolean | null;

/** What one condition found. */
interface Told {
  truth: Truth;
  /** Figures for machines; nothing of a person. */
  facts?: JsonObject;
  /** What was missing where it could not be told. */
  missing?: VoucherKey;
}

interface Because extends Told {
  path: string;
  condition: RuleCondition;
  message: string | undefined;
}

interface Verdict {
  truth: Truth;
  /** The condition that decided it; null: an empty group did. */
  because: Because | null;
}

function judge(tree: RuleTree, path: string, ask: RuleAsk): Verdict {
  if (!isGroup(tree)) {
    const told = tell(tree, ask);
    return { truth: told.truth, because: { ...told, path, condition: tree, message: tree.message } };
  }
  const verdict = tree.kind === 'not' ? opposite(judge(tree.of, `${path}.of`, ask)) : joined(tree, path, ask);
  const { because } = verdict;
  if (because === null || because.message !== undefined) return verdict;
  return { ...verdict, because: { ...because, message: tree.message } };
}

function opposite({ truth, because }: Verdict): Verdict {
  return { truth: truth === null ? null : !truth, because };
}

function joined({ kind, of }: { kind: 'all' | 'any'; of: RuleTree[] }, path: string, ask: RuleAsk): Verdict {
  const decisive = kind === 'any';
  let open: Verdict | null = null;
  let last: Verdict = { truth: !decisive, because: null };
  for (const [at, one] of of.entries()) {
    const verdict = judge(one, `${path}.of.${at}`, ask);
    if (verdict.truth === decisive) return verdict;
    if (verdict.truth === null) open ??= verdict;
    if (at === 0) last = verdict;
  }
  return open ?? last;
}

const KEYS: Partial<Record<RuleCondition['kind'], VoucherKey>> = {
  segment: 'customer_rules_violated',
  tier: 'customer_rules_violated',
  trait: 'customer_rules_violated',
  first_order: 'customer_rules_violated',
  customer_orders: 'customer_rules_violated',
  holder: 'customer_rules_violated',
  order_amount: 'order_rules_violated',
  order_metadata: 'order_rules_violated',
  items: 'order_rules_violated',
  items_sum: 'order_rules_violated',
};

function refusalOf({ id, message }: Rule, because: Because | null): Refused {
  if (because === null)
    return refusal('redemption_rules_violated', `rule ${id} holds for nobody`, { ownMessage: message });
  const { condition, path, truth, missing, facts = {} } = because;
  const key = (truth === null ? missing : undefined) ?? KEYS[condition.kind] ?? 'redemption_rules_violated';
  const why = truth === null ? 'cannot be told' : 'does not hold';
  return refusal(key, `rule ${id}: ${condition.kind} at ${path} ${why}`, {
    ownMessage: because.message ?? message,
    facts: { rule: id, condition: condition.kind, path, ...facts },
  });
}

function tell(condition: RuleCondition, ask: RuleAsk): Told {
  const { facts, bill, nowMs } = ask;
  switch (condition.kind) {
    case 'segment':
    case 'tier':
    case 'trait':
    case 'first_order':
    case 'customer_orders':
    case 'holder':
      return tellCustomer(condition, ask);
    case 'order_amount':
    case 'order_metadata':
    case 'items':
    case 'items_sum':
      return bill === null ? { truth: null, missing: 'missing_order' } : tellOrder(condition, bill, ask);
    case 'redemptions':
    case 'campaign_money':
    case 'gift_spent':
      return tellSums(condition, ask);
    case 'redemption_metadata':
      return { truth: passesAt(condition.test, { content: facts.metadata, path: condition.path }, facts.timeZone) };
    case 'channel':
      return { truth: facts.channel !== null && condition.anyOf.includes(facts.channel) };
    case 'api_key':
      return { truth: passesValue(condition.test, [facts.caller.apiKey], facts.timeZone) };
    case 'login':
      return { truth: passesValue(condition.test, [facts.caller.login], facts.timeZone) };
    case 'dates':
      return { truth: isBetween(condition, nowMs, facts.timeZone) };
    case 'validity':
      return { truth: isOpen(condition.validity, nowMs, { timeZone: facts.timeZone, anchorMs: 0 }) };
    case 'event':
      if (facts.event === null) return { truth: null };
      return {
        truth: passesAt(condition.test, { content: facts.event.properties, path: condition.path }, facts.timeZone),
      };
  }
}

type Of<Kind extends RuleCondition['kind']> = Extract<RuleCondition, { kind: Kind }>;

function isBetween({ from, until }: Of<'dates'>, nowMs: number, timeZone: string): Truth {
  const fromMs = from === null ? Number.NEGATIVE_INFINITY : instantOf(from, timeZone);
  const untilMs = until === null ? Number.POSITIVE_INFINITY : instantOf(until, timeZone);
  return fromMs === null || untilMs === null ? null : nowMs >= fromMs && nowMs < untilMs;
}

type CustomerCondition = Of<'segment' | 'tier' | 'trait' | 'first_order' | 'customer_orders' | 'holder'>;

function tellCustomer(condition: CustomerCondition, { facts, voucher }: RuleAsk): Told {
  const { customer } = facts;
  if (customer === null) return { truth: null, missing: 'missing_customer' };
  switch (condition.kind) {
    case 'segment':
      return { truth: condition.anyOf.some((segment) => customer.segments.includes(segment)) };
    case 'tier':
      return { truth: customer.tier !== null && condition.anyOf.includes(customer.tier) };
    case 'trait':
      return { truth: passesAt(condition.test, { content: customer.traits, path: condition.path }, facts.timeZone) };
    case 'first_order':
      return { truth: customer.orders === 0 };
    case 'customer_orders':
      return measured(condition.test, customer.orders);
    case 'holder':
      return { truth: voucher !== null && voucher.holder === customer.id };
  }
}

function measured(test: NumberTest, told: number): Told {
  const bounds: Record<string, Json> = { ...test };
  return { truth: passesNumber(test, told), facts: { told, ...bounds } };
}

type OrderCondition = Of<'order_amount' | 'order_metadata' | 'items' | 'items_sum'>;

function tellOrder(condition: OrderCondition, bill: Bill, { facts, taken }: RuleAsk): Told {
  const { items, metadata } = bill.cart;
  if (condition.kind === 'order_amount') {
    const { amountMinor, totalMinor } = amountsOf(bill);
    if (condition.of === 'initial') return measured(condition.test, amountMinor);
    return measured(condition.test, condition.of === 'now' ? totalMinor : totalMinor - (taken?.discountMinor ?? 0));
  }
  if (condition.kind === 'order_metadata')
    return { truth: passesAt(condition.test, { content: metadata, path: condition.path }, facts.timeZone) };
  if (items.length === 0) return { truth: null, missing: 'missing_order_items' };
  const { where } = condition;
  const fits = (item: CartItem) => where === null || holds(where, (one) => itemPasses(one, item, facts.timeZone));
  return condition.kind === 'items'
    ? { truth: quantified(condition.which, items, fits) }
    : summed(condition, items, fits);
}

function quantified(
  which: Of<'items'>['which'],
  items: readonly CartItem[],
  fits: (item: CartItem) => boolean,
): boolean {
  switch (which) {
    case 'any':
      return items.some(fits);
    case 'every':
      return items.every(fits);
    case 'none':
      return !items.some(fits);
    case 'cheapest':
    case 'dearest': {
      const prices = items.map(({ priceMinor }) => priceMinor);
      const price = which === 'cheapest' ? Math.min(...prices) : Math.max(...prices);
      return items.some((item) => item.priceMinor === price && fits(item));
    }
  }
}

function summed({ of, test }: Of<'items_sum'>, items: readonly CartItem[], fits: (item: CartItem) => boolean): Told {
  const worth = ({ quantity, amountMinor }: CartItem) => ({ lines: 1, pieces: quantity, amount: amountMinor })[of];
  return measured(
    test,
    items.filter(fits).reduce((sum, item) => sum + worth(item), 0),
  );
}

function itemPasses(condition: ItemCondition, item: CartItem, timeZone: string): boolean {
  switch (condition.kind) {
    case 'item':
      return condition.anyOf.some((selector) => isSelected(item, selector));
    case 'item_price':
      return passesNumber(condition.test, item.priceMinor);
    case 'item_quantity':
      return passesNumber(condition.test, item.quantity);
    case 'item_amount':
      return passesNumber(condition.test, item.amountMinor);
    case 'item_metadata':
      return passesAt(condition.test, { content: item.metadata, path: condition.path }, timeZone);
  }
}

/** Sums over redemptions, this one counted in. */
function tellSums(condition: Of<'redemptions' | 'campaign_money' | 'gift_spent'>, ask: RuleAsk): Told {
  const { facts, voucher, bill, taken, creditsMinor } = ask;
  if (condition.kind === 'gift_spent') {
    if (voucher?.benefit.kind !== 'gift') return { truth: null };
    return measured(condition.test, voucher.benefit.gift.redeemedMinor + (creditsMinor ?? 0));
  }
  if (condition.kind === 'campaign_money') {
    if (bill === null || taken === null) return { truth: null, missing: 'missing_order' };
    const before = facts.counts[condition.of === 'orders' ? 'campaign.orders_minor' : 'campaign.discount_minor'];
    const now = condition.of === 'orders' ? amountsOf(bill).totalMinor : taken.discountMinor + taken.shippingMinor;
    return before === undefined ? { truth: null } : measured(condition.test, before + now);
  }
  if (condition.by === 'customer' && facts.customer === null) return { truth: null, missing: 'missing_customer' };
  const { of, by, per } = condition;
  const own = of === 'voucher' && by === 'all' && per === 'ever' ? voucher?.redeemed : undefined;
  const before = facts.counts[countName(condition)] ?? own;
  return before === undefined ? { truth: null } : measured(condition.test, before + 1);
}

export function countName({ of, by, per }: Of<'redemptions'>): CountName {
  return by === 'customer' ? `${of}.customer.${per}` : `${of}.redemptions.${per}`;
}
