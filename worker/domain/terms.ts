/** By which terms a shop's customers are decided on: its programme and its segments. */
import type { Programme } from './programme.ts';
import type { SegmentSet } from './segments/segment-set.ts';

/** What a decision needs of the shop, besides the customer and the input. */
export interface Terms {
  programme: Programme;
  programmeVersion: number;
  currency: string;
  mode: 'live' | 'test';
  segments: SegmentSet;
}
