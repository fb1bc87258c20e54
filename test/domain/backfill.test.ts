/** What is filled in from the past: it counts at its own time, and moves no point unless it is asked to. */
import { describe, expect, test } from 'vitest';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import { DAY, event, NOW, paid, refund, refunded, snapshot, terms, updated } from './given.ts';
import { Climber, rewarding } from './tiers/given-tiers.ts';
import { Till } from './till.ts';

const YEAR = 365 * DAY;
const THEN = NOW - 2 * YEAR;
const WHOLE = refund('r1', { lines: [], moneyMinor: null });

/** Tells something of two years ago now. */
function fillIn(till: Till, key: string, changes: Partial<CustomerEvent>, earn = false): void {
  const about = { occurredAtMs: THEN, receivedAtMs: NOW, backfill: { from: `imp_1:${key}`, earn } };
  till.record(event(key, { ...about, ...changes }), NOW);
}

describe('an order that is filled in', () => {
  test('is an order of its day, and earns nothing, whatever is told of it later', () => {
    const till = new Till(terms());
    fillIn(till, 'a', { fact: paid(snapshot(5000)) });
    expect(till.order()).toMatchObject({ paidAtMs: THEN, earned: 0, withheld: 'back_filled', rule: null });
    till.tell(updated(snapshot(9000, { updatedAtMs: NOW })), NOW + 1);
    till.tell(paid(snapshot(9000, { updatedAtMs: NOW })), NOW + 2);
    till.tell(refunded(WHOLE), NOW + 3);
    till.tell({ kind: 'cancellation', orderId: 'o1', atMs: NOW }, NOW + 4);
    expect([till.head?.orders, till.entries, till.balance, till.debt]).toEqual([1, [], 0, 0]);
  });

  test('earns by the programme of today where it is asked to', () => {
    const till = new Till(terms());
    fillIn(till, 'a', { fact: paid(snapshot(5000)) }, true);
    expect([till.balance, till.order()?.withheld]).toEqual([50, null]);
  });

  test('of one that earned changes no point by itself; the next fact told of it does', () => {
    const till = new Till(terms());
    till.tell(paid(snapshot(5000)));
    fillIn(till, 'a', { fact: refunded(WHOLE) });
    fillIn(till, 'b', { fact: paid(snapshot(5000)) });
    expect([till.balance, till.order()?.refunds.length, till.order()?.withheld]).toEqual([50, 1, null]);
    till.tell(updated(snapshot(5000)), NOW + 1);
    expect(till.balance).toBe(0);
  });

  test('that was not paid then earns when it is', () => {
    const till = new Till(terms());
    fillIn(till, 'a', { fact: updated(snapshot(5000)) });
    till.tell(paid(snapshot(5000)), NOW + 1);
    expect(till.balance).toBe(50);
  });
});

describe('an event that is filled in', () => {
  test('is marked in the journal, with the line it came from', () => {
    const till = new Till(terms());
    fillIn(till, 'a', {});
    till.record(event('b', {}), NOW);
    expect(till.journal.map(({ about }) => [about.backfill, about.import])).toEqual([
      [true, 'imp_1:a'],
      [undefined, undefined],
    ]);
  });

  test('says when somebody was seen, but not that they were seen today', () => {
    const till = new Till(terms());
    fillIn(till, 'a', {});
    expect([till.head?.firstSeenMs, till.head?.lastSeenMs]).toEqual([THEN, THEN]);
    fillIn(till, 'b', { occurredAtMs: NOW });
    expect(till.head?.lastSeenMs).toBe(THEN);
    till.record(event('c', { occurredAtMs: NOW, receivedAtMs: NOW }), NOW);
    fillIn(till, 'd', { occurredAtMs: THEN - YEAR });
    expect([till.head?.firstSeenMs, till.head?.lastSeenMs]).toEqual([THEN - YEAR, NOW]);
  });

  test('from before somebody was last seen adds to the profile and replaces nothing; a profile of now does', () => {
    const till = new Till(terms());
    till.record(event('a', { traits: { city: 'now' }, occurredAtMs: NOW - DAY, receivedAtMs: NOW - DAY }), NOW - DAY);
    fillIn(till, 'b', { traits: { city: 'then', plan: 'gold' } });
    fillIn(till, 'c', { traits: { city: null } });
    expect(till.head?.traits).toEqual({ city: 'now', plan: 'gold' });
    fillIn(till, 'd', { traits: { city: 'told' }, profileAtMs: NOW });
    expect(till.head?.traits).toEqual({ city: 'told', plan: 'gold' });
  });
});

describe('L3: orders that are filled in', () => {
  const bring = (one: Climber, earn: boolean) => {
    for (const [at, orderId] of ['a', 'b', 'c'].entries())
      fillIn(
        one,
        orderId,
        { fact: paid(snapshot(30_000, { orderId, placedAtMs: THEN + at * DAY })), occurredAtMs: THEN + at * DAY },
        earn,
      );
  };

  test('take somebody up quietly, as no news to anybody, and give nothing for it', () => {
    const one = new Climber(rewarding({ window: 'lifetime', metric: 'spent' }));
    bring(one, false);
    expect(one.tier).toBe('platinum');
    expect([one.balance, one.moves.every((move) => move.endsWith('(quiet)'))]).toEqual([0, true]);
    expect(
      one.journal.filter(({ kind }) => kind === 'tier.changed').every(({ about }) => about.cause === 'import'),
    ).toBe(true);
  });

  test('and earn give what each tier gives once, and are no news either', () => {
    const one = new Climber(rewarding({ window: 'lifetime', metric: 'points' }));
    bring(one, true);
    expect(one.tier).toBe('silver');
    expect([one.balance, one.moves.every((move) => move.endsWith('(quiet)'))]).toEqual([906, true]);
  });
});
