/** From rows to domain values: the only casts of that database. */
import type { Consents } from '../domain/consent.ts';
import type { Head } from '../domain/customer.ts';
import type { OpenErrand } from '../domain/errand.ts';
import type { JournalKind, JournalRow } from '../domain/journal.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Lot, PointsEntry } from '../domain/ledger.ts';
import type { Pending } from '../domain/loyalty/pending.ts';
import { type Loyalty, NO_LOYALTY } from '../domain/loyalty/state.ts';
import type { Order } from '../domain/order.ts';
import type { Made } from '../domain/referrals/made.ts';
import type { ListStates, SegmentStates } from '../domain/segments/states.ts';
import type { Holding } from '../domain/vouchers/carried.ts';
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';

export type Row = Record<string, SqlStorageValue>;

export function toHead(row: Row): Head {
  return {
    seq: Number(row.seq),
    nowMs: Number(row.now_ms),
    balance: Number(row.balance),
    debt: Number(row.debt),
    lifetime: Number(row.lifetime),
    nextDueMs: row.next_due_ms === null ? null : Number(row.next_due_ms),
    lotsDueMs: lotsDueOf(row),
    pendingDueMs: row.pending_due_ms == null ? null : Number(row.pending_due_ms),
    vouchersDueMs: row.vouchers_due_ms == null ? null : Number(row.vouchers_due_ms),
    firstSeenMs: Number(row.first_seen_ms),
    lastSeenMs: Number(row.last_seen_ms),
    known: row.known === 1,
    orders: Number(row.orders),
    movedTo: row.moved_to === null ? null : String(row.moved_to),
    traits: JSON.parse(String(row.traits)) as JsonObject,
    // no such column before the second migration, which a read does not run
    consents: row.consents == null ? {} : (JSON.parse(String(row.consents)) as Consents),
    profiles: row.profiles == null ? {} : (JSON.parse(String(row.profiles)) as Head['profiles']),
    loyalty: row.loyalty == null ? NO_LOYALTY : (JSON.parse(String(row.loyalty)) as Loyalty),
    segments: row.segments == null ? {} : (JSON.parse(String(row.segments)) as SegmentStates),
    lists: row.lists == null ? {} : (JSON.parse(String(row.lists)) as ListStates),
    segmentsVersion: Number(row.segments_version ?? 0),
  };
}

/** Before the fourth migration nothing but lots was ever due. */
function lotsDueOf(row: Row): number | null {
  const due = row.lots_due_ms === undefined ? row.next_due_ms : row.lots_due_ms;
  return due == null ? null : Number(due);
}

export function toLot(row: Row): Lot {
  return {
    lot: Number(row.lot),
    expiresAtMs: Number(row.expires_ms),
    points: Number(row.points),
    remaining: Number(row.remaining),
    origin: String(row.origin),
  };
}

export function toJournalRow(row: Row): JournalRow {
  return {
    seq: Number(row.seq),
    kind: String(row.kind) as JournalKind,
    name: row.name === null ? null : String(row.name),
    atMs: Number(row.at_ms),
    recordedAtMs: Number(row.recorded_ms),
    key: row.key === null ? null : String(row.key),
    orderId: row.order_id === null ? null : String(row.order_id),
    programmeVersion: Number(row.programme),
    entries: row.entries === null ? [] : (JSON.parse(String(row.entries)) as PointsEntry[]),
    about: JSON.parse(String(row.about)) as JsonObject,
  };
}

/** A row of a customer who is moving here, as the object that sends it wrote it. */
export function toStagedRow(row: Row): JournalRow {
  return JSON.parse(String(row.body)) as JournalRow;
}

export function toOrder(row: Row): Order {
  return JSON.parse(String(row.body)) as Order;
}

export function toPending(row: Row): Pending {
  const body = JSON.parse(String(row.body)) as Pick<Pending, 'origin' | 'rule' | 'sinceMs'>;
  return { id: Number(row.id), releasesAtMs: Number(row.releases_ms), points: Number(row.points), ...body };
}

export function toVoucher(row: Row): Voucher {
  return JSON.parse(String(row.body)) as Voucher;
}

export function toHolding(row: Row): Holding {
  return JSON.parse(String(row.body)) as Holding;
}

export function toCredit(row: Row): GiftCredit {
  return JSON.parse(String(row.body)) as GiftCredit;
}

export function toRedemption(row: Row): Redemption {
  return JSON.parse(String(row.body)) as Redemption;
}

export function toMade(row: Row): Made {
  return JSON.parse(String(row.body)) as Made;
}

export function toErrand(row: Row): OpenErrand {
  const { op, customer, kind, attempts, body } = row;
  const open = { op: String(op), customer: String(customer), kind: String(kind), attempts: Number(attempts) };
  return { ...open, body: JSON.parse(String(body)) as JsonObject };
}

/** A row's place in the journal: rows of a customer lie together. As migration 0004 says it. */
export const PLACES = 2 ** 27;

export function placeOf(number: number, seq: number): number {
  return number * PLACES + seq;
}

/** As `toHead` reads it, in the order in which heads are written. */
export function headValues(customer: string, head: Head): unknown[] {
  const sums = [head.seq, head.nowMs, head.balance, head.debt, head.lifetime, head.nextDueMs];
  const seen = [head.firstSeenMs, head.lastSeenMs, head.known ? 1 : 0, head.orders, head.movedTo];
  return [
    customer,
    ...sums,
    ...seen,
    JSON.stringify(head.traits),
    textOrNull(head.consents),
    textOrNull(head.profiles),
    textOrNull(head.segments),
    textOrNull(head.lists),
    head.segmentsVersion,
    head.lotsDueMs,
    textOrNull(head.loyalty),
    head.pendingDueMs,
    head.vouchersDueMs,
  ];
}

function textOrNull(value: object): string | null {
  return Object.keys(value).length === 0 ? null : JSON.stringify(value);
}
