/**
 * A customer leaves, and arrives at another one. The loser freezes in one transaction and from then on answers only to
 * whom it went; the survivor takes everything over in one. Rows that do not fit into one call wait beside its journal.
 */
import { type Head, newHead } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { Lot } from '../domain/ledger.ts';
import { aboutMove, carriedLot, carriedOrder, carriedRow, holdsValue, joinOrders, settle } from '../domain/merge.ts';
import type { Order } from '../domain/order.ts';
import type { Terms } from '../domain/programme.ts';
import type { Batch } from './batch.ts';
import { runDue } from './record.ts';
import type { CustomerStore } from './store.ts';

const ROWS_A_PART = 500;
/** Characters of rows a part holds; a call carries 32 MiB at most. */
const LARGEST_PART = 4_000_000;

export interface MoveCall {
  shop: string;
  version: number;
  loser: string;
  survivor: string;
  trust: 'server' | 'browser';
}

/** What is no row; it comes with the last part. */
export interface Rest {
  head: Head;
  lots: Lot[];
  orders: Order[];
}

export type Part = { kind: 'refused' } | { kind: 'part'; rows: JournalRow[]; upTo: number; rest: Rest | null };

/** Freezes the loser, once; false where a browser's word would move what has worth, or who left with somebody else since. */
export function freeze(store: CustomerStore, batch: Batch, { loser, survivor, trust }: MoveCall, when: When): boolean {
  const head = store.head(loser) ?? newHead(when.now);
  if (head.movedTo === survivor) return true;
  if (head.movedTo !== null) return false;
  if (trust === 'browser' && holdsValue(head)) return false;
  const now = Math.max(when.now, head.nowMs);
  const due = runDue(store, batch, loser, head, when.terms, now);
  const seq = due.seq + 1;
  const row = moveRow('customer.moved', seq, { at: now, terms: when.terms, about: aboutMove(survivor, due.seq) });
  const frozen = { ...due, seq, nowMs: now, nextDueMs: null, movedTo: survivor };
  batch.add(loser, { head: frozen, rows: [row], lots: [], orders: [] });
  return true;
}

/** What a frozen customer brings: its rows after `from`, and with the last of them the rest. */
export function partOf(store: CustomerStore, loser: string, from: number): Part {
  const head = store.head(loser);
  if (head === null || head.movedTo === null) throw new Error('a customer that is not leaving');
  // its last row says that it left; that one stays
  const rows = withinOneCall(store.rowsBetween(loser, from, head.seq, ROWS_A_PART));
  const upTo = rows.at(-1)?.seq ?? from;
  if (upTo < head.seq - 1) return { kind: 'part', rows, upTo, rest: null };
  const lots = store.lots(loser, Number.POSITIVE_INFINITY, 0);
  return { kind: 'part', rows, upTo, rest: { head, lots, orders: store.allOrders(loser) } };
}

export interface When {
  terms: Terms;
  now: number;
}

/** Takes a part; with the last one everything, in this transaction. Once: told again, nothing changes. */
export function adopt(
  store: CustomerStore,
  batch: Batch,
  call: MoveCall & { part: Extract<Part, { kind: 'part' }> },
  when: When,
): void {
  const { loser, survivor, part } = call;
  if (store.hasAdopted(loser)) return;
  const { rest } = part;
  if (rest === null) {
    store.stage(loser, part.rows);
    return;
  }
  const before = store.head(survivor) ?? newHead(when.now);
  if (before.movedTo !== null) throw new Error('a survivor that left itself');
  const now = Math.max(when.now, before.nowMs, rest.head.nowMs);
  const head = runDue(store, batch, survivor, before, when.terms, now);
  const berth = { loser, offset: head.seq, balance: head.balance };
  const carry = (rows: JournalRow[]) =>
    batch.carry(
      survivor,
      rows.map((row) => carriedRow(row, berth)),
    );
  for (const rows of store.staged(loser, part.rows[0]?.seq ?? Number.MAX_SAFE_INTEGER)) carry(rows);
  carry(part.rows);
  const seq = head.seq + rest.head.seq;
  const merged = joined(store, { survivor, head, rest, offset: berth.offset, now });
  const row = moveRow('customer.merged', seq, {
    at: now,
    terms: when.terms,
    about: aboutMove(loser, rest.head.seq - 1),
  });
  const after = { ...merged.head, seq, nowMs: now };
  batch.add(survivor, { ...merged, head: after, rows: [{ ...row, entries: merged.entries }] });
  store.markAdopted(loser, survivor, now);
  runDue(store, batch, survivor, batch.due(survivor), when.terms, now);
}

interface Joining {
  survivor: string;
  head: Head;
  rest: Rest;
  offset: number;
  now: number;
}

function joined(store: CustomerStore, { survivor, head, rest, offset, now }: Joining) {
  const lots = rest.lots.map((lot) => carriedLot(lot, offset));
  const orders = rest.orders.map((order) => {
    const own = store.order(survivor, order.orderId);
    const carried = carriedOrder(order, offset);
    return own === null
      ? { order: carried, twice: false }
      : { order: joinOrders(own, carried), twice: own.snapshot !== null && order.snapshot !== null };
  });
  // what ran out on the way is closed next, and pays nothing
  const open = [...store.lots(survivor, Number.POSITIVE_INFINITY, 0), ...lots].filter((lot) => lot.expiresAtMs > now);
  const settled = settle(head, rest.head, open);
  const twice = orders.filter((one) => one.twice).length;
  const paid = new Set(settled.lots.map((lot) => lot.lot));
  return {
    head: { ...settled.head, orders: settled.head.orders - twice },
    entries: settled.entries,
    lots: [...lots.filter((lot) => !paid.has(lot.lot)), ...settled.lots],
    orders: orders.map((one) => one.order),
  };
}

interface MoveAbout {
  at: number;
  terms: Terms;
  about: JournalRow['about'];
}

function moveRow(kind: 'customer.moved' | 'customer.merged', seq: number, { at, terms, about }: MoveAbout): JournalRow {
  const times = { atMs: at, recordedAtMs: at };
  const blank = { name: null, key: null, orderId: null, entries: [] };
  return { seq, kind, ...times, ...blank, programmeVersion: terms.programmeVersion, about };
}

/** As many of the rows as one call carries, at least one. */
function withinOneCall(rows: JournalRow[]): JournalRow[] {
  let size = 0;
  const end = rows.findIndex((row, at) => {
    size += JSON.stringify(row).length;
    return at > 0 && size > LARGEST_PART;
  });
  return end < 0 ? rows : rows.slice(0, end);
}
