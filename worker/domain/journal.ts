/**
 * The catalogue of what a customer's journal can say. One numbered row for one input, its effects inside it; the
 * journal is also the outbox, so a name here is a name that webhooks, Klaviyo and Segment will see.
 */
import type { JsonObject } from './json.ts';
import type { PointsEntry } from './ledger.ts';

export const JOURNAL_KINDS = [
  'event', // anything a source sent; its name is in `name`
  'event.failed', // tripped a bug of ours; kept whole, so that it can be played again
  'points.adjusted',
  'points.refused', // an operation with a key that the balance did not allow; kept so that a retry gets the same answer
  'points.expired',
  'points.spent',
  'voucher.issued',
  'voucher.redeemed',
  'voucher.rolled_back',
  'voucher.expired',
  'segment.entered',
  'segment.left',
  'list.left', // the list was dropped; a customer's own coming and going is told with its event
  'tier.changed',
  'referral.started',
  'referral.completed',
  'customer.moved', // handed over to another customer; the last row of its journal
  'customer.merged', // took another customer over; the rows that came along stand before it
] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

export interface JournalRow {
  seq: number;
  kind: JournalKind;
  /** The event's name, or null for what no event caused. */
  name: string | null;
  /** Effective time; `recordedAtMs` is when it was written. */
  atMs: number;
  recordedAtMs: number;
  /** The idempotency key it answers to. */
  key: string | null;
  orderId: string | null;
  /** The programme that decided. */
  programmeVersion: number;
  entries: PointsEntry[];
  /** What arrived, for the timeline; never holds identifiers of another customer. */
  about: JsonObject;
}
