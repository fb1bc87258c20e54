/** What a shopper or a merchant is told of an order's payment, its parcels and their way. */

import { isWholeOrder, priceRefunds } from './earning/refund-worth.ts';
import type { Order } from './order.ts';
import type { CarrierWord, Fulfilment, Parcel } from './order-facts.ts';

export type Payment = 'pending' | 'paid' | 'partially_refunded' | 'refunded' | 'cancelled';
export type FulfilmentState = 'unfulfilled' | 'partial' | 'fulfilled';

export function paymentOf(order: Order): Payment {
  if (order.cancelledAtMs !== null) return 'cancelled';
  const back = refundedMoneyMinor(order);
  if (order.snapshot?.refunded || (back > 0 && back >= (order.snapshot?.totalMinor ?? 0))) return 'refunded';
  if (back > 0) return 'partially_refunded';
  return order.paidAtMs === null ? 'pending' : 'paid';
}

/** Money that went back; what no amount was told for counts as much as the order says it is worth. */
export function refundedMoneyMinor({ snapshot, refunds }: Order): number {
  if (snapshot === null) return refunds.reduce((sum, refund) => sum + (refund.moneyMinor ?? 0), 0);
  if (refunds.some(isWholeOrder)) return snapshot.totalMinor;
  return priceRefunds(snapshot, refunds).reduce((sum, refund) => sum + refund.moneyMinor, 0);
}

export function fulfilmentOf(order: Order): FulfilmentState {
  const sent = order.fulfilments.filter((one) => !one.cancelled);
  if (sent.length === 0) return 'unfulfilled';
  const pieces = sent.flatMap((one) => Object.values(one.pieces)).reduce((sum, count) => sum + count, 0);
  const wanted = (order.snapshot?.lines ?? []).reduce((sum, line) => sum + line.quantity, 0);
  return pieces === 0 || pieces >= wanted ? 'fulfilled' : 'partial';
}

/** The latest word of a carrier, be it told with a fulfilment or apart from it. */
export function deliveryOf(order: Order): string | null {
  const told = order.fulfilments.map((one) => ({
    ...one,
    atMs: Math.max(one.updatedAtMs, wordOf(order, one)?.atMs ?? 0),
  }));
  const newest = told.filter((one) => !one.cancelled).sort((a, b) => b.atMs - a.atMs);
  for (const one of newest)
    for (const parcel of parcelsOf(order, one)) if (parcel.status !== null) return parcel.status;
  const ahead = (order.carrierWords ?? []).filter(
    (word) => !told.some((one) => one.fulfilmentId === word.fulfilmentId),
  );
  return ahead.sort((a, b) => b.atMs - a.atMs)[0]?.status ?? null;
}

/** Since when everything that was ordered is with the shopper, by the word of carriers; null: it is not, or nobody said so. */
export function deliveredAtMs(order: Order): number | null {
  const sent = order.fulfilments.filter((one) => !one.cancelled);
  if (fulfilmentOf(order) !== 'fulfilled') return null;
  const arrived = sent.map((one) => {
    const parcels = parcelsOf(order, one);
    const isThere = parcels.length > 0 && parcels.every((parcel) => parcel.status === 'delivered');
    return isThere ? (wordOf(order, one)?.atMs ?? one.updatedAtMs) : null;
  });
  return arrived.reduce<number | null>((last, at) => (last === null || at === null ? null : Math.max(last, at)), 0);
}

/** The parcels of a fulfilment, with the carrier's last word where it is newer than the fulfilment's own. */
export function parcelsOf(order: Order, fulfilment: Fulfilment): Parcel[] {
  const { parcels, updatedAtMs } = fulfilment;
  const word = wordOf(order, fulfilment);
  if (word === null) return parcels;
  if (parcels.length === 0) return [{ company: null, number: null, url: null, status: word.status }];
  return parcels.map((parcel) =>
    parcel.status === null || word.atMs >= updatedAtMs ? { ...parcel, status: word.status } : parcel,
  );
}

function wordOf(order: Order, { fulfilmentId }: Fulfilment): CarrierWord | null {
  return order.carrierWords?.find((word) => word.fulfilmentId === fulfilmentId) ?? null;
}
