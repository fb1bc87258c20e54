/**
 * Date filters. A relative window counts from now back: `in-the-last 72 hours` is (now - 72 h, now]. Every filter that a
 * date passes during one stretch of time is that stretch; anniversaries come back every year.
 */
import { anniversaryIn, dayOf, earliestOf, nextMidnight, plus, type Span, startOf } from '../calendar.ts';
import type { Json } from '../json.ts';
import { instantOf } from '../zoned.ts';
import type { DateFilter, DateText } from './definition.ts';
import { always, between, FOREVER, type Truth } from './truth.ts';

/** When a date passes the filter: from `inMs` on and before `outMs`. */
export interface Stretch {
  inMs: number;
  outMs: number;
}

const EVER: Stretch = { inMs: Number.NEGATIVE_INFINITY, outMs: FOREVER };
const NEVER: Stretch = { inMs: FOREVER, outMs: FOREVER };
const DATE_ALONE = /^\d{4}-\d{2}-\d{2}$/;

/** The stretch of time in which `dateMs` passes; null for filters that are not one stretch. */
export function stretchOf(filter: DateFilter, dateMs: number, timeZone: string): Stretch | null {
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
    case 'anniversary':
    case 'anniversary-month':
    case 'anniversary-last':
    case 'anniversary-next':
      return null;
  }
}

/** A window before a date hangs from the date, as one after it does: counted from now it would open and close at a month's end. */
function backwards({ unit, quantity }: Span): Span {
  return { unit, quantity: -quantity };
}

function sideOf(filter: Extract<DateFilter, { date: DateText }>, dateMs: number, timeZone: string): Stretch | null {
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
  const stretch = stretchOf(filter, dateMs, timeZone);
  if (stretch !== null) return between(stretch.inMs, stretch.outMs, nowMs);
  return recurring(filter, dateMs, nowMs, timeZone);
}

/** Of an anniversary that comes back every year, the years around now decide. */
function recurring(filter: DateFilter, dateMs: number, nowMs: number, timeZone: string): Truth {
  const birth = dayOf(timeZone, dateMs);
  const { year } = dayOf(timeZone, nowMs);
  const reach = 'quantity' in filter ? reachYears(filter.unit, filter.quantity) : 1;
  const years = Array.from({ length: 2 * reach + 2 }, (_, at) => year - reach + at);
  const stretches = years.map((one) => {
    const day = anniversaryIn(one, birth);
    const fromMs = startOf(timeZone, day);
    const endMs = startOf(timeZone, { ...day, day: day.day + 1 });
    switch (filter.operator) {
      case 'anniversary-month':
        return {
          inMs: startOf(timeZone, { ...day, day: 1 }),
          outMs: startOf(timeZone, { ...day, month: day.month + 1, day: 1 }),
        };
      case 'anniversary-last':
        return { inMs: fromMs, outMs: plus(timeZone, fromMs, filter) };
      case 'anniversary-next':
        return { inMs: plus(timeZone, fromMs, backwards(filter)), outMs: endMs };
      default:
        return { inMs: fromMs, outMs: endMs };
    }
  });
  const truths = stretches.map(({ inMs, outMs }) => between(inMs, outMs, nowMs));
  const holding = truths.filter((one) => one.holds);
  if (holding.length > 0) return { holds: true, nextMs: Math.max(...holding.map((one) => one.nextMs)) };
  return { holds: false, nextMs: Math.min(...truths.map((one) => one.nextMs)) };
}

const YEAR_DAYS = 365;
const DAYS: Record<string, number> = { minute: 1 / 1440, hour: 1 / 24, day: 1, week: 7, month: 31, year: 366 };

/** A window of more than a year reaches over several anniversaries, and is always open. */
function reachYears(unit: string, quantity: number): number {
  return Math.min(3, 1 + Math.ceil(((DAYS[unit] ?? 1) * quantity) / YEAR_DAYS));
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
