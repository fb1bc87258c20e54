/** The Debugger object: what arrived lately, what became of it, and what it looks like. Best effort: it may lose a second. */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/debugger/0001_debugger.sql';
import second from '../../migrations/debugger/0002_events_and_schemas.sql';
import { dismissed } from '../domain/event-schema.ts';
import type { Env } from '../env.ts';
import { Database } from '../storage/database.ts';
import { type EventFilter, EventLog, type LoggedEvent, type WholeEvent } from './event-log.ts';
import { mentions } from './mentions.ts';
import type { Lesson, Page } from './note.ts';
import { type SchemaFilter, type SchemaRow, SchemaStore } from './schema-store.ts';

/** Readers that may wait at once; one more is answered at once and asks again. */
const MOST_READERS = 50;
/** Isolates tell what they saw up to a second later: who is forgotten is forgotten for that long. */
const FORGETTING_MS = 5_000;

export interface LiveAnswer {
  events: LoggedEvent[];
  /** Where to go on from. */
  upTo: number;
  /** Events since then that went by before anybody asked. */
  missed: number;
}

/** Who is to be forgotten: the ids a customer has had, and the identifiers that led to it. */
export interface Forgotten {
  customers: string[];
  identifiers: string[];
}

export class Debugger extends DurableObject<Env> {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #schemas: SchemaStore;
  #waiting = new Set<() => void>();
  /** Who was forgotten just now, until when by the wall clock. */
  #forgotten: { who: Forgotten; untilMs: number }[] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, [first, second]);
    this.#log = new EventLog(this.#db);
    this.#schemas = new SchemaStore(this.#db);
  }

  /** Takes one flush of an isolate, and wakes whoever waits for it. */
  keep(pages: Page[], lessons: Lesson[]): void {
    this.#db.migrate();
    this.#forgotten = this.#forgotten.filter(({ untilMs }) => untilMs > Date.now());
    this.#db.transaction(() => {
      this.#log.add(pages);
      this.#schemas.learn(lessons);
      for (const { who } of this.#forgotten) this.#forget(who);
    });
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Events numbered below `before` (null: from the newest), the newest first, and the number of the newest of all. */
  list(before: number | null, filter: EventFilter, limit: number): { events: LoggedEvent[]; last: number } {
    if (this.#isOld()) return { events: [], last: 0 };
    const events = this.#log.before(before ?? Number.MAX_SAFE_INTEGER, filter, limit);
    return { events, last: this.#log.last() };
  }

  one(n: number): WholeEvent | null {
    return this.#isOld() ? null : this.#log.one(n);
  }

  /** Events numbered above `after`, the oldest first. Where none match, waits for some, at most `waitMs`. */
  async live(after: number, filter: EventFilter & { limit: number; waitMs: number }): Promise<LiveAnswer> {
    const { limit, waitMs, ...wanted } = filter;
    const until = Date.now() + waitMs;
    let from = after;
    const missed = this.#isOld() ? 0 : this.#log.missedSince(after);
    for (;;) {
      const found = this.#isOld() ? { events: [], upTo: 0 } : this.#log.after(from, wanted, limit);
      const rest = until - Date.now();
      if (found.events.length > 0 || rest <= 0 || this.#waiting.size >= MOST_READERS) return { ...found, missed };
      from = found.upTo;
      await this.#next(rest);
    }
  }

  schemas(after: { name: string; n: number } | null, filter: SchemaFilter, limit: number) {
    if (this.#isOld()) return { rows: [], unnamed: 0 };
    return { rows: this.#schemas.list(after, filter, limit), unnamed: this.#schemas.unnamed() };
  }

  schema(n: number): SchemaRow | null {
    return this.#isOld() ? null : this.#schemas.one(n);
  }

  /** Takes a drift notice away; it comes back only where it happens again. null: no such schema or notice. */
  dismiss(n: number, notice: number): SchemaRow | null {
    const row = this.schema(n);
    const schema = row === null ? null : dismissed(row.schema, notice);
    if (row === null || schema === null) return null;
    this.#schemas.save(n, schema);
    return { ...row, schema };
  }

  /** Forgets what was learned of a name; its next event begins anew. false: no such schema. */
  dropSchema(n: number): boolean {
    if (this.schema(n) === null) return false;
    this.#schemas.drop(n);
    return true;
  }

  /**
   * Takes away every event that reached one of the customers or mentions one of the identifiers, refused ones too, and
   * the samples alike, and those that isolates still have in hand. Answers how many events went.
   */
  forget(who: Forgotten): number {
    this.#forgotten.push({ who, untilMs: Date.now() + FORGETTING_MS });
    if (this.#isOld()) return 0;
    return this.#db.transaction(() => this.#forget(who));
  }

  #forget({ customers, identifiers }: Forgotten): number {
    const ids = new Set(customers);
    const named = mentions(identifiers);
    this.#schemas.forget((customer, sample) => (customer !== null && ids.has(customer)) || named(sample));
    return this.#log.forget(
      ({ customer, rawText, storedText }) =>
        (customer !== null && ids.has(customer)) || named(rawText) || named(storedText),
    );
  }

  /** Nothing was written yet, or only by a version that kept verdicts alone: a read changes neither. */
  #isOld(): boolean {
    return this.#db.version() < 2;
  }

  async #next(withinMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | null = null;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      timer = setTimeout(() => {
        this.#waiting.delete(resolve);
        resolve();
      }, withinMs);
    });
    clearTimeout(timer);
  }
}
