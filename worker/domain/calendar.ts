/** Dates on a wall: what an instant is called in a time zone, and how calendars add. Pure; knows no shop. */

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A day as a calendar names it; `month` is 1 to 12. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

/** The first instant of a wall clock's time, `wallMs` being that time as if the clock hung in Greenwich. An hour that is skipped is read as if the clock had not been put forward. */
export function instantIn(timeZone: string, wallMs: number): number {
  const before = wallMs - aheadMs(timeZone, wallMs - DAY_MS);
  const after = wallMs - aheadMs(timeZone, wallMs + DAY_MS);
  const fits = (instant: number) => instant + aheadMs(timeZone, instant) === wallMs;
  return !fits(before) && fits(after) ? after : before;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Clocks are only ever changed on a quarter of an hour; the answers within one are kept, a bounded number of them. */
const STEP_MS = 15 * MINUTE_MS;
const MOST_KEPT = 20_000;
const kept = new Map<string, number>();

/** How far the zone's clocks are ahead of UTC at an instant. */
export function aheadMs(timeZone: string, instantMs: number): number {
  if (timeZone === 'UTC') return 0;
  const key = `${timeZone} ${Math.floor(instantMs / STEP_MS)}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const ahead = readAheadMs(timeZone, instantMs);
  kept.set(key, ahead);
  return ahead;
}

function readAheadMs(timeZone: string, instantMs: number): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numbers = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...numbers, second: '2-digit' });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]));
  const [year, month, day] = [Number(parts.year), Number(parts.month) - 1, Number(parts.day)];
  const wall = Date.UTC(year, month, day, Number(parts.hour), Number(parts.minute), Number(parts.second));
  return wall - Math.floor(instantMs / 1_000) * 1_000;
}

/** The day that an instant falls on. */
export function dayOf(timeZone: string, instantMs: number): Day {
  const wall = new Date(instantMs + aheadMs(timeZone, instantMs));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** The first instant of a day. Days beyond a month's end run on into the next; months beyond December likewise. */
export function startOf(timeZone: string, { year, month, day }: Day): number {
  return instantIn(timeZone, wallOf({ year, month, day }));
}

/** The first instant of the day after an instant's. */
export function nextMidnight(timeZone: string, instantMs: number): number {
  const { year, month, day } = dayOf(timeZone, instantMs);
  return startOf(timeZone, { year, month, day: day + 1 });
}

/** The day that has this month and day in a year; 29 February is the 28th where there is none. */
export function anniversaryIn(year: number, { month, day }: Day): Day {
  return { year, month, day: Math.min(day, daysIn(year, month)) };
}

export const SPAN_UNITS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];

/** Minutes to weeks have one length (a day is 24 hours); months and years go by the calendar of a time zone. */
export interface Span {
  unit: SpanUnit;
  quantity: number;
}

const LENGTHS: Record<Exclude<SpanUnit, 'month' | 'year'>, number> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
};

/** An instant and a span later; 31 January and a month is the last of February, at the same time on the wall. */
export function plus(timeZone: string, instantMs: number, { unit, quantity }: Span): number {
  if (unit !== 'month' && unit !== 'year') return instantMs + LENGTHS[unit] * quantity;
  const wallMs = instantMs + aheadMs(timeZone, instantMs);
  const wall = new Date(wallMs);
  const months = wall.getUTCFullYear() * 12 + wall.getUTCMonth() + quantity * (unit === 'year' ? 12 : 1);
  const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  const day = Math.min(wall.getUTCDate(), daysIn(year, month));
  return instantIn(timeZone, wallOf({ year, month, day }) + (((wallMs % DAY_MS) + DAY_MS) % DAY_MS));
}

/** The same time on the wall, so many days before. */
export function daysBefore(timeZone: string, instantMs: number, days: number): number {
  return instantIn(timeZone, instantMs + aheadMs(timeZone, instantMs) - days * DAY_MS);
}

/** No instant whose span still reaches `instantMs` is earlier than this: for reading no more than is needed. */
export function earliestOf(timeZone: string, instantMs: number, span: Span): number {
  const slack = span.unit === 'month' || span.unit === 'year' ? 5 * DAY_MS : 0;
  return plus(timeZone, instantMs, { ...span, quantity: -span.quantity }) - slack;
}

function daysIn(year: number, month: number): number {
  return new Date(wallOf({ year, month: month + 1, day: 0 })).getUTCDate();
}

/** Date.UTC reads the years 0 to 99 as 1900 to 1999. */
function wallOf({ year, month, day }: Day): number {
  const wall = new Date(0);
  wall.setUTCFullYear(year, month - 1, day);
  return wall.getTime();
}
