/**
 * What connections were not told yet: after which row of whom, gathered from commits and forgotten with the instance; and the
 * rows themselves, as they are read for telling.
 */
import type { JournalRow } from '../domain/journal.ts';
import type { Database } from '../storage/database.ts';
import type { Untold } from './outbox.ts';
import { PLACES, type Row, toJournalRow } from './rows.ts';

/** The migration that gave customers their numbers: before it no connection was told anything. */
const NUMBERED = 4;
const PLACE_OF = `(SELECT no FROM customer WHERE customer = ?1) * ${PLACES}`;
const NEWEST = `SELECT * FROM journal WHERE n > ${PLACE_OF} AND n < ${PLACE_OF} + ${PLACES} ORDER BY n DESC`;
const AFTER = `SELECT * FROM journal WHERE n > ${PLACE_OF} + ?2 AND n < ${PLACE_OF} + ${PLACES} ORDER BY n LIMIT ?3`;
const AT = `SELECT * FROM journal WHERE n IN (SELECT ${PLACE_OF} + value FROM json_each(?2)) ORDER BY n`;

export class Unheard {
  readonly #db: Database;
  #from = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
  }

  get isEmpty(): boolean {
    return this.#from.size === 0;
  }

  /** What a commit changed. */
  note(untold: ReadonlyMap<string, Pick<Untold, 'from'>>): void {
    for (const [customer, { from }] of untold) this.#note(customer, from);
  }

  /** All of them, which are now being told: put back whom that fails for. */
  take(): Map<string, number> {
    const taken = this.#from;
    this.#from = new Map();
    return taken;
  }

  putBack(taken: ReadonlyMap<string, number>): void {
    for (const [customer, from] of taken) this.#note(customer, from);
  }

  /** A customer's rows after one of them, oldest first; -1: all of them. */
  rowsAfter(customer: string, seq: number, limit = -1): JournalRow[] {
    return this.#all(AFTER, customer, seq, limit);
  }

  /** Those of these rows that there are. */
  rowsAt(customer: string, seqs: number[]): JournalRow[] {
    return this.#all(AT, customer, JSON.stringify(seqs));
  }

  /** A customer's own rows that were recorded at an instant or later, oldest first. */
  rowsSince(customer: string, sinceMs: number): JournalRow[] {
    if (this.#db.version() < NUMBERED) return [];
    const rows: JournalRow[] = [];
    for (const row of this.#db.each(NEWEST, customer)) {
      const one = toJournalRow(row);
      // rows of somebody who was merged in kept their times
      if (one.about.carried !== undefined) continue;
      if (one.recordedAtMs < sinceMs) break;
      rows.push(one);
    }
    return rows.reverse();
  }

  #all(sql: string, ...values: SqlStorageValue[]): JournalRow[] {
    if (this.#db.version() < NUMBERED) return [];
    return this.#db.all(sql, ...values).map((row: Row) => toJournalRow(row));
  }

  #note(customer: string, from: number): void {
    this.#from.set(customer, Math.min(from, this.#from.get(customer) ?? from));
  }
}
