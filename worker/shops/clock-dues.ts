/**
 * What a test shop's clock knows of its objects: when something is due in each. What changes by every write is kept in
 * memory; stored is what a new life may count on: a time from when the clock last stood still, or that it has to ask.
 */
import type { Database } from '../storage/database.ts';

export interface Asking {
  object: string;
  /** Of the last write that began there; only it may say what is due. */
  token: string;
}

/** When something is due; null: nothing is; `ask`: a write is under way, or was when a life of the clock ended. */
type At = number | null | 'ask';

interface Known {
  token: string;
  at: At;
  /** As it is stored; null: no row. */
  stored: At;
}

const MOST_OBJECTS = 32;

const KEEP = `INSERT INTO clock_due (object, token, at_ms) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET token = excluded.token, at_ms = excluded.at_ms`;

export class ClockDues {
  readonly #db: Database;
  #known: Map<string, Known> | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A write begins: until it says what is due, the object has to be asked, also by another life of this clock. */
  begin(object: string): string {
    const known = this.#all().get(object);
    const token = crypto.randomUUID();
    if (known?.stored !== 'ask') this.#db.run(KEEP, object, token, null);
    this.#all().set(object, { token, at: 'ask', stored: 'ask' });
    return token;
  }

  /** Counts only where no later write has begun. */
  say(object: string, token: string, dueMs: number | null): void {
    const known = this.#all().get(object);
    if (known?.token === token) known.at = dueMs;
  }

  /** Whom nobody has told about, by name. */
  asked(): Asking[] {
    return this.#some(({ at }) => at === 'ask').slice(0, MOST_OBJECTS);
  }

  /** The first instant by `untilMs` at which something is due; null: nothing is by then. */
  next(untilMs: number): number | null {
    let next: number | null = null;
    for (const { at } of this.#all().values())
      if (typeof at === 'number' && at <= untilMs && (next === null || at < next)) next = at;
    return next;
  }

  /** Those with something due by then. */
  dueBy(atMs: number): Asking[] {
    return this.#some(({ at }) => typeof at === 'number' && at <= atMs).slice(0, MOST_OBJECTS);
  }

  /** Stores what is known, for a life that finds the clock standing still. */
  keep(): void {
    for (const [object, known] of this.#all()) {
      const { token, at, stored } = known;
      if (at === stored) continue;
      if (at === null) this.#db.run('DELETE FROM clock_due WHERE object = ?', object);
      else this.#db.run(KEEP, object, token, at === 'ask' ? null : at);
      known.stored = at;
    }
  }

  #some(wanted: (known: Known) => boolean): Asking[] {
    const found = [...this.#all()].filter(([, known]) => wanted(known));
    return found.map(([object, { token }]) => ({ object, token })).sort((a, b) => (a.object < b.object ? -1 : 1));
  }

  #all(): Map<string, Known> {
    if (this.#known !== null) return this.#known;
    const rows = this.#db.all('SELECT object, token, at_ms FROM clock_due').map((row): [string, Known] => {
      const at = row.at_ms === null ? 'ask' : Number(row.at_ms);
      return [String(row.object), { token: String(row.token), at, stored: at }];
    });
    this.#known = new Map(rows);
    return this.#known;
  }
}
