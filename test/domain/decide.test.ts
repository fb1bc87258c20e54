import { describe, expect, test } from 'vitest';
import { type Adjustment, decideAdjustment } from '../../worker/domain/adjustment.ts';
import { newHead, type State } from '../../worker/domain/customer.ts';
import { decideDue, decideEvent } from '../../worker/domain/decide.ts';
import { canonicalName } from '../../worker/domain/event.ts';
import { type Lot, NEVER } from '../../worker/domain/ledger.ts';
import { emptyOrder } from '../../worker/domain/order.ts';
import { DAY, event, NOW, paid, refund, refunded, rule, snapshot, terms } from './given.ts';
import { pointsOf, Till } from './till.ts';

const ADJUSTMENT: Adjustment = {
  op: 'adjust',
  key: 'op-1',
  fingerprint: 'sha',
  points: 50,
  reason: 'goodwill',
  note: 'late parcel',
  expiresAtMs: null,
};

function holding(lots: Lot[], debt = 0): State {
  const balance = lots.reduce((sum, lot) => sum + lot.remaining, 0) - debt;
  return { head: { ...newHead(NOW), seq: 7, balance, debt, lifetime: balance }, lots, orders: new Map() };
}

function lot(id: number, remaining: number, expiresAtMs = NEVER): Lot {
  return { lot: id, expiresAtMs, points: remaining, remaining, origin: 'adjustment' };
}

describe('an event', () => {
  test('becomes one journal row under its key, and moves when the customer was seen', () => {
    const told = event('k1', { name: 'Viewed Page', occurredAtMs: NOW - DAY, properties: { path: '/' } });
    expect(decideEvent(holding([]), told, terms(), NOW, false)).toEqual({
      refusal: null,
      changes: {
        head: { ...newHead(NOW), seq: 8, firstSeenMs: NOW - DAY },
        rows: [
          {
            seq: 8,
            kind: 'event',
            name: 'Viewed Page',
            atMs: NOW - DAY,
            recordedAtMs: NOW,
            key: 'k1',
            orderId: null,
            programmeVersion: 1,
            entries: [],
            about: { source: 'shopify', trust: 'server', properties: { path: '/' } },
          },
        ],
        lots: [],
        orders: [],
      },
    });
  });

  test('makes a customer known for good once an identifier names it', () => {
    const till = new Till(terms());
    till.record(event('a'), NOW, false);
    till.record(event('b'), NOW, true);
    till.record(event('c'), NOW, false);
    expect(till.head?.known).toBe(true);
  });

  test('that pays an order earns a lot that runs out when the programme says', () => {
    const told = event('k1', { name: 'Paid Order', fact: paid(snapshot(4250)) });
    const { changes } = decideEvent(holding([]), told, terms({ expiresAfterDays: 365 }), NOW, true);
    const id = 8 * 64;
    const expiresAtMs = NOW + 365 * DAY;
    expect(changes.lots).toEqual([{ lot: id, expiresAtMs, points: 42, remaining: 42, origin: 'order:o1' }]);
    expect(changes.rows.map((row) => row.entries)).toEqual([
      [
        {
          kind: 'earned',
          points: 42,
          balanceAfter: 42,
          lots: [{ lot: id, points: 42, expiresAtMs }],
          debt: 0,
          orderId: 'o1',
          reason: null,
          rule: { id: 'order', name: 'Orders' },
        },
      ],
    ]);
    expect(changes.orders).toEqual([
      {
        ...emptyOrder('o1'),
        snapshot: snapshot(4250),
        paidAtMs: NOW,
        rule: { ...rule(), version: 1 },
        earned: 42,
        lots: [{ lot: id, expiresAtMs }],
      },
    ]);
    expect({ orders: changes.head.orders, lifetime: changes.head.lifetime }).toEqual({ orders: 1, lifetime: 42 });
  });

  test('changes nothing of the state it is given', () => {
    const state = holding([lot(1, 30), lot(2, 40, NOW + DAY)]);
    const copy = structuredClone(state);
    decideEvent(state, event('k', { fact: paid(snapshot(1000)), traits: { city: 'Ghent' } }), terms(), NOW, true);
    decideAdjustment(state, { ...ADJUSTMENT, points: -60 }, terms(), NOW);
    decideDue(state, terms(), NOW + 2 * DAY);
    expect(state).toEqual(copy);
  });

  test('counts an order once, however many facts name it', () => {
    const till = new Till(terms());
    till.tell(refunded(refund('a')));
    till.tell(paid(snapshot(1000)));
    till.tell(paid(snapshot(1000)));
    till.tell(paid(snapshot(1000, { orderId: 'o2' })));
    expect(till.head?.orders).toBe(2);
  });
});

