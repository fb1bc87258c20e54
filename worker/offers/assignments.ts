/** The Offers object's list of which rule is assigned to what. Whoever is held against a rule names it itself; here it is found again. */
import type { Database } from '../storage/database.ts';

export interface Assignment {
  /** `asgm_…`, follows from the rule and what it is assigned to. */
  id: string;
  rule: string;
  kind: 'voucher' | 'campaign';
  /** The voucher's or campaign's id. */
  object: string;
  /** Of a voucher. */
  code: string | null;
  createdAtMs: number;
}

export interface Sought {
  rule: string | null;
  object: string | null;
  offset: number;
  limit: number;
}

/** The migration that made the table: a read does not run it. */
const SINCE = 2;

export class Assignments {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The same again changes nothing; answers it as it stands. */
  put(made: Assignment): Assignment {
    const { id, rule, kind, object, code, createdAtMs } = made;
    this.#db.run(
      'INSERT INTO assignment (id, rule, kind, object, code, created_ms) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      id,
      rule,
      kind,
      object,
      code,
      createdAtMs,
    );
    return this.one(id) ?? made;
  }

  one(id: string): Assignment | null {
    if (this.#db.version() < SINCE) return null;
    const row = this.#db.one('SELECT * FROM assignment WHERE id = ?', id);
    return row === null ? null : toAssignment(row);
  }

  drop(id: string): void {
    if (this.#db.version() >= SINCE) this.#db.run('DELETE FROM assignment WHERE id = ?', id);
  }

  dropOf(rule: string): void {
    if (this.#db.version() >= SINCE) this.#db.run('DELETE FROM assignment WHERE rule = ?', rule);
  }

  /** The last made first. */
  page({ rule, object, offset, limit }: Sought): { assignments: Assignment[]; total: number } {
    if (this.#db.version() < SINCE) return { assignments: [], total: 0 };
    const where = '(?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR object = ?2)';
    const rows = this.#db.all(
      `SELECT * FROM assignment WHERE ${where} ORDER BY created_ms DESC, id DESC LIMIT ?3 OFFSET ?4`,
      rule,
      object,
      limit,
      offset,
    );
    const counted = this.#db.one(`SELECT COUNT(*) AS n FROM assignment WHERE ${where}`, rule, object);
    return { assignments: rows.map(toAssignment), total: Number(counted?.n ?? 0) };
  }

  /** Rules of a voucher or campaign, in the order in which they were assigned. */
  rulesOf(object: string): string[] {
    if (this.#db.version() < SINCE) return [];
    return this.#db
      .all('SELECT rule FROM assignment WHERE object = ? ORDER BY created_ms, id', object)
      .map((row) => String(row.rule));
  }
}

function toAssignment(row: Record<string, SqlStorageValue>): Assignment {
  return {
    id: String(row.id),
    rule: String(row.rule),
    kind: String(row.kind) as Assignment['kind'],
    object: String(row.object),
    code: row.code === null ? null : String(row.code),
    createdAtMs: Number(row.created_ms),
  };
}
