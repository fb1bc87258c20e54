/** What somebody may ask of a voucher that a customer holds, each once under its key. */
import type { Errand } from '../errand.ts';
import type { JsonObject } from '../json.ts';
import type { Taken } from './bill.ts';
import type { Campaign } from './campaign.ts';
import type { Cart } from './cart.ts';
import type { Counts, CustomerFacts, Facts } from './facts.ts';
import type { Rule } from './rule-definition.ts';
import type { StackingRules } from './stacking.ts';
import type { Voucher } from './voucher.ts';

interface Keyed {
  key: string;
  /** SHA-256 of the request: the same key with another body is refused. */
  fingerprint: string;
}

/** Puts a voucher into the wallet: one that was made for the customer, or one of a campaign's pool. */
export interface HoldVoucher extends Keyed {
  op: 'hold_voucher';
  voucher: Voucher;
  campaign: Campaign | null;
  /** Nobody but the holder may redeem it. */
  holderOnly: boolean;
  publication: string | null;
  distribution: string | null;
  channel: string | null;
  metadata: JsonObject;
}

/** Who asks: the customer who holds it, somebody else with what is known of them, or nobody who is named. */
export type Asker = 'holder' | CustomerFacts | null;

/** What an evaluation needs besides the customer. */
export interface Circumstances {
  asker: Asker;
  cart: Cart | null;
  channel: string | null;
  metadata: JsonObject;
  caller: Facts['caller'];
}

/** One voucher that is to be used, with what the shop says of it; the object decides by what it was given. */
export interface HeldUse {
  /** The voucher's id. */
  voucher: string;
  campaign: Campaign | null;
  /** Those of the voucher and those of its campaign. */
  rules: Rule[];
  /** What others count: of the campaign as a whole. What the customer's own object counts is not read from here. */
  counts: Counts;
  /** Of a gift card: what is to be spent; null: as much as there is, up to the total. */
  creditsMinor: number | null;
  referrer: string | null;
}

export interface HeldRedeem extends HeldUse {
  /** `r_…`, and `rf_…` for the record should it be refused. */
  redemption: string;
  failed: string;
  /** What it is worth was settled before, over several owners; null: it is decided here. */
  settled: { amountMinor: number; taken: Taken | null } | null;
}

/** One or several vouchers for one order: all of them or, in partial mode, those that apply, in one transaction. */
export interface RedeemVouchers extends Keyed, Circumstances {
  op: 'redeem_vouchers';
  uses: HeldRedeem[];
  /** How several are joined; null: there is one. */
  stacking: StackingRules | null;
  /** Of the caller's own locks. */
  lockKey: string | null;
  /** Of a stack: the `r_…` that all of it hangs from. */
  parent: string | null;
  orderId: string | null;
}

/** Takes redemptions back: one, or all that hang from one parent, together. */
export interface RollBackVouchers extends Keyed {
  op: 'roll_back_vouchers';
  /** `redemption`: `r_…`; `rollback`: `rr_…`. */
  redemptions: { redemption: string; rollback: string }[];
  /** Money of a gift card alone: this much; null: all that is left. */
  amountMinor: number | null;
  reason: string | null;
  /** Where they are named they must be the redemption's. */
  customer: string | null;
  orderId: string | null;
  /** The whole stack is rolled back. */
  stack: boolean;
  /** What other wallets have of the stack goes back by these; absent: nothing. */
  elsewhere?: Errand[];
}

/** Keeps a use, and money, for whoever has the key; only where it could be redeemed now. */
export interface LockVoucher extends Keyed, Circumstances, HeldUse {
  op: 'lock_voucher';
  lockKey: string;
  ttlMs: number;
}

export interface ReleaseVoucher extends Keyed {
  op: 'release_voucher';
  voucher: string;
  lockKey: string;
}

/** What can be changed of a voucher by hand; `metadata` is joined with what there is. */
export type VoucherChange = Partial<
  Pick<
    Voucher,
    | 'active'
    | 'startsAtMs'
    | 'endsAtMs'
    | 'validity'
    | 'category'
    | 'limit'
    | 'limitPerCustomer'
    | 'rules'
    | 'title'
    | 'metadata'
    | 'holderOnly'
  >
>;

export interface ChangeVoucher extends Keyed {
  op: 'change_voucher';
  voucher: string;
  change: VoucherChange;
}

/** Takes a voucher away: it is in no wallet any more, and its code is nobody's. */
export interface RemoveVoucher extends Keyed {
  op: 'remove_voucher';
  voucher: string;
}

/** Puts money on a gift card, or takes some off. */
export interface CreditVoucher extends Keyed {
  op: 'credit_voucher';
  voucher: string;
  /** `vtx_…` */
  credit: string;
  amountMinor: number;
  reason: string | null;
  /** The caller's own name for it. */
  source: string | null;
}

export type HeldOperation =
  | HoldVoucher
  | RedeemVouchers
  | RollBackVouchers
  | LockVoucher
  | ReleaseVoucher
  | ChangeVoucher
  | RemoveVoucher
  | CreditVoucher;
