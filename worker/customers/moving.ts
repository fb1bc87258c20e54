/**
 * A customer leaves, and arrives at another one. The loser freezes in one transaction and from then on answers only to
 * whom it went; the survivor takes everything over in one. Rows that do not fit into one call wait beside its journal.
 */
import { type Changes, type Head, newHead } from '../domain/customer.ts';
import type { Errand } from '../domain/errand.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { Lot } from '../domain/ledger.ts';
import { aboutMove, carriedLot, carriedOrder, carriedRow, holdsValue, joinOrders, settle } from '../domain/merge.ts';
import type { Order } from '../domain/order.ts';
import { withoutDropped } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import { carriedHolding, type Holding } from '../domain/vouchers/carried.ts';
import { bringUp, lookAt, requireCurrent, runDue, runPointsOut, type Scene } from './due.ts';
import type { HoldingPlace } from './holding-pages.ts';
import type { CustomerStore } from './store.ts';

const ROWS_A_PART = 500;
/** Characters of rows, and as many of orders, that a part holds; a call carries 32 MiB at most. */
const LARGEST_PART = 4_000_000;

export interface MoveCall {
  shop: string;
  version: number;
  loser: string;
  survivor: string;
  trust: 'server' | 'browser';
}

/** How far a customer has been handed over: the last row's number, the last order's id, the last of what they hold. */
export interface Place {
  seq: number;
  orderId: string;
  holding: HoldingPlace;
}
export const START: Place = { seq: 0, orderId: '', holding: null };

/** What is neither row nor order nor held; it comes with the last part. */
export interface Rest {
  head: Head;
  lots: Lot[];
  /** What it has to ask of others. */
  errands: Errand[];
}

export type Part =
  | { kind: 'refused' }
  | { kind: 'part'; rows: JournalRow[]; orders: Order[]; holdings: Holding[]; upTo: Place; rest: Rest | null };

/** Freezes the loser, once; false where a browser's word would move what has worth, or who left with somebody else since. */
export function freeze(scene: Scene, { loser, survivor, trust }: MoveCall, clock: number): boolean {
  const { store, batch, terms } = scene;
  const head = store.head(loser) ?? newHead(clock);
  if (head.movedTo === survivor) return true;
  if (head.movedTo !== null) return false;
  if (trust === 'browser' && (holdsValue(head) || store.vouchers.hasAny(loser))) return false;
  requireCurrent(scene, head);
  const now = Math.max(clock, head.nowMs);
  const due = runDue(scene, loser, head, now);
  const seq = due.seq + 1;
  const row = moveRow('customer.moved', seq, { at: now, terms, about: aboutMove(survivor, due.seq) });
  const gone = {
    nextDueMs: null,
    lotsDueMs: null,
    pendingDueMs: null,
    vouchersDueMs: null,
    segments: {},
    movedTo: survivor,
  };
  const frozen = { ...due, seq, nowMs: now, ...gone };
  batch.add(loser, { head: frozen, rows: [row], lots: [], orders: [] });
  store.errands.park(loser);
  return true;
}

/** What a frozen customer brings after `from`: its rows, then its orders, then what it holds, and with the last of it the rest. */
export function partOf(store: CustomerStore, loser: string, from: Place): Part {
  const head = store.head(loser);
  if (head === null || head.movedTo === null) throw new Error('a customer that is not leaving');
  // its last row says that it left; that one stays
  const rows = withinOneCall(store.rowsBetween(loser, from.seq, head.seq, ROWS_A_PART));
  const seq = rows.at(-1)?.seq ?? from.seq;
  const hasMoreRows = seq < head.seq - 1;
  const orders = hasMoreRows ? [] : withinOneCall(store.arrivals.ordersAfter(loser, from.orderId, ROWS_A_PART));
  const orderId = orders.at(-1)?.orderId ?? from.orderId;
  const hasMore = hasMoreRows || store.arrivals.ordersAfter(loser, orderId, 1).length > 0;
  const held = store.arrivals.holdings;
  const holdings = hasMore ? [] : withinOneCall(held.after(loser, from.holding, ROWS_A_PART));
  const last = holdings.at(-1);
  const holding = last === undefined ? from.holding : { kind: last.kind, id: last.id };
  const part = { kind: 'part' as const, rows, orders, holdings, upTo: { seq, orderId, holding } };
  if (hasMore || held.after(loser, holding, 1).length > 0) return { ...part, rest: null };
  const lots = store.lots(loser, Number.POSITIVE_INFINITY, 0);
  return { ...part, rest: { head, lots, errands: store.errands.of(loser) } };
}

