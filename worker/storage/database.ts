/**
 * A Durable Object's SQLite with its migrations. Tables are made at the first write: a read of an object that was never
 * written answers nothing and creates nothing (INV-13).
 */
type Row = Record<string, SqlStorageValue>;

/** Texts that were met, as they are asked; texts that are put together are few. */
const asked = new Map<string, string>();
const MOST_TEXTS = 2_000;

/**
 * SQLite looks at the value of a LIMIT's parameter while it prepares a statement, and so prepares it anew each time one is
 * bound: three times as slow (measured). It does not look into a sum.
 */
function settled(sql: string): string {
  const known = asked.get(sql);
  if (known !== undefined) return known;
  if (asked.size >= MOST_TEXTS) asked.clear();
  const text = sql.replaceAll(/\bLIMIT (\?\d*)/g, 'LIMIT $1 + 0');
  asked.set(sql, text);
  return text;
}

export class Database {
  readonly #storage: DurableObjectStorage;
  readonly #migrations: readonly string[];
  #version: number | null = null;
  rowsWritten = 0;
  rowsRead = 0;

  constructor(storage: DurableObjectStorage, migrations: readonly string[]) {
    this.#storage = storage;
    this.#migrations = migrations;
  }

  /** How many migrations the tables have been through: a read must not count on those that only a write would run. */
  version(): number {
    return this.#current();
  }

  /** Brings the tables to the newest version; call before writing. */
  migrate(): void {
    const from = this.#current();
    if (from === this.#migrations.length) return;
    this.#storage.transactionSync(() => {
      if (from === 0) this.#storage.sql.exec('CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT');
      for (const text of this.#migrations.slice(from)) this.#storage.sql.exec(text);
      this.#storage.sql.exec('DELETE FROM schema_version');
      this.#storage.sql.exec('INSERT INTO schema_version (version) VALUES (?)', this.#migrations.length);
    });
    this.#version = this.#migrations.length;
  }

  transaction<T>(work: () => T): T {
    return this.#storage.transactionSync(work);
  }

  run(sql: string, ...values: SqlStorageValue[]): void {
    const cursor = this.#storage.sql.exec(settled(sql), ...values);
    this.rowsWritten += cursor.rowsWritten;
    this.rowsRead += cursor.rowsRead;
  }

  /** Writes, and answers what the statement returns. */
  changing(sql: string, ...values: SqlStorageValue[]): Row[] {
    const cursor = this.#storage.sql.exec(settled(sql), ...values);
    const rows = cursor.toArray();
    this.rowsWritten += cursor.rowsWritten;
    this.rowsRead += cursor.rowsRead;
    return rows;
  }

  all(sql: string, ...values: SqlStorageValue[]): Row[] {
    if (this.#current() === 0) return [];
    const cursor = this.#storage.sql.exec(settled(sql), ...values);
    const rows = cursor.toArray();
    this.rowsRead += cursor.rowsRead;
    return rows;
  }

  one(sql: string, ...values: SqlStorageValue[]): Row | null {
    return this.all(sql, ...values)[0] ?? null;
  }

  /** Rows one by one, for a reader that may stop early. Never keep it over an await. */
  *each(sql: string, ...values: SqlStorageValue[]): Generator<Row> {
    if (this.#current() === 0) return;
    const cursor = this.#storage.sql.exec(settled(sql), ...values);
    try {
      yield* cursor;
    } finally {
      this.rowsRead += cursor.rowsRead;
    }
  }

  #current(): number {
    if (this.#version !== null) return this.#version;
    const made = this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").toArray();
    if (made.length === 0) return 0;
    this.#version = Number(this.#storage.sql.exec('SELECT version FROM schema_version').one().version);
    return this.#version;
  }
}
