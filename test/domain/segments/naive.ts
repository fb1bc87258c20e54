/**
 * Whether a definition holds of a customer at an instant, said in the plainest way: every condition looks through the whole
 * life, nothing is remembered and nothing is foreseen. Written from `semantics.md`; the product is held against it.
 */
import type { Consents } from '../../../worker/domain/consent.ts';
import { canonicalName } from '../../../worker/domain/event.ts';
import type { Json, JsonObject } from '../../../worker/domain/json.ts';
import type { Order } from '../../../worker/domain/order.ts';
import type {
  Condition,
  Definition,
  MembershipCondition,
  MetricCondition,
  Source,
  Timeframe,
  ValueFilter,
} from '../../../worker/domain/segments/definition.ts';
import type { HeldVoucher } from '../../../worker/domain/segments/facts.ts';
import { datePasses, momentAt } from './naive-calendar.ts';
import { historicHolds, ordersHold, vouchersHold } from './naive-orders.ts';
import { consentHolds, loyaltyHolds, propertyHolds, regionHolds } from './naive-profile.ts';
import { type Reading, valuePasses, valuesAt } from './naive-values.ts';

export interface LifeEvent {
  name: string;
  atMs: number;
  trusted: boolean;
  properties: JsonObject;
  /** Of an order whose owner is another source: counts for nothing. */
  aside?: boolean;
}

export interface Life {
  traits: JsonObject;
  consents: Consents;
  balance: number;
  debt: number;
  lifetime: number;
  firstSeenMs: number;
  lastSeenMs: number;
  /** In the order of their recording. */
  events: LifeEvent[];
  orders: Order[];
  /** Lists and segments -> since when. */
  groups: Record<string, number>;
  /** What runs out, and when. */
  lots: { points: number; atMs: number }[];
  vouchers: HeldVoucher[];
}

export interface Shop {
  timeZone: string;
  currency: string;
  guard: boolean;
  countsTests: boolean;
}

export interface Scene extends Reading {
  life: Life;
  shop: Shop;
}

export function naiveHolds(
  { condition_groups, klaviyo = false }: Definition,
  life: Life,
  nowMs: number,
  shop: Shop,
): boolean {
  const scene: Scene = { life, shop, nowMs, klaviyo, zone: klaviyo ? 'UTC' : shop.timeZone };
  return condition_groups.every(({ conditions }) => conditions.some((one) => conditionHolds(one, scene)));
}

function conditionHolds(condition: Condition, scene: Scene): boolean {
  switch (condition.type) {
    case 'group': {
      if (condition.operator === 'not') return !condition.conditions.every((one) => conditionHolds(one, scene));
      const isAll = condition.operator === 'and';
      return isAll
        ? condition.conditions.every((one) => conditionHolds(one, scene))
        : condition.conditions.some((one) => conditionHolds(one, scene));
    }
    case 'profile-metric':
      return metricHolds(condition, scene);
    case 'profile-property':
      return propertyHolds(condition, scene);
    case 'profile-group-membership':
      return membershipHolds(condition, scene);
    case 'profile-marketing-consent':
      return consentHolds(condition, scene);
    case 'profile-region':
      return regionHolds(condition, scene);
    case 'profile-predictive-analytics':
      return historicHolds(condition, scene);
    case 'profile-loyalty':
      return loyaltyHolds(condition, scene);
    case 'profile-orders':
      return ordersHold(condition, scene);
    case 'profile-vouchers':
      return vouchersHold(condition, scene);
  }
}

/** The events of a name that anybody may count, the oldest first; of one instant, as they were recorded. */
function eventsNamed(name: string, source: Source | undefined, { life, shop, nowMs }: Scene): LifeEvent[] {
  const trustedOnly = shop.guard || source === 'trusted';
  return life.events
    .filter((event) => canonicalName(event.name) === canonicalName(name) && event.aside !== true)
    .filter(({ trusted, atMs }) => (trusted || !trustedOnly) && atMs <= nowMs)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Whether what happened at an instant counts in a timeframe. */
export function isWithin(timeframe: Timeframe, atMs: number, source: Source | undefined, scene: Scene): boolean {
  if (atMs > scene.nowMs) return false;
  if (timeframe.operator === 'since-event') {
    const anchors = eventsNamed(timeframe.metric_id, source, scene);
    const anchor = timeframe.which === 'first' ? anchors[0] : anchors.at(-1);
    return anchor !== undefined && atMs > anchor.atMs;
  }
  return datePasses(timeframe, momentAt(scene.zone, atMs), scene.nowMs, scene.zone);
}

const VALUE_NAMES = ['$value', 'value', 'revenue', 'total', 'amount'];

function metricHolds(condition: MetricCondition, scene: Scene): boolean {
  const { metric_id, source, timeframe_filter, metric_filters, measurement, measurement_property } = condition;
  const counted = eventsNamed(metric_id, source, scene)
    .filter(({ atMs }) => isWithin(timeframe_filter, atMs, source, scene))
    .filter(({ properties }) =>
      (metric_filters ?? []).every(({ property, filter }) =>
        valuePasses(filter, valuesAt(properties, property), scene),
      ),
    );
  const passes = (values: Json[]) => valuePasses(condition.measurement_filter as ValueFilter, values, scene);
  const edge = measurement === 'first' ? counted[0] : counted.at(-1);
  if (measurement === 'count') return passes([counted.length]);
  if (measurement === 'first' || measurement === 'last') {
    if (edge === undefined) return passes([]);
    return passes(measurement_property === undefined ? [edge.atMs] : valuesAt(edge.properties, measurement_property));
  }
  const numbers = counted.flatMap(({ properties }) => measured(properties, measurement_property));
  if (measurement === 'sum') return passes([exactSum(numbers)]);
  if (numbers.length === 0) return passes([]);
  return passes([measurement === 'min' ? Math.min(...numbers) : Math.max(...numbers)]);
}

/** Every number at the property; of the names of values, at the first that has one. */
function measured(properties: JsonObject, property: string | undefined): number[] {
  const names = property === undefined ? VALUE_NAMES : [property];
  const numbers = names.map((name) => valuesAt(properties, name).flat().flatMap(numbersIn));
  return numbers.find((some) => some.length > 0) ?? [];
}

function numbersIn(value: Json): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? [Number(value)] : [];
}

/** In millionths: ten times 0.1 is 1. */
export function exactSum(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + Math.round(one * 1e6), 0) / 1e6;
}

function membershipHolds({ is_member, group_ids, timeframe_filter }: MembershipCondition, scene: Scene): boolean {
  const { life, nowMs, zone, klaviyo } = scene;
  const sinces = group_ids.map((id) => life.groups[id]).filter((since) => since !== undefined);
  if (!is_member) return sinces.length === 0;
  const isBeyond = (since: number) =>
    klaviyo && timeframe_filter?.operator === 'between-static' && since >= Date.parse(timeframe_filter.end);
  const isTimely = (since: number) =>
    !timeframe_filter || datePasses(timeframe_filter, momentAt(zone, since), nowMs, zone);
  return sinces.some((since) => isTimely(since) && !isBeyond(since));
}
