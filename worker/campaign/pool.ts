/** The codes of a campaign that nobody was given yet, in the order they are given out. SQL only; it decides nothing. */
import type { Database } from '../storage/database.ts';

/** A row is read to give one code out. */
const CODES_A_ROLL = 250;

export class Pool {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Adds a batch of codes, once. */
  add(batch: string, codes: string[]): void {
    if (!this.isFirst(batch)) return;
    for (let at = 0; at < codes.length; at += CODES_A_ROLL) {
      const some = codes.slice(at, at + CODES_A_ROLL);
      const sql = `INSERT INTO roll (n, size, taken, codes) VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM roll), ?, 0, ?)`;
      this.#db.run(sql, some.length, JSON.stringify(some));
    }
  }

  /** Whether nothing came under this name before; from now on something has. */
  isFirst(batch: string): boolean {
    if (this.#db.one('SELECT 1 FROM batch WHERE batch = ?', batch) !== null) return false;
    this.#db.run('INSERT INTO batch (batch) VALUES (?)', batch);
    return true;
  }

  /** Whether a request was done before under its name. `mismatch`: another one was. */
  known({ key, fingerprint }: { key: string; fingerprint: string }): 'first' | 'again' | 'mismatch' {
    const name = `request:${key} `;
    const row = this.#db.one('SELECT batch FROM batch WHERE batch >= ?1 AND batch < ?1 || ?2 LIMIT 1', name, '~');
    if (row === null) return 'first';
    return row.batch === name + fingerprint ? 'again' : 'mismatch';
  }

  /** It is done. */
  keep({ key, fingerprint }: { key: string; fingerprint: string }): void {
    this.#db.run('INSERT INTO batch (batch) VALUES (?)', `request:${key} ${fingerprint}`);
  }

  /** The next code, which is then no longer there; null: there is none. Writes one row. */
  take(): string | null {
    const back = this.#db.one('SELECT code FROM returned LIMIT 1');
    if (back !== null) {
      this.#db.run('DELETE FROM returned WHERE code = ?', back.code ?? null);
      return String(back.code);
    }
    const next = "SELECT n, size, taken, codes ->> ('$[' || taken || ']') AS code FROM roll ORDER BY n LIMIT 1";
    const row = this.#db.one(next);
    if (row === null) return null;
    const taken = Number(row.taken) + 1;
    if (taken === Number(row.size)) this.#db.run('DELETE FROM roll WHERE n = ?', Number(row.n));
    else this.#db.run('UPDATE roll SET taken = ? WHERE n = ?', taken, Number(row.n));
    return String(row.code);
  }

  /** It was not given after all. */
  putBack(code: string): void {
    this.#db.run('INSERT INTO returned (code) VALUES (?) ON CONFLICT DO NOTHING', code);
  }

  size(): number {
    const row = this.#db.one(
      'SELECT (SELECT COALESCE(SUM(size - taken), 0) FROM roll) + (SELECT COUNT(*) FROM returned) AS n',
    );
    return Number(row?.n ?? 0);
  }
}
