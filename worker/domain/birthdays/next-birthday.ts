/** When a birthday is rewarded next: the first instant of the day, a year after the last one at the earliest. Pure. */
import { dayOf, startOf } from '../calendar.ts';
import type { BirthdayProgramme } from './programme.ts';
import type { BirthdayState, MonthDay } from './state.ts';

const DAY_MS = 86_400_000;
const A_YEAR = 365;

type Ruled = Pick<BirthdayProgramme, 'leadDays' | 'leapDay'>;

/** The first one after an instant that may be rewarded; null: no date is known. */
export function nextBirthday(state: BirthdayState, rules: Ruled, timeZone: string, afterMs: number): number | null {
  const { month, day, toldMs, paidMs } = state;
  if (month === undefined || day === undefined) return null;
  const told = toldMs === undefined ? null : dayNumber(timeZone, toldMs);
  const paid = paidMs === undefined ? null : dayNumber(timeZone, paidMs);
  const first = dayOf(timeZone, afterMs).year;
  // two that come too soon after what was told or rewarded, one that is past: the fourth stands in any case
  for (let year = first; ; year += 1) {
    const date = inYear(year, { month, day }, rules);
    const atMs = startOf(timeZone, { year, ...date });
    const number = Date.UTC(year, date.month - 1, date.day) / DAY_MS;
    const isTooSoon = told !== null && number - told <= rules.leadDays;
    const isTwice = paid !== null && number - paid < A_YEAR;
    if (atMs > afterMs && !isTooSoon && !isTwice) return atMs;
  }
}

function inYear(year: number, { month, day }: MonthDay, { leapDay }: Ruled): MonthDay {
  if (month !== 2 || day !== 29 || isLeap(year)) return { month, day };
  return leapDay === 'march_1' ? { month: 3, day: 1 } : { month: 2, day: 28 };
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

function dayNumber(timeZone: string, atMs: number): number {
  const { year, month, day } = dayOf(timeZone, atMs);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}
