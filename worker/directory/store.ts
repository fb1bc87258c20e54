/** The only SQL of the Directory's database. */
import first from '../../migrations/directory/0001_directory.sql';
import type { Identifier, IdentifierKind, Trust } from '../domain/event.ts';
import { Database } from '../storage/database.ts';

export class DirectoryStore {
  readonly #db: Database;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first]);
  }

  transaction<T>(work: () => T): T {
    this.#db.migrate();
    return this.#db.transaction(work);
  }

  owner(identifier: Identifier): string | null {
    const row = this.#db.one(
      'SELECT customer FROM identifier WHERE kind = ? AND value = ?',
      identifier.kind,
      identifier.value,
    );
    return row === null ? null : String(row.customer);
  }

  identifiers(customer: string): Identifier[] {
    return this.#db
      .all('SELECT kind, value FROM identifier WHERE customer = ? ORDER BY kind, value', customer)
      .map((row) => ({
        kind: String(row.kind) as IdentifierKind,
        value: String(row.value),
      }));
  }

  kinds(customer: string): Set<string> {
    const rows = this.#db.all('SELECT DISTINCT kind FROM identifier WHERE customer = ?', customer);
    return new Set(rows.map((row) => String(row.kind)));
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
      'INSERT INTO identifier (kind, value, customer, trust, since_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
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
