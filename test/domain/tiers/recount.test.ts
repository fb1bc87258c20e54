/** Other rules, imports and merges: whatever is counted anew comes to what was counted as it happened. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TierProgramme } from '../../../worker/domain/tiers/programme.ts';
import { reached, rolled } from '../../../worker/domain/tiers/progress.ts';
import { joinTiers, type TierState, tierIdOf } from '../../../worker/domain/tiers/state.ts';
import { DAY } from '../given.ts';
import { at, Climber, rewarding, tier, tiers } from './given-tiers.ts';

describe('T8: other rules', () => {
  test('lower thresholds take people up at once, quietly, and give nothing', () => {
    const one = new Climber(rewarding());
    one.buy(300, '2026-01-10');
    const lower = rewarding().tiers.map((step) => ({ ...step, threshold: step.threshold / 2 }));
    one.change(rewarding({ tiers: lower }), '2026-02-01');
    expect(one.moves.slice(1)).toEqual(['2026-02-01 VIP Tier Achieved bronze > silver (quiet)']);
    expect(one.journal.at(-1)?.about).toMatchObject({ cause: 'programme', quiet: true });
    expect(one.balance).toBe(301);
  });

  test('higher ones take people down at once, quietly', () => {
    const one = new Climber(tiers());
    one.buy(600, '2026-01-10');
    one.change(tiers({ tiers: [tier('bronze', 100), tier('silver', 700)] }), '2026-02-01');
    expect(one.moves.slice(1)).toEqual(['2026-02-01 VIP Tier Lost silver > bronze (quiet)']);
  });

  test('a change of something else moves nobody, not even who holds a tier that is not earned any more', () => {
    const one = new Climber(tiers({ onRefund: 'at_period_end' }));
    one.giveBack(one.buy(600, '2026-01-10'), 200, '2026-01-11');
    one.change(tiers({ onRefund: 'at_period_end', noticeDays: 10 }), '2026-02-01', { worth: null });
    expect([one.tier, one.moves.length]).toEqual(['silver', 1]);
  });

  test('another metric counts everything anew, whatever was counted before', () => {
    const one = new Climber(tiers({ metric: 'orders', tiers: [tier('regular', 2)] }));
    one.buy(300, '2026-01-10');
    one.giveBack(one.buy(400, '2026-01-11'), 100, '2026-01-12');
    one.adjust(5000, at('2026-01-13'));
    one.change(tiers(), '2026-02-01');
    expect([one.tier, one.head?.loyalty.tier?.period?.sum]).toEqual(['silver', 600]);
    one.change(tiers({ metric: 'spent', tiers: [tier('big', 60_000)] }), '2026-02-02');
    expect(one.tier).toBe('big');
  });

  test('tiers that begin count what was there before them; of whom there was nothing knows nothing', () => {
    const [one, nobody] = [new Climber(undefined), new Climber(undefined)];
    one.buy(600, '2026-01-10');
    nobody.adjust(5, at('2026-01-10'));
    for (const each of [one, nobody]) each.change(tiers(), '2026-02-01');
    expect(one.moves).toEqual(['2026-02-01 VIP Tier Achieved - > silver (quiet)']);
    expect(nobody.head?.loyalty.tier).toBeUndefined();
  });

  test('tiers that end let everybody go, and are not paid twice when they come back', () => {
    const one = new Climber(rewarding());
    one.buy(600, '2026-01-10');
    one.change(undefined, '2026-02-01');
    expect([one.tier, one.moves.at(-1)]).toEqual([null, '2026-02-01 VIP Tier Lost silver > - (quiet)']);
    one.change(rewarding(), '2026-02-02');
    one.buy(10, '2026-02-03');
    expect([one.tier, one.balance]).toEqual(['silver', 616]);
  });

  test('whoever was taken up by other rules gets nothing for coming back within that time', () => {
    const one = new Climber(rewarding({ tiers: [tier('far', 9000)] }));
    const order = one.buy(600, '2026-01-10');
    one.change(rewarding(), '2026-02-01');
    one.giveBack(order, 200, '2026-02-02');
    one.buy(200, '2026-02-03');
    expect([one.tier, one.balance]).toEqual(['silver', 600]);
  });
});

type Step = { kind: 'buy'; units: number } | { kind: 'back'; order: number; units: number } | { kind: 'give' };
const step: fc.Arbitrary<Step & { days: number }> = fc
  .tuple(
    fc.oneof(
      fc.record({ kind: fc.constant('buy' as const), units: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ kind: fc.constant('back' as const), order: fc.nat(9), units: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('give' as const) }),
    ),
    fc.integer({ min: 0, max: 120 }),
  )
  .map(([one, days]) => ({ ...one, days }));

const rules: fc.Arbitrary<TierProgramme> = fc
  .record({
    metric: fc.constantFrom('points' as const, 'spent' as const, 'orders' as const),
    window: fc.constantFrom('lifetime' as const, 'calendar_year' as const, 'rolling_year' as const),
    onRefund: fc.constantFrom('at_once' as const, 'at_period_end' as const),
    demotion: fc.constantFrom('one_down' as const, 'by_value' as const),
    graceDays: fc.constantFrom(0, 20),
    noticeDays: fc.constantFrom(null, 30),
    startsAtMs: fc.constantFrom(null, at('2024-06-01')),
  })
  .map((some) => {
    const scale = some.metric === 'orders' ? 1 / 200 : some.metric === 'spent' ? 100 : 1;
    const ladder = [100, 500, 1000].map((threshold, place) => tier(`t${place}`, Math.ceil(threshold * scale)));
    return tiers({ ...some, tiers: ladder });
  });

/** Lives the steps, and looks after each as often as `eager` says. */
function lived(ladder: TierProgramme, steps: (Step & { days: number })[], eager: boolean): Climber {
  const one = new Climber(ladder, 'Europe/Berlin', { expiresAfterDays: 90 });
  const orders: string[] = [];
  let now = at('2024-01-20');
  for (const { days, ...what } of steps) {
    for (let day = 0; day < days; day += 1) {
      now += DAY;
      if (eager) one.due(now);
    }
    const day = new Date(now).toISOString();
    const order = what.kind === 'back' ? orders[what.order] : undefined;
    if (what.kind === 'buy') orders.push(one.buy(what.units, day));
    if (what.kind === 'back' && order !== undefined) one.giveBack(order, what.units, day);
    if (what.kind === 'give') one.adjust(50, now, { countsTowardTier: true });
  }
  one.due(now + 500 * DAY);
  return one;
}

