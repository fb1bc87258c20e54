/** What somebody did, or did not: events by name, window, properties and source, counted, added up or looked at. */
import { canonicalName } from '../event.ts';
import type { Json, JsonObject } from '../json.ts';
import { isAnniversary } from './anniversaries.ts';
import { isPlainCount, onlyLeaves, plainCountTruth } from './counting.ts';
import { isTimeless, passesDate, readingOf, stretchOf } from './dates.ts';
import type { MetricCondition, PropertyFilter, Source, Timeframe } from './definition.ts';
import { type EventMatch, type EventQuery, type Facts, findOnce, type Manner, type SummedView } from './facts.ts';
import { leavingTruth } from './leaving.ts';
import { valuesAt } from './paths.ts';
import { judgeOf, type Swept, sweep } from './sweep.ts';
import { sweepYears } from './sweep-years.ts';
import { allOf, always, FOREVER, type Truth } from './truth.ts';
import { numberOf, passes } from './values.ts';
import { countPasses, enoughFor, type Item, overTime, present, sumOf, sumPasses } from './windows.ts';

/** Where an event's value stands where the condition names no property; the first that holds a number. */
export const VALUE_PROPERTIES = ['$value', 'value', 'revenue', 'total', 'amount'] as const;

/** What needs more than the times of events looks at so many of the newest: whoever sends more does not slow down the others. */
export const MOST_EVENTS = 10_000;
/** Where whole properties are wanted, fewer. */
const MOST_DETAILED = 2_000;

interface Counted extends Item {
  match: EventMatch;
}

interface Asked {
  facts: Facts;
  manner: Manner;
  nowMs: number;
}

export function sourceOf({ source }: { source?: Source | undefined }, { guard }: Manner): Source {
  return guard ? 'trusted' : (source ?? 'any');
}

export function metricTruth(condition: MetricCondition, facts: Facts, manner: Manner, nowMs: number): Truth {
  if (isPlainCount(condition)) {
    const source = sourceOf(condition, manner);
    const range = rangeOf(condition.timeframe_filter, { facts, manner, nowMs }, source);
    return plainCountTruth(condition, facts, manner, { source, range });
  }
  const asked = { facts, manner, nowMs };
  if (isSwept(condition)) return sweptTruth(condition, asked);
  const items = findOnce(facts, condition, () => itemsOf(condition, asked, 'what decides'));
  return overTime(items, nowMs, (inside, atMs) => judged(condition, inside, manner, atMs));
}

/** Whether all that matters of an event is its time and some numbers. */
function isSwept({ measurement, measurement_property, measurement_filter, metric_filters }: MetricCondition): boolean {
  const asksProperty = measurement_property !== undefined && (measurement === 'first' || measurement === 'last');
  const isStill = measurement_filter.type !== 'date' || isTimeless(measurement_filter);
  return !asksProperty && isStill && !(metric_filters ?? []).some(watches);
}

const EVER = { inMs: Number.NEGATIVE_INFINITY, outMs: FOREVER };

function sweptTruth(condition: MetricCondition, asked: Asked): Truth {
  const { facts, manner, nowMs } = asked;
  const { timeframe_filter: timeframe, measurement: measure } = condition;
  const judge = judgeOf(condition, { ...manner, nowMs });
  if (onlyLeaves(timeframe)) {
    const truth = leavingTruth(summedOf(condition, asked), timeframe, { measure, judge, timeZone: manner.timeZone });
    if (truth !== null) return truth;
  }
  const found = () => {
    const { entries, from, end } = summedOf(condition, asked);
    return entries.slice(from, end);
  };
  if (isAnniversary(timeframe)) {
    const items = findOnce(facts, condition, found);
    return sweepYears(items, nowMs, { filter: timeframe, timeZone: manner.timeZone, measure, judge });
  }
  const stretch = (atMs: number) =>
    timeframe.operator === 'since-event' ? EVER : stretchOf(timeframe, atMs, manner.timeZone);
  const items = findOnce(facts, condition, () =>
    found().map(({ atMs, numbers }): Swept => ({ atMs, numbers, ...stretch(atMs) })),
  );
  return sweep(items, nowMs, { measure, judge });
}

function summedOf(condition: MetricCondition, asked: Asked): SummedView {
  const { facts, manner, nowMs } = asked;
  const { timeframe_filter: timeframe, metric_filters, measurement, measurement_property } = condition;
  const source = sourceOf(condition, manner);
  const range = rangeOf(timeframe, asked, source);
  if (range === null) return { entries: [], from: 0, end: 0 };
  const filters = metric_filters ?? [];
  const isNumeric = measurement === 'sum' || measurement === 'min' || measurement === 'max';
  const key = JSON.stringify([manner.klaviyo, filters, isNumeric ? (measurement_property ?? true) : false]);
  const passing = ({ property, filter }: PropertyFilter, properties: JsonObject) =>
    passes(filter, valuesAt(properties, property), { ...manner, nowMs }).holds;
  return facts.history.summed({ ...range, name: canonicalName(condition.metric_id), source, key }, (properties) => ({
    passes: filters.every((filter) => passing(filter, properties)),
    numbers: isNumeric ? numbersOf(properties, measurement_property) : [],
  }));
}

/** What the measure is now, for an explanation, with the events that made it, the newest first. */
export function metricReading(condition: MetricCondition, facts: Facts, manner: Manner, nowMs: number) {
  const inside = present(itemsOf(condition, { facts, manner, nowMs }, 'all'), nowMs);
  return { value: measured(condition, inside), events: inside.map(({ match }) => match) };
}

