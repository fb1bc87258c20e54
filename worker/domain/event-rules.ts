/**
 * What a shop does with events of a name before anything is stored: hold them against a fixed schema, give them another
 * name, or block them. Pure: which rules may be kept together, and what they say of one event.
 */
import { canonicalName } from './event.ts';
import type { JsonObject } from './json.ts';
import { type Difference, differencesFrom, type FixedProperty } from './schema-check.ts';

export const EVENT_SOURCES = ['segment', 'shopify', 'vouchers'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

export type EventAction =
  | { kind: 'block' }
  | { kind: 'rename'; to: string }
  | { kind: 'schema'; mode: 'warn' | 'refuse'; properties: FixedProperty[] };

export interface EventRule {
  /** The name as it is sent, before aliases; for calls without one: `Identified`, `Viewed Page` and so on. */
  event: string;
  source: EventSource | 'all';
  action: EventAction;
}

/** Every isolate reads all rules with the shop, every two seconds. */
export const MOST_RULES = 100;
export const MOST_RULE_CHARACTERS = 64 * 1024;

/** Names whose events state what was ordered, paid or given back. */
const ORDER_NAMES = new Set([
  'Placed Order',
  'Paid Order',
  'Updated Order',
  'Cancelled Order',
  'Refunded Order',
  'Fulfilled Order',
  'Updated Fulfilment',
]);

/** Why a rule cannot be kept: the field of the rule, and what it breaks. */
export interface RuleRefusal {
  field: string;
  rule: string;
}

/** The rules with this one, in the place of one for the same name and source. */
export function withRule(rules: readonly EventRule[], rule: EventRule): EventRule[] | RuleRefusal {
  const others = withoutRule(rules, rule);
  const refusal = refusalOf(others, rule);
  if (refusal !== null) return refusal;
  const all = [...others, rule];
  if (all.length > MOST_RULES) return { field: 'event', rule: `a shop has at most ${MOST_RULES} event rules` };
  if (JSON.stringify(all).length > MOST_RULE_CHARACTERS) {
    return {
      field: 'action',
      rule: `all event rules together have at most ${MOST_RULE_CHARACTERS} characters of JSON`,
    };
  }
  return all;
}

export function withoutRule(rules: readonly EventRule[], named: Pick<EventRule, 'event' | 'source'>): EventRule[] {
  return rules.filter((one) => one.event !== named.event || one.source !== named.source);
}

function refusalOf(others: EventRule[], { event, source, action }: EventRule): RuleRefusal | null {
  const harmless = action.kind === 'schema' && action.mode === 'warn';
  if (ORDER_NAMES.has(canonicalName(event)) && !harmless) {
    const rule = 'carries the facts of an order: it can be warned about, not renamed, blocked or refused';
    return { field: 'event', rule };
  }
  if (action.kind !== 'rename') return null;
  if (action.to === event) return { field: 'action.to', rule: 'must be another name' };
  if (source !== 'segment' && ORDER_NAMES.has(canonicalName(action.to))) {
    return { field: 'action.to', rule: "is an order event: only Segment's events can be read as one" };
  }
  const near = others.filter((one) => one.action.kind === 'rename' && overlaps(one.source, source));
  if (near.some((one) => one.event === action.to)) {
    return { field: 'action.to', rule: 'is renamed itself: names do not go in chains' };
  }
  if (near.some((one) => one.action.kind === 'rename' && one.action.to === event)) {
    return { field: 'event', rule: 'is what another event is renamed to: names do not go in chains' };
  }
  return null;
}

function overlaps(one: EventRule['source'], other: EventRule['source']): boolean {
  return one === 'all' || other === 'all' || one === other;
}

type RuleBook = Map<string, EventRule>;
// the same list serves until the shop is read again
const books = new WeakMap<readonly EventRule[], RuleBook>();

/** The rule for a name as it is sent; one for the source goes before one for all. */
export function ruleFor(rules: readonly EventRule[], source: EventSource, event: string): EventRule | null {
  if (rules.length === 0) return null;
  let book = books.get(rules);
  if (book === undefined) {
    book = new Map(rules.map((rule) => [`${rule.source} ${rule.event}`, rule]));
    books.set(rules, book);
  }
  return book.get(`${source} ${event}`) ?? book.get(`all ${event}`) ?? null;
}

/** The name an event goes by from here on, and the rule that then decides about it. */
export function namedBy(rules: readonly EventRule[], source: EventSource, event: string) {
  const first = ruleFor(rules, source, event);
  if (first?.action.kind !== 'rename') return { name: event, rule: first };
  const { to } = first.action;
  return { name: to, rule: ruleFor(rules, source, to) };
}

export type Ruling =
  | { kind: 'pass'; differences: Difference[] }
  | { kind: 'drop'; reason: 'blocked_by_rule' | 'schema_mismatch'; differences: Difference[] };

/** What a rule says of an event's content. An event that states facts of an order passes, whatever the rule. */
export function rulingOn(rule: EventRule | null, content: JsonObject, statesOrder: boolean): Ruling {
  if (rule === null || rule.action.kind === 'rename') return { kind: 'pass', differences: [] };
  if (rule.action.kind === 'block') {
    return statesOrder
      ? { kind: 'pass', differences: [] }
      : { kind: 'drop', reason: 'blocked_by_rule', differences: [] };
  }
  const differences = differencesFrom(rule.action.properties, content);
  const drop = differences.length > 0 && rule.action.mode === 'refuse' && !statesOrder;
  return drop ? { kind: 'drop', reason: 'schema_mismatch', differences } : { kind: 'pass', differences };
}
