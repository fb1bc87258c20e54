import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Audit } from './audit.ts';
import { DAY, NOW, paid, refund, refunded, snapshot, terms } from './given.ts';
import { factOf, live, programmeOfLife, type Step, step } from './life.ts';
import { Till } from './till.ts';

const HOUR = DAY / 24;
const steps = fc.array(step, { minLength: 1, maxLength: 40 });

/** The instants of the steps. */
function instantsOf(all: Step[]): number[] {
  let at = NOW;
  return all.map(({ afterHours }) => {
    at += afterHours * HOUR;
    return at;
  });
}

function shuffledTwice<T>(items: T[]): fc.Arbitrary<T[]> {
  return fc
    .tuple(fc.shuffledSubarray(items, { minLength: items.length }), fc.shuffledSubarray(items))
    .chain(([all, again]) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }));
}

describe('a ledger', () => {
  test('INV-3, INV-4: adds up after every step of any life, spends soonest-expiring first, never claws back too much', () => {
    fc.assert(
      fc.property(programmeOfLife, steps, (changes, all) => {
        const till = new Till(terms(changes));
        const audit = new Audit(till);
        const instants = instantsOf(all);
        all.forEach((one, index) => {
          live(till, one, instants[index] ?? NOW);
          audit.check();
          if (changes.overdrawn === 'stop_at_zero') expect(till.balance).toBeGreaterThanOrEqual(0);
          else expect(till.balance).toBeGreaterThanOrEqual(-till.debt);
        });
      }),
      { numRuns: 1500 },
    );
  });

  test('INV-9: is the same however late, early or often the alarm rings', () => {
    const rings = fc.array(fc.nat(40 * 24), { maxLength: 20 });
    fc.assert(
      fc.property(programmeOfLife, steps, rings, (changes, all, ringsAt) => {
        const instants = instantsOf(all);
        const end = (instants.at(-1) ?? NOW) + 10 * DAY;
        const lived = (rings: number[]) => {
          const till = new Till(terms(changes));
          const alarms = rings.map((hours) => NOW + hours * HOUR).sort((a, b) => a - b);
          const balances = all.map((one, index) => {
            const at = instants[index] ?? NOW;
            while (alarms.length > 0 && (alarms[0] ?? 0) < at) till.due(alarms.shift() ?? 0);
            live(till, one, at);
            return till.balance;
          });
          till.due(end);
          const journal = till.journal.map(({ recordedAtMs, ...row }) => row);
          return { balances, journal, lots: till.lots, head: till.head };
        };
        expect(lived(ringsAt)).toEqual(lived([]));
      }),
      { numRuns: 1000 },
    );
  });

  test('expires points at their own instant, not at that of the alarm', () => {
    const till = new Till(terms());
    till.adjust(10, NOW, { expiresAtMs: NOW + HOUR });
    till.due(NOW + DAY);
    expect(till.journal.at(-1)).toMatchObject({ kind: 'points.expired', atMs: NOW + HOUR, recordedAtMs: NOW + DAY });
  });
});

describe('facts about an order', () => {
  const told = fc.array(factOf('o1'), { minLength: 1, maxLength: 10 });

  /** What an order stands at once all is told, one thing a second. */
  function standing(facts: Parameters<Till['tell']>[0][], changes: Parameters<typeof terms>[0]) {
    const till = new Till(terms({ ...changes, expiresAfterDays: null }));
    const audit = new Audit(till);
    facts.forEach((fact, index) => {
      till.tell(fact, NOW + index * 1000);
      audit.check();
    });
    const { earned = 0, clawed = 0, cancelledAtMs = null, snapshot = null, withheld = null } = till.order() ?? {};
    return { balance: till.balance, lifetime: till.head?.lifetime, earned, clawed, cancelledAtMs, snapshot, withheld };
  }

  test('commute: told in any order, any of them twice, they end at the same points', () => {
    fc.assert(
      fc.property(
        programmeOfLife,
        told.chain((facts) => fc.tuple(fc.constant(facts), shuffledTwice(facts))),
        (changes, [facts, shuffled]) => {
          const once = standing(facts, changes);
          expect(standing(shuffled, changes)).toEqual(once);
          expect(once.balance).toBe(once.earned - once.clawed);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('INV-2: told again under new keys, post nothing', () => {
    fc.assert(
      fc.property(programmeOfLife, told, (changes, facts) => {
        const till = new Till(terms(changes));
        const newest = facts
          .filter((fact) => fact.kind === 'order')
          .sort((a, b) => a.order.updatedAtMs - b.order.updatedAtMs);
        for (const fact of [...facts, ...newest.slice(-1)]) till.tell(fact);
        const before = till.balance;
        const again = facts.filter((fact) => fact.kind !== 'cancellation').flatMap((fact) => till.tell(fact));
        expect({ again, balance: till.balance }).toEqual({ again: [], balance: before });
      }),
      { numRuns: 1000 },
    );
  });

  test('commute across orders of one customer, whoever pays the other’s debt', () => {
    const both = fc.tuple(fc.array(factOf('o1'), { maxLength: 6 }), fc.array(factOf('o2'), { maxLength: 6 }));
    fc.assert(
      fc.property(
        both.chain(([a, b]) => fc.tuple(fc.constant([...a, ...b]), shuffledTwice([...a, ...b]))),
        ([facts, shuffled]) => {
          const balanceOf = (all: typeof facts) => {
            const till = new Till(terms());
            for (const fact of all) till.tell(fact);
            return till.balance;
          };
          expect(balanceOf(shuffled)).toBe(balanceOf(facts));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('three points of view of one refund end alike: before its order, with it, after it', () => {
    const order = snapshot(10_000);
    const back = refund('a', { moneyMinor: 2500 });
    const ends = [
      [refunded(back), paid(order)],
      [paid(order, [back])],
      [paid(order), refunded(back)],
      [paid(order, [back]), refunded(back), refunded(back)],
    ].map((facts) => standing(facts, {}).balance);
    expect(ends).toEqual([75, 75, 75, 75]);
  });
});
