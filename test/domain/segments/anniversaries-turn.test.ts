/** Property: of whatever hangs on anniversaries, the instant that is named is the next at which the plain model says otherwise. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition, DateFilter, Definition, NumericFilter } from '../../../worker/domain/segments/definition.ts';
import { evaluate } from '../../../worker/domain/segments/evaluate.ts';
import { FOREVER } from '../../../worker/domain/segments/truth.ts';
import { type Situation, situation } from './arbitrary-life.ts';
import { compiled, pattern } from './held-against.ts';
import { DAY, SPANS, type Span } from './instants.ts';
import { factsOf } from './life-history.ts';
import { naiveHolds } from './naive.ts';
import { probesOf } from './probes.ts';

const some = fc.constantFrom;

/** Around a year, where windows just touch, overlap by a day, or leave out the leap day. */
const YEARLONG: Span[] = [
  { unit: 'day', quantity: 364 },
  { unit: 'day', quantity: 365 },
  { unit: 'day', quantity: 366 },
  { unit: 'week', quantity: 52 },
  { unit: 'hour', quantity: 8_760 },
  { unit: 'month', quantity: 11 },
  { unit: 'month', quantity: 12 },
  { unit: 'year', quantity: 1 },
  { unit: 'year', quantity: 2 },
];

const anniversary: fc.Arbitrary<DateFilter> = fc.oneof(
  fc.record({ type: some('date' as const), operator: some('anniversary' as const, 'anniversary-month' as const) }),
  fc
    .tuple(some('anniversary-last' as const, 'anniversary-next' as const), some(...SPANS, ...YEARLONG))
    .map(([operator, span]): DateFilter => ({ type: 'date', operator, ...span })),
);
const few: fc.Arbitrary<NumericFilter> = fc.record({
  type: some('numeric' as const),
  operator: some('greater-than-or-equal' as const, 'equals' as const, 'less-than' as const),
  value: some(1, 1, 2, 5),
});

const yearly: fc.Arbitrary<Condition> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: some('profile-property' as const),
      property: some('birthday', 'birthday', 'when', 'dates'),
      filter: anniversary,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: some('profile-metric' as const),
      metric_id: some('Placed Order'),
      measurement: some('count' as const),
      measurement_filter: few,
      timeframe_filter: anniversary,
    }),
  },
  fc.record({
    type: some('profile-orders' as const),
    measurement: some('count' as const),
    measurement_filter: few,
    timeframe_filter: anniversary,
  }),
  fc.record({
    type: some('profile-vouchers' as const),
    measurement: some('redeemed' as const),
    measurement_filter: few,
    timeframe_filter: anniversary,
  }),
);
const turned: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: yearly },
  { weight: 1, arbitrary: yearly.map((one): Condition => ({ type: 'group', operator: 'not', conditions: [one] })) },
);
const definition: fc.Arbitrary<Definition> = fc
  .array(fc.array(turned, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
  .map((groups) => ({ condition_groups: groups.map((conditions) => ({ conditions })) }));

const STEPS = 3;
/** Leap days are back by then. */
const SEARCHED_YEARS = 9;
const YEAR = 366 * DAY;
const MOST_PROBES = 60;

interface Stretch {
  fromMs: number;
  untilMs: number;
}

/** Some of the instants after the one and before the other at which something may turn; `spread` chooses which. */
function probesIn(definition: Definition, { life, shop }: Situation, { fromMs, untilMs }: Stretch, spread: number) {
  const years = Array.from({ length: Math.ceil((untilMs - fromMs) / YEAR) }, (_, year) => fromMs + year * YEAR);
  const all = years.flatMap((nowMs) =>
    probesOf(definition, life, shop.timeZone, { nowMs, untilMs: Math.min(nowMs + YEAR, untilMs - 1) }),
  );
  const every = Math.max(1, Math.ceil(all.length / MOST_PROBES));
  return all.filter((_, at) => (at + spread) % every === 0);
}

/** Expects each of the next turns to be one, and nothing to turn before it; tells how many there were. */
function followTurns(definition: Definition, situation: Situation, spread: number): number {
  const { life, shop, nowMs } = situation;
  const ready = compiled(definition);
  const says = (atMs: number) => naiveHolds(definition, life, atMs, shop);
  const facts = factsOf(life, nowMs);
  let atMs = nowMs;
  for (let step = 0; step < STEPS; step += 1) {
    const { holds, nextMs } = evaluate(ready, facts, { ...shop, pattern }, atMs);
    const untilMs = Math.min(nextMs, atMs + SEARCHED_YEARS * YEAR);
    const probes = probesIn(definition, situation, { fromMs: atMs, untilMs }, spread);
    const otherMs = probes.find((probe) => says(probe) !== holds);
    expect({ atMs, holds: says(atMs), otherMs }).toEqual({ atMs, holds, otherMs: undefined });
    if (nextMs === FOREVER) return step;
    const around = { before: says(nextMs - 1), from: says(nextMs) };
    expect({ nextMs, ...around }).toEqual({ nextMs, before: holds, from: !holds });
    atMs = nextMs;
  }
  return STEPS;
}

test('what hangs on anniversaries turns over at the very instant that is named, and nothing turns before', () => {
  const seen = { turning: 0, still: 0 };
  fc.assert(
    fc.property(definition, situation, fc.nat(1000), (asked, lived, spread) => {
      seen[followTurns(asked, lived, spread) > 0 ? 'turning' : 'still'] += 1;
    }),
    { numRuns: 250 },
  );
  // of what only ever turns, or never does, the other would be left untested
  expect(seen.turning).toBeGreaterThan(60);
  expect(seen.still).toBeGreaterThan(30);
});