/** Takes a part; with the last one everything, in this transaction. Once: told again, nothing changes. */
export function adopt(scene: Scene, call: MoveCall & { part: Extract<Part, { kind: 'part' }> }, clock: number): void {
  const { store, batch, terms } = scene;
  const { loser, survivor, part } = call;
  if (store.arrivals.hasAdopted(loser)) return;
  const { rest } = part;
  if (rest === null) {
    store.arrivals.stage(loser, part.rows, part.orders);
    store.arrivals.holdings.stage(loser, part.holdings);
    return;
  }
  const before = store.head(survivor) ?? newHead(clock);
  if (before.movedTo !== null) throw new Error('a survivor that left itself');
  requireCurrent(scene, before);
  const now = Math.max(clock, before.nowMs, rest.head.nowMs);
  const head = bringUp(scene, survivor, runDue(scene, survivor, before, now), now);
  const berth = { loser, offset: head.seq, balance: head.balance };
  const carry = (rows: JournalRow[]) =>
    batch.carry(
      survivor,
      rows.map((row) => carriedRow(row, berth)),
    );
  for (const rows of store.arrivals.staged(loser, part.rows[0]?.seq ?? Number.MAX_SAFE_INTEGER)) carry(rows);
  carry(part.rows);
  const seq = head.seq + rest.head.seq;
  let twice = 0;
  const take = (told: Order[]) => {
    const { orders, both } = joinedOrders(store, survivor, told, berth.offset);
    twice += both;
    batch.add(survivor, { head: { ...head, seq }, rows: [], lots: [], orders });
  };
  for (const orders of store.arrivals.stagedOrders(loser, part.orders[0]?.orderId ?? null)) take(orders);
  take(part.orders);
  const bring = (held: Holding[]) => {
    const carried = held.map((one) => carriedHolding(one, { loser, survivor, offset: berth.offset }));
    batch.add(survivor, { head: { ...head, seq }, rows: [], lots: [], orders: [], ...holdingsIn(carried) });
  };
  for (const held of store.arrivals.holdings.staged(loser, part.holdings)) bring(held);
  bring(part.holdings);
  const merged = joined(store, { survivor, head, rest, offset: berth.offset, now });
  const row = moveRow('customer.merged', seq, {
    at: now,
    terms,
    about: aboutMove(loser, rest.head.seq - 1),
  });
  const { segments: set, programmeVersion } = terms;
  const kept = withoutDropped({ ...merged.head, seq }, set, { atMs: now, programmeVersion });
  const groups = { segments: kept.segments, lists: kept.lists, segmentsVersion: set.version };
  const orders = merged.head.orders - twice;
  const after = { ...merged.head, ...groups, orders, seq: seq + kept.rows.length, nowMs: now };
  batch.add(survivor, {
    head: after,
    lots: merged.lots,
    orders: [],
    rows: [{ ...row, entries: merged.entries }, ...kept.rows],
  });
  store.arrivals.markAdopted(loser, survivor, now);
  store.errands.adopt(survivor, rest.errands);
  // the loser's points may have run out on the way: what that changes of segments, the merge does
  const closed = runPointsOut(scene, survivor, batch.due(survivor), now);
  // what the programme knew of either is held against it anew
  const settled = bringUp(scene, survivor, runDue(scene, survivor, closed, now), now);
  lookAt(scene, survivor, settled, { atMs: now, now, which: null, cause: { kind: 'merge' } });
}

function holdingsIn(held: Holding[]): Pick<Changes, 'credits' | 'pending' | 'redemptions' | 'referrals' | 'vouchers'> {
  return {
    credits: held.flatMap((one) => (one.kind === 'credit' ? one.body : [])),
    pending: held.flatMap((one) => (one.kind === 'pending' ? one.body : [])),
    redemptions: held.flatMap((one) => (one.kind === 'redemption' ? one.body : [])),
    referrals: held.flatMap((one) => (one.kind === 'referral' ? one.body : [])),
    vouchers: held.flatMap((one) => (one.kind === 'voucher' ? one.body : [])),
  };
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
  // what ran out on the way is closed next, and pays nothing
  const open = [...store.lots(survivor, Number.POSITIVE_INFINITY, 0), ...lots].filter((lot) => lot.expiresAtMs > now);
  const settled = settle(head, rest.head, open);
  const paid = new Set(settled.lots.map((lot) => lot.lot));
  return { ...settled, lots: [...lots.filter((lot) => !paid.has(lot.lot)), ...settled.lots] };
}

/** The orders as the survivor keeps them; `both`: how many of them either side had counted. */
function joinedOrders(store: CustomerStore, survivor: string, told: Order[], offset: number) {
  let both = 0;
  const orders = told.map((order) => {
    const own = store.order(survivor, order.orderId);
    const carried = carriedOrder(order, offset);
    if (own === null) return carried;
    if (own.snapshot !== null && order.snapshot !== null) both += 1;
    return joinOrders(own, carried);
  });
  return { orders, both };
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

/** As many of them as one call carries, at least one. */
function withinOneCall<T>(rows: T[]): T[] {
  let size = 0;
  const end = rows.findIndex((row, at) => {
    size += JSON.stringify(row).length;
    return at > 0 && size > LARGEST_PART;
  });
  return end < 0 ? rows : rows.slice(0, end);
}
