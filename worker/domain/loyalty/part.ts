/** A part of the programme: what it makes of something that happened, and what it does by itself when its time comes. */
import type { Head } from '../customer.ts';
import type { Answered } from '../errand.ts';
import type { CustomerEvent } from '../event.ts';
import type { PointsEntry } from '../ledger.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';

export interface When {
  /** The instant that is decided at. */
  atMs: number;
  /** The instant that it is decided on; later where an alarm was late. */
  nowMs: number;
}

/** What was just decided; its row is the last of `work.rows` when the first part is asked. */
export interface Happened extends When {
  /** null: an operation, or points that moved by themselves. */
  event: CustomerEvent | null;
  /** The entries of the row. */
  entries: readonly PointsEntry[];
}

export interface Part {
  /** May push rows of its own, in the same decision. Not asked for what is filled in from the past unless it earns. */
  after?: (work: Work, happened: Happened, terms: Terms) => void;
  /** What is filled in from the past and does not earn: no value may come of it. */
  filledIn?: (work: Work, happened: Happened, terms: Terms) => void;
  /** When it has something to do by itself; null: never, as things stand. */
  dueMs?: (head: Head, terms: Terms) => number | null;
  /** Does what is due at exactly `atMs`. Afterwards `dueMs` is later than `atMs`. */
  due?: (work: Work, when: When, terms: Terms) => void;
  /** The programme is another one since the customer was looked at last. */
  changed?: (work: Work, when: When, terms: Terms) => void;
  /** Another object answered an errand: every part is asked, and does something about its own. May push rows. */
  answered?: (work: Work, answered: Answered, terms: Terms, when: When) => void;
}
