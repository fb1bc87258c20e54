/** Order rules with a budget of the whole shop: granted whole or not at all, and refunds give back in proportion. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Wait } from '../../../worker/domain/earning/programme.ts';
import type { Errand } from '../../../worker/domain/errand.ts';
import { NEVER } from '../../../worker/domain/ledger.ts';
import type { OrderFact } from '../../../worker/domain/order-facts.ts';
import { DAY, NOW, paid, refund, refunded, rule, snapshot, terms, updated } from '../given.ts';
import { Till } from '../till.ts';
import { baseTerms, earning, orderRule } from './given-rules.ts';

/** What the object of a budget does, once for each operation. */
class Purse {
  readonly #most: number;
  readonly #of: 'times' | 'points';
  readonly #taken = new Map<string, { points: number; times: number }>();
  readonly #done = new Set<string>();
  points = 0;
  times = 0;

  constructor(most: number, of: 'times' | 'points' = 'points') {
    this.#most = most;
    this.#of = of;
  }

  /** Answers the first errand, or the one at a place; several times where it is asked again. */
  serve(till: Till, place = 0): void {
    const [errand] = till.errands.splice(place, 1);
    if (errand === undefined) return;
    till.answer(errand, this.#ask(errand));
  }

  serveAll(till: Till): void {
    while (till.errands.length > 0) this.serve(till);
  }

  #ask({ op, kind, body }: Errand) {
    const [points, times] = [Number(body.points), Number(body.times ?? 1)];
    if (kind === 'budget.give_back') {
      if (this.#done.has(op)) return {};
      this.#done.add(op);
      this.points -= points;
      this.times -= times;
      expect(Math.min(this.points, this.times)).toBeGreaterThanOrEqual(0);
      return {};
    }
    const room = this.#most - (this.#of === 'points' ? this.points + points : this.times + times);
    if (!this.#taken.has(op) && room >= 0) {
      this.#taken.set(op, { points, times });
      this.points += points;
      this.times += times;
    }
    return { granted: this.#taken.has(op) };
  }
}

/** The base rate (a point for 1.00) and a rule with a budget that doubles it. */
function till(wait: Wait | null = null): Till {
  const budget = { most: 1_000, of: 'points' as const };
  const double = orderRule('double', { stackable: true, budget, wait });
  return new Till(terms({ order: rule(), earning: earning({ rules: [double] }) }));
}

const half = refunded(refund('half', { moneyMinor: 2_500 }));
const waiting = (one: Till) => one.pending.map(({ points, releasesAtMs }) => [points, releasesAtMs]);

describe('points of an order by a rule with a budget', () => {
  it('wait until the budget grants them, whatever the order earns besides', () => {
    const [one, purse] = [till(), new Purse(50)];
    one.tell(paid(snapshot(5_000)));
    expect([one.balance, waiting(one)]).toEqual([50, [[50, NEVER]]]);
    expect(one.errands).toEqual([
      {
        op: expect.stringMatching(/^budget:c:\d+$/),
        kind: 'budget.take',
        body: { rule: 'double', order: 'o1', points: 50, sinceMs: NOW, times: 1 },
      },
    ]);
    purse.serveAll(one);
    expect([one.balance, waiting(one), purse.points]).toEqual([100, [], 50]);
    expect(one.order()?.lots).toHaveLength(2);
  });

  it('are not given in part: where less is left they were never earned, and later facts do not ask again', () => {
    const [one, purse] = [till(), new Purse(49)];
    one.tell(paid(snapshot(5_000)));
    purse.serveAll(one);
    expect([one.balance, waiting(one), purse.points]).toEqual([50, [], 0]);
    one.tell(updated(snapshot(5_000)));
    one.tell(half);
    expect([one.balance, one.errands]).toEqual([25, []]);
  });

  it('wait their days once they are granted, and go back from there', () => {
    const [one, purse] = [till({ after: 'paid', days: 10 }), new Purse(50)];
    one.tell(paid(snapshot(5_000)));
    purse.serveAll(one);
    expect(waiting(one)).toEqual([[50, NOW + 10 * DAY]]);
    one.tell(half);
    purse.serveAll(one);
    one.due(NOW + 10 * DAY);
    expect([one.balance, purse.points, purse.times]).toEqual([50, 25, 1]);
  });

  it('give back to the budget what refunds take, and take again what returns', () => {
    const [one, purse] = [till(), new Purse(50)];
    one.tell(paid(snapshot(5_000)));
    purse.serveAll(one);
    one.tell(half);
    purse.serveAll(one);
    expect([one.balance, purse.points, purse.times]).toEqual([50, 25, 1]);
    one.tell(updated(snapshot(5_000, { cancelledAtMs: NOW, updatedAtMs: NOW })));
    purse.serveAll(one);
    expect([one.balance, purse.points, purse.times]).toEqual([0, 0, 0]);
    one.tell(updated(snapshot(5_000, { updatedAtMs: NOW + 1 })));
    expect(waiting(one)).toEqual([[25, NEVER]]);
    purse.serveAll(one);
    expect([one.balance, purse.points, purse.times]).toEqual([50, 25, 1]);
  });

  it.each([true, false])('that are refunded before the budget answers (%s) end in proportion', (isGranted) => {
    const [one, purse] = [till(), new Purse(isGranted ? 50 : 49)];
    one.tell(paid(snapshot(5_000)));
    one.tell(half);
    expect([one.balance, waiting(one)]).toEqual([25, [[25, NEVER]]]);
    purse.serveAll(one);
    expect([one.balance, purse.points]).toEqual(isGranted ? [50, 25] : [25, 0]);
    one.tell(refunded(refund('rest', { moneyMinor: 2_500 })));
    purse.serveAll(one);
    expect([one.balance, purse.points, purse.times, waiting(one)]).toEqual([0, 0, 0, []]);
  });

  it('of the base rate alone have one as well', () => {
    const terms_ = terms({
      order: rule(),
      earning: earning({ order: baseTerms({ budget: { most: 1, of: 'times' } }) }),
    });
    const [one, purse] = [new Till(terms_), new Purse(1, 'times')];
    one.tell(paid(snapshot(5_000)));
    one.tell(paid(snapshot(7_000, { orderId: 'o2' })));
    expect([one.balance, one.errands.length]).toEqual([0, 2]);
    purse.serveAll(one);
    expect(one.balance).toBe(50);
  });
});

const steps = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant('refund' as const), which: fc.nat({ max: 2 }), minor: fc.nat({ max: 2_000 }) }),
    fc.record({
      what: fc.constant('edit' as const),
      which: fc.constant(0),
      minor: fc.integer({ min: 4_000, max: 9_000 }),
    }),
    fc.record({ what: fc.constant('answer' as const), which: fc.nat({ max: 3 }), minor: fc.constant(0) }),
  ),
  { maxLength: 14 },
);

it('INV-6: whatever comes in whatever order, the budget has given what customers have of it, and no more than there is', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 150 }), (some, most) => {
      const [one, purse] = [till(), new Purse(most)];
      one.tell(paid(snapshot(5_000)));
      let at = NOW;
      for (const { what, which, minor } of some) {
        at += 1_000;
        const fact: OrderFact =
          what === 'edit'
            ? updated(snapshot(minor, { updatedAtMs: at }))
            : refunded(refund(`r${which}`, { moneyMinor: minor, atMs: at }));
        if (what === 'answer') purse.serve(one, Math.min(which, Math.max(0, one.errands.length - 1)));
        else one.tell(fact, at);
        expect(purse.points).toBeLessThanOrEqual(most);
      }
      purse.serveAll(one);
      const plain = new Till(terms({ order: rule() }));
      for (const fact of one.journal.length > 0 ? [one.order()] : [])
        if (fact?.snapshot != null) plain.tell(paid(fact.snapshot, fact.refunds));
      expect([waiting(one), one.balance - plain.balance]).toEqual([[], purse.points]);
    }),
    { numRuns: 300 },
  );
});
