/**
 * The centre: what one input does to one customer. Pure: it reads no clock, no storage and no random source. The caller
 * has already run everything that was due by `now` and has looked up that the input's key is new.
 */
import type { Changes, Head, State } from './customer.ts';
import { standingOf } from './earning.ts';
import type { CustomerEvent } from './event.ts';
import type { JournalKind, JournalRow } from './journal.ts';
import type { JsonObject } from './json.ts';
import { credit, debit, expire, type LedgerDraft, type Lot, NEVER, type PointsEntry } from './ledger.ts';
import { emptyOrder, foldFact, type Order } from './order.ts';
import { orderIdOf } from './order-facts.ts';
import type { Terms } from './programme.ts';
import { mergeTraits } from './traits.ts';

const DAY_MS = 86_400_000;
/** Points given back after their lot ran out stay usable for this long. */
const RESTORED_GRACE_MS = 30 * DAY_MS;
/** Balances stay where integers are exact, with room for any one change. */
export const LARGEST_BALANCE = 2 ** 52;

export interface Adjustment {
  key: string;
  /** SHA-256 of the request: the same key with another body is refused. */
  fingerprint: string;
  points: number;
  reason: string;
  note: string | null;
  expiresAtMs: number | null;
}

export type Refusal =
  | { reason: 'insufficient_points'; balance: number; asked: number }
  | { reason: 'balance_limit'; balance: number; asked: number };

export interface Decision {
  changes: Changes;
  refusal: Refusal | null;
}

/** Closes lots that ran out by `now`, each group at its own instant, oldest first. Call before every input and every alarm. */
export function decideDue(state: State, terms: Terms, now: number): Changes | null {
  const due = state.lots.filter((lot) => lot.expiresAtMs <= now);
  if (due.length === 0) return null;
  const work = open(state);
  for (const at of new Set(due.map((lot) => lot.expiresAtMs))) {
    const lots = due.filter((lot) => lot.expiresAtMs === at);
    for (const lot of lots) noteExpiry(work, lot);
    pushRow(work, { kind: 'points.expired', atMs: at, recordedAtMs: now, terms, entries: [expire(work.draft, lots)] });
  }
  return close(work, now);
}

export function decideEvent(state: State, event: CustomerEvent, terms: Terms, now: number, known: boolean): Decision {
  const work = open(state);
  const orderId = event.fact ? orderIdOf(event.fact) : null;
  const entries = event.fact && orderId !== null ? applyFact(work, event, terms, now) : [];
  work.head = {
    ...work.head,
    known: work.head.known || known,
    traits: mergeTraits(work.head, event),
    lastSeenMs: Math.max(work.head.lastSeenMs, event.occurredAtMs),
    firstSeenMs: Math.min(work.head.firstSeenMs, event.occurredAtMs),
  };
  pushRow(work, {
    kind: 'event',
    name: event.name,
    atMs: event.occurredAtMs,
    recordedAtMs: now,
    key: event.key,
    orderId,
    terms,
    entries,
    about: aboutEvent(event, known),
  });
  return { changes: close(work, now), refusal: null };
}

/** Gives or takes points by hand. Refuses to overdraw; the refusal is journalled under its key and answers every retry. */
export function decideAdjustment(state: State, input: Adjustment, terms: Terms, now: number): Decision {
  const work = open(state);
  const refusal = refusalOf(work.head, input.points);
  const words = { kind: 'adjusted' as const, orderId: null, reason: input.reason };
  const entries: PointsEntry[] = [];
  if (refusal === null && input.points > 0) {
    const expiresAtMs = input.expiresAtMs ?? expiryOf(terms, now);
    entries.push(credit(work.draft, input.points, { lot: lotId(work, 0), expiresAtMs, origin: 'adjustment' }, words));
  } else if (refusal === null) {
    entries.push(debit(work.draft, -input.points, words));
  }
  const kind: JournalKind = refusal === null ? 'points.adjusted' : 'points.refused';
  const about = { reason: input.reason, note: input.note, fingerprint: input.fingerprint, points: input.points };
  pushRow(work, {
    kind,
    atMs: now,
    recordedAtMs: now,
    key: input.key,
    terms,
    entries,
    about: refusal === null ? about : { ...about, refusal: { ...refusal } },
  });
  return { changes: close(work, now), refusal };
}

function refusalOf(head: Head, points: number): Refusal | null {
  if (points < 0 && head.balance + points < 0) return { reason: 'insufficient_points', balance: head.balance, asked: -points };
  if (head.balance + points > LARGEST_BALANCE) return { reason: 'balance_limit', balance: head.balance, asked: points };
  return null;
}

/** Folds the fact into its order and posts the difference between what the order stands at and what was posted before. */
function applyFact(work: Work, event: CustomerEvent, terms: Terms, now: number): PointsEntry[] {
  const fact = event.fact;
  if (fact === null) return [];
  const orderId = orderIdOf(fact);
  const before = work.orders.get(orderId) ?? emptyOrder(orderId);
  const folded = foldFact(before, fact, now);
  if (before.snapshot === null && folded.snapshot !== null) work.head = { ...work.head, orders: work.head.orders + 1 };
  const order = folded.paidAtMs !== null && folded.rule === null ? withRule(folded, terms) : folded;
  const entries = order.rule === null ? [] : post(work, order, terms, now);
  work.orders.set(orderId, order);
  work.touched.add(orderId);
  return entries;
}

