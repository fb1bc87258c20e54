/** One decision under way: a draft of the customer, and the journal rows it will leave. */
import type { Changes, Head, State } from './customer.ts';
import type { Errand } from './errand.ts';
import type { JournalRow } from './journal.ts';
import type { LedgerDraft } from './ledger.ts';
import type { Pending } from './loyalty/pending.ts';
import { pointsExpireAt } from './loyalty/points-expiry.ts';
import type { Order } from './order.ts';
import { NO_PAST, type Past } from './past.ts';
import type { Made } from './referrals/made.ts';
import type { Terms } from './terms.ts';
import type { AskedFacts } from './vouchers/facts.ts';
import type { GiftCredit, Redemption, Voucher } from './vouchers/voucher.ts';

export const DAY_MS = 86_400_000;
/** Balances stay where integers are exact, with room for any one change. */
export const LARGEST_BALANCE = 2 ** 52;

export interface Work {
  /** The customer's id; empty where the decision was not told it. */
  customer: string;
  guardedSince: NonNullable<State['guardedSince']>;
  /** As it stood before the decision. */
  before: Head;
  head: Head;
  draft: LedgerDraft;
  orders: Map<string, Order>;
  /** The orders as they stood before the decision. */
  ordersBefore: ReadonlyMap<string, Order>;
  touched: Set<string>;
  rows: JournalRow[];
  pending: Ledger<number, Pending>;
  vouchers: Ledger<string, Voucher>;
  redemptions: Ledger<string, Redemption>;
  /** The friends they brought. */
  referrals: Ledger<string, Made>;
  credits: GiftCredit[];
  asked: AskedFacts;
  /** The rows by which points were spent that may go back. */
  spends: readonly JournalRow[];
  errands: Errand[];
  past: Past;
  counted: CountedForTiers;
}

/** What of a decision tiers have counted already: they may be asked more than once in one. */
export interface CountedForTiers {
  orders: Map<string, Order>;
  pending: Map<number, Pending>;
  referrals: Map<string, Made>;
  rows: number;
}

/** Things by their id: as they stand, and which of them changed. */
export interface Ledger<Id, Thing> {
  all: Map<Id, Thing>;
  changed: Set<Id>;
}

/** Puts a thing as it stands now; pending points without any left are told as gone. */
export function put<Id, Thing extends { id: Id }>(ledger: Ledger<Id, Thing>, thing: Thing): void {
  ledger.all.set(thing.id, thing);
  ledger.changed.add(thing.id);
}

function ledgerOf<Id, Thing extends { id: Id }>(things: Thing[] = []): Ledger<Id, Thing> {
  return { all: new Map(things.map((thing) => [thing.id, thing])), changed: new Set() };
}

function changesOf<Id, Thing>({ all, changed }: Ledger<Id, Thing>): Thing[] {
  return [...changed].flatMap((id) => all.get(id) ?? []);
}

/** A draft of the customer; nothing of `state` is changed. */
export function open(state: State): Work {
  const { head } = state;
  const draft = {
    lots: state.lots,
    balance: head.balance,
    debt: head.debt,
    lifetime: head.lifetime,
    changed: new Map(),
  };
  return {
    customer: state.customer ?? '',
    guardedSince: state.guardedSince ?? (() => null),
    before: head,
    head,
    draft,
    orders: new Map(state.orders),
    ordersBefore: state.orders,
    touched: new Set(),
    rows: [],
    pending: ledgerOf(state.pending),
    vouchers: ledgerOf(state.vouchers),
    redemptions: ledgerOf(state.redemptions),
    referrals: ledgerOf(state.referrals),
    credits: [],
    asked: state.asked ?? { counts: {}, orders: 0 },
    spends: state.spends ?? [],
    errands: [],
    past: state.past ?? NO_PAST,
    counted: {
      orders: new Map(state.orders),
      pending: new Map(state.pending?.map((one) => [one.id, one])),
      referrals: new Map(state.referrals?.map((one) => [one.id, one])),
      rows: 0,
    },
  };
}

export function close(work: Work, now: number): Changes {
  const { balance, debt, lifetime } = work.draft;
  const head = {
    ...work.head,
    balance,
    debt,
    lifetime,
    nowMs: Math.max(work.head.nowMs, now),
  };
  const orders = [...work.touched].flatMap((id) => work.orders.get(id) ?? []);
  return {
    head,
    rows: work.rows,
    lots: [...work.draft.changed.values()],
    orders,
    ...named('pending', changesOf(work.pending)),
    ...named('vouchers', changesOf(work.vouchers)),
    ...named('redemptions', changesOf(work.redemptions)),
    ...named('credits', work.credits),
    ...named('referrals', changesOf(work.referrals)),
    ...named('errands', work.errands),
  };
}

function named<Name extends string, Thing>(name: Name, things: Thing[]): { [key in Name]?: Thing[] } {
  return things.length === 0 ? {} : ({ [name]: things } as { [key in Name]: Thing[] });
}

type NewRow = Pick<JournalRow, 'kind' | 'atMs' | 'recordedAtMs' | 'entries'> &
  Partial<Pick<JournalRow, 'name' | 'key' | 'orderId' | 'about'>> & {
    terms: Terms;
  };

/** Numbers the row and adds it. */
export function pushRow(work: Work, { terms, ...row }: NewRow): void {
  const seq = work.head.seq + 1;
  work.head = { ...work.head, seq };
  const blank = {
    name: null,
    key: null,
    orderId: null,
    about: {},
    programmeVersion: terms.programmeVersion,
  };
  work.rows.push({ ...blank, ...row, seq });
}

/** A lot's id is the number of the journal row that makes it, times this, plus its place there. */
export const LOT_PLACES = 64;

export function lotId(work: Work, place: number): number {
  return (work.head.seq + 1) * LOT_PLACES + place;
}

/** When points earned at `now` run out. */
export function expiryOf({ programme, segments }: Terms, now: number): number {
  return pointsExpireAt(programme, now, segments.manner.timeZone);
}