/** The events that the window holds or will hold. `what decides`: no more of them than the filter needs to know. */
function itemsOf(condition: MetricCondition, asked: Asked, wanted: 'what decides' | 'all'): Counted[] {
  const { facts, manner, nowMs } = asked;
  const { timeframe_filter: timeframe, metric_filters } = condition;
  const filters = metric_filters ?? [];
  const source = sourceOf(condition, manner);
  const range = rangeOf(timeframe, asked, source);
  if (range === null) return [];
  const most = wanted === 'all' || filters.some(watches) ? null : mostOf(condition);
  const query: EventQuery = {
    ...range,
    name: canonicalName(condition.metric_id),
    source,
    order: 'newest',
    most: filters.length === 0 ? most : null,
    detailed: wanted === 'all' || filters.length > 0 || needsValues(condition),
  };
  const items: Counted[] = [];
  for (const match of facts.history.events(query)) {
    const passing = (atMs: number) => filters.map((one) => passesFilter(one, match, manner, atMs));
    if (!filters.some(watches) && !allOf(passing(nowMs)).holds) continue;
    const at = (atMs: number) =>
      allOf([inWindow(timeframe, match.atMs, atMs, manner), ...(filters.some(watches) ? passing(atMs) : [])]);
    items.push({ match, at });
    if (items.length >= (most ?? (wanted === 'all' ? MOST_EVENTS : MOST_DETAILED))) break;
  }
  return items;
}

function inWindow(timeframe: Timeframe, dateMs: number, nowMs: number, { timeZone }: Manner): Truth {
  return timeframe.operator === 'since-event' ? always(true) : passesDate(timeframe, dateMs, nowMs, timeZone);
}

function watches({ filter }: PropertyFilter): boolean {
  return filter.type === 'date' && !isTimeless(filter);
}

function passesFilter({ property, filter }: PropertyFilter, match: EventMatch, manner: Manner, nowMs: number): Truth {
  return passes(filter, valuesAt(match.properties, property), { ...manner, nowMs });
}

/** What of the history can be in the window now or later; null where the event that begins it never happened. */
function rangeOf(timeframe: Timeframe, { facts, manner, nowMs }: Asked, source: Source) {
  if (timeframe.operator !== 'since-event') return readingOf(timeframe, nowMs, manner.timeZone);
  const range = { afterMs: Number.NEGATIVE_INFINITY, upToMs: nowMs };
  const order = timeframe.which === 'first' ? ('oldest' as const) : ('newest' as const);
  const name = canonicalName(timeframe.metric_id);
  for (const { atMs } of facts.history.events({ name, source, ...range, order, most: 1, detailed: false }))
    return { afterMs: atMs, upToMs: nowMs };
  return null;
}

/** How many of the newest events decide; null: all that the window can ever hold. */
function mostOf({ measurement, measurement_filter, timeframe_filter }: MetricCondition): number | null {
  if (!onlyLeaves(timeframe_filter)) return null;
  if (measurement === 'last') return 1;
  return measurement === 'count' && measurement_filter.type === 'numeric' ? enoughFor(measurement_filter) : null;
}

function needsValues({ measurement, measurement_property }: MetricCondition): boolean {
  return measurement !== 'count' && (measurement_property !== undefined || !['first', 'last'].includes(measurement));
}

function judged(condition: MetricCondition, inside: Counted[], manner: Manner, nowMs: number): Truth {
  const { measurement, measurement_filter: filter } = condition;
  if (measurement === 'count' || measurement === 'sum') {
    if (filter.type !== 'numeric') return always(false);
    const value = Number(measured(condition, inside));
    return always(measurement === 'count' ? countPasses(filter, value) : sumPasses(filter, value));
  }
  return passes(filter, measuredValues(condition, inside), { ...manner, nowMs });
}

/** The measure of what is in the window (`inside`: the newest first); null where nothing has one. */
function measured(condition: MetricCondition, inside: Counted[]): Json {
  const values = measuredValues(condition, inside);
  return values.length > 1 ? values : (values[0] ?? null);
}

/** One value, or all that the property of the first or last event leads to. */
function measuredValues({ measurement, measurement_property: property }: MetricCondition, inside: Counted[]): Json[] {
  const numbers = () => inside.flatMap(({ match }) => numbersOf(match.properties, property));
  switch (measurement) {
    case 'count':
      return [inside.length];
    case 'sum':
      return [sumOf(numbers())];
    case 'min':
    case 'max': {
      const least = (a: number, b: number) => (measurement === 'min' ? Math.min(a, b) : Math.max(a, b));
      const all = numbers();
      return all.length === 0 ? [] : [all.reduce(least)];
    }
    case 'first':
    case 'last': {
      const one = measurement === 'last' ? inside[0] : inside.at(-1);
      if (one === undefined) return [];
      return property === undefined ? [one.match.atMs] : valuesAt(one.match.properties, property);
    }
  }
}

/** The event's numbers at a property: a path may lead to several. */
function numbersOf(properties: JsonObject, property: string | undefined): number[] {
  const named = property === undefined ? VALUE_PROPERTIES : [property];
  for (const name of named) {
    const numbers = valuesAt(properties, name)
      .flat()
      .flatMap((value) => numberOf(value) ?? []);
    if (numbers.length > 0) return numbers;
  }
  return [];
}
