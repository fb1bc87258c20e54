/** Points that a shop stands for, summed up by the months in which they run out. Pure. */
import { dayOf, startOf } from './calendar.ts';
import { NEVER } from './ledger.ts';

/** What is told of comes so many months ahead; the rest is `later`. */
const MONTHS = 36;

export interface ByExpiry {
  points: number;
  /** As many as there are months. */
  byMonth: number[];
  later: number;
  never: number;
}

export interface Month {
  /** As `2026-03`. */
  name: string;
  beginMs: number;
}

/** The month of an instant and those after it, in the time zone; the last one only ends the one before it. */
export function monthsFrom(timeZone: string, nowMs: number): Month[] {
  const { year, month } = dayOf(timeZone, nowMs);
  return Array.from({ length: MONTHS + 1 }, (_, at) => {
    const [own, ordinal] = [year + Math.floor((month - 1 + at) / 12), ((month - 1 + at) % 12) + 1];
    const name = `${own}-${String(ordinal).padStart(2, '0')}`;
    return { name, beginMs: startOf(timeZone, { year: own, month: ordinal, day: 1 }) };
  });
}

export function noPoints(monthsMs: readonly number[]): ByExpiry {
  return { points: 0, byMonth: monthsMs.slice(1).map(() => 0), later: 0, never: 0 };
}

/** What is good to the very end of a month runs out in it. */
export function addPoints(
  sum: ByExpiry,
  monthsMs: readonly number[],
  lot: { points: number; expiresAtMs: number },
): void {
  sum.points += lot.points;
  const end = monthsMs.findIndex((beginMs) => beginMs >= lot.expiresAtMs);
  const month = Math.max(0, end - 1);
  if (lot.expiresAtMs === NEVER) sum.never += lot.points;
  else if (end < 0) sum.later += lot.points;
  else sum.byMonth[month] = (sum.byMonth[month] ?? 0) + lot.points;
}

export function joinSums(a: ByExpiry, b: ByExpiry): ByExpiry {
  return {
    points: a.points + b.points,
    byMonth: a.byMonth.map((points, at) => points + (b.byMonth[at] ?? 0)),
    later: a.later + b.later,
    never: a.never + b.never,
  };
}
