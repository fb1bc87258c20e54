/**
 * Points that wait for somebody whom nobody has seen. The only SQL of these tables. Whatever shares a name with a waiting
 * one is for the same person: it is summed up, claimed and withdrawn together.
 */
import type { Identifier, IdentifierKind } from '../domain/event.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import type { Opening } from '../domain/opening.ts';
import type { Database } from '../storage/database.ts';

export type OpeningState = 'waiting' | 'claimed' | 'credited' | 'withdrawn' | 'void';

export interface StoredOpening extends Opening {
  /** Numbers them in the order they came. */
  n: number;
  state: OpeningState;
  /** Whose they turned out to be; null while they wait, and where they never found anybody. */
  customer: string | null;
  atMs: number;
}

/** The migration that made these tables; before it there is nothing to read. */
const SINCE = 3;

// CROSS JOIN fixes the order of the loops: from the names that are asked about to what waits for them
const SAME_PERSON = `
  WITH RECURSIVE same (n) AS (
    SELECT o.opening FROM json_each(?1) j
      CROSS JOIN opening_name o ON o.kind = j.value ->> 'kind' AND o.value = j.value ->> 'value'
    UNION
    SELECT other.opening FROM same CROSS JOIN opening_name own ON own.opening = same.n
      CROSS JOIN opening_name other ON other.kind = own.kind AND other.value = own.value)
  SELECT o.* FROM same CROSS JOIN opening o ON o.n = same.n ORDER BY o.n`;
const OPEN = "state IN ('waiting', 'claimed')";

