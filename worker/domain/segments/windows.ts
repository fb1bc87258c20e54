/**
 * Things with a time, counted or added up over a window that moves: what the measure is now, and when the answer changes
 * while nothing new happens. Knows neither events nor orders.
 */
import { CYCLE_MS } from './anniversaries.ts';
import type { NumericFilter } from './definition.ts';
import { always, FOREVER, type Truth } from './truth.ts';
import { passesNumber } from './values.ts';

/** Whether the window holds a thing at an instant, and until when. */
export interface Item {
  at: (nowMs: number) => Truth;
}

/** A window that loses a thousand things one by one is looked at again before the last of them. */
const MOST_STEPS = 256;
/** And so is one that holds very many: each step asks all of them. */
const MOST_VISITS = 50_000;

/** The items of the window at an instant. */
export function present<T extends Item>(items: readonly T[], nowMs: number): T[] {
  return items.filter((item) => item.at(nowMs).holds);
}

/** What `judge` says of the items in the window, and the first later instant at which it says something else. */
export function overTime<T extends Item>(
  items: readonly T[],
  nowMs: number,
  judge: (inside: T[], atMs: number) => Truth,
): Truth {
  let [atMs, holds] = [nowMs, false];
  for (let step = 0; step <= MOST_STEPS; step += 1) {
    const truths = items.map((item) => item.at(atMs));
    const judged = judge(
      items.filter((_, place) => truths[place]?.holds),
      atMs,
    );
    if (step === 0) holds = judged.holds;
    else if (judged.holds !== holds) return { holds, nextMs: atMs };
    const nextMs = truths.reduce((least, truth) => Math.min(least, truth.nextMs), judged.nextMs);
    if (nextMs === FOREVER) return always(holds);
    if ((step + 1) * items.length > MOST_VISITS) return { holds, nextMs, isCut: true };
    // what comes and goes once has done so by now: the rest returns every year, and has all met
    if (step > 2 * items.length && nextMs - nowMs > CYCLE_MS) return always(holds);
    atMs = nextMs;
  }
  return { holds, nextMs: atMs, isCut: true };
}

/** How many of the newest things decide a filter of their count: one more than it names. */
export function enoughFor({ operator, value = 0, end = 0 }: NumericFilter): number {
  const named = operator === 'between' ? end : value;
  return Math.max(0, Math.floor(Math.min(named, Number.MAX_SAFE_INTEGER - 1))) + 1;
}

export function countPasses(filter: NumericFilter, count: number): boolean {
  const passed = passesNumber(filter, count);
  return filter.operator === 'not-equals' ? !passed : passed;
}

const MICRO = 1_000_000;

/** A sum of decimals, exact to the millionth. */
export function sumOf(values: readonly (number | null)[]): number {
  let micros = 0n;
  for (const value of values) if (value !== null) micros += microsOf(value);
  return Number(micros) / MICRO;
}

/** A filter of sums as a question about millionths. */
export function sumJudge(filter: NumericFilter): (micros: number) => boolean {
  const rounded = (value: number | undefined) => (value === undefined ? undefined : Number(microsOf(value)));
  const { type, operator } = filter;
  const named = { value: rounded(filter.value), start: rounded(filter.start), end: rounded(filter.end) };
  return (micros) => countPasses({ type, operator, ...named }, micros);
}

/** Whether a sum passes, compared to the millionth: 0.1 and 0.2 are 0.3. */
export function sumPasses(filter: NumericFilter, sum: number): boolean {
  const rounded = (value: number | undefined) => (value === undefined ? undefined : Number(microsOf(value)) / MICRO);
  const { type, operator } = filter;
  const named = { value: rounded(filter.value), start: rounded(filter.start), end: rounded(filter.end) };
  return countPasses({ type, operator, ...named }, Number(microsOf(sum)) / MICRO);
}

/** In millionths. */
export function microsOf(value: number): bigint {
  const micros = value * MICRO;
  return Number.isFinite(micros) ? BigInt(Math.round(micros)) : 0n;
}
