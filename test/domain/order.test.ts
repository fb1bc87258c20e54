import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyOrder, foldFact, type Order } from '../../worker/domain/order.ts';
import type { Fulfilment, OrderFact } from '../../worker/domain/order-facts.ts';
import {
  deliveryOf,
  fulfilmentOf,
  parcelsOf,
  paymentOf,
  refundedMoneyMinor,
} from '../../worker/domain/order-status.ts';
import { line, NOW, paid, refund, refunded, refundLine, snapshot, updated } from './given.ts';

function folded(facts: OrderFact[]): Order {
  return facts.reduce((order, fact) => foldFact(order, fact, NOW), emptyOrder('o1'));
}

function cancelled(atMs: number): OrderFact {
  return { kind: 'cancellation', orderId: 'o1', atMs };
}

function parcel(fulfilmentId: string, changes: Partial<Fulfilment> = {}): Fulfilment {
  return { fulfilmentId, updatedAtMs: NOW, cancelled: false, parcels: [], pieces: {}, ...changes };
}

function sent(fulfilment: Fulfilment): OrderFact {
  return { kind: 'fulfilment', orderId: 'o1', fulfilment };
}

describe('a fact about an order', () => {
  test('changes what it states and nothing else', () => {
    const order = snapshot(1000);
    const back = refund('a', { moneyMinor: 100 });
    const box = parcel('f');
    expect(folded([paid(order), refunded(back), sent(box)])).toEqual({
      ...emptyOrder('o1'),
      snapshot: order,
      paidAtMs: NOW,
      refunds: [back],
      fulfilments: [box],
    });
  });

  test('leaves the order it is folded into as it was', () => {
    const before = folded([paid(snapshot(1000), [refund('a', { moneyMinor: 1 })])]);
    const copy = structuredClone(before);
    foldFact(before, paid(snapshot(2000, { updatedAtMs: NOW }), [refund('a', { moneyMinor: 2 })]), NOW + 1);
    expect(before).toEqual(copy);
  });

  test('that is older never overwrites a newer one, but still tells that the order is paid', () => {
    const newer = snapshot(2000, { updatedAtMs: NOW });
    const order = folded([updated(newer), paid(snapshot(1000, { updatedAtMs: NOW - 1 }))]);
    expect(order).toEqual({ ...emptyOrder('o1'), snapshot: newer, paidAtMs: NOW });
  });

  test('that is older still brings the refunds and parcels only it knows', () => {
    const back = refund('a', { moneyMinor: 100 });
    const box = parcel('f');
    const older: OrderFact = { kind: 'order', paid: false, order: snapshot(1000), refunds: [back], fulfilments: [box] };
    const order = folded([updated(snapshot(2000, { updatedAtMs: NOW })), older]);
    expect({ refunds: order.refunds, fulfilments: order.fulfilments }).toEqual({ refunds: [back], fulfilments: [box] });
  });

  test('that pays it twice leaves the time at which it was first known as paid', () => {
    const twice = foldFact(folded([paid(snapshot(1000))]), paid(snapshot(1000)), NOW + 1);
    expect(twice.paidAtMs).toBe(NOW);
  });

  test('about a parcel counts by its own time', () => {
    const late = parcel('f', { updatedAtMs: NOW + 1, cancelled: true });
    expect(folded([sent(late), sent(parcel('f'))]).fulfilments).toEqual([late]);
    expect(folded([sent(parcel('f')), sent(late)]).fulfilments).toEqual([late]);
  });

  test('about a refund never shrinks its money, and an unknown amount stays everything', () => {
    const told = (amounts: (number | null)[]) =>
      folded(amounts.map((moneyMinor) => refunded(refund('a', { moneyMinor })))).refunds.map((one) => one.moneyMinor);
    expect([told([0, 200, 100]), told([null, 200]), told([200, null])]).toEqual([[200], [null], [null]]);
  });
});

