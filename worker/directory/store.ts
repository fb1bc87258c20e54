/** The only SQL of the Directory's database, besides those of the stores that it holds. */
import first from '../../migrations/directory/0001_directory.sql';
import merges from '../../migrations/directory/0002_merges.sql';
import openings from '../../migrations/directory/0003_openings.sql';
import aliases from '../../migrations/directory/0004_aliases.sql';
import erasures from '../../migrations/directory/0005_erasures.sql';
import { IDENTIFIER_KINDS, type Identifier, type IdentifierKind, type Trust } from '../domain/event.ts';
import { Database } from '../storage/database.ts';
import { AliasStore } from './alias-store.ts';
import { ErasureStore } from './erasure-store.ts';
import { OpeningStore } from './opening-store.ts';

const OWNER = `SELECT i.customer, i.trust, m.survivor FROM identifier i
  LEFT JOIN merge m ON m.loser = i.customer AND m.state = 'open' WHERE i.kind = ? AND i.value = ?`;
const OWNER_BEFORE_MOVES = 'SELECT customer, trust, NULL AS survivor FROM identifier WHERE kind = ? AND value = ?';

/** Where an erased customer's id leads; and when a subject of amounts was born. */
const NOBODY = '';
const UNBORN_MS = -1;

export interface Owner {
  /** Whose it is, or is about to be: the survivor's where its customer is being handed over. */
  customer: string;
  /** Who first said that the identifier is this customer's. */
  trust: Trust;
  /** The customer who is being handed over and still holds it; null where nobody is. */
  leaving: string | null;
}

/** One customer on the way to another. */
export interface Move {
  loser: string;
  survivor: string;
  trust: Trust;
}

export interface NewMove extends Move {
  reason: string;
}

