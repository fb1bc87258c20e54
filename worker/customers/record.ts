/** Load, decide, save: each input of a call in turn, everything due by then first. No await anywhere in here. */

import { ERASED, newHead, type State } from '../domain/customer.ts';
import { decideEvent } from '../domain/decide.ts';
import type { Decision } from '../domain/decision.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { JournalRow } from '../domain/journal.ts';
import { objectsOf } from '../domain/json.ts';
import { asFirstWritten, carriedFrom, twinKey } from '../domain/merge.ts';
import { decideOperation, type Operation } from '../domain/operations.ts';
import type { Refusal } from '../domain/refusal.ts';
import { type ListOutcome, outcomeOf } from '../domain/segments/lists.ts';
import type { Cause } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import type { Batch } from './batch.ts';
import { bringUp, followUp, requireCurrent, runDue, type Scene } from './due.ts';
import { whoIs } from './dues.ts';
import type { Input } from './input.ts';
import { loadFor } from './loading.ts';
import { withReferrals } from './referral-loading.ts';
import { withVouchers } from './voucher-loading.ts';

export interface Group {
  customer: string;
  /** The shop can name this customer; only such customers are copied to D1. */
  known: boolean;
  inputs: Input[];
}

interface Recorded {
  verdict: 'recorded' | 'duplicate';
  /** Sent back for operations only: whoever sends events asks for verdicts, not for what they said. */
  row: JournalRow | null;
  refusal: Refusal | null;
  /** Nothing was known of the customer before. */
  first: boolean;
  /** Of an event that speaks of lists. */
  lists?: ListOutcome;
}

export type Answer =
  | Recorded
  /** The key came with another request before. */
  | { verdict: 'mismatch' }
  /** Points were to be given that have run out already; nothing changed. */
  | { verdict: 'late' }
  /** A bug on our side; the event is kept as failed. */
  | { verdict: 'failed' };

/** `erased`: it is of a customer who was erased, and nobody was told. */
export type FollowedAnswer = Answer | { verdict: 'erased' };

export type GroupAnswer = { moved: string } | { moved: null; answers: Answer[] };

/** Records groups of one object, all in the transaction of the scene, and answers each input. */
export function recordGroups(scene: Scene, groups: Group[], clock: number): GroupAnswer[] {
  const keys = groups.flatMap(({ customer, inputs }) => inputs.flatMap(keysOf).map((key) => ({ customer, key })));
  scene.batch.load(
    groups.map((group) => group.customer),
    keys,
  );
  return groups.map((group) => recordGroup(scene, group, clock));
}

function recordGroup(scene: Scene, group: Group, clock: number): GroupAnswer {
  const { customer } = group;
  const { batch, store, terms } = scene;
  const stored = batch.head(customer);
  if (stored !== null && stored.movedTo !== null) return movedAnswer(batch, stored.movedTo, group);
  if (stored !== null) requireCurrent(scene, stored);
  const answers = group.inputs.map((input): Answer => {
    const known = rowOf(batch, customer, input);
    if (known !== null) return repeated(known, input);
    const head = batch.head(customer) ?? newHead(clock);
    const now = Math.max(head.nowMs, clock);
    if (isLate(input, now)) return { verdict: 'late' };
    const current = bringUp(scene, customer, runDue(scene, customer, head, now), now);
    const loaded = withVouchers(scene, customer, loadFor(store, customer, current, input, now), input, now);
    const state = { ...withReferrals(store, customer, loaded, input), ...whoIs(scene, customer, current) };
    const decision = decideInput(state, input, terms, now, group.known);
    batch.add(customer, decision.changes);
    const key = input.kind === 'event' ? input.event.key : input.operation.key;
    // what follows from it may have rows of its own, after it
    const own = decision.changes.rows.find((row) => row.key === key);
    if (own === undefined) throw new Error('a decision without a journal row');
    followUp(scene, customer, current, decision.changes, causeOf(input, own));
    const row = input.kind === 'event' ? null : own;
    return { verdict: 'recorded', row, refusal: decision.refusal, first: own.seq === 1, ...listsOf(own, input) };
  });
  return { moved: null, answers };
}

