/**
 * How often somebody did something, where nothing but the time of it matters: most conditions of most segments. Asks for
 * instants alone, and knows without trying when the answer changes, for what leaves a window leaves it one by one.
 */
import { plus } from '../calendar.ts';
import { canonicalName } from '../event.ts';
import type { MetricCondition, NumericFilter, Source, Timeframe } from './definition.ts';
import type { Facts, Manner } from './facts.ts';
import { always, type Truth } from './truth.ts';
import { countPasses, enoughFor } from './windows.ts';

/** A count without property filters in a window that events only ever leave. */
export interface PlainCount extends MetricCondition {
  measurement_filter: NumericFilter;
}

export function isPlainCount(condition: MetricCondition): condition is PlainCount {
  const { measurement, measurement_filter, metric_filters, timeframe_filter } = condition;
  const isCount = measurement === 'count' && measurement_filter.type === 'numeric';
  return isCount && (metric_filters ?? []).length === 0 && onlyLeaves(timeframe_filter);
}

/**
 * Windows that nothing comes into by waiting, and that events leave in the order in which they came. Months are none: one
 * after the 31st can be over before one after the 30th is.
 */
export function onlyLeaves(timeframe: Timeframe): boolean {
  switch (timeframe.operator) {
    case 'since-event':
    case 'alltime':
    case 'between-static':
      return true;
    case 'in-the-last':
      return timeframe.unit !== 'month' && timeframe.unit !== 'year';
    case 'before':
    case 'after':
      return timeframe.date !== 'today';
    default:
      return false;
  }
}

/** `range`: the instants that the window can hold now; null where the event that begins it never happened. */
export function plainCountTruth(
  condition: PlainCount,
  { history }: Facts,
  { timeZone }: Manner,
  asked: { source: Source; range: { afterMs: number; upToMs: number } | null },
): Truth {
  const { measurement_filter: filter, timeframe_filter: timeframe } = condition;
  const { source, range } = asked;
  if (range === null) return always(countPasses(filter, 0));
  const query = { ...range, name: canonicalName(condition.metric_id), source, most: enoughFor(filter) };
  const instants = history.instants(query);
  if (timeframe.operator !== 'in-the-last') return always(countPasses(filter, instants.length));
  const leavesAt = (place: number) => plus(timeZone, instants[place] ?? 0, timeframe);
  const holds = countPasses(filter, instants.length);
  for (let left = instants.length - 1; left >= 0; left -= 1) {
    if (countPasses(filter, left) !== holds) return { holds, nextMs: leavesAt(left) };
  }
  return always(holds);
}
