/** Learned event schemas of a shop: the only SQL of them. Holds one sample per schema, and whose it is. */
import type { Trust } from '../domain/event.ts';
import type { EventSource } from '../domain/event-rules.ts';
import { type EventSchema, learn, newSchema } from '../domain/event-schema.ts';
import type { Database } from '../storage/database.ts';
import type { Lesson } from './note.ts';

const MOST_NAMES = 1_000;
/** Anyone may send what a browser may send: invented names leave room for those that a server says. */
const MOST_BROWSER_NAMES = 500;

export interface SchemaRow {
  n: number;
  source: EventSource;
  trust: Trust;
  name: string;
  schema: EventSchema;
  sample: string | null;
  sampleCustomer: string | null;
}

export interface SchemaFilter {
  /** Part of the name, in any case of letters. */
  search?: string | undefined;
  source?: string | undefined;
  drifting?: boolean | undefined;
}

type Row = Record<string, SqlStorageValue>;

export class SchemaStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Learns what a flush teaches. Call in a transaction. */
  learn(lessons: Lesson[]): void {
    let [names, fromBrowsers] = this.#names();
    for (const lesson of lessons) {
      const { source, trust, name, observation } = lesson;
      const row = this.#db.one(
        'SELECT * FROM event_schema WHERE source = ? AND trust = ? AND name = ?',
        source,
        trust,
        name,
      );
      const browser = trust === 'browser';
      if (row === null && (names >= MOST_NAMES || (browser && fromBrowsers >= MOST_BROWSER_NAMES))) {
        this.#countUnnamed(observation.events);
        continue;
      }
      if (row === null) [names, fromBrowsers] = [names + 1, fromBrowsers + (browser ? 1 : 0)];
      const before = row === null ? newSchema(observation.firstMs) : toSchemaRow(row).schema;
      this.#write(lesson, learn(before, observation));
    }
  }

  /** At most `limit` schemas by name, after that one; and how many events had names beyond the list. */
  list(after: { name: string; n: number } | null, filter: SchemaFilter, limit: number): SchemaRow[] {
    const found: SchemaRow[] = [];
    const rows = this.#db.each(
      'SELECT * FROM event_schema WHERE (name, n) > (?, ?) ORDER BY name, n',
      after?.name ?? '',
      after?.n ?? 0,
    );
    for (const row of rows) {
      if (found.length === limit) break;
      const { search, source, drifting } = filter;
      if (search !== undefined && !String(row.name).toLowerCase().includes(search.toLowerCase())) continue;
      if (source !== undefined && row.source !== source) continue;
      if (drifting !== undefined && drifting !== Number(row.drift) > 0) continue;
      found.push(toSchemaRow(row));
    }
    return found;
  }

  one(n: number): SchemaRow | null {
    const row = this.#db.one('SELECT * FROM event_schema WHERE n = ?', n);
    return row === null ? null : toSchemaRow(row);
  }

  unnamed(): number {
    return Number(this.#db.one('SELECT events FROM unnamed')?.events ?? 0);
  }

  save(n: number, schema: EventSchema): void {
    this.#db.run(
      'UPDATE event_schema SET drift = ?, body = ? WHERE n = ?',
      schema.drift.length,
      JSON.stringify(schema),
      n,
    );
  }

  drop(n: number): void {
    this.#db.run('DELETE FROM event_schema WHERE n = ?', n);
  }

  /** Takes away the samples that `concerns` says true of; what was learned of types and counts is nobody's. */
  forget(concerns: (customer: string | null, sample: string) => boolean): void {
    for (const row of this.#db.all('SELECT n, sample, sample_customer FROM event_schema WHERE sample IS NOT NULL')) {
      const customer = row.sample_customer === null ? null : String(row.sample_customer);
      if (!concerns(customer, String(row.sample))) continue;
      this.#db.run('UPDATE event_schema SET sample = NULL, sample_customer = NULL WHERE n = ?', Number(row.n));
    }
  }

  #write({ source, trust, name, sample, customer }: Lesson, schema: EventSchema): void {
    this.#db.run(
      `INSERT INTO event_schema (source, trust, name, events, last_ms, drift, body, sample, sample_customer)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (source, trust, name) DO UPDATE SET events = excluded.events, last_ms = excluded.last_ms,
         drift = excluded.drift, body = excluded.body, sample = excluded.sample,
         sample_customer = excluded.sample_customer`,
      source,
      trust,
      name,
      schema.events,
      schema.lastMs,
      schema.drift.length,
      JSON.stringify(schema),
      sample,
      customer,
    );
  }

  #names(): [number, number] {
    const row = this.#db.one(`SELECT COUNT(*) AS names, SUM(trust = 'browser') AS browser FROM event_schema`);
    return [Number(row?.names ?? 0), Number(row?.browser ?? 0)];
  }

  #countUnnamed(events: number): void {
    this.#db.run(
      'INSERT INTO unnamed (id, events) VALUES (0, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events',
      events,
    );
  }
}

function toSchemaRow(row: Row): SchemaRow {
  return {
    n: Number(row.n),
    source: String(row.source) as EventSource,
    trust: String(row.trust) as Trust,
    name: String(row.name),
    schema: JSON.parse(String(row.body)) as EventSchema,
    sample: row.sample === null ? null : String(row.sample),
    sampleCustomer: row.sample_customer === null ? null : String(row.sample_customer),
  };
}
