/** Points given or taken by hand. Refuses to overdraw; the refusal is journalled under its key and answers every retry. */
import type { Head, State } from './customer.ts';
import type { Decision } from './decision.ts';
import type { JournalKind } from './journal.ts';
import { credit, debit, type PointsEntry } from './ledger.ts';
import { afterDecision } from './loyalty/parts.ts';
import type { Refusal } from './refusal.ts';
import type { Terms } from './terms.ts';
import { close, expiryOf, LARGEST_BALANCE, lotId, open, pushRow } from './work.ts';

export interface Adjustment {
  op: 'adjust';
  key: string;
  /** SHA-256 of the request: the same key with another body is refused. */
  fingerprint: string;
  points: number;
  reason: string;
  note: string | null;
  expiresAtMs: number | null;
}

export function decideAdjustment(state: State, input: Adjustment, terms: Terms, now: number): Decision {
  const work = open(state);
  const refusal = refusalOf(work.head, input.points);
  const words = {
    kind: 'adjusted' as const,
    orderId: null,
    reason: input.reason,
  };
  const entries: PointsEntry[] = [];
  if (refusal === null && input.points > 0) {
    const expiresAtMs = input.expiresAtMs ?? expiryOf(terms, now);
    entries.push(credit(work.draft, input.points, { lot: lotId(work, 0), expiresAtMs, origin: 'adjustment' }, words));
  } else if (refusal === null) {
    entries.push(debit(work.draft, -input.points, words));
  }
  const kind: JournalKind = refusal === null ? 'points.adjusted' : 'points.refused';
  const about = {
    reason: input.reason,
    note: input.note,
    fingerprint: input.fingerprint,
    points: input.points,
    expiresAtMs: input.expiresAtMs,
  };
  pushRow(work, {
    kind,
    atMs: now,
    recordedAtMs: now,
    key: input.key,
    terms,
    entries,
    about: refusal === null ? about : { ...about, refusal: { ...refusal } },
  });
  if (refusal === null) afterDecision(work, { atMs: now, nowMs: now, event: null, entries }, terms);
  return { changes: close(work, now), refusal };
}

function refusalOf(head: Head, points: number): Refusal | null {
  if (points < 0 && head.balance + points < 0)
    return {
      reason: 'insufficient_points',
      balance: head.balance,
      asked: -points,
    };
  if (head.balance + points > LARGEST_BALANCE) return { reason: 'balance_limit', balance: head.balance, asked: points };
  return null;
}
