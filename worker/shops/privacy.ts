/** The Shop object's privacy requests: kept once each, listed the newest first. How they are carried out is not known here. */
import type { PrivacyRequest } from '../domain/privacy.ts';
import type { Database } from '../storage/database.ts';

type Row = Record<string, SqlStorageValue>;
type Body = Pick<PrivacyRequest, 'source' | 'reference' | 'requestedAtMs' | 'subject' | 'orders'>;

/** The last request that was listed. */
export interface RequestPlace {
  receivedAtMs: number;
  id: string;
}

export class PrivacyRequests {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** false: it was kept before, and stays as it is. */
  keep(request: PrivacyRequest): boolean {
    if (this.one(request.id) !== null) return false;
    const { id, kind, receivedAtMs, dueAtMs, state, finishedAtMs, ...rest } = request;
    const body: Body = rest;
    this.#db.migrate();
    this.#db.run(
      'INSERT INTO privacy_request (id, kind, received_ms, due_ms, state, finished_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      kind,
      receivedAtMs,
      dueAtMs,
      state,
      finishedAtMs,
      JSON.stringify(body),
    );
    return true;
  }

  one(id: string): PrivacyRequest | null {
    if (!this.#made()) return null;
    const row = this.#db.one('SELECT * FROM privacy_request WHERE id = ?', id);
    return row === null ? null : toRequest(row);
  }

  /** Carried out, every one that `concerns` says true of: what it said of anybody is kept no longer. */
  forget(concerns: (request: PrivacyRequest) => boolean, nowMs: number): void {
    if (!this.#made()) return;
    for (const request of this.#db.all('SELECT * FROM privacy_request').map(toRequest).filter(concerns)) {
      const { source, reference, requestedAtMs } = request;
      const body: Body = { source, reference, requestedAtMs, subject: null, orders: [] };
      const sql =
        "UPDATE privacy_request SET state = 'done', finished_ms = COALESCE(finished_ms, ?), body = ? WHERE id = ?";
      this.#db.run(sql, nowMs, JSON.stringify(body), request.id);
    }
  }

  page(before: RequestPlace | null, limit: number): PrivacyRequest[] {
    if (!this.#made()) return [];
    const [receivedMs, id] = before === null ? [Number.MAX_SAFE_INTEGER, ''] : [before.receivedAtMs, before.id];
    return this.#db
      .all(
        `SELECT * FROM privacy_request WHERE (received_ms, id) < (?, ?) ORDER BY received_ms DESC, id DESC LIMIT ?`,
        receivedMs,
        id,
        limit,
      )
      .map(toRequest);
  }

  /** A shop made before there were such requests has no table until its next write. */
  #made(): boolean {
    return this.#db.one("SELECT 1 FROM sqlite_master WHERE name = 'privacy_request'") !== null;
  }
}

function toRequest(row: Row): PrivacyRequest {
  return {
    id: String(row.id),
    kind: String(row.kind) as PrivacyRequest['kind'],
    receivedAtMs: Number(row.received_ms),
    dueAtMs: Number(row.due_ms),
    state: String(row.state) as PrivacyRequest['state'],
    finishedAtMs: row.finished_ms === null ? null : Number(row.finished_ms),
    ...(JSON.parse(String(row.body)) as Body),
  };
}
