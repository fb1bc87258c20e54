/** Points that wait: until a day, until the parcel arrives, until the merchant says so. */
import { describe, expect, test } from 'vitest';
import type { Wait } from '../../../worker/domain/earning/programme.ts';
import { waitsForArrival } from '../../../worker/domain/earning/waiting.ts';
import type { OrderFact } from '../../../worker/domain/order-facts.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { DAY, event, NOW, paid, refund, refunded, rule, snapshot, terms, updated } from '../given.ts';
import { pointsOf, Till } from '../till.ts';
import { baseTerms, earning, eventRule, orderRule } from './given-rules.ts';

const FORTNIGHT: Wait = { after: 'paid', days: 14 };
const DUE = NOW + 14 * DAY;

function waiting(wait: Wait, changes: Partial<Programme> = {}): Till {
  return new Till(terms({ order: rule(), earning: earning({ wait }), ...changes }));
}

function held(till: Till): [number, number][] {
  return till.pending.map(({ points, releasesAtMs }) => [points, releasesAtMs]);
}

describe('points that wait', () => {
  test('are no balance, and become one at their exact instant, however late the alarm is', () => {
    const till = waiting(FORTNIGHT);
    expect(till.tell(paid(snapshot(5000)))).toEqual([]);
    expect([till.balance, till.head?.loyalty.pending, held(till)]).toEqual([0, 50, [[50, DUE]]]);
    till.due(DUE - 1);
    expect(till.balance).toBe(0);
    till.due(DUE + DAY);
    expect(till.journal.at(-1)).toMatchObject({
      kind: 'points.released',
      name: 'Points Released',
      atMs: DUE,
      recordedAtMs: DUE + DAY,
      orderId: 'o1',
      entries: [{ kind: 'earned', points: 50, balanceAfter: 50, rule: { id: 'order', name: 'Orders' } }],
      about: { properties: { points: 50, balance_after: 50, rule_id: 'order', rule_name: 'Orders', order_id: 'o1' } },
    });
    expect([till.balance, till.head?.loyalty.pending, till.pending]).toEqual([50, undefined, []]);
  });

  test('are told in the row of the event that earned them', () => {
    const till = waiting(FORTNIGHT);
    till.tell(paid(snapshot(5000)));
    expect(till.journal[0]?.about.pending).toEqual([
      { id: 64 + 2, points: 50, releasesAtMs: DUE, rule: { id: 'order', name: 'Orders' } },
    ]);
  });

  test('run out counted from their release', () => {
    const till = waiting(FORTNIGHT, { expiresAfterDays: 10 });
    till.tell(paid(snapshot(5000)));
    till.due(DUE);
    expect(till.lots.map(({ expiresAtMs }) => expiresAtMs)).toEqual([DUE + 10 * DAY]);
    till.due(DUE + 10 * DAY);
    expect([till.balance, till.order()?.expired]).toEqual([0, 50]);
  });

  test('S8: cannot be spent', () => {
    const till = waiting(FORTNIGHT);
    till.tell(paid(snapshot(5000)));
    till.adjust(-10);
    expect(till.journal.at(-1)).toMatchObject({ kind: 'points.refused', about: { refusal: { balance: 0 } } });
  });

  test('X14: stay when the balance beside them runs out', () => {
    const till = waiting(FORTNIGHT);
    till.adjust(30, NOW, { expiresAtMs: NOW + DAY });
    till.tell(paid(snapshot(5000)));
    till.due(NOW + DAY);
    expect([till.balance, held(till)]).toEqual([0, [[50, DUE]]]);
  });

  test('wait from the payment on, not from when it was told; what is over does not wait', () => {
    const till = waiting(FORTNIGHT);
    const about = { occurredAtMs: NOW - 20 * DAY, receivedAtMs: NOW, backfill: { from: 'imp:1', earn: true } };
    till.record(event('a', { fact: paid(snapshot(5000)), ...about }));
    expect([till.balance, till.pending]).toEqual([50, []]);
  });

  test('pay a debt when they are released, not before', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(6000, { orderId: 'old' })));
    till.adjust(-60);
    till.tell(refunded(refund('a'), 'old'));
    till.terms = terms({ earning: earning({ wait: FORTNIGHT }) }, { programmeVersion: 2 });
    till.tell(paid(snapshot(8000)));
    expect([till.balance, till.debt]).toEqual([-60, 60]);
    till.due(DUE);
    expect([till.balance, till.debt, till.lots[0]?.remaining]).toEqual([20, 0, 20]);
  });

  test('of a rule may wait otherwise than the programme says, or not at all', () => {
    const rules = [
      orderRule('now', { stackable: true, wait: null, gives: { kind: 'fixed', points: 5 } }),
      orderRule('long', { stackable: true, wait: { after: 'paid', days: 30 }, gives: { kind: 'fixed', points: 7 } }),
      eventRule('visit', 'Visited'),
    ];
    const till = waiting(FORTNIGHT, { earning: earning({ wait: FORTNIGHT, rules }) });
    expect(pointsOf(till.tell(paid(snapshot(5000))))).toEqual([5]);
    till.record(event('v', { name: 'Visited' }));
    expect(held(till)).toEqual([
      [50, DUE],
      [10, DUE],
      [7, NOW + 30 * DAY],
    ]);
    till.due(NOW + 30 * DAY);
    expect(till.balance).toBe(72);
  });
});

