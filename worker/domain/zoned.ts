/** Times as people write them, in a shop's time zone where they name none. Pure. */
import { instantIn } from './calendar.ts';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * The instant of an ISO 8601 time (or of a date, at its midnight) as a text; a blank may stand for the T. Without an offset
 * it is a wall clock's in `timeZone`: an hour that happens twice is the first one, one that is skipped is read as if the
 * clock had not been put forward. null for anything else, such as 31 February.
 */
export function instantOf(text: string, timeZone: string): number | null {
  const match = ISO.exec(text.trim());
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const milli = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second, milli);
  const isReal = new Date(wallMs).toISOString().startsWith(`${match[1]}-${match[2]}-${match[3]}`);
  if (!isReal || minute > 59 || second > 59) return null;
  const zone = match[8];
  return zone === undefined ? instantIn(timeZone, wallMs) : wallMs - offsetMs(zone);
}

function offsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const ms = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return zone.startsWith('-') ? -ms : ms;
}
