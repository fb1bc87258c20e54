/** The points history as its shopper pages through it: whole, once, and without a word that is the merchant's own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalRow } from '../../worker/domain/journal.ts';
import type { PointsEntry } from '../../worker/domain/ledger.ts';
import { emptyOrder, type Order } from '../../worker/domain/order.ts';
import { ActivityPlace, activityOf, activityPage, rowsBefore } from '../../worker/hub/activity-view.ts';
import { fromCursor } from '../../worker/wire/cursor.ts';
import { Activity } from '../../worker/wire/hub.ts';

const AT = 1_700_000_000_000;
const named: Order['snapshot'] = {
  orderId: '450789469',
  name: '#1001',
  placedAtMs: AT,
  updatedAtMs: AT,
  currency: 'EUR',
  test: false,
  cancelledAtMs: null,
  refunded: false,
  taxesIncluded: true,
  subtotalMinor: 9_000,
  discountMinor: 0,
  taxMinor: 0,
  shippingMinor: 0,
  shippingTaxMinor: 0,
  totalMinor: 9_000,
  lines: [],
};
const order: Order = { ...emptyOrder('450789469'), snapshot: named };

const entry = (more: Partial<PointsEntry>): PointsEntry => ({
  kind: 'earned',
  points: 10,
  balanceAfter: 10,
  lots: [],
  debt: 0,
  orderId: null,
  reason: null,
  ...more,
});
const row = (seq: number, entries: PointsEntry[], more: Partial<JournalRow> = {}): JournalRow => ({
  seq,
  kind: 'event',
  name: 'Paid Order',
  atMs: AT + seq,
  recordedAtMs: AT + seq + 1,
  key: `k${seq}`,
  orderId: null,
  programmeVersion: 1,
  entries,
  about: { note: 'asked for it twice, be careful', trust: 'server' },
  ...more,
});

describe('the points history', () => {
  const rows = [
    row(9, [entry({ kind: 'adjusted', points: 5, balanceAfter: 65, reason: 'Birthday' })]),
    row(7, [
      entry({ points: 90, balanceAfter: 90, orderId: '450789469' }),
      entry({ kind: 'clawed_back', points: -30, balanceAfter: 60, orderId: '450789469', reason: 'internal' }),
    ]),
    row(3, [entry({ orderId: 'gone' })]),
  ];

  it('shows entries newest first, the last of a row before the first, and no word that is not for the shopper', () => {
    const none = { title: null, occasion: null };
    const common = { ...none, reason: null, orderName: '#1001' };
    expect(activityOf(rows, [order])).toEqual([
      {
        id: '9.0',
        atMs: AT + 9,
        kind: 'adjusted',
        points: 5,
        balanceAfter: 65,
        orderName: null,
        ...none,
        reason: 'Birthday',
      },
      { id: '7.1', atMs: AT + 7, kind: 'clawed_back', points: -30, balanceAfter: 60, ...common },
      { id: '7.0', atMs: AT + 7, kind: 'earned', points: 90, balanceAfter: 90, ...common },
      { id: '3.0', atMs: AT + 3, kind: 'earned', points: 10, balanceAfter: 10, orderName: null, ...none, reason: null },
    ]);
    for (const item of activityOf(rows, [order])) expect(Activity.parse(item)).toEqual(item);
  });

  it('names what points are for: the rule, the reward, the tier by the name it had then, and never an inner word', () => {
    const welcome = { id: 'welcome', name: 'Welcome' };
    const told = (one: Partial<PointsEntry>, more: Partial<JournalRow>) => {
      const [item] = activityOf([row(1, [entry(one)], more)], [order]);
      return [item?.title, item?.occasion];
    };
    const properties = { reward_name: '€5 off', reason: 'undone' };
    expect([
      told({ rule: welcome }, {}),
      told({ rule: welcome }, { kind: 'points.released', name: 'Points Released' }),
      told({ kind: 'clawed_back', rule: welcome, reason: 'internal' }, {}),
      told({ rule: { id: 'order', name: 'Orders' }, orderId: '450789469' }, {}),
      told({ kind: 'spent', reason: '€5 off' }, { kind: 'points.spent' }),
      told({ kind: 'restored' }, { kind: 'points.returned', about: { properties } }),
      told({ kind: 'restored', orderId: '450789469' }, {}),
      told({ reason: 'Gold' }, { kind: 'tier.changed' }),
      told({ reason: 'Birthday' }, { kind: 'birthday.rewarded' }),
      told({ reason: 'Referral' }, { kind: 'referral.completed' }),
      told({ kind: 'clawed_back', reason: 'Referral' }, { kind: 'referral.changed' }),
      told({ kind: 'expired', reason: null }, { kind: 'points.expired' }),
    ]).toEqual([
      ['Welcome', null],
      ['Welcome', null],
      ['Welcome', null],
      [null, null],
      ['€5 off', null],
      ['€5 off', null],
      [null, null],
      ['Gold', null],
      [null, 'birthday'],
      [null, 'referral'],
      [null, 'referral'],
      [null, null],
    ]);
  });

  it('is paged by entries, whole and once, wherever a page ends', () => {
    const history = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3 })), {
      selector: ([seq]) => seq,
      maxLength: 20,
    });
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 6 }), (made, limit) => {
        const all = made
          .sort(([a], [b]) => b - a)
          .map(([seq, count]) =>
            row(
              seq,
              Array.from({ length: count }, () => entry({})),
            ),
          );
        const whole = activityOf(all, []);
        const seen: Activity[] = [];
        let after: ActivityPlace | null = null;
        do {
          const before: number = after === null ? Number.POSITIVE_INFINITY : rowsBefore(after);
          const read = all.filter(({ seq }) => seq < before).slice(0, limit + 1);
          const page = activityPage(activityOf(read, []), limit, after);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          expect(page.items.length).toBeGreaterThan(whole.length === 0 ? -1 : 0);
          seen.push(...page.items);
          after = fromCursor(page.nextCursor ?? undefined, ActivityPlace);
        } while (after !== null);
        expect(seen).toEqual(whole);
      }),
    );
  });
});
