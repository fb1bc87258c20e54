/**
 * Anniversaries: stretches of time that come back every year, and when the next one begins or ends. Where one runs on into
 * the next, they are one; where that never ends, neither begins nor ends again.
 */
import { anniversaryIn, type Day, dayOf, plus, type Span, type SpanUnit, startOf } from '../calendar.ts';
import type { DateFilter } from './definition.ts';
import { always, type Truth } from './truth.ts';

export type Anniversary = Extract<
  DateFilter,
  { operator: 'anniversary' | 'anniversary-month' | 'anniversary-last' | 'anniversary-next' }
>;

/** The calendar's weekdays and leap days have all met by then, also where a century leaves one out. */
export const CYCLE_YEARS = 40;
export const CYCLE_MS = CYCLE_YEARS * 366 * 86_400_000;

/** A window that is longer than this many of its units always holds a yearly return. */
const A_YEAR: Record<SpanUnit, number> = {
  minute: 367 * 1440,
  hour: 367 * 24,
  day: 367,
  week: 53,
  month: 13,
  year: 2,
};

export function isAnniversary(filter: { operator: string }): filter is Anniversary {
  return filter.operator.startsWith('anniversary');
}

/** Whether today is in one of the filter's yearly stretches for a date on the day `birth`, and when that changes. */
export function anniversaryTruth(filter: Anniversary, birth: Day, nowMs: number, timeZone: string): Truth {
  if (isUnbroken(filter, birth)) return always(true);
  const { year } = dayOf(timeZone, nowMs);
  let heldUntilMs: number | null = null;
  // only a window after its day reaches into another year, and one of 366 days into the second
  const first = filter.operator === 'anniversary-last' ? year - 2 : year;
  for (let one = first; one <= year + CYCLE_YEARS; one += 1) {
    const { inMs, outMs } = stretchIn(one, filter, birth, timeZone);
    const sinceMs: number = heldUntilMs ?? nowMs;
    if (inMs >= outMs || outMs <= sinceMs) continue;
    if (inMs > sinceMs) return { holds: heldUntilMs !== null, nextMs: heldUntilMs ?? inMs };
    heldUntilMs = outMs;
  }
  return always(heldUntilMs !== null);
}

/** Whether each window reaches the next for certain: only 29 February is a day less than its year away from the 28th. */
function isUnbroken(filter: Anniversary, { month, day }: Day): boolean {
  if (!('quantity' in filter)) return false;
  if (filter.quantity >= A_YEAR[filter.unit]) return true;
  const isAYear = filter.unit === 'year' || (filter.unit === 'month' && filter.quantity === 12);
  return isAYear && !(month === 2 && day === 29);
}

function stretchIn(year: number, filter: Anniversary, birth: Day, timeZone: string): { inMs: number; outMs: number } {
  const day = anniversaryIn(year, birth);
  const fromMs = midnightOf(timeZone, day);
  const nextDay = { ...day, day: day.day + 1 };
  switch (filter.operator) {
    case 'anniversary':
      return { inMs: fromMs, outMs: midnightOf(timeZone, nextDay) };
    case 'anniversary-month':
      return {
        inMs: midnightOf(timeZone, { ...day, day: 1 }),
        outMs: midnightOf(timeZone, { year, month: day.month + 1, day: 1 }),
      };
    case 'anniversary-last':
      return { inMs: fromMs, outMs: plus(timeZone, fromMs, filter) };
    case 'anniversary-next':
      return { inMs: plus(timeZone, fromMs, backwards(filter)), outMs: midnightOf(timeZone, nextDay) };
  }
}

const MOST_KEPT = 20_000;
let kept = 0;
const midnights = new Map<string, Map<number, number>>();

/** `startOf`, kept: whoever looks for what never meets asks for the same days of the same years, of every customer. */
function midnightOf(timeZone: string, day: Day): number {
  const own = midnights.get(timeZone) ?? new Map<number, number>();
  // months and days may run over by one
  const key = (day.year * 14 + day.month) * 33 + day.day;
  const known = own.get(key);
  if (known !== undefined) return known;
  if (kept >= MOST_KEPT) {
    midnights.clear();
    own.clear();
    kept = 0;
  }
  const atMs = startOf(timeZone, day);
  midnights.set(timeZone, own.set(key, atMs));
  kept += 1;
  return atMs;
}

/** A window before a date hangs from the date, as one after it does: counted from now it would open and close at a month's end. */
export function backwards({ unit, quantity }: Span): Span {
  return { unit, quantity: -quantity };
}