describe('a refund', () => {
  test('R10: takes from points that wait first, and nobody is told', () => {
    const till = waiting(FORTNIGHT);
    till.adjust(30);
    till.tell(paid(snapshot(10_000)));
    expect(till.tell(refunded(refund('a', { moneyMinor: 2000 })))).toEqual([]);
    expect([till.balance, held(till)]).toEqual([30, [[80, DUE]]]);
    till.due(DUE);
    expect(pointsOf(till.tell(refunded(refund('b', { moneyMinor: 8000 })), DUE))).toEqual([-80]);
    expect(till.balance).toBe(30);
  });

  test('R10: of more than waits takes the rest from the balance', () => {
    const rules = [orderRule('now', { stackable: true, wait: null, gives: { kind: 'fixed', points: 50 } })];
    const till = waiting(FORTNIGHT, { earning: earning({ wait: FORTNIGHT, rules }) });
    till.tell(paid(snapshot(10_000)));
    expect(pointsOf(till.tell(refunded(refund('a', { moneyMinor: 8000 }))))).toEqual([-20]);
    expect([till.balance, held(till)]).toEqual([30, []]);
  });

  test('R8: that came before its order lets the rest wait, and no balance is ever negative', () => {
    const till = waiting(FORTNIGHT);
    till.tell(refunded(refund('a', { moneyMinor: 2000 })));
    expect(till.tell(paid(snapshot(10_000)))).toEqual([]);
    expect(held(till)).toEqual([[80, DUE]]);
  });

  test('R14: of all of it, undone, lets them wait again until the day they had; after that day they are there at once', () => {
    const cancelled = (at: number) => updated(snapshot(5000, { updatedAtMs: NOW + at, cancelledAtMs: NOW + at }));
    const open = (at: number) => updated(snapshot(5000, { updatedAtMs: NOW + at }));
    const till = waiting(FORTNIGHT);
    till.tell(paid(snapshot(5000)));
    till.tell(cancelled(1));
    expect([held(till), till.order()?.waiting]).toEqual([[], undefined]);
    till.tell(open(2));
    till.tell(open(2));
    expect(held(till)).toEqual([[50, DUE]]);
    till.tell(cancelled(3));
    expect(till.tell(open(4), DUE).map(({ kind, points }) => [kind, points])).toEqual([['restored', 50]]);
    expect([till.balance, till.pending]).toEqual([50, []]);
  });

  test('an order that is edited lets more of them wait, or fewer', () => {
    const till = waiting(FORTNIGHT);
    for (const [at, subtotal] of [8000, 9000, 3000].entries())
      till.tell(paid(snapshot(subtotal, { updatedAtMs: NOW + at })));
    expect([held(till), till.balance]).toEqual([[[30, DUE]], 0]);
  });
});

describe('until everything was delivered', () => {
  const wait: Wait = { after: 'delivered', days: 2, longestDays: 60 };
  const order = snapshot(5000);

  function sent(id: string, pieces: number): OrderFact {
    const about = { updatedAtMs: NOW, cancelled: false, parcels: [], pieces: { l1: pieces } };
    return { kind: 'fulfilment', orderId: 'o1', fulfilment: { fulfilmentId: id, ...about } };
  }

  function word(id: string, status: string, atMs: number): OrderFact {
    return { kind: 'carrier', orderId: 'o1', word: { fulfilmentId: id, status, atMs } };
  }

  test('points wait for the carrier’s word, and then so many days', () => {
    const till = waiting(wait);
    till.tell(paid(order));
    expect(held(till)).toEqual([[50, NOW + 60 * DAY]]);
    const at = NOW + 5 * DAY;
    till.tell(sent('f1', 1), NOW + DAY);
    till.tell(word('f1', 'in_transit', NOW + 2 * DAY), NOW + 2 * DAY);
    expect(held(till)).toEqual([[50, NOW + 60 * DAY]]);
    till.tell(word('f1', 'delivered', at), at);
    expect([held(till), till.balance]).toEqual([[[50, at + 2 * DAY]], 0]);
    till.due(at + 2 * DAY);
    expect([till.balance, till.journal.at(-1)?.atMs]).toEqual([50, at + 2 * DAY]);
  });

  test('no day is told before the parcel has arrived', () => {
    const tells = (till: Till): boolean[] => {
      const made = till.order();
      return made === null ? [] : till.pending.map(({ id }) => !waitsForArrival(made, id));
    };
    const till = waiting(wait);
    till.tell(paid(order));
    till.tell(sent('f1', 1));
    expect(tells(till)).toEqual([false]);
    till.tell(word('f1', 'delivered', NOW + DAY), NOW + DAY);
    expect(tells(till)).toEqual([true]);
    const dated = waiting(FORTNIGHT);
    dated.tell(paid(order));
    expect(tells(dated)).toEqual([true]);
  });

  test('of two parcels for the later one', () => {
    const till = waiting(wait);
    till.tell(paid(snapshot(5000, { lines: [{ ...(order.lines[0] as (typeof order.lines)[0]), quantity: 2 }] })));
    till.tell(sent('f1', 1));
    till.tell(word('f1', 'delivered', NOW + DAY), NOW + DAY);
    till.tell(sent('f2', 1), NOW + DAY);
    expect(held(till)).toEqual([[50, NOW + 60 * DAY]]);
    till.tell(word('f2', 'delivered', NOW + 3 * DAY), NOW + 3 * DAY);
    expect(held(till)).toEqual([[50, NOW + 5 * DAY]]);
  });

  test('no longer than the longest wait', () => {
    const till = waiting(wait);
    till.tell(paid(order));
    till.due(NOW + 60 * DAY);
    expect(till.balance).toBe(50);
  });

  test('a word that comes late is decided at once, in a row of its own', () => {
    const till = waiting(wait);
    till.tell(paid(order));
    till.tell(sent('f1', 1));
    till.tell(word('f1', 'delivered', NOW + DAY), NOW + 10 * DAY);
    expect([till.balance, till.pending, till.journal.at(-1)?.kind]).toEqual([50, [], 'points.released']);
  });

  test('delivered before it was paid does not wait', () => {
    const till = waiting({ after: 'delivered', days: 0, longestDays: 60 });
    till.tell(sent('f1', 1));
    till.tell(word('f1', 'delivered', NOW - DAY));
    expect(pointsOf(till.tell(paid(order)))).toEqual([50]);
  });
});

