/** Several rules, campaigns, limits and waiting times at random: the books add up, and no order of facts changes what an order earns. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderFact } from '../../../worker/domain/order-facts.ts';
import { Audit } from '../audit.ts';
import { DAY, NOW, terms } from '../given.ts';
import { factOf, live, programmeOfRules, type Step, step } from '../life.ts';
import { Till } from '../till.ts';

const HOUR = DAY / 24;

const carrier: fc.Arbitrary<OrderFact> = fc.oneof(
  fc.constant<OrderFact>({
    kind: 'fulfilment',
    orderId: 'o1',
    fulfilment: { fulfilmentId: 'f', updatedAtMs: NOW, cancelled: false, parcels: [], pieces: {} },
  }),
  fc
    .constantFrom('in_transit', 'delivered')
    .map((status): OrderFact => ({ kind: 'carrier', orderId: 'o1', word: { fulfilmentId: 'f', status, atMs: NOW } })),
);
const facts = fc.array(fc.oneof({ weight: 4, arbitrary: factOf('o1') }, { weight: 1, arbitrary: carrier }), {
  minLength: 1,
  maxLength: 10,
});

/** All of them, and some a second time, in any order. */
function shuffled<T>(items: T[]): fc.Arbitrary<T[]> {
  return fc
    .shuffledSubarray(items)
    .chain((again) => fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }));
}

function instantsOf(all: Step[]): number[] {
  let at = NOW;
  return all.map(({ afterHours }) => {
    at += afterHours * HOUR;
    return at;
  });
}

describe('whatever rules there are', () => {
  test('INV-3, INV-4: the books add up after every step, and nothing that waits is lost or told twice', () => {
    fc.assert(
      fc.property(programmeOfRules, fc.array(step, { minLength: 1, maxLength: 30 }), (changes, all) => {
        const till = new Till(terms(changes));
        const audit = new Audit(till);
        const instants = instantsOf(all);
        all.forEach((one, index) => {
          live(till, one, instants[index] ?? NOW);
          audit.check();
          expect(till.balance).toBeGreaterThanOrEqual(changes.overdrawn === 'stop_at_zero' ? 0 : -till.debt);
        });
        till.due((instants.at(-1) ?? NOW) + 20 * DAY);
        audit.check();
        expect(till.pending).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('INV-9: what waited is released at its instant however late, early or often the alarm rings', () => {
    const rings = fc.array(fc.nat(30 * 24), { maxLength: 12 });
    fc.assert(
      fc.property(programmeOfRules, fc.array(step, { minLength: 1, maxLength: 20 }), rings, (changes, all, ringsAt) => {
        const instants = instantsOf(all);
        const lived = (alarms: number[]) => {
          const till = new Till(terms(changes));
          const left = alarms.map((hours) => NOW + hours * HOUR).sort((a, b) => a - b);
          all.forEach((one, index) => {
            const at = instants[index] ?? NOW;
            while ((left[0] ?? Number.POSITIVE_INFINITY) < at) till.due(left.shift() ?? 0);
            live(till, one, at);
          });
          till.due((instants.at(-1) ?? NOW) + 20 * DAY);
          return { journal: till.journal.map(({ recordedAtMs, ...row }) => row), lots: till.lots, head: till.head };
        };
        expect(lived(ringsAt)).toEqual(lived([]));
      }),
      { numRuns: 150 },
    );
  });

  test('R8, R14: facts told in any order, any of them twice, end at the same points', () => {
    fc.assert(
      fc.property(
        programmeOfRules,
        facts.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
        (changes, [all, again]) => {
          const ends = [all, again].map((told) => {
            const till = new Till(terms({ ...changes, expiresAfterDays: null }));
            told.forEach((fact, index) => {
              till.tell(fact, NOW + index * 1000);
            });
            const { earned = 0, clawed = 0 } = till.order() ?? {};
            till.due(NOW + 30 * DAY);
            return { earned, clawed, balance: till.balance, lifetime: till.head?.lifetime };
          });
          expect(ends[1]).toEqual(ends[0]);
          expect(ends[0]?.balance).toBe((ends[0]?.earned ?? 0) - (ends[0]?.clawed ?? 0));
        },
      ),
      { numRuns: 700 },
    );
  });
});
