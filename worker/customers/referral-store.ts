/** The friends whom customers brought, and what was given for them. SQL only; it decides nothing. */
import type { Lot } from '../domain/ledger.ts';
import type { Made } from '../domain/referrals/made.ts';
import type { Database } from '../storage/database.ts';
import { type Row, toLot, toMade } from './rows.ts';

/** The migration that made the table. */
const SINCE = 5;

export const WRITE_MADE = `INSERT INTO referral (customer, started_ms, referral, seq, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET seq = excluded.seq, body = excluded.body`;

/** The last one of a page. */
export interface MadePlace {
  startedAtMs: number;
  id: string;
}

export class ReferralStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  one(customer: string, { startedAtMs, id }: MadePlace): Made | null {
    const sql = 'SELECT body FROM referral WHERE customer = ? AND started_ms = ? AND referral = ?';
    const [row] = this.#all(sql, customer, startedAtMs, id);
    return row === undefined ? null : toMade(row);
  }

  /** The last that began first; `before` is the last one of the page before. */
  page(customer: string, limit: number, before: MadePlace | null): Made[] {
    const sql = `SELECT body FROM referral WHERE customer = ?1 AND (started_ms, referral) < (?2, ?3)
      ORDER BY started_ms DESC, referral DESC LIMIT ?4`;
    const { startedAtMs, id } = before ?? { startedAtMs: Number.MAX_SAFE_INTEGER, id: '' };
    return this.#all(sql, customer, startedAtMs, id, limit).map(toMade);
  }

  /** Those that changed after the customer's row of that number. */
  since(customer: string, seq: number): Made[] {
    return this.#all('SELECT body FROM referral WHERE customer = ? AND seq > ?', customer, seq).map(toMade);
  }

  /** The lot that points were given in, where it is open still. */
  lot(customer: string, expiresAtMs: number, origin: string): Lot | null {
    const sql = 'SELECT * FROM lot WHERE customer = ? AND expires_ms = ? AND origin = ?';
    const [row] = this.#all(sql, customer, expiresAtMs, origin);
    return row === undefined ? null : toLot(row);
  }

  #all(sql: string, ...values: SqlStorageValue[]): Row[] {
    return this.#db.version() < SINCE ? [] : this.#db.all(sql, ...values);
  }
}
