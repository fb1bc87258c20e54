/**
 * Things that a window holds once each, from an instant on and before another: their measure now, and the first instant at
 * which what is said of it changes. Goes once over the instants at which something comes or goes.
 */
import type { Stretch } from './dates.ts';
import type { ValueFilter } from './definition.ts';
import { FOREVER, type Truth } from './truth.ts';
import { passes, type Reading } from './values.ts';
import { countPasses, microsOf, sumJudge } from './windows.ts';

export interface Measured {
  atMs: number;
  /** What is added up, or looked for the least or largest of. */
  numbers: readonly number[];
}

export interface Swept extends Measured, Stretch {}

export type Measure = 'count' | 'sum' | 'min' | 'max' | 'first' | 'last';

/** Looking anew for the least of many, so often: what is not decided by then is looked at again at that instant. */
const MOST_VISITS = 200_000;

/** `items`: the newest first. `judge` is told a count, a sum in millionths, a number, or a time; null where there is none. */
export function sweep(
  items: readonly Swept[],
  nowMs: number,
  { measure, judge }: { measure: Measure; judge: (value: number | null) => boolean },
): Truth {
  const tally = tallyOf(measure, items);
  const turns: { atMs: number; place: number; comes: boolean }[] = [];
  items.forEach(({ inMs, outMs }, place) => {
    if (inMs >= outMs) return;
    if (inMs <= nowMs && nowMs < outMs) tally.add(place);
    if (inMs > nowMs && inMs !== FOREVER) turns.push({ atMs: inMs, place, comes: true });
    if (outMs > nowMs && outMs !== FOREVER) turns.push({ atMs: outMs, place, comes: false });
  });
  const holds = judge(tally.value());
  turns.sort((a, b) => a.atMs - b.atMs);
  for (const [at, { atMs, place, comes }] of turns.entries()) {
    if (comes) tally.add(place);
    else tally.remove(place);
    if (turns[at + 1]?.atMs === atMs) continue;
    if (judge(tally.value()) !== holds) return { holds, nextMs: atMs };
    if (tally.isSpent()) return { holds, nextMs: atMs, isCut: true };
  }
  return { holds, nextMs: FOREVER };
}

export interface Tally {
  add(place: number): void;
  remove(place: number): void;
  value(): number | null;
  /** It looked anew for the least so often that it should not go on. */
  isSpent(): boolean;
}

/** Of nothing yet; a place is an item's in `items`, the newest first. */
export function tallyOf(measure: Measure, items: readonly Measured[]): Tally {
  switch (measure) {
    case 'count':
      return sumTally(items.map(() => 1n));
    case 'sum':
      return sumTally(items.map(({ numbers }) => numbers.reduce((sum, one) => sum + microsOf(one), 0n)));
    case 'min':
      return leastTally(items.map(({ numbers }) => (numbers.length === 0 ? null : Math.min(...numbers))));
    case 'max':
      return negated(leastTally(items.map(({ numbers }) => (numbers.length === 0 ? null : -Math.max(...numbers)))));
    // the newest stand first
    case 'last':
      return timed(leastTally(items.map((_, place) => place)), items);
    case 'first':
      return timed(negated(leastTally(items.map((_, place) => -place))), items);
  }
}

function sumTally(parts: readonly bigint[]): Tally {
  let sum = 0n;
  return {
    add: (place) => {
      sum += parts[place] ?? 0n;
    },
    remove: (place) => {
      sum -= parts[place] ?? 0n;
    },
    value: () => Number(sum),
    isSpent: () => false,
  };
}

/** The least of what is inside; looked for anew only when that one goes. */
function leastTally(values: readonly (number | null)[]): Tally {
  const inside = new Set<number>();
  let least: number | null = null;
  let visits = 0;
  return {
    add: (place) => {
      const value = values[place] ?? null;
      if (value === null) return;
      inside.add(place);
      if (least === null || value < least) least = value;
    },
    remove: (place) => {
      if (!inside.delete(place) || values[place] !== least) return;
      visits += inside.size;
      least = null;
      for (const other of inside) {
        const value = values[other] ?? null;
        if (value !== null && (least === null || value < least)) least = value;
      }
    },
    value: () => least,
    isSpent: () => visits > MOST_VISITS,
  };
}

function negated(tally: Tally): Tally {
  return {
    ...tally,
    value: () => {
      const value = tally.value();
      return value === null ? null : 0 - value;
    },
  };
}

function timed(tally: Tally, items: readonly Measured[]): Tally {
  return {
    ...tally,
    value: () => {
      const place = tally.value();
      return place === null ? null : (items[place]?.atMs ?? null);
    },
  };
}

/** What a condition says of its measure. */
export function judgeOf(
  { measurement, measurement_filter: filter }: { measurement: Measure; measurement_filter: ValueFilter },
  reading: Reading,
): (value: number | null) => boolean {
  if (measurement === 'count' || measurement === 'sum') {
    if (filter.type !== 'numeric') return () => false;
    const judge = measurement === 'sum' ? sumJudge(filter) : (count: number) => countPasses(filter, count);
    return (value) => judge(value ?? 0);
  }
  return (value) => passes(filter, value === null ? [] : [value], reading).holds;
}
