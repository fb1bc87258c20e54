/** Points that run out: what their row says, and what the order that earned them keeps of it. */
import type { JsonObject } from '../json.ts';
import type { Lot, PointsEntry } from '../ledger.ts';
import type { Work } from '../work.ts';

/** An order remembers what ran out of its own points, lest a refund takes it a second time. */
export function noteExpiry(work: Work, lot: Lot): void {
  if (!lot.origin.startsWith('order:')) return;
  const order = work.orders.get(lot.origin.slice('order:'.length));
  if (order === undefined) return;
  work.orders.set(order.orderId, { ...order, expired: order.expired + lot.remaining });
  work.touched.add(order.orderId);
}

export const POINTS_EXPIRED = 'Points Expired';

/** `lots`: each by its own time; `inactivity`: all at once, for nothing happened. */
export function expiredProperties(entry: PointsEntry, reason: 'lots' | 'inactivity'): JsonObject {
  return { points: 0 - entry.points, balance_after: entry.balanceAfter, reason };
}
