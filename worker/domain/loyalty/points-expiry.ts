/** When points run out, by the calendar of the shop: so long after they were earned, or on one day of every year. Pure. */
import { dayOf, plus, startOf } from '../calendar.ts';
import { NEVER } from '../ledger.ts';

/** `until`: they are good to the end of the day, month, quarter or year in which the time is over; `instant`: not rounded. */
export const EXPIRY_ENDS = ['instant', 'day', 'month', 'quarter', 'year'] as const;

export type PointsExpiry =
  | { kind: 'period'; unit: 'day' | 'month' | 'year'; quantity: number; until: (typeof EXPIRY_ENDS)[number] }
  /** At the end of this day of the year; points of that very day are good for another year. */
  | { kind: 'date'; month: number; day: number };

/** The first instant at which points earned at `earnedMs` are gone; `NEVER` where they do not run out. */
export function pointsExpireAt(
  { expiry, expiresAfterDays }: { expiry?: PointsExpiry | null; expiresAfterDays: number | null },
  earnedMs: number,
  timeZone: string,
): number {
  if (expiry == null)
    return expiresAfterDays === null ? NEVER : plus('UTC', earnedMs, { unit: 'day', quantity: expiresAfterDays });
  return expiry.kind === 'date' ? onDate(expiry, earnedMs, timeZone) : afterPeriod(expiry, earnedMs, timeZone);
}

function afterPeriod(
  { unit, quantity, until }: Extract<PointsExpiry, { kind: 'period' }>,
  earnedMs: number,
  timeZone: string,
): number {
  if (until === 'instant') return plus(timeZone, earnedMs, { unit, quantity });
  const from = dayOf(timeZone, earnedMs);
  const { year, month, day } =
    unit === 'day'
      ? { ...from, day: from.day + quantity }
      : dayOf(timeZone, plus(timeZone, earnedMs, { unit, quantity }));
  if (until === 'day') return startOf(timeZone, { year, month, day: day + 1 });
  const last = dayOf(timeZone, startOf(timeZone, { year, month, day }));
  const months = { month: 1, quarter: 3, year: 12 }[until];
  // the first day of the period after the one that holds the last day
  return startOf(timeZone, { year: last.year, month: Math.ceil(last.month / months) * months + 1, day: 1 });
}

function onDate({ month, day }: Extract<PointsExpiry, { kind: 'date' }>, earnedMs: number, timeZone: string): number {
  const { year } = dayOf(timeZone, earnedMs);
  const endIn = (one: number) => startOf(timeZone, { year: one, month, day: Math.min(day, daysOf(one, month)) + 1 });
  const dayBegins = (one: number) => startOf(timeZone, { year: one, month, day: Math.min(day, daysOf(one, month)) });
  return earnedMs < dayBegins(year) ? endIn(year) : endIn(year + 1);
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
