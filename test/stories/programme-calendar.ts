/** The calendar of the story's shop, worked out by asking `Intl` what a clock in Berlin shows. Knows nothing of the product. */

export const DAY = 86_400_000;
const HOUR = 3_600_000;

export interface Date3 {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});
const summers = new Map<number, boolean>();

/** Berlin is one hour ahead of Greenwich, in summer two; it changes only on a full hour. */
function isSummer(atMs: number): boolean {
  const hour = Math.floor(atMs / HOUR);
  const known = summers.get(hour);
  if (known !== undefined) return known;
  const shown = clock.formatToParts(atMs).find(({ type }) => type === 'hour')?.value;
  const found = Number(shown) === (new Date(atMs).getUTCHours() + 2) % 24;
  summers.set(hour, found);
  return found;
}

/** What the clock on the wall shows, as if it hung in Greenwich. */
function wallOf(atMs: number): number {
  return atMs + (isSummer(atMs) ? 2 : 1) * HOUR;
}

/** When the wall first shows this; the hour that is skipped in March is read by the winter's clock. */
function instantOf(wall: number): number {
  const summer = wall - 2 * HOUR;
  return isSummer(summer) ? summer : wall - HOUR;
}

export function dateOf(atMs: number): Date3 {
  const wall = new Date(wallOf(atMs));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** The midnight that a day begins with; days and months may run over. */
export function midnight(year: number, month: number, day: number): number {
  return instantOf(Date.UTC(year, month - 1, day));
}

/** The midnight after a day. */
export function endOfDay(atMs: number): number {
  const { year, month, day } = dateOf(atMs);
  return midnight(year, month, day + 1);
}

export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The day so many months later; of a month that is too short its last. */
export function monthsLater({ year, month, day }: Date3, months: number): Date3 {
  const count = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(count / 12), (count % 12) + 1];
  return { year: toYear, month: toMonth, day: Math.min(day, daysIn(toYear, toMonth)) };
}

/** The end of the day that lies so many months after an instant. */
export function endAfterMonths(atMs: number, months: number): number {
  const { year, month, day } = monthsLater(dateOf(atMs), months);
  return midnight(year, month, day + 1);
}

/** The same time of the day, so many days before. */
export function daysBefore(atMs: number, days: number): number {
  return instantOf(wallOf(atMs) - days * DAY);
}

/** Days since 1970. */
export function numberOf({ year, month, day }: Date3): number {
  return Date.UTC(year, month - 1, day) / DAY;
}