describe('an order is cancelled', () => {
  const open = (updatedAtMs: number) => updated(snapshot(1000, { updatedAtMs }));

  test.each([
    ['told before an order that was taken before it', [cancelled(NOW), open(NOW - 1)], NOW],
    ['told after an order that was taken before it', [open(NOW - 1), cancelled(NOW)], NOW],
    ['told at the very instant of the order', [cancelled(NOW), open(NOW)], NOW],
    ['told at the very instant of the order, the other way round', [open(NOW), cancelled(NOW)], NOW],
  ])('where that is %s', (_, facts, at) => {
    expect(folded(facts).cancelledAtMs).toBe(at);
  });

  test.each([
    ['came after it', [cancelled(NOW), open(NOW + 1)]],
    ['had come before it', [open(NOW + 1), cancelled(NOW)]],
    ['came between', [open(NOW - 1), cancelled(NOW), open(NOW + 1)]],
  ])('no longer where a snapshot taken later, without it, %s', (_, facts) => {
    expect(folded(facts).cancelledAtMs).toBeNull();
  });

  test('at one instant, in whatever order it is told', () => {
    const instant = fc.integer({ min: NOW, max: NOW + 6 });
    const fact = fc.oneof(
      instant.map(cancelled),
      // one instant always tells the same
      instant.map((at) =>
        updated(snapshot(1000, { updatedAtMs: at, cancelledAtMs: at % 2 === 0 ? null : at - (at % 3) })),
      ),
    );
    const story = fc.array(fact, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        story.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
        ([facts, shuffled]) => {
          expect(folded([...facts, ...shuffled]).cancelledAtMs).toBe(folded(facts).cancelledAtMs);
          expect(folded(shuffled).cancelledAtMs).toBe(folded(facts).cancelledAtMs);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a carrier’s word', () => {
  const word = (status: string, atMs: number, fulfilmentId = 'f'): OrderFact => ({
    kind: 'carrier',
    orderId: 'o1',
    word: { fulfilmentId, status, atMs },
  });
  const box = sent(parcel('f', { parcels: [{ company: 'UPS', number: '1Z', url: null, status: null }] }));

  test('never goes back in time, and of one instant the later step stands', () => {
    const told = [word('in_transit', 5), word('delivered', 9), word('out_for_delivery', 7), word('in_transit', 9)];
    for (const facts of [told, told.toReversed()]) {
      expect(folded(facts).carrierWords).toEqual([{ fulfilmentId: 'f', status: 'delivered', atMs: 9 }]);
    }
  });

  test('shows with its parcel whether it comes before or after, unless the fulfilment says something newer', () => {
    const shown = (...facts: OrderFact[]) => [deliveryOf(folded(facts)), deliveryOf(folded(facts.toReversed()))];
    expect(shown(box, word('in_transit', NOW - 1))).toEqual(['in_transit', 'in_transit']);
    const newer = parcel('f', { parcels: [{ company: 'UPS', number: '1Z', url: null, status: 'delivered' }] });
    expect(shown(sent(newer), word('in_transit', NOW - 1))).toEqual(['delivered', 'delivered']);
    expect(shown(sent(newer), word('failure', NOW))).toEqual(['failure', 'failure']);
    expect(deliveryOf(folded([word('in_transit', 5)]))).toBe('in_transit');
    const order = folded([box, word('in_transit', 5)]);
    expect(order.fulfilments.flatMap((one) => parcelsOf(order, one))).toEqual([
      { company: 'UPS', number: '1Z', url: null, status: 'in_transit' },
    ]);
  });

  test('of a fulfilment without parcels is a parcel of its own', () => {
    const order = folded([sent(parcel('f')), word('in_transit', 5)]);
    expect(order.fulfilments.flatMap((one) => parcelsOf(order, one))).toEqual([
      { company: null, number: null, url: null, status: 'in_transit' },
    ]);
  });
});

describe('an order shows as', () => {
  const total = { totalMinor: 1000 };

  test.each([
    ['pending', [updated(snapshot(1000))]],
    ['paid', [paid(snapshot(1000))]],
    ['partially_refunded', [paid(snapshot(1000)), refunded(refund('a', { moneyMinor: 999 }))]],
    ['refunded', [paid(snapshot(1000)), refunded(refund('a', { moneyMinor: 1000 }))]],
    ['refunded', [paid(snapshot(1000)), refunded(refund('a'))]],
    ['refunded', [paid(snapshot(1000, { ...total, refunded: true }))]],
    [
      'partially_refunded',
      [
        paid(snapshot(1000, { lines: [line(600, { lineId: 'a' }), line(400, { lineId: 'b' })] })),
        refunded(refund('a', { lines: [refundLine(null, { lineId: 'b' })] })),
      ],
    ],
    ['cancelled', [paid(snapshot(1000)), refunded(refund('a')), cancelled(NOW)]],
    ['pending', [refunded(refund('a'))]],
  ])('%s', (payment, facts) => {
    expect(paymentOf(folded(facts))).toBe(payment);
  });

  test('refunded money counts lines told without an amount at the price of the order', () => {
    const lines = [line(600, { lineId: 'a', quantity: 3 }), line(400, { lineId: 'b' })];
    const back = refund('a', { lines: [refundLine(null, { lineId: 'a', quantity: 2 })] });
    expect(refundedMoneyMinor(folded([paid(snapshot(1000, { lines })), refunded(back)]))).toBe(400);
  });

  test.each([
    ['unfulfilled', []],
    ['unfulfilled', [parcel('a', { pieces: { l1: 2 }, cancelled: true })]],
    ['partial', [parcel('a', { pieces: { l1: 1 } })]],
    ['fulfilled', [parcel('a', { pieces: { l1: 1 } }), parcel('b', { pieces: { l1: 1 } })]],
    ['fulfilled', [parcel('a')]],
  ])('%s', (state, parcels) => {
    const order = folded([paid(snapshot(1000, { lines: [line(1000, { quantity: 2 })] })), ...parcels.map(sent)]);
    expect(fulfilmentOf(order)).toBe(state);
  });

  test('on its way by the latest word of a carrier, cancelled parcels left aside', () => {
    const box = (id: string, updatedAtMs: number, status: string | null, gone = false) =>
      sent(parcel(id, { updatedAtMs, cancelled: gone, parcels: [{ company: null, number: null, url: null, status }] }));
    expect(
      deliveryOf(
        folded([box('a', 1, 'delivered'), box('b', 3, 'in_transit'), box('c', 4, null), box('d', 5, 'failure', true)]),
      ),
    ).toBe('in_transit');
    expect(deliveryOf(folded([paid(snapshot(1000))]))).toBeNull();
  });
});
