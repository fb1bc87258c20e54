/** ISO 8601 durations, such as P2Y or P1M15DT12H, added by the UTC calendar. Pure. */

const DURATION = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const DAY_MS = 86_400_000;

/**
 * The instant a duration after `fromMs`; null for a text that is no duration. Years and months keep the day of the month,
 * or end with the month (31 January + P1M is the last of February); weeks, days and times are added after them.
 */
export function addDuration(fromMs: number, duration: string): number | null {
  const match = DURATION.exec(duration);
  if (match === null) return null;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const exact = (weeks * 7 + days) * DAY_MS + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000;
  const atMs = addMonths(fromMs, years * 12 + months) + exact;
  return Number.isSafeInteger(atMs) ? atMs : null;
}

function addMonths(fromMs: number, months: number): number {
  if (months === 0) return fromMs;
  const from = new Date(fromMs);
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  return Date.UTC(from.getUTCFullYear(), month, day) + (fromMs - Math.floor(fromMs / DAY_MS) * DAY_MS);
}
