/**
 * Rules that Voucherify has no name for, written in its shape under names of ours: the customer's orders, where a redemption
 * comes from, and when.
 */
import type { Json, JsonObject } from '../json.ts';
import type { RuleCondition, RuleTree } from './rule-definition.ts';
import { grouped, idTests, numberTests, type Say, treeOf, truthOf } from './voucherify-operators.ts';

/** null: it is no name of ours. `say` within the conditions. */
export function ownRule(name: string, conditions: JsonObject, say: Say): RuleTree | null {
  switch (name) {
    case 'customer.first_order':
      return notIf(!truthOf(conditions, say), { kind: 'first_order' });
    case 'customer.orders.count':
      return treeOf(numberTests(conditions, null, say), (test): RuleCondition => ({ kind: 'customer_orders', test }));
    case 'redemption.channel':
      return allOf(idTests(conditions, say).map(({ of, isNot }) => notIf(isNot, { kind: 'channel', anyOf: of })));
    case 'redemption.date':
      return allOf(operators(conditions, say).map(([operator, values]) => dates(operator, values, say)));
    case 'redemption.day_of_week':
      return allOf(operators(conditions, say).map(([operator, values]) => weekdays(operator, values, say)));
    case 'redemption.time':
      return allOf(operators(conditions, say).map(([operator, values]) => hours(operator, values, say)));
    default:
      return null;
  }
}

function notIf(isNot: boolean, condition: RuleCondition): RuleTree {
  return isNot ? { kind: 'not', of: condition } : condition;
}

function allOf(of: RuleTree[]): RuleTree {
  return grouped<RuleCondition>('all', of);
}

function operators(conditions: JsonObject, say: Say): [string, Json[]][] {
  const all = Object.entries(conditions);
  if (all.length === 0) say('', 'must hold an operator');
  return all.map(([operator, value]) => [operator, Array.isArray(value) ? value : [value]]);
}

/** From the one instant on, and before the other: ISO 8601, in the shop's time zone where there is no offset. */
function dates(operator: string, [at, ...more]: Json[], say: Say): RuleTree {
  if (operator !== '$after' && operator !== '$before') say(operator, 'must be $after or $before');
  if (typeof at !== 'string' || more.length > 0) say(operator, 'must hold one date');
  const text = typeof at === 'string' ? at : '';
  return operator === '$before'
    ? { kind: 'dates', from: null, until: text }
    : { kind: 'dates', from: text, until: null };
}

/** 0 is Sunday. */
function weekdays(operator: string, values: Json[], say: Say): RuleTree {
  if (operator !== '$is' && operator !== '$is_not') say(operator, 'must be $is or $is_not');
  const days = values
    .filter((day) => typeof day === 'number' && Number.isInteger(day) && day >= 0 && day <= 6)
    .map(Number);
  if (days.length === 0 || days.length < values.length) say(operator, 'must be days from 0 (Sunday) to 6');
  return notIf(operator === '$is_not', { kind: 'validity', validity: { kind: 'weekdays', days } });
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** `["09:00", "17:30"]`, the end left out; one that ends before it begins runs past midnight. */
function hours(operator: string, values: Json[], say: Say): RuleTree {
  if (operator !== '$is_between') say(operator, 'must be $is_between');
  const [from, to, ...more] = values.map((value) => minuteOf(value));
  if (from == null || to == null || more.length > 0 || from === to) say(operator, 'must be two times such as 09:00');
  const span = { fromMinute: from ?? 0, toMinute: to ?? 0, days: null };
  return { kind: 'validity', validity: { kind: 'hours', spans: [span] } };
}

function minuteOf(value: Json): number | null {
  const match = typeof value === 'string' ? TIME.exec(value) : null;
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}
