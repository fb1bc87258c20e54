/** What one input earned: entries by rule, points that begin to wait or are taken from those that do, rewards. */
import { credit, type Lot, type PointsEntry, type RuleRef } from '../ledger.ts';
import type { PendingMove } from '../loyalty/pending.ts';
import type { Work } from '../work.ts';

export interface Earned {
  entries: PointsEntry[];
  pending: PendingMove[];
  /** Rewards that rules give. Each is a row of its own, after the input's. */
  gifts: Gift[];
}

export interface Gift {
  /** The reward's id. */
  reward: string;
  rule: RuleRef;
}

export const NOTHING_EARNED: Earned = { entries: [], pending: [], gifts: [] };

export function together(some: readonly Earned[]): Earned {
  return {
    entries: some.flatMap((one) => one.entries),
    pending: some.flatMap((one) => one.pending),
    gifts: some.flatMap((one) => one.gifts),
  };
}

/** So many points by one rule; null: by several together. */
export interface RulePoints {
  rule: RuleRef | null;
  points: number;
}

/** Adds points of several rules as one lot, with an entry for each of them. None of the parts is 0. */
export function creditParts(
  work: Work,
  parts: readonly RulePoints[],
  lot: Omit<Lot, 'points' | 'remaining'>,
  about: Pick<PointsEntry, 'kind' | 'orderId'>,
): PointsEntry[] {
  if (parts.length === 0) return [];
  const total = parts.reduce((sum, { points }) => sum + points, 0);
  const { balance } = work.draft;
  const whole = credit(work.draft, total, lot, { ...about, reason: null });
  let owed = -whole.debt;
  let balanceAfter = balance;
  return parts.map(({ rule, points }) => {
    const paid = Math.min(owed, points);
    owed -= paid;
    balanceAfter += points;
    const kept = points - paid;
    const lots = kept > 0 ? [{ lot: lot.lot, points: kept, expiresAtMs: lot.expiresAtMs }] : [];
    return { ...whole, points, balanceAfter, lots, debt: 0 - paid, ...(rule === null ? {} : { rule }) };
  });
}
