/** What a shopper or a merchant is told of an order's payment, its parcels and their way. */
import type { Order } from './order.ts';
import { isWholeOrder, priceRefunds } from './refund-worth.ts';

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

/** The latest word of a carrier. */
export function deliveryOf(order: Order): string | null {
  const newest = [...order.fulfilments].filter((one) => !one.cancelled).sort((a, b) => b.updatedAtMs - a.updatedAtMs);
  for (const one of newest) for (const parcel of one.parcels) if (parcel.status !== null) return parcel.status;
  return null;
}
