/** The only SQL of the Directory's database. */
import first from '../../migrations/directory/0001_directory.sql';
import { IDENTIFIER_KINDS, type Identifier, type IdentifierKind, type Trust } from '../domain/event.ts';
import { Database } from '../storage/database.ts';

export interface Owner {
  customer: string;
  /** Who first said that the identifier is this customer's. */
  trust: Trust;
}

export class DirectoryStore {
  readonly #db: Database;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first]);
  }

  transaction<T>(work: () => T): T {
    this.#db.migrate();
    return this.#db.transaction(work);
  }

  owner(identifier: Identifier): Owner | null {
    const row = this.#db.one(
      'SELECT customer, trust FROM identifier WHERE kind = ? AND value = ?',
      identifier.kind,
      identifier.value,
    );
    return row === null
      ? null
      : { customer: String(row.customer), trust: row.trust === 'server' ? 'server' : 'browser' };
  }

  identifiers(customer: string): Identifier[] {
    return this.#db
      .all('SELECT kind, value FROM identifier WHERE customer = ? ORDER BY kind, value', customer)
      .map((row) => ({
        kind: String(row.kind) as IdentifierKind,
        value: String(row.value),
      }));
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
    const sql = `SELECT 1 FROM json_each(?1) j CROSS JOIN identifier i
      WHERE i.customer = ?2 AND i.kind = j.value AND i.trust = 'server' LIMIT 1`;
    return this.#db.one(sql, JSON.stringify(kinds), customer) !== null;
  }

  /** How many identifiers of a kind a customer has, counted no further than `most`. */
  count(customer: string, kind: string, most: number): number {
    const sql = 'SELECT COUNT(*) AS n FROM (SELECT 1 FROM identifier WHERE customer = ? AND kind = ? LIMIT ?)';
    return Number(this.#db.one(sql, customer, kind, most)?.n ?? 0);
  }

  exists(customer: string): boolean {
    return this.#db.one('SELECT 1 FROM customer WHERE customer = ?', customer) !== null;
  }

  movedTo(customer: string): string | null {
    const row = this.#db.one('SELECT moved_to FROM customer WHERE customer = ?', customer);
    return row === null || row.moved_to === null ? null : String(row.moved_to);
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
  }

  /** Points every identifier of `from` at `to` and remembers the move. */
  repoint(from: string, to: string): void {
    this.#db.run('UPDATE identifier SET customer = ? WHERE customer = ?', to, from);
    this.#db.run('UPDATE customer SET moved_to = ? WHERE customer = ?', to, from);
  }

  /** Customers after `after`, by id; those that moved are left out. */
  page(after: string, limit: number): string[] {
    return this.#db
      .all(
        'SELECT customer FROM customer WHERE customer > ? AND moved_to IS NULL ORDER BY customer LIMIT ?',
        after,
        limit,
      )
      .map((row) => String(row.customer));
  }
}