export class OpeningStore {
  readonly #db: Database;
  /** Whether any waits or is claimed; null: nobody looked since it may have changed. */
  #isAnyOpen: boolean | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  get isAnyOpen(): boolean {
    this.#isAnyOpen ??= this.#all(`SELECT 1 FROM opening WHERE ${OPEN} LIMIT 1`).length > 0;
    return this.#isAnyOpen;
  }

  byId(id: string): StoredOpening | null {
    return this.#all('SELECT * FROM opening WHERE id = ?', id).map(toOpening)[0] ?? null;
  }

  /** Those that wait for whom these names name, the oldest first. */
  waitingFor(names: Identifier[]): StoredOpening[] {
    return this.isAnyOpen ? this.#all(SAME_PERSON, JSON.stringify(names)).map(toOpening) : [];
  }

  countOpen(): number {
    return Number(this.#all(`SELECT COUNT(*) AS n FROM opening WHERE ${OPEN}`)[0]?.n ?? 0);
  }

  keep({ id, points, expiresAtMs, from, ...body }: Opening, names: Identifier[], now: number): void {
    const sql = `INSERT INTO opening (id, state, points, expires_ms, at_ms, source, body)
      VALUES (?, 'waiting', ?, ?, ?, ?, ?) RETURNING n`;
    const n = Number(this.#db.one(sql, id, points, expiresAtMs, now, from, JSON.stringify(body))?.n);
    const name = `INSERT INTO opening_name (kind, value, opening)
      SELECT value ->> 'kind', value ->> 'value', ?1 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`;
    this.#db.run(name, n, JSON.stringify(names));
    this.#isAnyOpen = true;
  }

  /** A customer came by one of these names: what waited is theirs. */
  claim(customer: string, names: Identifier[]): void {
    for (const { n } of this.waitingFor(names)) {
      this.#db.run("UPDATE opening SET state = 'claimed', customer = ? WHERE n = ?", customer, n);
      this.#dropNames(n);
    }
  }

  /** What a customer has claimed and may not have been credited, the oldest first. */
  claimedBy(customer: string): Opening[] {
    if (!this.isAnyOpen) return [];
    const sql = "SELECT * FROM opening WHERE state = 'claimed' AND customer = ? ORDER BY n";
    return this.#all(sql, customer).map(toOpening).map(openingOf);
  }

  /** Some customers who have claimed something. */
  claimants(limit: number): string[] {
    if (!this.isAnyOpen) return [];
    const sql = "SELECT DISTINCT customer FROM opening WHERE state = 'claimed' LIMIT ?";
    return this.#all(sql, limit).map((row) => String(row.customer));
  }

  /** Of a customer who turned out to be another one. */
  handOver(loser: string, survivor: string): void {
    if (!this.isAnyOpen) return;
    this.#db.run("UPDATE opening SET customer = ? WHERE customer = ? AND state = 'claimed'", survivor, loser);
  }

  /** Of a customer who is erased, and of whoever comes by one of these names: nobody gets them. */
  forget(customer: string, names: Identifier[]): void {
    if (!this.isAnyOpen) return;
    const claimed = this.#all("SELECT n FROM opening WHERE state = 'claimed' AND customer = ?", customer);
    const waiting = this.waitingFor(names.filter(({ kind }) => kind !== 'order'));
    for (const n of [...claimed.map((row) => Number(row.n)), ...waiting.map((one) => one.n)]) this.end(n, 'void');
  }

  /** It waits no more; what is personal goes. */
  end(n: number, state: Extract<OpeningState, 'credited' | 'withdrawn' | 'void'>): void {
    this.#db.run("UPDATE opening SET state = ?, body = '{}' WHERE n = ?", state, n);
    this.#dropNames(n);
    this.#isAnyOpen = null;
  }

  setPoints(n: number, points: number): void {
    this.#db.run('UPDATE opening SET points = ? WHERE n = ?', points, n);
  }

  names(n: number): Identifier[] {
    const sql = 'SELECT kind, value FROM opening_name WHERE opening = ? ORDER BY kind, value';
    return this.#all(sql, n).map((row) => ({ kind: String(row.kind) as IdentifierKind, value: String(row.value) }));
  }

  /** Those that are not credited yet, after a number, in the order they came. */
  page(after: number, limit: number): StoredOpening[] {
    return this.#all(`SELECT * FROM opening WHERE ${OPEN} AND n > ? ORDER BY n LIMIT ?`, after, limit).map(toOpening);
  }

  /** What is not credited yet, by the instant it runs out; null: as the programme says, once it is credited. */
  sums(): { expiresAtMs: number | null; points: number; openings: number }[] {
    const sql = `SELECT expires_ms AS at, SUM(points) AS points, COUNT(*) AS openings FROM opening WHERE ${OPEN} GROUP BY expires_ms`;
    return this.#all(sql).map((row) => ({
      expiresAtMs: row.at === null ? null : Number(row.at),
      points: Number(row.points),
      openings: Number(row.openings),
    }));
  }

  #dropNames(n: number): void {
    this.#db.run('DELETE FROM opening_name WHERE opening = ?', n);
  }

  #all(sql: string, ...values: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.#db.version() < SINCE ? [] : this.#db.all(sql, ...values);
  }
}

/** The opening as its line gave it. */
export function openingOf({ n, state, customer, atMs, ...opening }: StoredOpening): Opening {
  return opening;
}

function toOpening(row: Record<string, SqlStorageValue>): StoredOpening {
  const body = JSON.parse(String(row.body)) as JsonObject;
  return {
    n: Number(row.n),
    id: String(row.id),
    state: String(row.state) as OpeningState,
    customer: row.customer === null ? null : String(row.customer),
    points: Number(row.points),
    expiresAtMs: row.expires_ms === null ? null : Number(row.expires_ms),
    atMs: Number(row.at_ms),
    fingerprint: textOf(body, 'fingerprint') ?? '',
    reason: textOf(body, 'reason'),
    note: textOf(body, 'note'),
    from: String(row.source),
    ...(body.allowDebt === true ? { allowDebt: true } : {}),
    ...(body.countsTowardTier === true ? { countsTowardTier: true } : {}),
  };
}
