/**
 * What becomes of two customers who are one: what the one brings, added to what the other has. Pure. The balance of the
 * survivor is afterwards the sum of both, and its journal holds the rows of both.
 */
import { mergeConsents } from './consent.ts';
import type { Head } from './customer.ts';
import { joinAwards } from './earning/award.ts';
import { isAwarded } from './earning/shares.ts';
import type { JournalRow } from './journal.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Lot, PointsEntry } from './ledger.ts';
import { joinLoyalty } from './loyalty/join.ts';
import type { Order } from './order.ts';
import { joinLists } from './segments/lists.ts';
import { joinTraits } from './traits.ts';
import { LOT_PLACES } from './work.ts';

/** Where the survivor stands when the rows arrive. */
export interface Berth {
  loser: string;
  /** The survivor's last row. */
  offset: number;
  balance: number;
}

/** A row of the loser as the survivor numbers and sums it: rows keep their order, each balance follows from the one before. */
export function carriedRow(row: JournalRow, { loser, offset, balance }: Berth): JournalRow {
  const entries = row.entries.map((entry) => ({
    ...entry,
    balanceAfter: entry.balanceAfter + balance,
    lots: entry.lots.map((lot) => ({ ...lot, lot: lot.lot + offset * LOT_PLACES })),
  }));
  const before = carriedFrom(row);
  const carried = { customer: loser, seq: row.seq, ...before, balance: (before?.balance ?? 0) + balance };
  return { ...row, seq: row.seq + offset, entries, about: { ...row.about, carried } };
}

interface Carried {
  customer: string;
  seq: number;
  /** What the balances of its entries were raised by. */
  balance: number;
}

/** Where a row stood first, before its customer turned out to be another one; null for one that was never carried. */
export function carriedFrom(row: JournalRow): Carried | null {
  const { carried } = row.about;
  if (!isObject(carried)) return null;
  return { customer: String(carried.customer), seq: Number(carried.seq), balance: Number(carried.balance) };
}

/** A row as it was first written, so that a replay gets the first answer. */
export function asFirstWritten(row: JournalRow): JournalRow {
  const carried = carriedFrom(row);
  if (carried === null) return row;
  const shift = (row.seq - carried.seq) * LOT_PLACES;
  const entries = row.entries.map((entry) => ({
    ...entry,
    balanceAfter: entry.balanceAfter - carried.balance,
    lots: entry.lots.map((lot) => ({ ...lot, lot: lot.lot - shift })),
  }));
  return { ...row, seq: carried.seq, entries };
}

/** The key under which a row still answers where the other customer used its own for another operation; null for events. */
export function twinKey({ key, about }: Pick<JournalRow, 'key' | 'about'>): string | null {
  return key === null || typeof about.fingerprint !== 'string' ? null : `twin:${about.fingerprint}:${key}`;
}

export function carriedLot(lot: Lot, offset: number): Lot {
  return { ...lot, lot: lot.lot + offset * LOT_PLACES };
}

export function carriedOrder(order: Order, offset: number): Order {
  const { waiting } = order;
  const carried = { ...order, lots: order.lots.map((lot) => ({ ...lot, lot: lot.lot + offset * LOT_PLACES })) };
  if (waiting === undefined) return carried;
  return { ...carried, waiting: waiting.map((one) => ({ ...one, id: one.id + offset * LOT_PLACES })) };
}

export interface Settled {
  head: Head;
  entries: PointsEntry[];
  /** The lots that paid a debt, as they stand now. */
  lots: Lot[];
}

/**
 * Adds up two heads. Points of the one pay what the other owes, soonest-expiring first, so that nobody holds points and
 * owes some at once. `lots`: the open lots of both.
 */
