/** Points that were earned and wait: for a number of days, or until the parcel arrives. They are not in the balance. */

export interface Pending {
  /** As a lot's: the number of the journal row that made it, times 64, plus its place there. */
  id: number;
  /** When they become spendable by themselves; `NEVER` while something has to happen first. */
  releasesAtMs: number;
  points: number;
  /** As a lot's: what they came from. */
  origin: string;
  rule: string | null;
}