/** Of somebody erased it is still known whether an operation came about that others keep something for. */
function movedAnswer(batch: Batch, moved: string, { customer, inputs }: Group): GroupAnswer {
  const asked = inputs.map((input) => (isAsking(input) ? rowOf(batch, customer, input) : null));
  const known = asked.flatMap((row, at): Answer[] => {
    const input = inputs[at];
    return row === null || input === undefined ? [] : [repeated(row, input)];
  });
  return moved === ERASED && known.length > 0 && known.length === inputs.length
    ? { moved: null, answers: known }
    : { moved };
}

function isAsking(input: Input): boolean {
  return input.kind === 'operation' && input.operation.op === 'abandon';
}

function causeOf(input: Input, { seq }: JournalRow): Cause {
  if (input.kind !== 'event') return { kind: 'points' };
  return { kind: 'event', name: input.event.name, seq, atMs: input.event.occurredAtMs };
}

/** Keeps an event that tripped a bug, without using up its key: played again, it counts once. */
export function recordFailure(batch: Batch, customer: string, event: CustomerEvent, error: unknown, now: number): void {
  batch.load([customer], []);
  const head = batch.head(customer) ?? newHead(now);
  const seq = head.seq + 1;
  const about = { error: String(error), event: JSON.parse(JSON.stringify(event)) };
  const times = { atMs: event.occurredAtMs, recordedAtMs: now };
  const row = { seq, kind: 'event.failed' as const, name: event.name, ...times, key: null, orderId: null };
  const rows = [{ ...row, programmeVersion: 0, entries: [], about }];
  batch.add(customer, { head: { ...head, seq, nowMs: Math.max(head.nowMs, now) }, rows, lots: [], orders: [] });
}

function isLate(input: Input, now: number): boolean {
  if (input.kind !== 'operation') return false;
  const { operation } = input;
  const endsMs = 'expiresAtMs' in operation ? operation.expiresAtMs : 'untilMs' in operation ? operation.untilMs : null;
  return endsMs !== null && endsMs <= now;
}

/** The keys an input may have been stored under: its own, and that of an operation which shared it before a merge. */
function keysOf(input: Input): string[] {
  if (input.kind === 'event') return [input.event.key];
  const { key, fingerprint } = input.operation;
  return [key, twinKey({ key, about: { fingerprint } }) ?? []].flat();
}

/** The row that used this input's key; of two customers' operations under one key, this request's own. */
function rowOf(batch: Batch, customer: string, input: Input): JournalRow | null {
  const rows = keysOf(input).flatMap((key) => batch.rowOfKey(customer, key) ?? []);
  return rows.find((row) => input.kind !== 'event' && isOf(row, input.operation)) ?? rows[0] ?? null;
}

function isOf(row: JournalRow, { fingerprint }: Operation): boolean {
  return row.about.fingerprint === fingerprint;
}

function repeated(row: JournalRow, input: Input): Answer {
  const first = (carriedFrom(row)?.seq ?? row.seq) === 1;
  if (input.kind === 'event')
    return {
      verdict: isSameLine(row, input.event) ? 'recorded' : 'duplicate',
      ...NO_ROW,
      first,
      ...listsOf(row, input),
    };
  if (!isOf(row, input.operation)) return { verdict: 'mismatch' };
  return { verdict: 'duplicate', row: asFirstWritten(row), refusal: refusalIn(row), first };
}

const NO_ROW = { row: null, refusal: null };

function listsOf({ about }: JournalRow, input: Input): Pick<Recorded, 'lists'> {
  if (input.kind !== 'event' || input.event.lists === undefined) return {};
  return { lists: outcomeOf(objectsOf(about, 'lists'), objectsOf(about, 'consents')) };
}

/** An import that crashed tells its last lines again; they get the first answer, and are counted as what they were. */
function isSameLine(row: JournalRow, { backfill }: CustomerEvent): boolean {
  return backfill !== undefined && row.about.import === backfill.from;
}

function refusalIn(row: JournalRow): Refusal | null {
  return row.about.refusal === undefined ? null : (row.about.refusal as unknown as Refusal);
}

function decideInput(state: State, input: Input, terms: Terms, now: number, known: boolean): Decision {
  return input.kind === 'event'
    ? decideEvent(state, input.event, terms, now, known)
    : decideOperation(state, input.operation, terms, now);
}