/** What counts a day after the entry is not within the 12 months before the second year, but in the year before it. */
const secondYear = tiers({ metric: 'points', window: 'rolling_year', tiers: [tier('t0', 100)] });
const dayAfterEntry: (Step & { days: number })[] = [
  { kind: 'buy', units: 100, days: 0 },
  { kind: 'buy', units: 100, days: 1 },
];

describe('any life', () => {
  test('counted anew is what was counted as it happened', () => {
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 14 }), (ladder, steps) => {
        const one = lived(ladder, steps, false);
        const before = one.head?.loyalty.tier;
        if (before === undefined || one.head === null) return;
        const { counted: _, ...uncounted } = before;
        one.head = { ...one.head, loyalty: { ...one.head.loyalty, tier: uncounted, programmeVersion: 0 } };
        const now = one.head.nowMs;
        one.hold(now);
        const counting = { rules: ladder, timeZone: 'Europe/Berlin' };
        const sums = (state: TierState) => {
          const today = rolled(state, counting, now);
          const { total, period } = today;
          return [total ?? 0, reached(today, counting, now), period?.base ?? 0, period?.sum ?? 0];
        };
        expect(sums(one.head.loyalty.tier ?? {})).toEqual(sums(before));
        expect(one.head === null ? null : tierIdOf(one.head)).toBe(before.id ?? null);
      }),
      { numRuns: 150, examples: [[secondYear, dayAfterEntry]] },
    );
  });

  test('INV-9: is told the same, at the same instants, however often the alarm rings', () => {
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 10 }), (ladder, steps) => {
        const told = (one: Climber) =>
          one.journal
            .filter(({ kind }) => kind.startsWith('tier.'))
            .map(({ name, atMs, about }) => [name, atMs, about]);
        expect(told(lived(ladder, steps, true))).toEqual(told(lived(ladder, steps, false)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('L6: two customers who turn out to be one', () => {
  const period = { of: 'calendar_year' as const, fromMs: 10, endMs: 20, base: 1, sum: 2 };

  test('are in the higher tier, with its time, and the sum of what counted', () => {
    const gold: TierState = { id: 'gold', threshold: 1000, sinceMs: 5, counted: 'x', total: 1100, period };
    const silver: TierState = { id: 'silver', threshold: 500, sinceMs: 1, counted: 'x', total: 600, period };
    const joined = { id: 'gold', threshold: 1000, sinceMs: 5, total: 1700, period: { ...period, base: 2, sum: 4 } };
    expect(joinTiers(gold, silver)).toEqual(joined);
    expect(joinTiers(silver, gold)).toEqual(joined);
  });

  test('have each day’s sum, and get nothing again that either was given', () => {
    const [own, other] = [
      { days: { 1: 5, 2: 1 }, paid: { bronze: 7, silver: 9 } },
      { days: { 2: 3 }, paid: { silver: 4, gold: 2 } },
    ];
    expect(joinTiers(own, other)).toEqual({ days: { 1: 5, 2: 4 }, paid: { bronze: 7, silver: 9, gold: 2 } });
  });

  test('are counted anew when held against the programme, aloud: nobody is told less for having been two', () => {
    const one = new Climber(rewarding());
    one.buy(300, '2026-01-10');
    one.buy(300, '2026-01-11');
    if (one.head === null) throw new Error('nobody');
    const half: TierState = { id: 'bronze', threshold: 100, sinceMs: 0, paid: { bronze: at('2028-01-01') } };
    one.head = { ...one.head, loyalty: { tier: half, programmeVersion: 0 } };
    one.hold(at('2026-02-01'));
    expect(one.journal.at(-1)).toMatchObject({
      name: 'VIP Tier Achieved',
      about: { cause: 'merge', properties: { tier_from: 'bronze', tier_to: 'silver', points: 5 } },
    });
  });
});
