/** Whatever a programme combines, every instant passes: what is due by itself is done once and leaves nothing due before it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ACTIVITIES } from '../../../worker/domain/inactivity/programme.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { segmentSet } from '../../../worker/domain/segments/segment-set.ts';
import { event, NO_SEGMENTS, paid, refund, refunded, snapshot, terms } from '../given.ts';
import { Till } from '../till.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 10, 12);

const bonus = fc.record({ kind: fc.constant('points' as const), points: fc.integer({ min: 1, max: 300 }) });
const lead = fc.option(fc.constantFrom(1, 3, 7, 30, 60, 400));
const unit = fc.constantFrom('day' as const, 'month' as const);
const quantity = fc.constantFrom(1, 2, 7, 12, 31);
const until = fc.constantFrom('day' as const, 'instant' as const);

const waiting = fc.constantFrom(null, { after: 'paid' as const, days: 10 });

const arbitraryProgramme: fc.Arbitrary<Partial<Programme>> = fc.record(
  {
    expiry: fc.record({ kind: fc.constant('period' as const), unit, quantity, until }),
    inactivity: fc.record({
      expiry: fc.option(fc.record({ unit, quantity, until })),
      activities: fc.subarray([...ACTIVITIES]),
      switchedOnAtMs: fc.constantFrom(null, START - 400 * DAY, START + 5 * DAY),
      notices: fc.record({ warning: lead, last_chance: lead }),
    }),
    earning: waiting.map((wait) => ({ order: null, rules: [], campaigns: [], wait })),
    birthdays: fc.record({
      bonus,
      tiers: fc.constant({}),
      leadDays: fc.constantFrom(0, 30),
      leapDay: fc.constantFrom('february_28' as const, 'march_1' as const),
    }),
    tiers: fc.record({
      metric: fc.constantFrom('points' as const, 'spent' as const, 'orders' as const),
      spent: fc.constant('paid' as const),
      window: fc.constantFrom('lifetime' as const, 'calendar_year' as const, 'rolling_year' as const),
      startsAtMs: fc.constant(null),
      tiers: fc.tuple(fc.option(bonus), fc.option(bonus)).map(([low, high]) => [
        { id: 'a', name: 'A', threshold: 2, entry: low, perks: [] },
        { id: 'b', name: 'B', threshold: 150, entry: high, perks: [] },
      ]),
      entryRewards: fc.constantFrom('each_passed' as const, 'reached' as const),
      demotion: fc.constantFrom('one_down' as const, 'by_value' as const),
      graceDays: fc.constantFrom(0, 30),
      onRefund: fc.constantFrom('at_once' as const, 'at_period_end' as const),
      noticeDays: lead,
    }),
  },
  { requiredKeys: [] },
);

const step = fc.record({
  days: fc.constantFrom(0, 1, 3, 20, 31, 200, 366),
  does: fc.constantFrom('order', 'refund', 'adjust', 'birthday', 'lock', 'programme', 'nothing'),
  much: fc.integer({ min: 1, max: 200 }),
});

test.each(['UTC', 'Europe/Berlin'])(
  'of random programmes in %s, changed in mid-life, every instant passes',
  (timeZone) => {
    const segments = segmentSet(0, [], [], { ...NO_SEGMENTS.manner, timeZone });
    fc.assert(
      fc.property(
        fc.array(arbitraryProgramme, { minLength: 1, maxLength: 3 }),
        fc.array(step, { minLength: 1, maxLength: 12 }),
        (programmes, steps) => {
          const one = new Till(terms(programmes[0] ?? {}, { segments }));
          let now = START;
          let turn = 0;
          steps.forEach(({ days, does, much }, place) => {
            now += days * DAY;
            const orderId = `o${place}`;
            const bought = snapshot(much * 100, { orderId, placedAtMs: now, updatedAtMs: now });
            if (does === 'order') one.tell(paid(bought), now);
            if (does === 'refund') {
              one.tell(paid(bought), now);
              one.tell(refunded(refund(`r${place}`, { atMs: now, moneyMinor: much * 50 }), orderId), now);
            }
            if (does === 'adjust') one.adjust(much, now);
            if (does === 'birthday') {
              const traits = { birthdate: new Date(now + much * DAY).toISOString().slice(0, 10) };
              one.record(event(`t${place}`, { name: 'Identify', traits }), now);
            }
            if (does === 'lock' && one.terms.programme.tiers !== undefined) {
              const about = {
                key: `k${place}`,
                fingerprint: 'f',
                tier: null,
                untilMs: now + much * DAY,
                reason: 'test',
              };
              one.operate({ op: 'lock_tier', ...about }, now);
            }
            if (does === 'programme') {
              turn += 1;
              const programme = { ...terms(programmes[turn % programmes.length] ?? {}).programme };
              one.terms = { ...one.terms, programme, programmeVersion: one.terms.programmeVersion + 1 };
              one.due(now);
              one.hold(now);
            }
            one.due(now);
          });
          one.due(now + 800 * DAY);
          expect(one.head?.nextDueMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(
            one.head === null ? 0 : now + 800 * DAY,
          );
        },
      ),
      { numRuns: 300 },
    );
  },
);
