/** What a decision may ask of a customer's whole past. Only what is counted anew asks: no usual input reads it. */
import type { JournalRow } from './journal.ts';
import type { Pending } from './loyalty/pending.ts';
import type { Order } from './order.ts';
import type { Made } from './referrals/made.ts';

export interface Past {
  /** Every order, in no order that means anything. */
  orders: () => Iterable<Order>;
  /** Points that wait. */
  pending: () => Iterable<Pending>;
  /** The rows that moved points, oldest first. */
  pointsRows: () => Iterable<JournalRow>;
  /** Friends whom they brought. */
  referrals: () => Iterable<Made>;
}

export const NO_PAST: Past = { orders: () => [], pending: () => [], pointsRows: () => [], referrals: () => [] };
