/**
 * A voucher as its one owner keeps it: the customer who holds it (beside the points), or the object of its code. Both
 * decide by the same pure functions. A gift card is a voucher whose gift is money.
 */
import type { JsonObject } from '../json.ts';
import type { Applicable, Discount } from './discount.ts';
import type { Validity } from './validity.ts';

export type Benefit =
  | { kind: 'discount'; discount: Discount; applicable: Applicable }
  | { kind: 'gift'; gift: Gift; effect: 'order' | 'items' };

/** balance = amount - subtracted - redeemed; never below 0. */
export interface Gift {
  currency: string;
  /** All that was ever put on it. */
  amountMinor: number;
  /** Taken off by hand. */
  subtractedMinor: number;
  redeemedMinor: number;
  balanceMinor: number;
}

/** A use, or money, kept for whoever has the key until `untilMs`. */
export interface Lock {
  key: string;
  untilMs: number;
  creditsMinor: number;
  /** Who asked for it. */
  customer: string | null;
}

/** Where it came from: made by hand, from a campaign's pool, for points, or as what a tier or a rule gives. */
export type Origin =
  | { kind: 'manual' }
  | { kind: 'campaign'; publication: string | null; distribution: string | null }
  | { kind: 'reward'; reward: string; points: number; spentSeq: number }
  | { kind: 'given'; by: string };

export interface Voucher {
  /** `v_…`, follows from the code. */
  id: string;
  /** As it was made; two codes that `sameCode` calls the same are one. */
  code: string;
  campaign: string | null;
  category: string | null;
  benefit: Benefit;
  origin: Origin;
  /** Who holds it; null: whoever has the code. */
  holder: string | null;
  /** Nobody but the holder may redeem it. */
  holderOnly: boolean;
  active: boolean;
  startsAtMs: number | null;
  /** The first instant at which it is no longer good. */
  endsAtMs: number | null;
  validity: Validity | null;
  /** Redemptions in all, and by one customer; null: as many as anybody likes. */
  limit: number | null;
  limitPerCustomer: number | null;
  redeemed: number;
  locks: Lock[];
  /** Validation rules that were assigned to this very voucher; its campaign's come on top. */
  rules: string[];
  publishedAtMs: number | null;
  /** Words for the shopper, where the merchant gave any. */
  title: string | null;
  metadata: JsonObject;
  createdAtMs: number;
  updatedAtMs: number;
}

/** A redemption that was made, and what of it was taken back. Kept by the voucher's owner. */
export interface Redemption {
  /** `r_…`, or `rf_…` of one that was refused. */
  id: string;
  voucher: string;
  code: string;
  campaign: string | null;
  /** Of a stack: the `r_…` that all of it hangs from. */
  parent: string | null;
  atMs: number;
  customer: string | null;
  orderId: string | null;
  /** What the order was before and is after this voucher, and what of it the voucher paid for. */
  amountMinor: number;
  totalMinor: number;
  discountMinor: number;
  /** Of a gift card: the money spent. */
  creditsMinor: number | null;
  failure: { key: string; message: string } | null;
  rollbacks: Rollback[];
  metadata: JsonObject;
  channel: string | null;
}

/** `rr_…`; money of a gift card may go back in parts, everything else goes back whole. */
export interface Rollback {
  id: string;
  atMs: number;
  reason: string | null;
  /** Of a gift card: what went back. */
  creditsMinor: number | null;
  /** The use was given back as well. */
  whole: boolean;
}
