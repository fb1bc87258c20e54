/** Whether an order brings a referral to its end: paid, of this shop, large enough, and not taken back. Pure. */
import { daysBefore } from '../calendar.ts';
import { DEFAULT_BASE } from '../earning/base.ts';
import { baseMinor, refundedMinor } from '../earning/standing.ts';
import type { Order } from '../order.ts';
import { paymentOf } from '../order-status.ts';

import type { Terms } from '../terms.ts';
import type { Received } from './state.ts';

/** What an order comes to: its goods after discounts, without tax, shipping and gift cards, less what went back. Minor units. */
export function worthOf({ snapshot, refunds }: Order): number {
  if (snapshot === null) return 0;
  return Math.max(0, baseMinor(snapshot, DEFAULT_BASE) - refundedMinor(snapshot, refunds, DEFAULT_BASE));
}

export function qualifies(order: Order, { promised }: Pick<Received, 'promised'>, terms: Terms): boolean {
  const { snapshot, paidAtMs } = order;
  if (snapshot === null || paidAtMs === null || isTakenBack(order)) return false;
  if (snapshot.currency !== terms.currency || (snapshot.test && terms.mode === 'live')) return false;
  const worth = worthOf(order);
  return worth > 0 && worth >= promised.minimumMinor;
}

/** Cancelled, or all of it went back. */
export function isTakenBack(order: Order): boolean {
  const payment = paymentOf(order);
  return payment === 'cancelled' || payment === 'refunded';
}

/** When an order that is there at `atMs` has stood long enough: at the same time of the day, by the shop's clock on the wall. */
export function completesAt({ promised }: Pick<Received, 'promised'>, { segments }: Terms, atMs: number): number {
  if (promised.waitingDays === 0) return atMs;
  return daysBefore(segments.manner.timeZone, atMs, -promised.waitingDays);
}
