/** What the rule tests start from: a life in which nothing happened, and one question put to the product. */
import { expect } from 'vitest';
import type {
  Condition,
  DateFilter,
  MetricCondition,
  PropertyCondition,
} from '../../../worker/domain/segments/definition.ts';
import { evaluate } from '../../../worker/domain/segments/evaluate.ts';
import type { Truth } from '../../../worker/domain/segments/truth.ts';
import { compiled, pattern } from './held-against.ts';
import { factsOf } from './life-history.ts';
import type { Life, LifeEvent, Shop } from './naive.ts';

export const BERLIN: Shop = { timeZone: 'Europe/Berlin', currency: 'EUR', guard: false, countsTests: false };
/** When nothing else is said. */
export const NOON = Date.parse('2026-06-15T12:00:00Z');

export function lived(changes: Partial<Life> = {}): Life {
  return {
    traits: {},
    consents: {},
    balance: 0,
    debt: 0,
    lifetime: 0,
    firstSeenMs: Date.parse('2026-01-01T00:00:00Z'),
    lastSeenMs: Date.parse('2026-06-01T00:00:00Z'),
    events: [],
    orders: [],
    groups: {},
    lots: [],
    vouchers: [],
    ...changes,
  };
}

export function did(name: string, at: string, changes: Partial<LifeEvent> = {}): LifeEvent {
  return { name, atMs: Date.parse(at), trusted: true, properties: {}, ...changes };
}

export interface Asking {
  now?: string | number;
  klaviyo?: boolean;
  shop?: Partial<Shop>;
}

export function ask(condition: Condition, life: Life, { now = NOON, klaviyo = false, shop = {} }: Asking = {}): Truth {
  const nowMs = typeof now === 'number' ? now : Date.parse(now);
  const ready = compiled({ condition_groups: [{ conditions: [condition] }], klaviyo });
  return evaluate(ready, factsOf(life, nowMs), { ...BERLIN, ...shop, pattern }, nowMs);
}

export function holds(condition: Condition, life: Life, asking: Asking = {}): boolean {
  return ask(condition, life, asking).holds;
}

/** Ever, unless something else is said; at least once. */
export function counted(metric_id: string, changes: Partial<MetricCondition> = {}): MetricCondition {
  return {
    type: 'profile-metric',
    metric_id,
    measurement: 'count',
    measurement_filter: { type: 'numeric', operator: 'greater-than-or-equal', value: 1 },
    timeframe_filter: { type: 'date', operator: 'alltime' },
    ...changes,
  };
}

export function trait(name: string, filter: PropertyCondition['filter']): PropertyCondition {
  return { type: 'profile-property', property: `properties['${name}']`, filter };
}

export type Row = [now: string, isIn: boolean];

/** Of something that happened at `at`: at each instant, whether the window holds it. */
export function expectWindow(filter: DateFilter, at: string, rows: Row[], timeZone = 'Europe/Berlin') {
  const life = lived({ events: [did('Viewed', at)], traits: { when: at } });
  const asked = rows.map(([now]): Row => {
    const shop = { timeZone };
    const ofDate = holds(trait('when', filter), life, { now, shop });
    const isPast = Date.parse(now) >= Date.parse(at);
    // an event that has not happened is not asked for
    if (isPast) expect(holds(counted('Viewed', { timeframe_filter: filter }), life, { now, shop })).toBe(ofDate);
    return [now, ofDate];
  });
  expect(asked).toEqual(rows);
}
