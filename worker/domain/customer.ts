/** A customer as one decision sees it, and what a decision may change. */
import type { Consents } from './consent.ts';
import type { Errand } from './errand.ts';
import type { JournalRow } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { Lot } from './ledger.ts';
import type { Pending } from './loyalty/pending.ts';
import type { Loyalty } from './loyalty/state.ts';
import type { Order } from './order.ts';
import type { Past } from './past.ts';
import type { Made } from './referrals/made.ts';
import type { ListStates, SegmentStates } from './segments/states.ts';
import type { AskedFacts } from './vouchers/facts.ts';
import type { GiftCredit, Redemption, Voucher } from './vouchers/voucher.ts';

/** Where an erased customer's id leads: `movedTo` of one, and of what amounts stay under. No id is called so. */
export const ERASED = 'erased';

export interface Head {
  /** The number of the last journal row. */
  seq: number;
  /** The latest instant anything was decided at; decisions never run backwards. */
  nowMs: number;
  balance: number;
  debt: number;
  lifetime: number;
  /** The earliest of the dues below, of what the programme and what the segments wait for. */
  nextDueMs: number | null;
  /** When the next points run out; null: none ever do. */
  lotsDueMs: number | null;
  /** When the next pending points are released; null: none wait for a day. */
  pendingDueMs: number | null;
  /** When something happens to a voucher by itself. */
  vouchersDueMs: number | null;
  firstSeenMs: number;
  lastSeenMs: number;
  /** Someone the shop can name: an identifier stronger than an anonymous id belongs to it. */
  known: boolean;
  orders: number;
  traits: JsonObject;
  consents: Consents;
  /** Source -> instant of the newest whole profile it told. */
  profiles: Record<string, number>;
  loyalty: Loyalty;
  segments: SegmentStates;
  lists: ListStates;
  /** Of the shop's segments when the customer was last held against all of them. */
  segmentsVersion: number;
  /** Set once the customer was handed over, or erased; it then answers only with this. */
  movedTo: string | null;
}

export function newHead(now: number): Head {
  return {
    seq: 0,
    nowMs: now,
    balance: 0,
    debt: 0,
    lifetime: 0,
    nextDueMs: null,
    lotsDueMs: null,
    pendingDueMs: null,
    vouchersDueMs: null,
    firstSeenMs: now,
    lastSeenMs: now,
    known: false,
    orders: 0,
    traits: {},
    consents: {},
    profiles: {},
    loyalty: {},
    segments: {},
    lists: {},
    segmentsVersion: 0,
    movedTo: null,
  };
}

export interface State {
  head: Head;
  /** The customer's id; absent where no decision can need it. */
  customer?: string;
  /** Since when the customer is in a segment or on a list by trusted events alone; null: not in it. For what guards value. */
  guardedSince?: (group: string, atMs: number) => number | null;
  /** For what is counted anew; absent: nothing happened before. */
  past?: Past;
  /** Open lots: enough of the soonest-expiring ones for the input, and the named order's own. */
  lots: Lot[];
  /** The orders that the input names or whose lots are due. */
  orders: Map<string, Order>;
  /** Pending points that the input can touch, or that are due. */
  pending?: Pending[];
  /** The vouchers that the input names, or that are due. */
  vouchers?: Voucher[];
  /** The row that the input takes back; null: there is none. */
  undone?: JournalRow | null;
  /** The redemptions that the input names. */
  redemptions?: Redemption[];
  /** What the rules of the vouchers ask for; absent: they ask for nothing. */
  asked?: AskedFacts;
  /** The friends they brought that the input is about. */
  referrals?: Made[];
  /** The rows by which points were spent that may go back; their lots that are open are among `lots`. */
  spends?: JournalRow[];
}

/** What to write. The head is always written; rows and lots only as listed. */
export interface Changes {
  head: Head;
  rows: JournalRow[];
  /** Lots as they stand now; one with nothing remaining is closed. */
  lots: Lot[];
  orders: Order[];
  /** As they stand now; one without points is gone. */
  pending?: Pending[];
  vouchers?: Voucher[];
  redemptions?: Redemption[];
  /** Money put on gift cards, or taken off, by hand. */
  credits?: GiftCredit[];
  referrals?: Made[];
  /** What other objects have to be asked, once this is committed. */
  errands?: Errand[];
}
