/**
 * A voucher as its one owner keeps it: the customer who holds it (beside the points), or the object of its code. Both
 * decide by the same pure functions. A gift card is a voucher whose gift is money.
 */
import type { JsonObject } from '../json.ts';
import type { Taken } from './bill.ts';
import type { Applicable, Discount } from './discount.ts';
import type { KeptOrder } from './kept-order.ts';
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
  | { kind: 'given'; by: string; reward?: string };

/** What only the customer who holds a voucher keeps of it. */
export interface Held {
  /** When the holder is told that it runs out; absent: they were told, or are not. */
  noticeAtMs?: number;
  /** The holder was told that it ran out. */
  lapsed?: true;
  /** It cannot be used before this is done elsewhere: one of the stock taken, the code made in the shop. */
  waitsFor?: 'stock' | 'shop';
  /** One of the stock was taken for it. */
  inStock?: true;
  /** Points that went back for it. */
  pointsBack?: number;
  /** When it was given back, or could not be made. */
  undoneAtMs?: number;
  /** Why it could not be made. */
  failed?: 'out_of_stock' | 'not_made';
  /** It was taken away: it is in no wallet, and kept so that its code never comes again. */
  removed?: true;
}

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
  /** Its dates are its own for good, set when it was published or first redeemed; absent: its campaign's fill in for null. */
  datesFixed?: true;
  /** Redemptions in all, and by one customer; null: as many as anybody likes. */
  limit: number | null;
  limitPerCustomer: number | null;
  redeemed: number;
  locks: Lock[];
  /** Validation rules that were assigned to this very voucher; its campaign's come on top. */
  rules: string[];
  /** What an order must come to before discounts; absent: anything. */
  minimumMinor?: number;
  held?: Held;
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
  /** From which lines, and what else it gave; absent: no order was named. */
  taken?: Taken;
  /** The order itself; absent: none was named, or nothing more is known of it. */
  order?: KeptOrder;
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

/** Money put on a gift card by hand, or taken off. */
export interface GiftCredit {
  /** `vtx_…` */
  id: string;
  voucher: string;
  atMs: number;
  /** Signed. */
  amountMinor: number;
  reason: string | null;
  source: string | null;
}
