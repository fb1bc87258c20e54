/** Points that were earned and wait: for a number of days, or until the parcel arrives. They are not in the balance. */
import type { RuleRef } from '../ledger.ts';

export interface Pending {
  /** As a lot's: the number of the journal row that made it, times 64, plus its place there. */
  id: number;
  /** When they become spendable by themselves; `NEVER` while something has to happen first. */
  releasesAtMs: number;
  points: number;
  /** As a lot's: what they came from. */
  origin: string;
  rule: RuleRef | null;
  /** When they were earned. */
  sinceMs: number;
}

/** What a row of the journal says of points that wait: more of them, or fewer. */
export interface PendingMove {
  id: number;
  points: number;
  releasesAtMs: number;
  rule: RuleRef | null;
}