describe('points given or taken by hand', () => {
  test('are a lot of their own, with the reason in the journal', () => {
    expect(decideAdjustment(holding([]), ADJUSTMENT, terms(), NOW)).toEqual({
      refusal: null,
      changes: {
        head: { ...newHead(NOW), seq: 8, balance: 50, lifetime: 50 },
        rows: [
          {
            seq: 8,
            kind: 'points.adjusted',
            name: null,
            atMs: NOW,
            recordedAtMs: NOW,
            key: 'op-1',
            orderId: null,
            programmeVersion: 1,
            entries: [
              {
                kind: 'adjusted',
                points: 50,
                balanceAfter: 50,
                lots: [{ lot: 512, points: 50, expiresAtMs: NEVER }],
                debt: 0,
                orderId: null,
                reason: 'goodwill',
              },
            ],
            about: { reason: 'goodwill', note: 'late parcel', fingerprint: 'sha', points: 50, expiresAtMs: null },
          },
        ],
        lots: [lot(512, 50)],
        orders: [],
      },
    });
  });

  test('run out as the programme says, unless an end is given', () => {
    const until = (expiresAtMs: number | null) =>
      decideAdjustment(holding([]), { ...ADJUSTMENT, expiresAtMs }, terms({ expiresAfterDays: 30 }), NOW).changes.lots;
    expect([until(null), until(NOW + 5)]).toEqual([[lot(512, 50, NOW + 30 * DAY)], [lot(512, 50, NOW + 5)]]);
  });

  test('pay a debt before they make a lot', () => {
    const { changes } = decideAdjustment(holding([], 30), ADJUSTMENT, terms(), NOW);
    expect(changes.lots).toEqual([{ ...lot(512, 20) }]);
    expect({ balance: changes.head.balance, debt: changes.head.debt }).toEqual({ balance: 20, debt: 0 });
    const all = decideAdjustment(holding([], 80), ADJUSTMENT, terms(), NOW).changes;
    expect({ lots: all.lots, balance: all.head.balance, debt: all.head.debt }).toEqual({
      lots: [],
      balance: -30,
      debt: 30,
    });
  });

  test('INV-4: are taken from the soonest-expiring lots, never-expiring last', () => {
    const lots = [lot(1, 100, NOW + DAY), lot(2, 100, NOW + 2 * DAY), lot(3, 100)];
    const { changes } = decideAdjustment(holding(lots), { ...ADJUSTMENT, points: -150 }, terms(), NOW);
    expect(changes.lots).toEqual([
      { ...lot(1, 100, NOW + DAY), remaining: 0 },
      { ...lot(2, 100, NOW + 2 * DAY), remaining: 50 },
    ]);
  });

  test.each([
    [-51, { reason: 'insufficient_points', balance: 50, asked: 51 }],
    [2 ** 52 - 49, { reason: 'balance_limit', balance: 50, asked: 2 ** 52 - 49 }],
  ])('are refused where the balance does not allow %i, and the refusal is kept under the key', (points, refusal) => {
    const state = holding([lot(1, 50)]);
    expect(decideAdjustment(state, { ...ADJUSTMENT, points }, terms(), NOW)).toEqual({
      refusal,
      changes: {
        head: { ...state.head, seq: 8 },
        rows: [
          {
            seq: 8,
            kind: 'points.refused',
            name: null,
            atMs: NOW,
            recordedAtMs: NOW,
            key: 'op-1',
            orderId: null,
            programmeVersion: 1,
            entries: [],
            about: { reason: 'goodwill', note: 'late parcel', fingerprint: 'sha', points, expiresAtMs: null, refusal },
          },
        ],
        lots: [],
        orders: [],
      },
    });
  });

  test.each([
    [-50, 0],
    [2 ** 52 - 50, 2 ** 52],
  ])('may go to the very edge: %i leaves %i', (points, balance) => {
    const { changes, refusal } = decideAdjustment(holding([lot(1, 50)]), { ...ADJUSTMENT, points }, terms(), NOW);
    expect({ balance: changes.head.balance, refusal }).toEqual({ balance, refusal: null });
  });

  test('are refused to somebody in debt', () => {
    const { refusal } = decideAdjustment(holding([], 10), { ...ADJUSTMENT, points: -1 }, terms(), NOW);
    expect(refusal).toEqual({ reason: 'insufficient_points', balance: -10, asked: 1 });
  });
});

