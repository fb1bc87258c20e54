/** Customers who are or were erased, and what named them. The only SQL of these tables; it decides nothing. */
import type { Erasure, ErasureOwner } from '../domain/erasure/erasure.ts';
import type { Identifier, IdentifierKind } from '../domain/event.ts';
import type { NameHash } from '../shops/name-hash.ts';
import type { Database } from '../storage/database.ts';

type Row = Record<string, SqlStorageValue>;

/** The migration that made these tables; before it there is nothing to read. */
const SINCE = 5;
const MOST_LATE = 100;

/** One of the ids of somebody who is being erased, and the random one that amounts stay under. */
export interface ErasedId {
  customer: string;
  subject: string;
}

/** `place`: of the name among those that were asked for. */
export interface ErasedSince {
  place: number;
  erasure: string;
  erasedMs: number;
}

/** An event that came too late. */
export interface LateEvent {
  name: string;
  atMs: number;
  recordedAtMs: number;
}

/** `ids`: all that lead to the customer. */
export interface Beginning {
  id: string;
  erasedMs: number;
  ids: ErasedId[];
  names: Identifier[];
}

/** The last one of a page. */
export interface ErasurePlace {
  requestedAtMs: number;
  id: string;
}

export class ErasureStore {
  readonly #db: Database;
  /** Whether any name is known; null: nobody looked since it may have changed. */
  #hasNames: boolean | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Name by name since when whoever had it is erased, and by which erasure; those that nobody had are left out. */
  erasedSince(names: Identifier[], hash: NameHash): ErasedSince[] {
    this.#hasNames ??= this.#all('SELECT 1 FROM erased_name LIMIT 1').length > 0;
    if (!this.#hasNames || names.length === 0) return [];
    const sql = `SELECT j.key AS place, e.erasure, e.erased_ms FROM json_each(?) j
      CROSS JOIN erased_name e ON e.hash = j.value ORDER BY e.erased_ms`;
    return this.#all(sql, JSON.stringify(names.map(hash))).map((row) => ({
      place: Number(row.place),
      erasure: String(row.erasure),
      erasedMs: Number(row.erased_ms),
    }));
  }

  one(id: string): Erasure | null {
    return this.#all('SELECT * FROM erasure WHERE erasure = ?', id).map(toErasure)[0] ?? null;
  }

  ofCustomer(customer: string): Erasure | null {
    return this.#all('SELECT * FROM erasure WHERE customer = ?', customer).map(toErasure)[0] ?? null;
  }

  /** The last asked for first. */
  page(before: ErasurePlace | null, limit: number): Erasure[] {
    const { requestedAtMs, id } = before ?? { requestedAtMs: Number.MAX_SAFE_INTEGER, id: '' };
    const sql = `SELECT * FROM erasure WHERE (requested_ms, erasure) < (?, ?)
      ORDER BY requested_ms DESC, erasure DESC LIMIT ?`;
    return this.#all(sql, requestedAtMs, id, limit).map(toErasure);
  }

  /** When the next of them is to be taken up, by the wall clock; null: all are done. */
  nextMs(): number | null {
    const at = this.#all('SELECT MIN(next_ms) AS at FROM erasure WHERE next_ms IS NOT NULL')[0]?.at;
    return at == null ? null : Number(at);
  }

  due(wallMs: number, limit: number): string[] {
    const sql = 'SELECT erasure FROM erasure WHERE next_ms <= ? ORDER BY next_ms LIMIT ?';
    return this.#all(sql, wallMs, limit).map((row) => String(row.erasure));
  }

  start(erasure: Pick<Erasure, 'id' | 'customer' | 'requestedAtMs'>, wallMs: number): void {
    const sql = `INSERT INTO erasure (erasure, customer, requested_ms, failures, next_ms, done, late)
      VALUES (?, ?, ?, 0, ?, '[]', 0)`;
    this.#db.run(sql, erasure.id, erasure.customer, erasure.requestedAtMs, wallMs);
  }

  /** The customer turned out to be somebody else before it began. */
  follow(id: string, customer: string): void {
    this.#db.run('UPDATE erasure SET customer = ? WHERE erasure = ?', customer, id);
  }

  /** From now on nobody by these names is who they were. */
  begin({ id, erasedMs, ids, names }: Beginning, hash: NameHash): void {
    const erasing = `INSERT INTO erasing (customer, erasure, subject)
      SELECT value ->> 'customer', ?1, value ->> 'subject' FROM json_each(?2)`;
    this.#db.run(erasing, id, JSON.stringify(ids));
    const named = `INSERT INTO erasing_name (erasure, kind, value)
      SELECT ?1, value ->> 'kind', value ->> 'value' FROM json_each(?2)`;
    this.#db.run(named, id, JSON.stringify(names));
    const erased = `INSERT INTO erased_name (hash, erasure, erased_ms) SELECT value, ?1, ?2 FROM json_each(?3) WHERE true
      ON CONFLICT DO UPDATE SET erasure = excluded.erasure, erased_ms = MAX(erased_ms, excluded.erased_ms)`;
    this.#db.run(erased, id, erasedMs, JSON.stringify(names.map(hash)));
    this.#db.run('UPDATE erasure SET erased_ms = ? WHERE erasure = ?', erasedMs, id);
    this.#hasNames = null;
  }

  ids(id: string): ErasedId[] {
    return this.#all('SELECT customer, subject FROM erasing WHERE erasure = ? ORDER BY customer', id).map((row) => ({
      customer: String(row.customer),
      subject: String(row.subject),
    }));
  }

  names(id: string): Identifier[] {
    return this.#all('SELECT kind, value FROM erasing_name WHERE erasure = ?', id).map((row) => ({
      kind: String(row.kind) as IdentifierKind,
      value: String(row.value),
    }));
  }

  /** This owner has forgotten them. */
  say(id: string, done: ErasureOwner[]): void {
    this.#db.run('UPDATE erasure SET done = ?, failures = 0 WHERE erasure = ?', JSON.stringify(done), id);
  }

  /** Everybody has: nothing is kept that leads anywhere. */
  finish(id: string, finishedMs: number): void {
    this.#db.run('UPDATE erasure SET finished_ms = ?, next_ms = NULL WHERE erasure = ?', finishedMs, id);
    this.#db.run('DELETE FROM erasing WHERE erasure = ?', id);
    this.#db.run('DELETE FROM erasing_name WHERE erasure = ?', id);
  }

  failures(id: string): number {
    return Number(this.#all('SELECT failures FROM erasure WHERE erasure = ?', id)[0]?.failures ?? 0);
  }

  putOff(id: string, nextMs: number): void {
    const sql = 'UPDATE erasure SET failures = failures + 1, next_ms = ? WHERE erasure = ? AND next_ms IS NOT NULL';
    this.#db.run(sql, nextMs, id);
  }

  /** Notes what came too late; of the last ones it keeps what they were. */
  noteLate(id: string, events: LateEvent[]): void {
    const late = this.one(id)?.late;
    if (late === undefined) return;
    const sql = `INSERT INTO late_event (erasure, n, name, at_ms, recorded_ms)
      SELECT ?1, ?2 + key, value ->> 'name', value ->> 'atMs', value ->> 'recordedAtMs' FROM json_each(?3)`;
    this.#db.run(sql, id, late, JSON.stringify(events.slice(-MOST_LATE)));
    this.#db.run('UPDATE erasure SET late = late + ? WHERE erasure = ?', events.length, id);
    this.#db.run('DELETE FROM late_event WHERE erasure = ? AND n < ?', id, late + events.length - MOST_LATE);
  }

  /** The last that came too late, the newest first. */
  lateEvents(id: string): LateEvent[] {
    const sql = 'SELECT * FROM late_event WHERE erasure = ? ORDER BY n DESC';
    return this.#all(sql, id).map((row) => ({
      name: String(row.name),
      atMs: Number(row.at_ms),
      recordedAtMs: Number(row.recorded_ms),
    }));
  }

  #all(sql: string, ...values: SqlStorageValue[]): Row[] {
    return this.#db.version() < SINCE ? [] : this.#db.all(sql, ...values);
  }
}

function toErasure(row: Row): Erasure {
  return {
    id: String(row.erasure),
    customer: String(row.customer),
    requestedAtMs: Number(row.requested_ms),
    erasedAtMs: row.erased_ms === null ? null : Number(row.erased_ms),
    finishedAtMs: row.finished_ms === null ? null : Number(row.finished_ms),
    done: JSON.parse(String(row.done)) as ErasureOwner[],
    late: Number(row.late),
  };
}