export class DirectoryStore {
  readonly #db: Database;
  readonly openings: OpeningStore;
  readonly aliases: AliasStore;
  readonly erasures: ErasureStore;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first, merges, openings, aliases, erasures]);
    this.openings = new OpeningStore(this.#db);
    this.aliases = new AliasStore(this.#db);
    this.erasures = new ErasureStore(this.#db);
  }

  get rowsRead(): number {
    return this.#db.rowsRead;
  }

  transaction<T>(work: () => T): T {
    this.#db.migrate();
    return this.#db.transaction(work);
  }

  owner({ kind, value }: Identifier): Owner | null {
    const row = this.#db.one(this.#hasMoves() ? OWNER : OWNER_BEFORE_MOVES, kind, value);
    if (row === null) return null;
    const trust = trustOf(row.trust);
    const customer = String(row.customer);
    return row.survivor === null
      ? { customer, trust, leaving: null }
      : { customer: String(row.survivor), trust, leaving: customer };
  }

  identifiers(customer: string): Identifier[] {
    return this.#db
      .all('SELECT kind, value FROM identifier WHERE customer = ? ORDER BY kind, value', customer)
      .map(toIdentifier);
  }

  /** What names a customer, the orders left out: of those there may be any number. */
  names(customer: string, limit: number): Identifier[] {
    const sql = `SELECT kind, value FROM identifier INDEXED BY identifier_customer
      WHERE customer = ?1 AND kind IN (SELECT value FROM json_each(?2)) ORDER BY kind, value LIMIT ?3`;
    const kinds = IDENTIFIER_KINDS.filter((kind) => kind !== 'order');
    return this.#db.all(sql, customer, JSON.stringify(kinds), limit).map(toIdentifier);
  }

  /** Which kinds of identifier a customer has; one look-up a kind, however many identifiers there are. */
  kinds(customer: string): Set<string> {
    const rows = this.#db.all(
      `SELECT j.value AS kind FROM json_each(?1) j
       WHERE EXISTS (SELECT 1 FROM identifier i WHERE i.customer = ?2 AND i.kind = j.value)`,
      JSON.stringify(IDENTIFIER_KINDS),
      customer,
    );
    return new Set(rows.map((row) => String(row.kind)));
  }

  /** Whether somebody who can be trusted has named this customer by one of `kinds`. */
  isNamed(customer: string, kinds: readonly string[]): boolean {
    // left to itself the planner walks every identifier of the kind
    const sql = `SELECT 1 FROM json_each(?1) j CROSS JOIN identifier i INDEXED BY identifier_customer
      WHERE i.customer = ?2 AND i.kind = j.value AND i.trust = 'server' LIMIT 1`;
    return this.#db.one(sql, JSON.stringify(kinds), customer) !== null;
  }

  /** How many identifiers of a kind a customer has, counted no further than `most`. */
  count(customer: string, kind: string, most: number): number {
    const sql = 'SELECT COUNT(*) AS n FROM (SELECT 1 FROM identifier WHERE customer = ? AND kind = ? LIMIT ?)';
    return Number(this.#db.one(sql, customer, kind, most)?.n ?? 0);
  }

  /** As `count`, of those that a trusted sender told; reads at most twice as many as `most`. */
  countTrusted(customer: string, kind: string, most: number): number {
    const sql = `SELECT COUNT(*) AS n FROM (SELECT trust FROM identifier INDEXED BY identifier_customer
      WHERE customer = ? AND kind = ? LIMIT ?) WHERE trust = 'server'`;
    return Number(this.#db.one(sql, customer, kind, 2 * most)?.n ?? 0);
  }

  /**
   * The id itself, or the survivor's where that customer has moved; null for an id that nobody was given, or whose customer
   * was erased.
   */
  current(customer: string): string | null {
    const sql = 'SELECT COALESCE(moved_to, customer) AS id FROM customer WHERE customer = ? AND born_ms >= 0';
    const row = this.#db.one(sql, customer);
    return row === null || row.id === NOBODY ? null : String(row.id);
  }

  bear(customer: string, now: number): void {
    this.#db.run('INSERT INTO customer (customer, born_ms) VALUES (?, ?)', customer, now);
  }

  attach(customer: string, identifier: Identifier, trust: Trust, now: number): void {
    this.#db.run(
      `INSERT INTO identifier (kind, value, customer, trust, since_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET trust = excluded.trust WHERE trust = 'browser' AND customer = excluded.customer`,
      identifier.kind,
      identifier.value,
      customer,
      trust,
      now,
    );
    if (identifier.kind === 'email') this.aliases.note(customer, identifier.value);
  }

  /** Begins a move, or begins it again with more trust where a browser's word was refused. */
  open({ loser, survivor, trust, reason }: NewMove, now: number): void {
    this.#db.run(
      `INSERT INTO merge (loser, survivor, trust, reason, at_ms, state) VALUES (?, ?, ?, ?, ?, 'open')
       ON CONFLICT DO UPDATE SET survivor = excluded.survivor, trust = excluded.trust, reason = excluded.reason,
         at_ms = excluded.at_ms, state = 'open' WHERE state = 'refused'`,
      loser,
      survivor,
      trust,
      reason,
      now,
    );
  }

  /** Every identifier of `loser`, and every id that led to it, is `survivor`'s from now on. */
  finish(loser: string, survivor: string): void {
    this.#db.run('UPDATE identifier SET customer = ? WHERE customer = ?', survivor, loser);
    this.#db.run('UPDATE customer SET moved_to = ?1 WHERE customer = ?2 OR moved_to = ?2', survivor, loser);
    this.#db.run("UPDATE merge SET state = 'done' WHERE loser = ?", loser);
    this.aliases.move(loser, survivor);
    this.openings.handOver(loser, survivor);
  }

  /** Neither the customer's ids nor its names lead to anybody any more; amounts stay under `subjects`, for those who sum up. */
  forget(customer: string, subjects: string[]): void {
    this.#db.run('DELETE FROM identifier WHERE customer = ?', customer);
    this.#db.run('DELETE FROM merge WHERE loser = ?1 OR survivor = ?1', customer);
    this.#db.run('UPDATE customer SET moved_to = ?2 WHERE customer = ?1 OR moved_to = ?1', customer, NOBODY);
    this.aliases.forget(customer);
    for (const subject of subjects) this.bear(subject, UNBORN_MS);
  }

  refuse(loser: string, survivor: string): void {
    const sql = "UPDATE merge SET state = 'refused' WHERE loser = ? AND survivor = ? AND trust = 'browser'";
    this.#db.run(sql, loser, survivor);
  }

  isRefused(loser: string): boolean {
    return this.#db.one("SELECT 1 FROM merge WHERE loser = ? AND state = 'refused'", loser) !== null;
  }

  openMove(loser: string): Move | null {
    if (!this.#hasMoves()) return null;
    const row = this.#db.one("SELECT * FROM merge WHERE loser = ? AND state = 'open'", loser);
    return row === null ? null : toMove(row);
  }

  openMovesInto(survivor: string): Move[] {
    return this.#db.all("SELECT * FROM merge WHERE survivor = ? AND state = 'open'", survivor).map(toMove);
  }

  openMoves(limit: number): Move[] {
    return this.#db.all("SELECT * FROM merge WHERE state = 'open' ORDER BY at_ms LIMIT ?", limit).map(toMove);
  }

  /** Ids that lead to this customer now, besides its own. */
  formerIds(customer: string, limit: number): string[] {
    return this.#db
      .all('SELECT customer FROM customer WHERE moved_to = ? ORDER BY customer LIMIT ?', customer, limit)
      .map((row) => String(row.customer));
  }

  /** Customers after `after`, by id; those that moved are left out, what erased ones left is among them. */
  page(after: string, limit: number): string[] {
    return this.#db
      .all(
        'SELECT customer FROM customer WHERE customer > ? AND moved_to IS NULL ORDER BY customer LIMIT ?',
        after,
        limit,
      )
      .map((row) => String(row.customer));
  }

  /** As `page`, with those that moved, each with who it is now. */
  pageOfAll(after: string, limit: number): { customer: string; now: string }[] {
    const sql = `SELECT customer, COALESCE(moved_to, customer) AS now FROM customer WHERE customer > ? ORDER BY customer LIMIT ?`;
    return this.#db.all(sql, after, limit).map((row) => ({ customer: String(row.customer), now: String(row.now) }));
  }

  customers(): number {
    return Number(
      this.#db.one('SELECT COUNT(*) AS count FROM customer WHERE moved_to IS NULL AND born_ms >= 0')?.count ?? 0,
    );
  }

  /** No table of moves before the second migration, which a read does not run. */
  #hasMoves(): boolean {
    return this.#db.version() >= 2;
  }
}

function toIdentifier(row: Record<string, SqlStorageValue>): Identifier {
  return { kind: String(row.kind) as IdentifierKind, value: String(row.value) };
}

function trustOf(value: unknown): Trust {
  return value === 'server' ? 'server' : 'browser';
}

function toMove(row: Record<string, SqlStorageValue>): Move {
  return { loser: String(row.loser), survivor: String(row.survivor), trust: trustOf(row.trust) };
}
