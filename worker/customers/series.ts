/** Times and what was derived of events, kept in lists of the newest first. */
import type { JsonObject } from '../domain/json.ts';
import type { Derived, EventMatch, EventQuery, Summed } from '../domain/segments/facts.ts';

/** What was derived of one name's events for one question, the newest first. */
export interface Series {
  name: string;
  source: EventQuery['source'];
  derive: (properties: JsonObject) => Derived;
  /** Those that pass. */
  entries: Summed[];
}

/** Where the first instant that is not after `ms` stands in a list of the newest first. */
export function placeOf(times: readonly number[], ms: number): number {
  return place(times.length, (at) => (times[at] ?? 0) > ms);
}

export function placeIn(entries: readonly Summed[], ms: number): number {
  return place(entries.length, (at) => (entries[at]?.atMs ?? 0) > ms);
}

/** The first place of a sorted list that is not before. */
function place(length: number, isBefore: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One more of the series' events; the oldest give way. */
export function extend(
  { derive, entries }: Series,
  { atMs, properties }: Pick<EventMatch, 'atMs' | 'properties'>,
  most: number,
): void {
  const { passes, numbers } = derive(properties);
  if (!passes) return;
  entries.splice(placeIn(entries, atMs), 0, { atMs, numbers });
  if (entries.length > most) entries.pop();
}

export function insert(times: number[], ms: number): void {
  times.splice(placeOf(times, ms), 0, ms);
}
