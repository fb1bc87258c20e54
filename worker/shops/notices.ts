/** The Shop object's notices: what the merchant should know of, once for each occasion, listed the newest first. */
import type { JsonObject } from '../domain/json.ts';
import type { Database } from '../storage/database.ts';

export interface Notice {
  /** Names the occasion: told again under it, nothing changes. */
  key: string;
  kind:
    | 'codes.guessed'
    | 'codes.guessed_widely'
    | 'campaign.budget_low'
    | 'campaign.used_up'
    | 'connection.gone'
    | 'connection.failing';
  atMs: number;
  about: JsonObject;
}

/** The last notice that was listed. */
export interface NoticePlace {
  atMs: number;
  key: string;
}

/** The migration that made the table: a read does not run it. */
const SINCE = 5;
/** The oldest go first. */
const MOST = 10_000;

export class Notices {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  keep({ key, kind, atMs, about }: Notice): void {
    this.#db.migrate();
    this.#db.run(
      'INSERT INTO notice (key, at_ms, kind, about) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      key,
      atMs,
      kind,
      JSON.stringify(about),
    );
    this.#db.run(
      'DELETE FROM notice WHERE key IN (SELECT key FROM notice ORDER BY at_ms DESC, key DESC LIMIT -1 OFFSET ?)',
      MOST,
    );
  }

  page(before: NoticePlace | null, limit: number): Notice[] {
    if (this.#db.version() < SINCE) return [];
    const [atMs, key] = before === null ? [Number.MAX_SAFE_INTEGER, ''] : [before.atMs, before.key];
    return this.#db
      .all('SELECT * FROM notice WHERE (at_ms, key) < (?, ?) ORDER BY at_ms DESC, key DESC LIMIT ?', atMs, key, limit)
      .map((row) => ({
        key: String(row.key),
        kind: String(row.kind) as Notice['kind'],
        atMs: Number(row.at_ms),
        about: JSON.parse(String(row.about)) as JsonObject,
      }));
  }
}
