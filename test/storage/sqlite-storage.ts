/** What an object uses of its storage, over SQLite in memory: it outlives the object, as on disk. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

type Value = SqlStorageValue;

export class SqliteStorage {
  readonly #db = new DatabaseSync(':memory:');
  readonly sql = { exec: (text: string, ...values: Value[]) => this.#exec(text, values) };
  alarmMs: number | null = null;

  transactionSync<T>(work: () => T): T {
    this.#db.exec('SAVEPOINT work');
    try {
      const done = work();
      this.#db.exec('RELEASE work');
      return done;
    } catch (error) {
      this.#db.exec('ROLLBACK TO work');
      this.#db.exec('RELEASE work');
      throw error;
    }
  }

  #exec(text: string, values: Value[]) {
    const isScript = values.length === 0 && text.trim().slice(0, -1).includes(';');
    if (isScript) this.#db.exec(text);
    const rows = isScript
      ? []
      : this.#db
          .prepare(text)
          .all(...values.map(given))
          .map(told);
    return {
      rowsWritten: 0,
      rowsRead: 0,
      toArray: () => rows,
      one: () => rows[0] ?? {},
      [Symbol.iterator]: () => rows[Symbol.iterator](),
    };
  }
}

function given(value: Value): SQLInputValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

function told(row: Record<string, unknown>): Record<string, unknown> {
  const buffered = ([name, value]: [string, unknown]) =>
    [name, value instanceof Uint8Array ? value.slice().buffer : value] as const;
  return Object.fromEntries(Object.entries(row).map(buffered));
}
