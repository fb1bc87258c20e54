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
  'points.returned', // spent points went back
  'points.pending', // earned, and not spendable yet; the row of an event says it itself
  'points.released', // pending points became spendable, or were voided
  'points.expiring', // notice that points run out soon
  'voucher.issued',
  'voucher.published',
  'voucher.redeemed',
  'voucher.rolled_back',
  'voucher.changed', // enabled, disabled, money put on or taken off, locked or released
  'voucher.refused', // a redemption or another operation on a voucher that was refused
  'voucher.expiring', // notice
  'voucher.expired',
  'segment.entered',
  'segment.left',
  'list.left', // the list was dropped; a customer's own coming and going is told with its event
  'member.changed', // joined, left, was excluded or taken back
  'birthday.rewarded',
  'birthday.set',
  'tier.changed',
  'tier.kept', // beyond its time
  'tier.refused', // one that was to be set by hand and that the programme does not have
  'tier.expiring', // notice that a tier is about to be lost
  'referral.started',
  'referral.changed', // held for review, blocked, cancelled, expired
  'referral.completed',
  'errand.done', // what another object answered
  'programme.changed', // what a newer programme changed at once
  'customer.moved', // handed over to another customer; the last row of its journal
  'customer.erased', // nothing is left of them; the last row of their journal
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