describe('the merchant', () => {
  function decide(till: Till, action: 'approve' | 'void', pending: number, at = NOW) {
    const about = { key: `op:${action}`, fingerprint: action, reason: 'seen' };
    return till.operate({ op: 'pending', pending, action, ...about }, at);
  }

  test('approves: the points are there at once, and no second time on their day', () => {
    const till = waiting(FORTNIGHT);
    till.tell(paid(snapshot(5000)));
    const { refusal, changes } = decide(till, 'approve', 66);
    expect([refusal, changes.rows.length, till.balance]).toEqual([null, 1, 50]);
    till.due(DUE);
    expect([till.balance, till.order()?.lots.length, till.order()?.waiting]).toEqual([50, 1, undefined]);
  });

  test('voids: they never come, and neither a refund nor an edit moves them again', () => {
    const till = waiting(FORTNIGHT);
    till.adjust(200);
    till.tell(paid(snapshot(5000)));
    decide(till, 'void', 2 * 64 + 2);
    till.due(DUE);
    expect([till.balance, till.head?.loyalty.pending]).toEqual([200, undefined]);
    till.tell(refunded(refund('a', { moneyMinor: 2500 })), DUE);
    till.tell(updated(snapshot(4000, { updatedAtMs: NOW + 1 })), DUE);
    till.tell(updated(snapshot(5000, { updatedAtMs: NOW + 2 })), DUE);
    expect(till.balance).toBe(200);
    till.tell(updated(snapshot(6000, { updatedAtMs: NOW + 3 })), DUE);
    // of the ten points more, the refund of 25.00 of 60.00 takes all: 50 of the 60 never came
    expect(till.balance).toBe(200);
  });

  test('is refused where nothing waits by that id, under the same key for ever', () => {
    const till = waiting(FORTNIGHT);
    expect(decide(till, 'approve', 7).refusal).toEqual({ reason: 'not_pending', pending: 7 });
    expect(till.journal[0]).toMatchObject({ kind: 'points.refused', key: 'op:approve', entries: [] });
  });
});

describe('of what a customer owes', () => {
  test.each([
    ['debt', -50, 50],
    ['negative_balance', -50, 50],
    ['stop_at_zero', 0, 0],
  ] as const)('R9: with %s earned 50, spent 50, refunded leaves %i', (overdrawn, balance, debt) => {
    const till = new Till(terms({ overdrawn, earning: earning({ order: baseTerms() }) }));
    till.tell(paid(snapshot(5000)));
    till.adjust(-50);
    till.tell(refunded(refund('a')));
    expect([till.balance, till.debt]).toEqual([balance, debt]);
    till.tell(paid(snapshot(8000, { orderId: 'o2' })));
    expect(till.balance).toBe(balance + 80);
  });

  test('X3: a deficit of 50 leaves a lot of 30 of the 80 that come', () => {
    const till = new Till(terms({ overdrawn: 'negative_balance' }));
    till.tell(paid(snapshot(5000)));
    till.adjust(-50);
    till.tell(refunded(refund('a')));
    till.tell(paid(snapshot(8000, { orderId: 'o2' })));
    expect(till.lots.map(({ remaining }) => remaining)).toEqual([30]);
  });
});
