/** By which terms a shop's customers are decided on: its programme, its segments, its codes. */
import type { Distribution } from './distributions/distribution.ts';
import type { Programme } from './programme.ts';
import type { SegmentSet } from './segments/segment-set.ts';
import type { CodeMaker } from './vouchers/code-maker.ts';

/** What a decision needs of the shop, besides the customer and the input. */
export interface Terms {
  programme: Programme;
  programmeVersion: number;
  currency: string;
  mode: 'live' | 'test';
  segments: SegmentSet;
  codes: CodeMaker;
  /** The day that a week begins with: 0 = Sunday; absent: Monday. */
  weekStart?: number;
  /** Absent: there are none. */
  distributions?: readonly Distribution[];
}
