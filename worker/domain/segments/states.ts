/** What a customer keeps of segments and lists, and what can be said of a list. */

/** Segment -> since when the customer is in it (null: is not), and when that changes by itself (null: never). */
export type SegmentStates = Record<string, [sinceMs: number | null, flipMs: number | null]>;

/** List -> since when. */
export type ListStates = Record<string, number>;

export interface ListChange {
  list: string;
  change: 'added' | 'removed';
  /** Since when they are on it; null: as of now. Of who is on it already the earlier date stands. */
  sinceMs: number | null;
}

/** A change that moved something. */
export interface AppliedChange extends ListChange {
  /** Of who was on the list before: since when, as it was said until now. */
  beforeMs?: number;
}
