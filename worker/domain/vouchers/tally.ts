/** Counts by the shop's calendar in constant space: how often this day, this week, this month, and ever. */
import { dayOf, startOf } from '../calendar.ts';
import type { Period } from './facts.ts';

export interface ShopCalendar {
  timeZone: string;
  /** 0 = Sunday. */
  weekStart: number;
}

/** Regions whose week begins on Sunday, and on Saturday (Unicode CLDR 44, supplemental week data); Friday in the Maldives, elsewhere Monday. */
const SUNDAY = new Set(
  `AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT
   PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW`.split(/\s+/),
);
const SATURDAY = new Set('AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY'.split(' '));

/** Which day a week begins with where a locale ("en-US", "de") is spoken: 0 = Sunday, 1 = Monday, 5 = Friday, 6 = Saturday. */
export function weekStartOf(locale: string): number {
  const region = regionOf(locale);
  if (SUNDAY.has(region)) return 0;
  if (SATURDAY.has(region)) return 6;
  return region === 'MV' ? 5 : 1;
}

/** The region that a locale names or, where it names none, is spoken in mostly. */
function regionOf(locale: string): string {
  const known = regions.get(locale);
  if (known !== undefined) return known;
  const region = likeliestRegion(locale);
  if (regions.size >= MOST_REGIONS) regions.clear();
  regions.set(locale, region);
  return region;
}

// asked with every decision, and the platform takes a tenth of a millisecond for it
const regions = new Map<string, string>();
const MOST_REGIONS = 1_000;

function likeliestRegion(locale: string): string {
  try {
    return new Intl.Locale(locale).maximize().region ?? '';
  } catch {
    return '';
  }
}

/** The first instant of the period that an instant falls in; of `ever`: minus infinity. */
export function periodStart(per: Period, atMs: number, { timeZone, weekStart }: ShopCalendar): number {
  if (per === 'ever') return Number.NEGATIVE_INFINITY;
  const day = dayOf(timeZone, atMs);
  if (per === 'month') return startOf(timeZone, { ...day, day: 1 });
  if (per === 'day') return startOf(timeZone, day);
  const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
  return startOf(timeZone, { ...day, day: day.day - ((weekday - weekStart + 7) % 7) });
}

/** JSON; `since` tells which day, week and month the counts are of. */
export interface Tally {
  ever: number;
  day: number;
  week: number;
  month: number;
  since: { day: number; week: number; month: number };
}

const CALENDAR_PERIODS = ['day', 'week', 'month'] as const;

/** The counts as they are at an instant: what belongs to a period gone by is 0. `tally` null: never counted. */
export function countsAt(tally: Tally | null, nowMs: number, calendar: ShopCalendar): Record<Period, number> {
  const counts = { ever: tally?.ever ?? 0, day: 0, week: 0, month: 0 };
  for (const per of CALENDAR_PERIODS)
    if (tally !== null && tally.since[per] === periodStart(per, nowMs, calendar)) counts[per] = tally[per];
  return counts;
}

/** `atMs`: when what is counted took place; once less (`by` -1) is taken only from the periods that hold both instants. */
export interface Count {
  by: 1 | -1;
  atMs: number;
  nowMs: number;
  /** No count falls below it; minus infinity where others count the rest. Default 0. */
  least?: number;
}

export function counted(tally: Tally | null, { by, atMs, nowMs, least = 0 }: Count, calendar: ShopCalendar): Tally {
  const now = countsAt(tally, nowMs, calendar);
  const since = { day: 0, week: 0, month: 0 };
  for (const per of CALENDAR_PERIODS) {
    since[per] = periodStart(per, nowMs, calendar);
    if (periodStart(per, atMs, calendar) === since[per]) now[per] = Math.max(least, now[per] + by);
  }
  return { ...now, ever: Math.max(least, now.ever + by), since };
}
