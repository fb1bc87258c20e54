/** One decision under way: a draft of the customer, and the journal rows it will leave. */
import type { Changes, Head, State } from './customer.ts';
import type { JournalRow } from './journal.ts';
import type { LedgerDraft } from './ledger.ts';
import type { Order } from './order.ts';
import { pointsExpireAt } from './points-expiry.ts';
import type { Terms } from './terms.ts';

export const DAY_MS = 86_400_000;
/** Balances stay where integers are exact, with room for any one change. */
export const LARGEST_BALANCE = 2 ** 52;

export interface Work {
  head: Head;
  draft: LedgerDraft;
  orders: Map<string, Order>;
  touched: Set<string>;
  rows: JournalRow[];
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
    head,
    draft,
    orders: new Map(state.orders),
    touched: new Set(),
    rows: [],
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
  };
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
