/** Load, decide, save: each input of a call in turn, everything due by then first. No await anywhere in here. */

import { type Head, newHead, type State } from '../domain/customer.ts';
import {
  type Adjustment,
  type Decision,
  decideAdjustment,
  decideDue,
  decideEvent,
  type Refusal,
} from '../domain/decide.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { JournalRow } from '../domain/journal.ts';
import { orderIdOf } from '../domain/order-facts.ts';
import type { Terms } from '../domain/programme.ts';
import type { CustomerStore } from './store.ts';

export type Input = { kind: 'event'; event: CustomerEvent } | { kind: 'adjustment'; adjustment: Adjustment };

export interface Group {
  customer: string;
  /** The shop can name this customer; only such customers are copied to D1. */
  known: boolean;
  inputs: Input[];
}

export type Answer =
  | { verdict: 'recorded'; row: JournalRow; refusal: Refusal | null }
  | { verdict: 'duplicate'; row: JournalRow; refusal: Refusal | null }
  /** The key came with another request before. */
  | { verdict: 'mismatch' }
  /** A bug on our side; the event is kept as failed. */
  | { verdict: 'failed' };

export type GroupAnswer = { moved: string } | { moved: null; answers: Answer[] };

/** Records a group's inputs in order and answers each; call inside the store's transaction. */
export function recordGroup(store: CustomerStore, group: Group, terms: Terms, clock: number): GroupAnswer {
  const stored = store.head(group.customer);
  if (stored !== null && stored.movedTo !== null) return { moved: stored.movedTo };
  const before = stored ?? newHead(clock);
  let head = before;
  const answers: Answer[] = [];
  for (const input of group.inputs) {
    const known = repeated(store, group.customer, input);
    if (known !== null) {
      answers.push(known);
      continue;
    }
    const now = Math.max(head.nowMs, clock);
    head = runDue(store, group.customer, head, terms, now);
    const decision = decideInput(loadFor(store, group.customer, head, input, now), input, terms, now, group.known);
    store.write(group.customer, decision.changes);
    head = decision.changes.head;
    const row = decision.changes.rows.at(-1);
    if (row === undefined) throw new Error('a decision without a journal row');
    answers.push({ verdict: 'recorded', row, refusal: decision.refusal });
  }
  if (head !== before) store.writeHead(group.customer, head);
  return { moved: null, answers };
}

/** Closes what ran out by `now`; answers the head to go on with. Costs nothing where nothing is due. */
export function runDue(store: CustomerStore, customer: string, head: Head, terms: Terms, now: number): Head {
  if (head.nextDueMs === null || head.nextDueMs > now) return head;
  const lots = store.lots(customer, 0, now);
  const names = lots.filter((lot) => lot.expiresAtMs <= now).flatMap((lot) => orderOfOrigin(lot.origin));
  const orders = new Map(names.flatMap((id) => entryOf(id, store.order(customer, id))));
  const changes = decideDue({ head, lots, orders }, terms, now);
  if (changes === null) return head;
  store.write(customer, changes);
  return { ...changes.head, nextDueMs: null };
}

/** Keeps an event that tripped a bug, without using up its key: played again, it counts once. */
export function recordFailure(
  store: CustomerStore,
  customer: string,
  event: CustomerEvent,
  error: unknown,
  now: number,
): void {
  const head = store.head(customer) ?? newHead(now);
  const about = {
    error: String(error),
    event: JSON.parse(JSON.stringify(event)),
  };
  const row = {
    seq: head.seq + 1,
    kind: 'event.failed' as const,
    name: event.name,
    atMs: event.occurredAtMs,
    recordedAtMs: now,
  };
  const rest = {
    key: null,
    orderId: null,
    programmeVersion: 0,
    entries: [],
    about,
  };
  store.write(customer, { rows: [{ ...row, ...rest }], lots: [], orders: [] });
  store.writeHead(customer, { ...head, seq: row.seq });
}

function repeated(store: CustomerStore, customer: string, input: Input): Answer | null {
  const key = input.kind === 'event' ? input.event.key : input.adjustment.key;
  const seq = store.seqOfKey(customer, key);
  if (seq === null) return null;
  const row = store.row(customer, seq);
  if (row === null) throw new Error('a used key without its journal row');
  if (input.kind === 'adjustment' && row.about.fingerprint !== input.adjustment.fingerprint)
    return { verdict: 'mismatch' };
  return { verdict: 'duplicate', row, refusal: refusalIn(row) };
}

function refusalIn(row: JournalRow): Refusal | null {
  return row.kind === 'points.refused' ? (row.about.refusal as unknown as Refusal) : null;
}

/** As much of the customer as this input can need: never the whole history. */
function loadFor(store: CustomerStore, customer: string, head: Head, input: Input, now: number): State {
  if (input.kind === 'adjustment') {
    const wanted = Math.max(0, -input.adjustment.points);
    return {
      head,
      lots: wanted > 0 ? store.lots(customer, wanted, now) : [],
      orders: new Map(),
    };
  }
  const { fact } = input.event;
  if (fact === null) return { head, lots: [], orders: new Map() };
  const orderId = orderIdOf(fact);
  const order = store.order(customer, orderId);
  if (order === null) return { head, lots: [], orders: new Map() };
  const own = order.lots.flatMap(({ lot, expiresAtMs }) => store.lot(customer, expiresAtMs, lot) ?? []);
  const soonest = order.earned > 0 ? store.lots(customer, order.earned, now) : [];
  const lots = [...soonest, ...own.filter((lot) => !soonest.some((one) => one.lot === lot.lot))];
  return { head, lots, orders: new Map([[orderId, order]]) };
}

function decideInput(state: State, input: Input, terms: Terms, now: number, known: boolean): Decision {
  return input.kind === 'event'
    ? decideEvent(state, input.event, terms, now, known)
    : decideAdjustment(state, input.adjustment, terms, now);
}

function orderOfOrigin(origin: string): string[] {
  return origin.startsWith('order:') ? [origin.slice('order:'.length)] : [];
}

function entryOf<T>(id: string, value: T | null): [string, T][] {
  return value === null ? [] : [[id, value]];
}
