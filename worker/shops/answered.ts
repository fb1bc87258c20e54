/** First answers of writes that carried an Idempotency-Key, kept with the shop: one run for each key. */
import type { Database } from '../storage/database.ts';

export type Claim =
  /** `again`: a run of the same request died, and may have done all or some of it. */
  | { state: 'new'; again: boolean }
  | { state: 'running' }
  | { state: 'mismatch' }
  | { state: 'answered'; status: number; body: string };

const CLAIM_MS = 30_000;

export class Answered {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Claims an Idempotency-Key for one run of its request. `new`: run it, then `finish` or `release`; a claim whose runner
   * died is free again after half a minute.
   */
  claim(key: string, fingerprint: string): Claim {
    const row = this.#db.one('SELECT fingerprint, at_ms, status, body FROM answered WHERE key = ?', key);
    const stale = row !== null && Number(row.status) === 0 && Date.now() - Number(row.at_ms) > CLAIM_MS;
    if (row !== null && row.fingerprint !== fingerprint) return { state: 'mismatch' };
    if (row !== null && Number(row.status) > 0)
      return {
        state: 'answered',
        status: Number(row.status),
        body: String(row.body),
      };
    if (row !== null && !stale) return { state: 'running' };
    this.#db.migrate();
    this.#db.run(
      `INSERT INTO answered (key, fingerprint, at_ms, status, body) VALUES (?, ?, ?, 0, '')
       ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms`,
      key,
      fingerprint,
      Date.now(),
    );
    return { state: 'new', again: stale };
  }

  /** Keeps the answer for every later request with the key; `body` is sealed by the caller, it may show a new key. */
  finish(key: string, status: number, body: string): void {
    this.#db.run('UPDATE answered SET status = ?, body = ? WHERE key = ?', status, body, key);
  }

  /** Kept answers by their keys, after one. */
  page(after: string, limit: number): { key: string; body: string }[] {
    const sql = 'SELECT key, body FROM answered WHERE key > ? AND status > 0 ORDER BY key LIMIT ?';
    return this.#db.all(sql, after, limit).map((row) => ({ key: String(row.key), body: String(row.body) }));
  }

  /** The request was refused before it did anything: the key is as good as new. */
  release(key: string): void {
    this.#db.run('DELETE FROM answered WHERE key = ? AND status = 0', key);
  }
}
