/** What customers of an object have to ask of other objects, until it is answered. SQL only; it decides nothing. */
import type { Errand, OpenErrand } from '../domain/errand.ts';
import { NEVER } from '../domain/ledger.ts';
import type { Database } from '../storage/database.ts';
import { type Row, toErrand } from './rows.ts';

/** The migration that made the table. */
const SINCE = 5;

export class ErrandStore {
  readonly #db: Database;
  #nextMs: number | null | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** When the next of them is to be asked, by the wall clock; null where nothing is open here. */
  nextMs(): number | null {
    if (this.#nextMs === undefined) {
      const at = this.#one('SELECT MIN(next_ms) AS at FROM errand WHERE next_ms < ?', NEVER)?.at;
      this.#nextMs = at == null ? null : Number(at);
    }
    return this.#nextMs;
  }

  /** Some were written or dropped: what was remembered of them is void. */
  changed(): void {
    this.#nextMs = undefined;
  }

  /** The longest due, those of `except` left out. */
  due(now: number, limit: number, except: string[]): OpenErrand[] {
    if (limit <= 0 || (this.nextMs() ?? NEVER) > now) return [];
    const sql = `SELECT * FROM errand WHERE next_ms <= ?1 AND op NOT IN (SELECT value FROM json_each(?2))
      ORDER BY next_ms, op LIMIT ?3`;
    return this.#db.all(sql, now, JSON.stringify(except), limit).map(toErrand);
  }

  one(op: string): OpenErrand | null {
    const row = this.#one('SELECT * FROM errand WHERE op = ?', op);
    return row === null ? null : toErrand(row);
  }

  /** It failed: it is asked again at `nextMs`. */
  putOff(op: string, nextMs: number): void {
    this.#db.run(
      'UPDATE errand SET attempts = attempts + 1, next_ms = ? WHERE op = ? AND next_ms < ?',
      nextMs,
      op,
      NEVER,
    );
    this.changed();
  }

  isOpen(op: string): boolean {
    return this.#one('SELECT 1 AS is_open FROM errand WHERE op = ? AND next_ms < ?', op, NEVER) !== null;
  }

  /** One that waits is asked now; false: it is not open here. */
  hasten(op: string): boolean {
    if (!this.isOpen(op)) return false;
    this.#db.run('UPDATE errand SET next_ms = 0 WHERE op = ? AND next_ms > 0', op);
    this.changed();
    return true;
  }

  /** Within the transaction that takes its answer over. */
  drop(op: string): void {
    this.#db.run('DELETE FROM errand WHERE op = ?', op);
    this.changed();
  }

  /** All that a customer has open, as it takes it along where it moves. */
  of(customer: string): Errand[] {
    if (this.#db.version() < SINCE) return [];
    return this.#db.all('SELECT * FROM errand WHERE customer = ? ORDER BY op', customer).map(toErrand).map(bare);
  }

  /** Within the transaction that freezes the customer: whoever it moves to asks from now on. */
  park(customer: string): void {
    this.#db.run('UPDATE errand SET next_ms = ? WHERE customer = ?', NEVER, customer);
    this.changed();
  }

  /** Within the transaction that takes a customer over: what it had open is open for the survivor. */
  adopt(customer: string, errands: Errand[]): void {
    const sql = `INSERT INTO errand (op, customer, kind, attempts, next_ms, body) VALUES (?, ?, ?, 0, 0, ?)
      ON CONFLICT DO UPDATE SET customer = excluded.customer, attempts = 0, next_ms = 0`;
    for (const { op, kind, body } of errands) this.#db.run(sql, op, customer, kind, JSON.stringify(body));
    if (errands.length > 0) this.changed();
  }

  #one(sql: string, ...values: SqlStorageValue[]): Row | null {
    return this.#db.version() < SINCE ? null : this.#db.one(sql, ...values);
  }
}

function bare({ op, kind, body }: OpenErrand): Errand {
  return { op, kind, body };
}
