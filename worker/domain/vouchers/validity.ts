/** When a voucher is good within its dates: weekdays, hours of the day, frames that come again. By the shop's calendar. */
import { aheadMs, instantIn, MINUTE_MS, plus } from '../calendar.ts';

export type Validity =
  /** 0 = Sunday. */
  | { kind: 'weekdays'; days: number[] }
  /** Minutes of the local day, end left out; one that ends before it begins runs past midnight. `days` null: every day. */
  | { kind: 'hours'; spans: HourSpan[] }
  /** Open for `open` at every `every` from the start of the campaign. */
  | { kind: 'frames'; every: Duration; open: Duration }
  /** All of them at once. */
  | { kind: 'all'; of: Validity[] };

export interface HourSpan {
  fromMinute: number;
  toMinute: number;
  days: number[] | null;
}

export interface Duration {
  months: number;
  days: number;
  /** The rest, in milliseconds. */
  ms: number;
}

const DAY_MS = 86_400_000;
const DAY_MINUTES = 1_440;
const ISO =
  /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;

/** An ISO 8601 duration such as `P2D`, `PT1H`, `P1M2DT30M`, `P3W`; null for anything else, and for nothing (`P0D`). */
export function durationOf(text: string): Duration | null {
  const match = ISO.exec(text.trim().toUpperCase());
  if (match === null) return null;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const duration = {
    months: years * 12 + months,
    days: weeks * 7 + days,
    ms: ((hours * 60 + minutes) * 60 + seconds) * 1_000,
  };
  return roughMs(duration) > 0 ? duration : null;
}