export function settle(survivor: Head, loser: Head, lots: Lot[]): Settled {
  const owed = survivor.debt + loser.debt;
  const takes: PointsEntry['lots'] = [];
  const paid: Lot[] = [];
  let left = owed;
  for (const lot of [...lots].sort((a, b) => a.expiresAtMs - b.expiresAtMs || a.lot - b.lot)) {
    if (left === 0) break;
    const part = Math.min(left, lot.remaining);
    takes.push({ lot: lot.lot, points: -part, expiresAtMs: lot.expiresAtMs });
    paid.push({ ...lot, remaining: lot.remaining - part });
    left -= part;
  }
  const head = addedUp(survivor, loser, left);
  const entry = { kind: 'settled' as const, points: 0, balanceAfter: head.balance, orderId: null, reason: null };
  return { head, lots: paid, entries: takes.length === 0 ? [] : [{ ...entry, lots: takes, debt: left - owed }] };
}

function addedUp(survivor: Head, loser: Head, debt: number): Head {
  return {
    ...survivor,
    balance: survivor.balance + loser.balance,
    debt,
    lifetime: survivor.lifetime + loser.lifetime,
    nowMs: Math.max(survivor.nowMs, loser.nowMs),
    firstSeenMs: Math.min(survivor.firstSeenMs, loser.firstSeenMs),
    lastSeenMs: Math.max(survivor.lastSeenMs, loser.lastSeenMs),
    known: survivor.known || loser.known,
    orders: survivor.orders + loser.orders,
    traits: joinTraits(survivor, loser),
    consents: mergeConsents(survivor, loser),
    profiles: newest(survivor.profiles, loser.profiles),
    lists: joinLists(survivor.lists, loser.lists),
    loyalty: joinLoyalty(survivor.loyalty, loser.loyalty),
  };
}

/** Which profile of each source was the newest that either was told. */
function newest(own: Head['profiles'], other: Head['profiles']): Head['profiles'] {
  const later = Object.entries(other).filter(([source, at]) => at > (own[source] ?? 0));
  return { ...own, ...Object.fromEntries(later) };
}

/** One order that both were told of: what either knows of it, and the points of both. */
export function joinOrders(own: Order, other: Order): Order {
  const [newer, older] =
    (own.snapshot?.updatedAtMs ?? 0) >= (other.snapshot?.updatedAtMs ?? 0) ? [own, other] : [other, own];
  const { award: _, ...told } = newer;
  const byId = <T>(all: T[], idOf: (one: T) => string) => [...new Map(all.map((one) => [idOf(one), one])).values()];
  const waiting = [...(own.waiting ?? []), ...(other.waiting ?? [])];
  const voided = (own.voided ?? 0) + (other.voided ?? 0);
  const vouchers = byId([...(own.vouchers ?? []), ...(other.vouchers ?? [])], (one) => one.voucher);
  const words = byId([...(older.carrierWords ?? []), ...(newer.carrierWords ?? [])], (one) => one.fulfilmentId);
  return {
    ...told,
    ...(words.length === 0 ? {} : { carrierWords: words }),
    snapshot: newer.snapshot ?? older.snapshot,
    paidAtMs: own.paidAtMs ?? other.paidAtMs,
    cancelledAtMs: newer.cancelledAtMs ?? older.cancelledAtMs,
    refunds: byId([...older.refunds, ...newer.refunds], (one) => one.refundId),
    fulfilments: byId([...older.fulfilments, ...newer.fulfilments], (one) => one.fulfilmentId),
    ...joinAwards(own, other),
    withheld: (isAwarded(own) ? own : isAwarded(other) ? other : newer).withheld,
    earned: own.earned + other.earned,
    clawed: own.clawed + other.clawed,
    expired: own.expired + other.expired,
    unrecovered: own.unrecovered + other.unrecovered,
    lots: [...own.lots, ...other.lots],
    ...(waiting.length === 0 ? {} : { waiting }),
    ...(voided === 0 ? {} : { voided }),
    ...(vouchers.length === 0 ? {} : { vouchers }),
  };
}

function pendingOf({ loyalty }: Head): number {
  return loyalty.pending ?? 0;
}

/** Whether it holds anything that only a trusted sender's word may move. */
export function holdsValue(head: Head): boolean {
  return (
    head.known || head.orders > 0 || head.balance !== 0 || head.debt > 0 || head.lifetime !== 0 || pendingOf(head) > 0
  );
}

/** What the journal says of a merge, on either side. */
export function aboutMove(other: string, rows: number): JsonObject {
  return { customer: other, rows };
}
