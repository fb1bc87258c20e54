/**
 * Date filters. A relative window counts from now back: `in-the-last 72 hours` is (now - 72 h, now]. Every filter that a
 * date passes during one stretch of time is that stretch; anniversaries come back every year.
 */
import { dayOf, earliestOf, nextMidnight, plus, startOf } from '../calendar.ts';
import type { Json } from '../json.ts';
import { instantOf } from '../zoned.ts';
import { type Anniversary, anniversaryTruth, backwards, isAnniversary } from './anniversaries.ts';
import type { DateFilter, DateText } from './definition.ts';
import { always, between, FOREVER, type Truth } from './truth.ts';

/** When a date passes the filter: from `inMs` on and before `outMs`. */
export interface Stretch {
  inMs: number;
  outMs: number;
}

/** What does not come back every year. */
export type OnceFilter = Exclude<DateFilter, Anniversary>;

const EVER: Stretch = { inMs: Number.NEGATIVE_INFINITY, outMs: FOREVER };
const NEVER: Stretch = { inMs: FOREVER, outMs: FOREVER };
const DATE_ALONE = /^\d{4}-\d{2}-\d{2}$/;

/** The stretch of time in which `dateMs` passes. */
export function stretchOf(filter: OnceFilter, dateMs: number, timeZone: string): Stretch {
  switch (filter.operator) {
    case 'alltime':
      return EVER;
    case 'calendar-month':
      return dayOf(timeZone, dateMs).month === filter.value ? EVER : NEVER;
    case 'between-static': {
      const [start, end] = [boundsOf(filter.start, timeZone), boundsOf(filter.end, timeZone)];
      return start !== null && end !== null && dateMs >= start.fromMs && dateMs <= end.lastMs ? EVER : NEVER;
    }
    case 'before':
    case 'after':
      return sideOf(filter, dateMs, timeZone);
    case 'in-the-last':
      return { inMs: dateMs, outMs: plus(timeZone, dateMs, filter) };
    case 'at-least':
      return { inMs: plus(timeZone, dateMs, filter), outMs: FOREVER };
    case 'in-the-next':
      return { inMs: plus(timeZone, dateMs, backwards(filter)), outMs: dateMs };
    case 'between': {
      const after = (quantity: number) => plus(timeZone, dateMs, { unit: filter.unit, quantity });
      return { inMs: after(filter.start), outMs: after(filter.end) };
    }
    case 'this-month': {
      const { year, month } = dayOf(timeZone, dateMs);
      const first = (later: number) => startOf(timeZone, { year, month: month + later, day: 1 });
      return { inMs: first(0), outMs: first(1) };
    }
  }
}

function sideOf(filter: Extract<DateFilter, { date: DateText }>, dateMs: number, timeZone: string): Stretch {
  if (filter.date === 'today') {
    const { year, month, day } = dayOf(timeZone, dateMs);
    const midnight = (later: number) => startOf(timeZone, { year, month, day: day + later });
    // a date is before today from the next midnight on, and after today until its own day begins
    return filter.operator === 'before'
      ? { inMs: midnight(1), outMs: FOREVER }
      : { inMs: Number.NEGATIVE_INFINITY, outMs: midnight(0) };
  }
  const bounds = boundsOf(filter.date, timeZone);
  if (bounds === null) return NEVER;
  const passes = filter.operator === 'before' ? dateMs < bounds.fromMs : dateMs > bounds.lastMs;
  return passes ? EVER : NEVER;
}

/** What asks for no year; a birthday may lack one. */
const WITHOUT_YEAR = new Set<DateFilter['operator']>([
  'alltime',
  'calendar-month',
  'anniversary',
  'anniversary-month',
  'anniversary-last',
  'anniversary-next',
]);

/** Whether a property's value is a date that passes at `nowMs`. */
export function passesDateIn(filter: DateFilter, value: Json, nowMs: number, timeZone: string): Truth {
  const at = dateOf(value, timeZone);
  const isTold = at !== null && (WITHOUT_YEAR.has(filter.operator) || !isYearless(value));
  return isTold ? passesDate(filter, at, nowMs, timeZone) : always(false);
}

/** Whether a date passes at `nowMs`. */
export function passesDate(filter: DateFilter, dateMs: number, nowMs: number, timeZone: string): Truth {
  if (isAnniversary(filter)) return anniversaryTruth(filter, dayOf(timeZone, dateMs), nowMs, timeZone);
  const { inMs, outMs } = stretchOf(filter, dateMs, timeZone);
  return between(inMs, outMs, nowMs);
}

/** Nothing dated before this passes, and nothing after it: for reading no more of a history than the filter can want. */
export function readingOf(filter: DateFilter, nowMs: number, timeZone: string): { afterMs: number; upToMs: number } {
  const all = { afterMs: Number.NEGATIVE_INFINITY, upToMs: nowMs };
  switch (filter.operator) {
    case 'in-the-last':
      return { ...all, afterMs: earliestOf(timeZone, nowMs, filter) };
    case 'between':
      return { ...all, afterMs: earliestOf(timeZone, nowMs, { unit: filter.unit, quantity: filter.end }) };
    case 'between-static': {
      const [start, end] = [boundsOf(filter.start, timeZone), boundsOf(filter.end, timeZone)];
      return { afterMs: (start?.fromMs ?? 0) - 1, upToMs: Math.min(nowMs, end?.lastMs ?? nowMs) };
    }
    case 'after':
      return {
        ...all,
        afterMs: filter.date === 'today' ? all.afterMs : (boundsOf(filter.date, timeZone)?.lastMs ?? 0),
      };
    case 'before':
      return filter.date === 'today'
        ? all
        : { ...all, upToMs: Math.min(nowMs, (boundsOf(filter.date, timeZone)?.fromMs ?? nowMs) - 1) };
    default:
      return all;
  }
}

/** A date alone is its whole day; a date with a time is that instant. null for what is no date. */
export function boundsOf(date: DateText, timeZone: string): { fromMs: number; lastMs: number } | null {
  const at = instantOf(date, timeZone);
  if (at === null) return null;
  return DATE_ALONE.test(date.trim())
    ? { fromMs: at, lastMs: nextMidnight(timeZone, at) - 1 }
    : { fromMs: at, lastMs: at };
}

/** Numbers from here on are milliseconds; smaller ones seconds since 1970. */
const FIRST_MS = 100_000_000_000;
const MONTH_AND_DAY = /^(?:--)?(\d{2})-(\d{2})$/;

function isYearless(value: Json): boolean {
  return typeof value === 'string' && MONTH_AND_DAY.test(value.trim());
}

/** A date as profiles and events carry it: ISO 8601, seconds or milliseconds, or a month and day without the year (of a leap year, then). */
function dateOf(value: Json, timeZone: string): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const atMs = Math.abs(value) >= FIRST_MS ? value : value * 1_000;
    return Math.abs(atMs) <= 8.64e15 ? Math.round(atMs) : null;
  }
  if (typeof value !== 'string') return null;
  const yearless = MONTH_AND_DAY.exec(value.trim());
  return instantOf(yearless === null ? value : `2000-${yearless[1]}-${yearless[2]}`, timeZone);
}

/** Whether what the filter says of a date never changes by itself. */
export function isTimeless(filter: DateFilter): boolean {
  if (filter.operator === 'before' || filter.operator === 'after') return filter.date !== 'today';
  return ['between-static', 'calendar-month', 'alltime'].includes(filter.operator);
}
