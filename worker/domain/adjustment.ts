/** Points given or taken by hand. Refuses to overdraw unless it is told to; a refusal is journalled under its key and answers every retry. */
import type { Head, State } from './customer.ts';
import type { Decision } from './decision.ts';
import type { JournalKind } from './journal.ts';
import type { JsonObject } from './json.ts';
import { credit, debit, type PointsEntry } from './ledger.ts';
import { afterDecision } from './loyalty/parts.ts';
import type { Refusal } from './refusal.ts';
import type { Terms } from './terms.ts';
import { close, expiryOf, LARGEST_BALANCE, lotId, open, pushRow, type Work } from './work.ts';

/** What is said of points that move by hand, whichever way their number is found. */
export interface AdjustmentWords {
  key: string;
  /** SHA-256 of the request: the same key with another body is refused. */
  fingerprint: string;
  /** The shopper sees it. */
  reason: string | null;
  /** Never leaves the admin API. */
  note: string | null;
  /** Of points given; null: as the programme says; `NEVER`: they never run out. */
  expiresAtMs: number | null;
  /** More may be taken than there is: the rest is owed. */
  allowDebt?: boolean;
  /** Whether they count for tiers; points by hand do not, unless somebody says so. */
  countsTowardTier?: boolean;
  /** The import and its line; absent: somebody asked for this one alone. */
  from?: string;
  /** What the balance was to be; absent: the points were named. */
  balance?: number;
}

export interface Adjustment extends AdjustmentWords {
  op: 'adjust';
  points: number;
}

export function decideAdjustment(state: State, input: Adjustment, terms: Terms, now: number): Decision {
  const work = open(state);
  const refusal = refusalOf(work.head, input);
  const entries = refusal === null ? entriesOf(work, input, terms, now) : [];
  const kind: JournalKind = refusal === null ? 'points.adjusted' : 'points.refused';
  const about = aboutAdjustment(input, refusal);
  pushRow(work, { kind, atMs: now, recordedAtMs: now, key: input.key, terms, entries, about });
  if (refusal === null) afterDecision(work, { atMs: now, nowMs: now, event: null, entries }, terms);
  return { changes: close(work, now), refusal };
}

function entriesOf(work: Work, input: Adjustment, terms: Terms, now: number): PointsEntry[] {
  const { points, reason, allowDebt = false } = input;
  const words = { kind: 'adjusted' as const, orderId: null, reason };
  if (points === 0) return [];
  if (points < 0) return [debit(work.draft, -points, { ...words, allowDebt })];
  const expiresAtMs = input.expiresAtMs ?? expiryOf(terms, now);
  return [credit(work.draft, points, { lot: lotId(work, 0), expiresAtMs, origin: 'adjustment' }, words)];
}

function aboutAdjustment(input: Adjustment, refusal: Refusal | null): JsonObject {
  const { reason, note, fingerprint, points, expiresAtMs, from, balance } = input;
  return {
    reason,
    note,
    fingerprint,
    points,
    expiresAtMs,
    ...(input.allowDebt === true ? { allowDebt: true } : {}),
    ...(input.countsTowardTier === true ? { countsTowardTier: true } : {}),
    ...(from === undefined ? {} : aboutImport(from)),
    ...(balance === undefined ? {} : { balance }),
    ...(refusal === null ? {} : { refusal: { ...refusal } }),
  };
}

/** What marks a row as one of an import: nobody is told of it as of something that happens now. */
export function aboutImport(from: string): JsonObject {
  return { backfill: true, import: from };
}

function refusalOf(head: Head, { points, allowDebt = false }: Adjustment): Refusal | null {
  if (points < 0 && !allowDebt && head.balance + points < 0)
    return { reason: 'insufficient_points', balance: head.balance, asked: -points };
  const isTooLarge = head.balance + points > LARGEST_BALANCE || head.debt - points > LARGEST_BALANCE;
  return isTooLarge ? { reason: 'balance_limit', balance: head.balance, asked: points } : null;
}
