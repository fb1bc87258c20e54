/** What callers ask of an object of customers, and what it answers. */
import type { Group, GroupAnswer } from './record.ts';

export interface RecordCall {
  shop: string;
  /** The caller's version of the settings; the object fetches it where it has not seen it. */
  version: number;
  groups: Group[];
  /** Wait up to this long for D1's copy; 0: do not wait. */
  waitMs: number;
}

export interface SegmentCall {
  shop: string;
  version: number;
  /** What time it is in a test shop; null in a live one. */
  clockMs: number | null;
}

export interface RecordAnswer {
  groups: GroupAnswer[];
  rowsWritten: number;
  projected: boolean;
}
