/** What is asked of an object of codes, and what it answers. */
import type { JsonObject } from '../domain/json.ts';
import type { Bill, Taken } from '../domain/vouchers/bill.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Base } from '../domain/vouchers/effects.ts';
import type { Counts, CustomerFacts, Facts } from '../domain/vouchers/facts.ts';
import type { GiftMove } from '../domain/vouchers/gift.ts';
import type { Needs } from '../domain/vouchers/needs.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';
import type { Coordinator } from '../holds/coordinator.ts';

/** Every write names itself for ever: the same key again gets the first answer, with another fingerprint it is refused. */
export interface Keyed {
  key: string;
  fingerprint: string;
}

export interface At {
  /** What time it is in a test shop; null in a live one. */
  clockMs: number | null;
}

/** Where a code leads. */
export type Found =
  | { owner: 'none' | 'gone' }
  /** The voucher itself, with what was counted of it: by all, and by the customer asked for. */
  | { owner: 'here'; voucher: Voucher; counts: Counts }
  | { owner: 'customer'; customer: string; voucher: string }
  | { owner: 'referral'; customer: string };

export interface FindCall extends At {
  codes: string[];
  /** Whose redemptions are counted; null: nobody's. */
  customer: string | null;
}

/** Who asks; without `facts` only the id is known so far. */
export interface AskingCustomer {
  id: string;
  facts: CustomerFacts | null;
}

/** One voucher that is to be used. */
export interface Use {
  code: string;
  /** Of a gift card: what is to be spent; null: as much as there is, up to the total. */
  creditsMinor: number | null;
  /** What it finds: the order as it came, or what those before it in a stack left; null: no order is named. */
  bill: Bill | null;
  /** Of its campaign, as told by whoever keeps something for it. */
  counts: Counts;
  /** What its campaign keeps for it: it must come to no more; null: nothing is kept. */
  reserved: Cost | null;
  /** Its campaign has nothing left for it: it is refused with this. */
  barred: Refused | null;
  /** What it was reckoned to give beside others: it must come to exactly this; null: it is decided here. */
  settled: { taken: Taken | null; creditsMinor: number | null } | null;
  /** `r_…`, and `rf_…` for the record should it be refused. */
  redemption: string;
  failed: string;
  base: Base;
}

export interface RedeemCall extends Keyed, At {
  uses: Use[];
  customer: AskingCustomer | null;
  lockKey: string | null;
  orderId: string | null;
  channel: string | null;
  metadata: JsonObject;
  caller: Facts['caller'];
  /** Of a stack: the `r_…` that all of it hangs from. */
  parent: string | null;
  /** Redemptions of the same stack that others hold; told with the answer for ever. */
  others: Redemption[];
  /** Who decides whether it comes about; null: it does, here and now. */
  coordinator: Coordinator | null;
}

export interface Redeemed {
  redemptions: Redemption[];
  vouchers: Voucher[];
  moves: (GiftMove | null)[];
}

/** `duplicate`: it was done before; the first answer. */
export type RedeemAnswer =
  | ({ verdict: 'redeemed' | 'held'; duplicate: boolean } & Redeemed)
  | { verdict: 'refused'; duplicate: boolean; refused: Refused; failed: Redemption | null; voucher: Voucher | null }
  | { verdict: 'mismatch' }
  /** There is no such voucher here. `code`: as it was asked for. */
  | { verdict: 'elsewhere'; code: string; found: Exclude<Found, { owner: 'here' }> }
  /** Nothing was changed: it takes facts of the customer that were not told. */
  | { verdict: 'facts'; needs: Needs }
  /** Nothing was changed: its campaign has to keep this for it first, and tell these counts. */
  | { verdict: 'reserve'; campaign: string; cost: Cost; counts: (keyof Counts)[]; bounds: Caps }
  /** Nothing was changed: it does not come to what was reckoned, or reserved. */
  | { verdict: 'changed' };

export interface RollBackCall extends Keyed, At {
  /** All of one redemption, or of one stack, that live here: `r_…` and the `rr_…` that takes it back. */
  redemptions: { redemption: string; rollback: string }[];
  amountMinor: number | null;
  reason: string | null;
  customer: string | null;
  orderId: string | null;
  stack: boolean;
  /** Who decides whether it comes about; null: it does, here and now. */
  coordinator: Coordinator | null;
}

export interface Back {
  redemption: Redemption;
  rollback: Rollback;
  voucher: Voucher;
  move: GiftMove | null;
}

export type RollBackAnswer =
  | { verdict: 'rolled_back'; duplicate: boolean; backs: Back[] }
  | { verdict: 'held'; duplicate: boolean }
  | { verdict: 'refused'; duplicate: boolean; refused: Refused }
  | { verdict: 'mismatch' }
  | { verdict: 'not_found' };

export interface LockCall extends At {
  use: Omit<Use, 'reserved' | 'barred' | 'settled' | 'redemption' | 'failed'>;
  lockKey: string;
  ttlMs: number;
  customer: AskingCustomer | null;
  channel: string | null;
  metadata: JsonObject;
  caller: Facts['caller'];
}

export type ChangeAnswer =
  | { verdict: 'changed'; duplicate: boolean; voucher: Voucher; move: GiftMove | null }
  | { verdict: 'refused'; duplicate: boolean; refused: Refused }
  | { verdict: 'mismatch' }
  | { verdict: 'elsewhere'; found: Exclude<Found, { owner: 'here' }> };

/** A code that is to be this owner's from now on. */
export interface Claim {
  code: string;
  /** The same token again changes nothing. */
  token: string;
  campaign: string | null;
  /** `customer`: who holds it (or, of a code for friends, whose it is); null: nobody. */
  holder: { owner: 'customer' | 'referral'; customer: string } | null;
  /** With more of its own than its campaign says; null: as its campaign says. */
  voucher: Voucher | null;
}

/** `again`: it was claimed under this token before. `taken`: somebody else's. */
/** `mismatch`: made before under the same name, the part of the token before its dot, by another request. */
export type Claimed = 'claimed' | 'again' | 'taken' | 'mismatch';