/** As `durationOf` reads it; parts of a second are left out. */
export function durationText({ months, days, ms }: Duration): string {
  const seconds = Math.floor(ms / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const said = (amount: number, unit: string) => (amount > 0 ? `${amount}${unit}` : '');
  const time = said(hours, 'H') + said(minutes, 'M') + said(rest, 'S');
  const date = said(months, 'M') + said(days, 'D');
  return date === '' && time === '' ? 'P0D' : `P${date}${time === '' ? '' : `T${time}`}`;
}

/** An instant and a duration later: months and days by the calendar on the wall, the rest exactly. */
export function later(timeZone: string, instantMs: number, { months, days, ms }: Duration): number {
  const moved = months === 0 ? instantMs : plus(timeZone, instantMs, { unit: 'month', quantity: months });
  if (days === 0) return moved + ms;
  return instantIn(timeZone, wallMs(timeZone, moved) + days * DAY_MS) + ms;
}

/** Whether an instant lies within what comes again. `anchorMs`: from when frames are counted. */
export function isOpen(validity: Validity, nowMs: number, at: { timeZone: string; anchorMs: number }): boolean {
  switch (validity.kind) {
    case 'weekdays':
      return validity.days.includes(weekdayOf(wallMs(at.timeZone, nowMs)));
    case 'hours':
      return validity.spans.some((span) => isWithin(span, wallMs(at.timeZone, nowMs)));
    case 'frames':
      return isInFrame(validity, nowMs, at);
    case 'all':
      return validity.of.every((one) => isOpen(one, nowMs, at));
  }
}

/** An instant as the clock on the wall shows it, as if that hung in Greenwich. */
function wallMs(timeZone: string, instantMs: number): number {
  return instantMs + aheadMs(timeZone, instantMs);
}

function weekdayOf(wall: number): number {
  return new Date(wall).getUTCDay();
}

function isWithin({ fromMinute, toMinute, days }: HourSpan, wall: number): boolean {
  const minute = Math.floor((((wall % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
  const on = (day: number) => days === null || days.includes(day);
  const today = weekdayOf(wall);
  if (fromMinute < toMinute) return on(today) && minute >= fromMinute && minute < toMinute;
  // past midnight it is still the span of the day before
  return (on(today) && minute >= fromMinute) || (on((today + 6) % 7) && minute < toMinute);
}

type Frames = Extract<Validity, { kind: 'frames' }>;

/** The frame that a calendar's months, or a changed clock, could have moved an instant into is next to the rough one. */
function isInFrame(
  { every, open }: Frames,
  nowMs: number,
  { timeZone, anchorMs }: { timeZone: string; anchorMs: number },
) {
  if (nowMs < anchorMs) return false;
  const rough = Math.floor((nowMs - anchorMs) / roughMs(every));
  for (let at = Math.max(0, rough - 2); at <= rough + 2; at += 1) {
    const startMs = later(timeZone, anchorMs, { months: every.months * at, days: every.days * at, ms: every.ms * at });
    if (startMs > nowMs) return false;
    if (nowMs < later(timeZone, startMs, open)) return true;
  }
  return false;
}

/** Of an average month. */
function roughMs({ months, days, ms }: Duration): number {
  return months * 30.436875 * DAY_MS + days * DAY_MS + ms;
}

export interface ValidityFlaw {
  field: string;
  rule: string;
}

/** What is wrong with a validity: overlapping hours, frames that are open longer than they are apart, numbers out of bounds. */
export function validityFlaws(validity: Validity, path = 'validity'): ValidityFlaw[] {
  switch (validity.kind) {
    case 'weekdays':
      return daysAreFit(validity.days) ? [] : [{ field: `${path}.days`, rule: DAYS }];
    case 'hours':
      return hourFlaws(validity.spans, `${path}.spans`);
    case 'frames':
      return frameFlaws(validity, path);
    case 'all': {
      const fit = validity.of.length > 0 && validity.of.length <= 4 && validity.of.every(({ kind }) => kind !== 'all');
      if (!fit) return [{ field: `${path}.of`, rule: 'must be 1 to 4 validities of other kinds' }];
      return validity.of.flatMap((one, at) => validityFlaws(one, `${path}.of.${at}`));
    }
  }
}

const DAYS = 'must be 1 to 7 different days, 0 (Sunday) to 6';

function daysAreFit(days: readonly number[]): boolean {
  const fit = days.every((day) => Number.isInteger(day) && day >= 0 && day <= 6);
  return fit && days.length > 0 && new Set(days).size === days.length;
}

function hourFlaws(spans: readonly HourSpan[], path: string): ValidityFlaw[] {
  if (spans.length === 0 || spans.length > 100) return [{ field: path, rule: 'must be 1 to 100 spans' }];
  const flaws = spans.flatMap(({ fromMinute, toMinute, days }, at): ValidityFlaw[] => {
    const isMinute = (minute: number, most: number) => Number.isInteger(minute) && minute >= 0 && minute <= most;
    if (!isMinute(fromMinute, DAY_MINUTES - 1) || !isMinute(toMinute, DAY_MINUTES) || fromMinute === toMinute)
      return [{ field: `${path}.${at}`, rule: 'must be from a minute of the day (0 to 1439) to another (0 to 1440)' }];
    return days === null || daysAreFit(days) ? [] : [{ field: `${path}.${at}.days`, rule: DAYS }];
  });
  if (flaws.length > 0) return flaws;
  const taken = spans.flatMap((span, at) => weekMinutes(span).map((piece) => ({ at, ...piece })));
  taken.sort((a, b) => a.from - b.from || a.to - b.to);
  const over = taken.find(({ from }, place) => from < (taken[place - 1]?.to ?? 0));
  return over === undefined ? [] : [{ field: `${path}.${over.at}`, rule: 'must not overlap another span' }];
}

/** A span as minutes of a week that begins on Sunday. */
function weekMinutes({ fromMinute, toMinute, days }: HourSpan): { from: number; to: number }[] {
  return (days ?? [0, 1, 2, 3, 4, 5, 6]).flatMap((day) => {
    const start = day * DAY_MINUTES;
    if (fromMinute < toMinute) return [{ from: start + fromMinute, to: start + toMinute }];
    const next = ((day + 1) % 7) * DAY_MINUTES;
    const rest = toMinute > 0 ? [{ from: next, to: next + toMinute }] : [];
    return [{ from: start + fromMinute, to: start + DAY_MINUTES }, ...rest];
  });
}

function frameFlaws({ every, open }: Frames, path: string): ValidityFlaw[] {
  const isFit = ({ months, days, ms }: Duration) =>
    [months, days, ms].every((part) => Number.isSafeInteger(part) && part >= 0) && roughMs({ months, days, ms }) > 0;
  if (!isFit(every) || roughMs(every) < MINUTE_MS)
    return [{ field: `${path}.every`, rule: 'must be a minute or longer' }];
  if (!isFit(open)) return [{ field: `${path}.open`, rule: 'must be longer than nothing' }];
  // the shortest month and a clock put forward still leave a gap
  const shortest = every.months * 28 * DAY_MS + every.days * DAY_MS + every.ms;
  const longest = open.months * 31 * DAY_MS + open.days * DAY_MS + open.ms;
  return longest <= shortest ? [] : [{ field: `${path}.open`, rule: 'must not be longer than `every`' }];
}
