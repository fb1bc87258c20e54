/**
 * Files that jobs work on: drafts of jobs, and the parts that are uploaded for them, read back as one run of bytes. What
 * the bytes mean is the business of the kind of job.
 */
import type { JsonObject } from '../domain/json.ts';
import type { Database } from '../storage/database.ts';

/** A job that waits for its file. */
export interface Draft {
  id: string;
  kind: string;
  input: JsonObject;
  createdAtMs: number;
}

export interface Part {
  /** From 1. */
  part: number;
  bytes: number;
  sha256: string;
}

/** The parts of a file in their order, as if they were one. */
export interface Upload {
  size: number;
  /** At most `length` bytes from the byte `from` on; fewer only at the end of the file. */
  read: (from: number, length: number) => Uint8Array;
}

/** The migration that made these tables; before it there is nothing to read. */
const SINCE = 2;
/** Small enough for a row, large enough that a file has few of them. */
const PIECE = 262_144;

export class Uploads {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  draft(id: string): Draft | null {
    const row = this.#one('SELECT * FROM draft WHERE id = ?', id);
    if (row === null) return null;
    const input = JSON.parse(String(row.input)) as JsonObject;
    return { id, kind: String(row.kind), input, createdAtMs: Number(row.at_ms) };
  }

  drafts(): number {
    return Number(this.#one('SELECT COUNT(*) AS n FROM draft')?.n ?? 0);
  }

  /** When the draft that waits longest was made; null where none waits. */
  oldestMs(): number | null {
    const row = this.#one('SELECT MIN(at_ms) AS at FROM draft');
    return row === null || row.at === null ? null : Number(row.at);
  }

  writeDraft({ id, kind, input, createdAtMs }: Draft): void {
    const sql = 'INSERT INTO draft (id, kind, input, at_ms) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, id, kind, JSON.stringify(input), createdAtMs);
  }

  /** The job has begun, or never will: it is no draft any more, and its parts stay where they are. */
  dropDraft(id: string): void {
    this.#db.run('DELETE FROM draft WHERE id = ?', id);
  }

  parts(id: string): Part[] {
    return this.#all('SELECT part, bytes, sha256 FROM part WHERE job = ? ORDER BY part', id).map((row) => ({
      part: Number(row.part),
      bytes: Number(row.bytes),
      sha256: String(row.sha256),
    }));
  }

  writePart(id: string, { part, sha256 }: Pick<Part, 'part' | 'sha256'>, body: Uint8Array): void {
    const about = [part, body.byteLength, sha256];
    this.#db.run('INSERT INTO part (job, part, bytes, sha256) VALUES (?, ?, ?, ?)', id, ...about);
    for (let at = 0; at < body.byteLength; at += PIECE) {
      const piece = body.slice(at, at + PIECE).buffer;
      this.#db.run('INSERT INTO piece (job, part, piece, body) VALUES (?, ?, ?, ?)', id, part, at / PIECE, piece);
    }
  }

  open(id: string): Upload {
    const parts = this.parts(id);
    const size = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    return { size, read: (from, length) => this.#read(id, parts, { from, to: Math.min(size, from + length) }) };
  }

  /** The line in which a job met each name first, these included. Asked again for the same lines it answers the same. */
  firstLines(id: string, met: [name: string, line: number][]): Map<string, number> {
    const sql = `INSERT INTO met (job, name, line) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?) WHERE true
      ON CONFLICT DO NOTHING`;
    this.#db.run(sql, id, JSON.stringify(met));
    const known = 'SELECT name, line FROM met WHERE job = ? AND name IN (SELECT value ->> 0 FROM json_each(?))';
    return new Map(this.#db.all(known, id, JSON.stringify(met)).map((row) => [String(row.name), Number(row.line)]));
  }

  /** Sums that a job carries along, of those names that have one. */
  figures(id: string, names: string[]): Map<string, number> {
    const sql = 'SELECT name, value FROM figure WHERE job = ? AND name IN (SELECT value FROM json_each(?))';
    return new Map(this.#all(sql, id, JSON.stringify(names)).map((row) => [String(row.name), Number(row.value)]));
  }

  writeFigures(id: string, figures: [name: string, value: number][]): void {
    if (figures.length === 0) return;
    const sql = `INSERT INTO figure (job, name, value) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?) WHERE true
      ON CONFLICT DO UPDATE SET value = excluded.value`;
    this.#db.run(sql, id, JSON.stringify(figures));
  }

  /** The file that was first given this key; `file` itself where there was none. */
  fileOfKey(key: string, file: string): string {
    this.#db.run('INSERT INTO file_key (key, file) VALUES (?, ?) ON CONFLICT DO NOTHING', key, file);
    return String(this.#db.one('SELECT file FROM file_key WHERE key = ?', key)?.file);
  }

  drop(id: string): void {
    this.#db.run('DELETE FROM figure WHERE job = ?', id);
    this.#db.run('DELETE FROM met WHERE job = ?', id);
    this.#db.run('DELETE FROM piece WHERE job = ?', id);
    this.#db.run('DELETE FROM part WHERE job = ?', id);
  }

  /** Takes away drafts from before `beforeMs`, with what was uploaded for them. */
  dropOlder(beforeMs: number): void {
    for (const row of this.#db.all('SELECT id FROM draft WHERE at_ms <= ?', beforeMs)) {
      this.drop(String(row.id));
      this.dropDraft(String(row.id));
    }
  }

  #read(id: string, parts: Part[], { from, to }: { from: number; to: number }): Uint8Array {
    const read = new Uint8Array(Math.max(0, to - from));
    let begin = 0;
    for (const { part, bytes } of parts) {
      const [first, last] = [Math.max(from, begin), Math.min(to, begin + bytes)];
      for (let at = first; at < last; ) {
        const piece = Math.floor((at - begin) / PIECE);
        const body = this.#piece(id, part, piece);
        const start = at - begin - piece * PIECE;
        const some = body.subarray(start, Math.min(body.byteLength, start + last - at));
        read.set(some, at - from);
        at += some.byteLength;
      }
      begin += bytes;
    }
    return read;
  }

  #all(sql: string, ...values: SqlStorageValue[]) {
    return this.#db.version() < SINCE ? [] : this.#db.all(sql, ...values);
  }

  #one(sql: string, ...values: SqlStorageValue[]) {
    return this.#all(sql, ...values)[0] ?? null;
  }

  #piece(id: string, part: number, piece: number): Uint8Array {
    const row = this.#one('SELECT body FROM piece WHERE job = ? AND part = ? AND piece = ?', id, part, piece);
    if (!(row?.body instanceof ArrayBuffer)) throw new Error('a piece of an upload is gone');
    return new Uint8Array(row.body);
  }
}
