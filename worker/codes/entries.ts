/** What can have happened to a code here, as its journal keeps it; and what is kept of each key's first answer. */
import type { JsonObject } from '../domain/json.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { GiftMove } from '../domain/vouchers/gift.ts';
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Tally } from '../domain/vouchers/tally.ts';
import type { GiftCredit, Lock, Redemption, Rollback, Voucher } from '../domain/vouchers/voucher.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import type { RollBackCall } from './calls.ts';

export interface CodeRow {
  /** In normal form. */
  key: string;
  /** As it was made. */
  code: string;
  owner: 'here' | 'customer' | 'referral' | 'gone';
  customer: string | null;
  campaign: string | null;
  token: string | null;
  madeAtMs: number;
  /** The newest entry about it; null: nothing has happened. */
  last: number | null;
  tally: Tally | null;
  /** null: as its campaign says. What a customer holds stands here as it was handed over. */
  voucher: Voucher | null;
}

export type EntryBody =
  | { kind: 'made'; voucher: Voucher }
  /** `reserved`: its campaign kept something for it, and knows. */
  | {
      kind: 'redeemed';
      voucher: Voucher;
      redemption: Redemption;
      move: GiftMove | null;
      reserved: boolean;
      /** The key under which it is being taken back; absent: it is not. */
      rolling?: string;
      /** It was redeemed when a customer held it, who is erased: its rollbacks of then are told with it. */
      brought?: true;
    }
  | { kind: 'refused'; redemption: Redemption }
  | {
      kind: 'rolled_back';
      voucher: Voucher;
      /** The entry that it takes back. */
      of: number;
      redemption: Redemption;
      rollback: Rollback;
      move: GiftMove | null;
      givenBack: Cost;
    }
  | { kind: 'changed'; voucher: Voucher }
  | { kind: 'credited'; voucher: Voucher; move: GiftMove; credit: GiftCredit }
  /** `told`: no campaign tells copies of the publication. */
  | { kind: 'assigned'; customer: string; publication: string; told: AssignmentTold | null }
  | { kind: 'unassigned'; publication: string }
  /** Of no one code: what a stack that was decided here came to, whoever keeps it. */
  | { kind: 'stack'; parent: string; orderId: string | null; redemptions: Redemption[] };

export interface AssignmentTold {
  sourceId: string | null;
  channel: string | null;
  metadata: JsonObject;
}

export interface Entry {
  seq: number;
  /** The code's normal form. */
  key: string;
  prev: number | null;
  atMs: number;
  body: EntryBody;
}

/** The first answer to a key. */
export type First =
  | { kind: 'redeemed'; entries: number[]; parent: string | null; others: Redemption[] }
  | { kind: 'refused'; refused: Refused; entry: number | null }
  | { kind: 'rolled_back' | 'changed'; entries: number[] }
  /** Nobody will ever do it. */
  | { kind: 'voided' };

export interface UsedKey {
  fingerprint: string;
  first: First;
}

/** What waits for somebody else's word; it counts meanwhile. */
export type Hold = { fingerprint: string; sinceMs: number } & (HeldUses | HeldRollbacks | HeldAssignment);

/** Uses that are undone where their coordinator says so. */
export interface HeldUses {
  kind: 'uses';
  coordinator: Coordinator;
  parent: string | null;
  uses: HeldUse[];
}

/** Rollbacks that are yet to be done; nobody else takes these redemptions back meanwhile. */
export interface HeldRollbacks {
  kind: 'rollbacks';
  coordinator: Coordinator;
  call: RollBackCall;
}

/** A code on its way into a wallet. */
export interface HeldAssignment {
  kind: 'assignment';
  customer: string;
  operation: HoldVoucher;
}

export interface HeldUse {
  /** The code's normal form. */
  key: string;
  redemption: Redemption;
  move: GiftMove | null;
  reserved: boolean;
  /** What comes back with the use where it is undone: the caller's lock, and dates that were its campaign's. */
  lock: Lock | null;
  dates: Pick<Voucher, 'startsAtMs' | 'endsAtMs'> | null;
}