describe('what is due', () => {
  test('nothing due changes nothing', () => {
    expect(decideDue(holding([lot(1, 10, NOW + 1), lot(2, 10)]), terms(), NOW)).toBeNull();
  });

  test('closes each instant in a row of its own, at its own time, recorded now', () => {
    const lots = [lot(1, 10, NOW - 5), lot(2, 20, NOW - 3), lot(3, 30, NOW - 3), lot(4, 40, NOW), lot(5, 50, NOW + 1)];
    const changes = decideDue(holding(lots), terms(), NOW);
    const rows = changes?.rows.map(({ seq, kind, atMs, recordedAtMs, entries }) => ({
      seq,
      kind,
      atMs,
      recordedAtMs,
      entries: entries.map(({ points, balanceAfter }) => ({ points, balanceAfter })),
    }));
    const row = { kind: 'points.expired', recordedAtMs: NOW };
    expect(rows).toEqual([
      { ...row, seq: 8, atMs: NOW - 5, entries: [{ points: -10, balanceAfter: 140 }] },
      { ...row, seq: 9, atMs: NOW - 3, entries: [{ points: -50, balanceAfter: 90 }] },
      { ...row, seq: 10, atMs: NOW, entries: [{ points: -40, balanceAfter: 50 }] },
    ]);
    expect(changes?.lots.map(({ lot, remaining }) => [lot, remaining])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
  });

  test('comes oldest first, in whatever order it is handed in', () => {
    const lots = [lot(1, 10, NOW), lot(2, 20, NOW - 1)];
    expect(decideDue(holding(lots), terms(), NOW)?.rows.map((row) => row.atMs)).toEqual([NOW - 1, NOW]);
  });

  test('tells the orders whose points ran out', () => {
    const lots = [
      { ...lot(1, 10, NOW), origin: 'order:o1' },
      { ...lot(2, 20, NOW), origin: 'order:o1' },
      { ...lot(3, 5, NOW), origin: 'order:o2' },
    ];
    const orders = new Map([['o1', { ...emptyOrder('o1'), expired: 3 }]]);
    expect(decideDue({ ...holding(lots), orders }, terms(), NOW)?.orders).toEqual([
      { ...emptyOrder('o1'), expired: 33 },
    ]);
  });

  test('is decided before the input, so that no input spends what has run out', () => {
    const till = new Till(terms());
    till.adjust(100, NOW, { expiresAtMs: NOW + DAY });
    till.adjust(30);
    expect(pointsOf(till.adjust(-40, NOW + DAY))).toEqual([]);
    expect(till.balance).toBe(30);
  });
});

describe('time', () => {
  test('never runs backwards for a customer', () => {
    const till = new Till(terms());
    till.adjust(10, NOW);
    till.adjust(10, NOW - DAY);
    expect(till.journal.map((row) => row.recordedAtMs)).toEqual([NOW, NOW]);
    expect(till.head?.nowMs).toBe(NOW);
    expect(decideEvent(holding([]), event('k'), terms(), NOW - DAY, true).changes.head.nowMs).toBe(NOW);
  });
});

describe('a name', () => {
  test.each([
    ['Order Completed', 'Placed Order'],
    ['Order Placed', 'Placed Order'],
    ['Placed Order', 'Placed Order'],
    ['Order Refunded', 'Refunded Order'],
    ['Order Cancelled', 'Cancelled Order'],
    ['Order Canceled', 'Cancelled Order'],
    ['Order Updated', 'Updated Order'],
    ['Email Opened', 'Opened Email'],
    ['Email Link Clicked', 'Clicked Email'],
    ['Push Notification Tapped', 'Opened Push'],
    ['Application Opened', 'Opened App'],
    ['order completed', 'order completed'],
    ['constructor', 'constructor'],
    ['__proto__', '__proto__'],
  ])('%s is kept as %s', (said, kept) => {
    expect(canonicalName(said)).toBe(kept);
  });
});
