/** Why a customer is in a segment or is not: each condition with what it found, and when it will say something else by itself. */
import type { Json } from '../json.ts';
import { type Node, nodeFor } from './compile.ts';
import { consentTruth } from './consented.ts';
import type { Condition, Definition } from './definition.ts';
import { mannerOf, outlook, type ShopManner } from './evaluate.ts';
import type { Facts, Manner } from './facts.ts';
import { metricReading } from './metric.ts';
import { loyaltyValue, propertyValues } from './profile.ts';
import { historicValue, ordersReading, vouchersReading } from './purchases.ts';
import { FOREVER } from './truth.ts';

/** So many of the events that counted are named, the newest first. */
const MOST_EVENTS = 10;

export interface Explanation {
  holds: boolean;
  /** When this will change by itself; null: never. */
  changesAtMs: number | null;
  /** In a sentence. */
  says: string;
}

export interface ExplainedCondition extends Explanation {
  type: Condition['type'];
  /** Dotted path in the definition. */
  path: string;
  /** What was measured or found; null where nothing is set. */
  value: Json;
  /** The events that counted: their rows of the timeline. */
  events: { seq: number; atMs: number }[];
  /** How many counted in all. */
  counted: number | null;
  /** Of a group. */
  conditions: ExplainedCondition[];
}

export interface ExplainedDefinition extends Explanation {
  groups: (Explanation & { conditions: ExplainedCondition[] })[];
}

interface Asked {
  facts: Facts;
  manner: Manner;
  nowMs: number;
}

/** Asks every condition, in the definition's own order, whether or not the whole is decided already. */
export function explain(definition: Definition, facts: Facts, shop: ShopManner, nowMs: number): ExplainedDefinition {
  const asked = { facts, manner: mannerOf(shop, definition.klaviyo ?? false), nowMs };
  const nodes = definition.condition_groups.map(
    ({ conditions }): Node => ({ kind: 'any', of: conditions.map(nodeFor) }),
  );
  const groups = definition.condition_groups.map(({ conditions }, group) => {
    const explained = conditions.map((one, at) =>
      explainCondition(one, `condition_groups.${group}.conditions.${at}`, asked),
    );
    const node = nodes[group] ?? { kind: 'any', of: [] };
    return { ...summary(node, asked, joined(explained, ' or ')), conditions: explained };
  });
  return { ...summary({ kind: 'all', of: nodes }, asked, joined(groups, ' and ')), groups };
}

function explainCondition(condition: Condition, path: string, asked: Asked): ExplainedCondition {
  const blank = { type: condition.type, path, value: null, events: [], counted: null, conditions: [] };
  const node = nodeFor(condition);
  if (condition.type !== 'group') {
    const { says, ...found } = readingOf(condition, asked);
    return { ...blank, ...summary(node, asked, says), ...found };
  }
  const conditions = condition.conditions.map((one, at) => explainCondition(one, `${path}.conditions.${at}`, asked));
  const says = joined(conditions, condition.operator === 'or' ? ' or ' : ' and ');
  return { ...blank, ...summary(node, asked, condition.operator === 'not' ? `not (${says})` : says), conditions };
}

interface Reading extends Partial<Pick<ExplainedCondition, 'value' | 'events' | 'counted'>> {
  says: string;
}

function readingOf(condition: Exclude<Condition, { type: 'group' }>, { facts, manner, nowMs }: Asked): Reading {
  switch (condition.type) {
    case 'profile-metric': {
      const { value, events } = metricReading(condition, facts, manner, nowMs);
      const last = events[0] === undefined ? '' : `, last at ${new Date(events[0].atMs).toISOString()}`;
      const isTime =
        (condition.measurement === 'first' || condition.measurement === 'last') && typeof value === 'number';
      const told =
        isTime && condition.measurement_property === undefined ? new Date(value).toISOString() : shown(value);
      return {
        value,
        counted: events.length,
        events: events.slice(0, MOST_EVENTS).map(({ seq, atMs }) => ({ seq, atMs })),
        says: `${condition.metric_id}: ${condition.measurement} ${told}${last}`,
      };
    }
    case 'profile-property': {
      const values = propertyValues(condition.property, facts.head);
      const value = values.length > 1 ? values : (values[0] ?? null);
      return { value, says: `${condition.property} is ${shown(value)}` };
    }
    case 'profile-region': {
      const [country = null] = propertyValues('country', facts.head);
      return { value: country, says: `country is ${shown(country)}` };
    }
    case 'profile-marketing-consent': {
      const { channel } = condition.consent;
      const { consent = null, suppression = null } = facts.head.consents[channel] ?? {};
      const state = suppression?.reason ?? consent?.state ?? 'never_subscribed';
      const holds = consentTruth(condition, facts, manner, nowMs).holds;
      return { value: state, says: `${channel} is ${state}${holds ? '' : ', which is not what is asked'}` };
    }
    case 'profile-group-membership': {
      const inside = condition.group_ids.filter((id) => facts.sinceOf(id) !== null);
      return { value: inside, says: inside.length === 0 ? 'in none of the groups' : `in ${inside.join(', ')}` };
    }
    case 'profile-loyalty': {
      const value = loyaltyValue(condition.property, facts, nowMs);
      return { value, says: `${condition.property} is ${shown(value)}` };
    }
    case 'profile-orders': {
      const { value, orders } = ordersReading(condition, facts, manner, nowMs);
      return { value, counted: orders.length, says: `orders: ${condition.measurement} ${shown(value)}` };
    }
    case 'profile-predictive-analytics': {
      const value = historicValue(condition, facts, manner, nowMs);
      return { value, says: `${condition.dimension} is ${shown(value)}` };
    }
    case 'profile-vouchers': {
      const value = vouchersReading(condition, facts, manner, nowMs);
      return { value, says: `vouchers ${condition.measurement}: ${value}` };
    }
  }
}

function shown(value: Json): string {
  if (value === null) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function joined(parts: readonly Explanation[], word: string): string {
  return parts
    .map(({ says }) => says)
    .join(word)
    .slice(0, 2_000);
}

/** Each part says when it changes as exactly as the whole does. */
function summary(node: Node, { facts, manner, nowMs }: Asked, says: string): Explanation {
  const { holds, nextMs } = outlook(node, facts, manner, nowMs);
  return { holds, changesAtMs: nextMs === FOREVER ? null : nextMs, says };
}
