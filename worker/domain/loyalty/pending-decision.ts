/** The merchant decides on points that wait: they are there at once, or never. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow } from '../work.ts';
import { orderOf, release, voidPending } from './releases.ts';

export interface PendingDecision {
  op: 'pending';
  key: string;
  fingerprint: string;
  /** Of the points that wait. */
  pending: number;
  action: 'approve' | 'void';
  /** Only the merchant sees it. */
  reason: string | null;
}

export function decidePending(state: State, input: PendingDecision, terms: Terms, now: number): Decision {
  const work = open(state);
  const pending = work.pending.all.get(input.pending);
  const { key, fingerprint, action, reason } = input;
  const when = { atMs: now, nowMs: now };
  if (pending === undefined || pending.points === 0) {
    const refusal: Refusal = { reason: 'not_pending', pending: input.pending };
    const about = { fingerprint, action, refusal: { ...refusal } };
    pushRow(work, { kind: 'points.refused', atMs: now, recordedAtMs: now, key, terms, entries: [], about });
    return { changes: close(work, now), refusal };
  }
  const about = { fingerprint, action, reason, points: pending.points };
  if (action === 'approve') {
    release(work, pending, { terms, when, key, about });
    return { changes: close(work, now), refusal: null };
  }
  voidPending(work, pending);
  const orderId = orderOf(pending);
  const told = { ...about, pending: pending.id };
  pushRow(work, {
    kind: 'points.released',
    atMs: now,
    recordedAtMs: now,
    key,
    orderId,
    terms,
    entries: [],
    about: told,
  });
  return { changes: close(work, now), refusal: null };
}
