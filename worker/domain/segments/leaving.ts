/**
 * A window that events only ever leave, the oldest first: what is said of the newest of them, for every number of them that
 * may be left, tells what holds now and when it changes. One pass, whatever is measured.
 */
import { plus } from '../calendar.ts';
import type { Timeframe } from './definition.ts';
import type { Summed, SummedView } from './facts.ts';
import type { Measure } from './sweep.ts';
import { always, type Truth } from './truth.ts';

const MICRO = 1_000_000;

/** `events`: those in the window now. null: their sum is too large to be added up this way. */
export function leavingTruth(
  { entries, from, end }: SummedView,
  timeframe: Timeframe,
  { measure, judge, timeZone }: { measure: Measure; judge: (value: number | null) => boolean; timeZone: string },
): Truth | null {
  let value = measure === 'count' || measure === 'sum' ? 0 : null;
  let holds = judge(value);
  // the most of the newest that could be left while the other is said
  const most = { true: -1, false: -1 };
  for (let place = from; place < end; place += 1) {
    const event = entries[place];
    if (event === undefined) break;
    most[`${holds}`] = place - from;
    value = withOlder(measure, value, event);
    if (measure === 'sum' && !Number.isSafeInteger(value)) return null;
    holds = judge(value);
  }
  const left = most[`${!holds}`];
  if (timeframe.operator !== 'in-the-last' || left < 0) return always(holds);
  return { holds, nextMs: plus(timeZone, entries[from + left]?.atMs ?? 0, timeframe) };
}

function withOlder(measure: Measure, value: number | null, { atMs, numbers }: Summed): number | null {
  switch (measure) {
    case 'count':
      return (value ?? 0) + 1;
    case 'sum': {
      let sum = value ?? 0;
      for (const number of numbers) sum += Math.round(number * MICRO);
      return sum;
    }
    case 'min':
      return numbers.length === 0 ? value : Math.min(value ?? Number.POSITIVE_INFINITY, ...numbers);
    case 'max':
      return numbers.length === 0 ? value : Math.max(value ?? Number.NEGATIVE_INFINITY, ...numbers);
    case 'last':
      return value ?? atMs;
    case 'first':
      return atMs;
  }
}
