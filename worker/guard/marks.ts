/** The only SQL of the Guard: instants at which a subject did something, each once for its operation. It decides nothing. */
import first from '../../migrations/guard/0001_guard.sql';
import { Database } from '../storage/database.ts';

/** An instant, and the operation that it belongs to. */
export type Mark = [atMs: number, op: string | null];

/** Of one subject so many are kept, the newest; whoever has more is over any limit. */
const MOST_MARKS = 1_000;

const WRITE = `INSERT INTO subject (subject, until_ms, marks) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms, marks = excluded.marks`;

export class Marks {
  readonly #db: Database;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first]);
  }

  get rowsWritten(): number {
    return this.#db.rowsWritten;
  }

  /** Those after `sinceMs`, the oldest first. Creates nothing. */
  since(subject: string, sinceMs: number): Mark[] {
    return this.#all(subject).filter(([atMs]) => atMs > sinceMs);
  }

  /** Adds one, and forgets those that left the window. The same operation again adds nothing. */
  add(subject: string, [atMs, op]: Mark, windowMs: number): Mark[] {
    this.#db.migrate();
    return this.#db.transaction(() => {
      const kept = this.since(subject, atMs - windowMs);
      if (op !== null && kept.some((mark) => mark[1] === op)) return kept;
      const marks = [...kept, [atMs, op] as Mark].sort(([a], [b]) => a - b).slice(-MOST_MARKS);
      this.#db.run(WRITE, subject, (marks.at(-1)?.[0] ?? atMs) + windowMs, JSON.stringify(marks));
      return marks;
    });
  }

  /** Takes away what says nothing any more; answers whether anything is left. */
  sweep(nowMs: number): boolean {
    this.#db.run('DELETE FROM subject WHERE until_ms <= ?', nowMs);
    return this.#db.one('SELECT 1 FROM subject LIMIT 1') !== null;
  }

  #all(subject: string): Mark[] {
    const row = this.#db.one('SELECT marks FROM subject WHERE subject = ?', subject);
    return row === null ? [] : (JSON.parse(String(row.marks)) as Mark[]);
  }
}
