/** A shop's segments and lists as they are written down: definitions, names, rules. Whether one can stand is decided before. */
import type { Definition } from '../domain/segments/definition.ts';
import type { List } from '../domain/segments/segment-set.ts';
import type { Database } from '../storage/database.ts';

export interface StoredSegment {
  id: string;
  name: string;
  description: string;
  definition: Definition;
  /** What it was made from, where it was a ready one. */
  ready: string | null;
  /** The version of the book in which the definition came into force. */
  definitionVersion: number;
  /** What the definition changes is told as news. */
  announced: boolean;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface StoredList extends List {
  description: string;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface SegmentBook {
  version: number;
  segments: StoredSegment[];
  lists: StoredList[];
}

const MOST_SEGMENTS = 500;
const MOST_LISTS = 1_000;
/** Characters of everything together; an object reads all of it at once. */
const LARGEST_BOOK = 4_000_000;
/** The migration that made the tables: a read does not run it. */
const SINCE = 4;

/** `fresh`: the definition is another one, in force from the version that this change makes. */
export type BookChange = { base: number } & (
  | { kind: 'segment'; segment: StoredSegment; fresh: boolean }
  | { kind: 'list'; list: StoredList }
  | { kind: 'drop'; table: Table; id: string }
);

/** `changed`: it stands elsewhere meanwhile. */
export type BookWritten = { refusal: null; version: number } | { refusal: 'changed' | 'full' };

type Table = 'segment' | 'list';
type Entry = StoredSegment | StoredList;

export class SegmentBooks {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Creates nothing. `version`: what the settings say it is. */
  read(version: number): SegmentBook {
    return { version, segments: this.#all('segment') as StoredSegment[], lists: this.#all('list') as StoredList[] };
  }

  /** Within a transaction; null where it was done. */
  apply(change: BookChange, version: number): 'full' | null {
    switch (change.kind) {
      case 'segment': {
        const { segment, fresh } = change;
        return this.#write('segment', fresh ? { ...segment, definitionVersion: version } : segment);
      }
      case 'list':
        return this.#write('list', change.list);
      case 'drop':
        this.#db.run(`DELETE FROM ${change.table} WHERE id = ?`, change.id);
        return null;
    }
  }

  /** In the place of the one by its id. */
  #write(table: Table, entry: Entry): 'full' | null {
    const body = JSON.stringify(entry);
    const sums = this.#db.one(
      `SELECT (SELECT COUNT(*) FROM ${table} WHERE id <> ?1) AS others,
         (SELECT COALESCE(SUM(LENGTH(body)), 0) FROM segment WHERE id <> ?1)
         + (SELECT COALESCE(SUM(LENGTH(body)), 0) FROM list WHERE id <> ?1) AS characters`,
      entry.id,
    );
    const most = table === 'segment' ? MOST_SEGMENTS : MOST_LISTS;
    const isFull = Number(sums?.others) >= most || Number(sums?.characters) + body.length > LARGEST_BOOK;
    if (isFull) return 'full';
    this.#db.run(
      `INSERT INTO ${table} (id, n, body) VALUES (?1, (SELECT COALESCE(MAX(n), 0) + 1 FROM ${table}), ?2)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      entry.id,
      body,
    );
    return null;
  }

  #all(table: Table): Entry[] {
    if (this.#db.version() < SINCE) return [];
    return this.#db.all(`SELECT body FROM ${table} ORDER BY n`).map((row) => JSON.parse(String(row.body)) as Entry);
  }
}
