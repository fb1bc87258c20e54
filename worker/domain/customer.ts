/** A customer as one decision sees it, and what a decision may change. */
import type { Consents } from './consent.ts';
import type { JournalRow } from './journal.ts';
import type { JsonObject } from './json.ts';
import type { Lot } from './ledger.ts';
import type { Order } from './order.ts';
import type { ListStates, SegmentStates } from './segments/states.ts';

export interface Head {
  /** The number of the last journal row. */
  seq: number;
  /** The latest instant anything was decided at; decisions never run backwards. */
  nowMs: number;
  balance: number;
  debt: number;
  lifetime: number;
  /** The earliest of `lotsDueMs` and what the segments wait for. */
  nextDueMs: number | null;
  /** When the next points run out; null: none ever do. */
  lotsDueMs: number | null;
  firstSeenMs: number;
  lastSeenMs: number;
  /** Someone the shop can name: an identifier stronger than an anonymous id belongs to it. */
  known: boolean;
  orders: number;
  traits: JsonObject;
  consents: Consents;
  /** Source -> instant of the newest whole profile it told. */
  profiles: Record<string, number>;
  segments: SegmentStates;
  lists: ListStates;
  /** Of the shop's segments when the customer was last held against all of them. */
  segmentsVersion: number;
  /** Set once the customer was handed over; it then answers only with this. */
  movedTo: string | null;
}

export function newHead(now: number): Head {
  return {
    seq: 0,
    nowMs: now,
    balance: 0,
    debt: 0,
    lifetime: 0,
    nextDueMs: null,
    lotsDueMs: null,
    firstSeenMs: now,
    lastSeenMs: now,
    known: false,
    orders: 0,
    traits: {},
    consents: {},
    profiles: {},
    segments: {},
    lists: {},
    segmentsVersion: 0,
    movedTo: null,
  };
}

export interface State {
  head: Head;
  /** Open lots: enough of the soonest-expiring ones for the input, and the named order's own. */
  lots: Lot[];
  /** The orders that the input names or whose lots are due. */
  orders: Map<string, Order>;
}

/** What to write. The head is always written; rows and lots only as listed. */
export interface Changes {
  head: Head;
  rows: JournalRow[];
  /** Lots as they stand now; one with nothing remaining is closed. */
  lots: Lot[];
  orders: Order[];
}