/** The rule of the day is taken when the order is first known as paid. */
function withRule(order: Order, terms: Terms): Order {
  const withheld = withheldReason(order, terms);
  const rule = terms.programme.order;
  if (withheld !== null || rule === null) return { ...order, withheld };
  return { ...order, withheld: null, rule: { ...rule, version: terms.programmeVersion } };
}

function withheldReason(order: Order, terms: Terms): Order['withheld'] {
  if (order.snapshot !== null && order.snapshot.currency !== terms.currency) return 'currency_mismatch';
  if (order.snapshot?.test && terms.mode === 'live') return 'test_order';
  return terms.programme.order === null ? 'no_rule' : null;
}

/** Writes into `order` (a fresh copy) what is posted, and answers the entries: the earning first, then the clawback. */
function post(work: Work, order: Order, terms: Terms, now: number): PointsEntry[] {
  if (order.rule === null) return [];
  const target = standingOf(order, order.rule);
  const earned = Math.min(target.earned, LARGEST_BALANCE);
  const clawed = Math.min(target.clawed, Math.max(0, earned - order.expired));
  const entries: PointsEntry[] = [];
  const words = { orderId: order.orderId, reason: null };
  if (earned > order.earned) {
    const lot = { lot: lotId(work, 0), expiresAtMs: expiryOf(terms, now), origin: `order:${order.orderId}` };
    entries.push(credit(work.draft, earned - order.earned, lot, { kind: 'earned', ...words }));
    order.lots = [...order.lots, { lot: lot.lot, expiresAtMs: lot.expiresAtMs }];
  }
  const back = clawed - order.clawed + Math.max(0, order.earned - earned);
  if (back > 0) entries.push(clawBack(work, order, back, terms));
  if (back < 0) entries.push(giveBack(work, order, -back, now));
  order.earned = earned;
  order.clawed = clawed;
  return entries;
}

function clawBack(work: Work, order: Order, points: number, terms: Terms): PointsEntry {
  return debit(work.draft, points, {
    kind: 'clawed_back',
    orderId: order.orderId,
    reason: null,
    prefer: new Set(order.lots.map((one) => one.lot)),
    allowDebt: terms.programme.overdrawn === 'debt',
  });
}

/** A cancellation undone, a refund corrected: the points return with the expiry they had. */
function giveBack(work: Work, order: Order, points: number, now: number): PointsEntry {
  const had = order.lots.at(-1)?.expiresAtMs ?? NEVER;
  const expiresAtMs = had > now ? had : now + RESTORED_GRACE_MS;
  const lot = { lot: lotId(work, 1), expiresAtMs, origin: `order:${order.orderId}` };
  order.lots = [...order.lots, { lot: lot.lot, expiresAtMs }];
  return credit(work.draft, points, lot, { kind: 'restored', orderId: order.orderId, reason: null });
}

function noteExpiry(work: Work, lot: Lot): void {
  if (!lot.origin.startsWith('order:')) return;
  const order = work.orders.get(lot.origin.slice('order:'.length));
  if (order === undefined) return;
  work.orders.set(order.orderId, { ...order, expired: order.expired + lot.remaining });
  work.touched.add(order.orderId);
}

function expiryOf(terms: Terms, now: number): number {
  const days = terms.programme.expiresAfterDays;
  return days === null ? NEVER : now + days * DAY_MS;
}

/** An order that waits for its owner keeps its whole fact, so that it can be told again to the customer it turns out to be. */
function aboutEvent(event: CustomerEvent, known: boolean): JsonObject {
  const about: JsonObject = { source: event.source, trust: event.trust, properties: event.properties };
  if (event.traits !== null) about.traits = event.traits;
  if (event.fact !== null && !known) about.fact = JSON.parse(JSON.stringify(event.fact));
  return about;
}

interface Work {
  head: Head;
  draft: LedgerDraft;
  orders: Map<string, Order>;
  touched: Set<string>;
  rows: JournalRow[];
}

function open(state: State): Work {
  const { head } = state;
  const draft = { lots: state.lots, balance: head.balance, debt: head.debt, lifetime: head.lifetime, changed: new Map() };
  return { head, draft, orders: new Map(state.orders), touched: new Set(), rows: [] };
}

function close(work: Work, now: number): Changes {
  const { balance, debt, lifetime } = work.draft;
  const head = { ...work.head, balance, debt, lifetime, nowMs: Math.max(work.head.nowMs, now) };
  const orders = [...work.touched].flatMap((id) => work.orders.get(id) ?? []);
  return { head, rows: work.rows, lots: [...work.draft.changed.values()], orders };
}

type NewRow = Pick<JournalRow, 'kind' | 'atMs' | 'recordedAtMs' | 'entries'> &
  Partial<Pick<JournalRow, 'name' | 'key' | 'orderId' | 'about'>> & { terms: Terms };

function pushRow(work: Work, { terms, ...row }: NewRow): void {
  const seq = work.head.seq + 1;
  work.head = { ...work.head, seq };
  const blank = { name: null, key: null, orderId: null, about: {}, programmeVersion: terms.programmeVersion };
  work.rows.push({ ...blank, ...row, seq });
}

function lotId(work: Work, place: number): number {
  return (work.head.seq + 1) * 64 + place;
}
