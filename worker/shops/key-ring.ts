/** The rows of a shop's keys and of other systems' sealed secrets. Decides nothing; who may have one is the caller's. */
import type { Database } from '../storage/database.ts';
import type { StoredKey, StoredSecret } from './settings.ts';

export class KeyRing {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  writeKey(key: StoredKey): void {
    this.#db.run(
      `INSERT INTO api_key (id, kind, hash, hint, scopes, created_ms, ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      key.id,
      key.kind,
      key.hash,
      key.hint,
      JSON.stringify(key.scopes),
      key.createdAtMs,
      key.endsAtMs,
    );
  }

  writeSecret(secret: StoredSecret): void {
    this.#db.run(
      `INSERT INTO secret (name, about, sealed, created_ms, ends_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      secret.name,
      JSON.stringify(secret.about),
      secret.sealed,
      secret.createdAtMs,
      secret.endsAtMs,
    );
  }

  keys(): StoredKey[] {
    return this.#db.all('SELECT * FROM api_key ORDER BY created_ms, id').map((row) => ({
      id: String(row.id),
      kind: String(row.kind) as StoredKey['kind'],
      hash: String(row.hash),
      hint: String(row.hint),
      scopes: JSON.parse(String(row.scopes)) as StoredKey['scopes'],
      createdAtMs: Number(row.created_ms),
      endsAtMs: row.ends_ms === null ? null : Number(row.ends_ms),
    }));
  }

  secrets(): StoredSecret[] {
    return this.#db.all('SELECT * FROM secret ORDER BY created_ms, name').map((row) => ({
      name: String(row.name),
      about: JSON.parse(String(row.about)) as StoredSecret['about'],
      sealed: String(row.sealed),
      createdAtMs: Number(row.created_ms),
      endsAtMs: row.ends_ms === null ? null : Number(row.ends_ms),
    }));
  }

  /** Keeps the secret of this name until `keepUntilMs`, beside the one that replaces it. */
  retire(name: string, keepUntilMs: number): void {
    this.#db.run(
      `INSERT OR REPLACE INTO secret (name, about, sealed, created_ms, ends_ms)
       SELECT name || ':old', about, sealed, created_ms, ?2 FROM secret WHERE name = ?1`,
      name,
      keepUntilMs,
    );
  }
}
