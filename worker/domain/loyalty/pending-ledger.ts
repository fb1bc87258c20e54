/** Points that wait, in a decision under way: more of them, fewer, and how many there are in all. */
import { put, type Work } from '../work.ts';
import type { Pending, PendingMove } from './pending.ts';

/** Adds points to those that wait under this id, or lets a first few wait there. */
export function hold(work: Work, pending: Pending): PendingMove {
  const { id, releasesAtMs, points, rule } = pending;
  const known = work.pending.all.get(id)?.points ?? 0;
  put(work.pending, { ...pending, points: known + points });
  change(work, points);
  return { id, points, releasesAtMs, rule };
}

/** Takes up to so many of them; null where none are left there. */
export function takeHeld(work: Work, id: number, most: number): PendingMove | null {
  const pending = work.pending.all.get(id);
  const points = Math.min(most, pending?.points ?? 0);
  if (pending === undefined || points === 0) return null;
  put(work.pending, { ...pending, points: pending.points - points });
  change(work, -points);
  return { id, points: -points, releasesAtMs: pending.releasesAtMs, rule: pending.rule };
}

export function pendingOf({ head }: Pick<Work, 'head'>): number {
  return head.loyalty.pending ?? 0;
}

function change(work: Work, points: number): void {
  const { pending = 0, ...rest } = work.head.loyalty;
  const now = Math.max(0, pending + points);
  work.head = { ...work.head, loyalty: now === 0 ? rest : { ...rest, pending: now } };
}
