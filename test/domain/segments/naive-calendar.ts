/** The model's own clock: wall time by `Intl` alone, and which dates each date operator lets pass at an instant. */
import type { DateFilter } from '../../../worker/domain/segments/definition.ts';

const MINUTE = 60_000;
const LENGTHS = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE, week: 10_080 * MINUTE };
type Unit = keyof typeof LENGTHS | 'month' | 'year';

const formats = new Map<string, Intl.DateTimeFormat>();
const ahead = new Map<string, number>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...fields });
  formats.set(zone, format);
  return format;
}

/** How far a zone's clocks are ahead of Greenwich at a full quarter: they never change in between. */
function askedAhead(zone: string, atMs: number): number {
  const key = `${zone} ${atMs}`;
  const known = ahead.get(key);
  if (known !== undefined) return known;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  const found = Date.UTC(year, month - 1, day, hour, minute) - atMs;
  ahead.set(key, found);
  return found;
}

const WEEK = LENGTHS.week;

function aheadOf(zone: string, atMs: number): number {
  // clocks do not change twice in a week: where both its ends agree, so does all between them
  const week = Math.floor(atMs / WEEK) * WEEK;
  const start = askedAhead(zone, week);
  if (start === askedAhead(zone, week + WEEK)) return start;
  return askedAhead(zone, Math.floor(atMs / (15 * MINUTE)) * 15 * MINUTE);
}

/** What the clock on the wall shows, as if it hung in Greenwich. */
export function wallOf(zone: string, atMs: number): number {
  return atMs + aheadOf(zone, atMs);
}

/** The first instant at which the wall shows this; of a time that is skipped, as if the clock had not been put forward. */
export function instantAt(zone: string, wall: number): number {
  const before = aheadOf(zone, wall - LENGTHS.day);
  const after = aheadOf(zone, wall + LENGTHS.day);
  const shown = [wall - before, wall - after].filter((at) => wallOf(zone, at) === wall);
  return shown.length > 0 ? Math.min(...shown) : wall - before;
}

export interface Calendar {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

export function calendarOf(zone: string, atMs: number): Calendar {
  const wall = new Date(wallOf(zone, atMs));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** The first instant of a day; `day` may run over the month's end. */
export function startOfDay(zone: string, { year, month, day }: Calendar): number {
  return instantAt(zone, Date.UTC(year, month - 1, day));
}

export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function later(zone: string, atMs: number, unit: Unit, quantity: number): number {
  if (unit !== 'month' && unit !== 'year') return atMs + quantity * LENGTHS[unit];
  const wall = wallOf(zone, atMs);
  const { year, month, day } = calendarOf(zone, atMs);
  const months = year * 12 + (month - 1) + quantity * (unit === 'year' ? 12 : 1);
  const [toYear, toMonth] = [Math.floor(months / 12), (months % 12) + 1];
  const timeOfDay = wall - Date.UTC(year, month - 1, day);
  return instantAt(zone, Date.UTC(toYear, toMonth - 1, Math.min(day, daysIn(toYear, toMonth))) + timeOfDay);
}

/** A date as a customer has it; a birthday may lack its year, and then has no instant. */
export interface Moment {
  atMs: number | null;
  month: number;
  day: number;
}

export function momentAt(zone: string, atMs: number): Moment {
  const { month, day } = calendarOf(zone, atMs);
  return { atMs, month, day };
}

/** `today`, a day, or an instant: from its first millisecond to its last. */
export function rangeOf(zone: string, date: string, nowMs: number): { first: number; last: number } {
  const day = date === 'today' ? calendarOf(zone, nowMs) : dayIn(date);
  if (day === null) {
    const at = instantIn(zone, date) ?? Number.NaN;
    return { first: at, last: at };
  }
  return { first: startOfDay(zone, day), last: startOfDay(zone, { ...day, day: day.day + 1 }) - 1 };
}

function dayIn(text: string): Calendar | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) ? { year, month, day } : null;
}

/** The instant of an ISO 8601 text; a day alone is its first instant. */
export function instantIn(zone: string, text: string): number | null {
  const day = dayIn(text);
  if (day !== null) return startOfDay(zone, day);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  if (/(Z|[+-]\d{2}:\d{2})$/.test(text)) return Number.isNaN(Date.parse(text)) ? null : Date.parse(text);
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : instantAt(zone, wall);
}

/** The day on which a date returns in a year: the 29th of February on the 28th where there is none. */
function returnIn(year: number, { month, day }: Moment): Calendar {
  return { year, month, day: Math.min(day, daysIn(year, month)) };
}

export function datePasses(filter: DateFilter, moment: Moment, nowMs: number, zone: string): boolean {
  const now = calendarOf(zone, nowMs);
  switch (filter.operator) {
    case 'calendar-month':
      return moment.month === filter.value;
    case 'anniversary-month':
      return moment.month === now.month;
    case 'anniversary':
      return moment.month === now.month && returnIn(now.year, moment).day === now.day;
    case 'anniversary-last':
    case 'anniversary-next':
      return yearsAround(now.year, filter).some((year) => returnPasses(filter, returnIn(year, moment), nowMs, zone));
    case 'alltime':
      return true;
    default:
      return moment.atMs !== null && instantPasses(filter, moment.atMs, nowMs, zone);
  }
}

type Anniversary = Extract<DateFilter, { quantity: number }> & { operator: 'anniversary-last' | 'anniversary-next' };

/** All years whose return could matter: two more than the window is long, on its side. */
function yearsAround(year: number, { operator }: Anniversary): number[] {
  // a longer window always holds this year's or last year's return as well
  return operator === 'anniversary-last' ? [year - 2, year - 1, year] : [year, year + 1, year + 2];
}

function returnPasses({ operator, unit, quantity }: Anniversary, day: Calendar, nowMs: number, zone: string): boolean {
  const first = startOfDay(zone, day);
  if (operator === 'anniversary-last') return first <= nowMs && nowMs < later(zone, first, unit, quantity);
  const isOver = startOfDay(zone, { ...day, day: day.day + 1 }) <= nowMs;
  return later(zone, first, unit, -quantity) <= nowMs && !isOver;
}

function instantPasses(filter: DateFilter, atMs: number, nowMs: number, zone: string): boolean {
  switch (filter.operator) {
    case 'in-the-last':
      return atMs <= nowMs && nowMs < later(zone, atMs, filter.unit, filter.quantity);
    case 'at-least':
      return later(zone, atMs, filter.unit, filter.quantity) <= nowMs;
    case 'between': {
      const [since, until] = [filter.start, filter.end].map((quantity) => later(zone, atMs, filter.unit, quantity));
      return (since ?? 0) <= nowMs && nowMs < (until ?? 0);
    }
    case 'in-the-next':
      return later(zone, atMs, filter.unit, -filter.quantity) <= nowMs && nowMs < atMs;
    case 'before':
      return atMs < rangeOf(zone, filter.date, nowMs).first;
    case 'after':
      return atMs > rangeOf(zone, filter.date, nowMs).last;
    case 'between-static':
      return rangeOf(zone, filter.start, nowMs).first <= atMs && atMs <= rangeOf(zone, filter.end, nowMs).last;
    case 'this-month': {
      const [at, now] = [calendarOf(zone, atMs), calendarOf(zone, nowMs)];
      return at.year === now.year && at.month === now.month;
    }
    default:
      throw new Error(`no operator of instants: ${filter.operator}`);
  }
}
