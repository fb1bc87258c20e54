/** The last 1,000 events of a shop, in pages: the only SQL of them. An event's number counts up for ever and is its id. */
import type { Database } from '../storage/database.ts';
import type { EventReason, EventVerdict } from '../wire/event-reasons.ts';
import type { KeptHead, Page } from './note.ts';

const KEPT = 1_000;

export interface EventFilter {
  verdict?: EventVerdict | undefined;
  reason?: EventReason | undefined;
  source?: string | undefined;
  trust?: string | undefined;
  /** As stored or as sent. */
  name?: string | undefined;
  customer?: string | undefined;
  /** Part of the raw form, in any case of letters. */
  text?: string | undefined;
}

export interface LoggedEvent extends KeptHead {
  n: number;
}

/** An event with its raw form and, as JSON, the form that was stored. */
export interface WholeEvent extends LoggedEvent {
  rawText: string;
  storedText: string;
}

export class EventLog {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Adds pages and drops those whose every event is out of the last 1,000. Call in a transaction. */
  add(pages: Page[]): void {
    let last = this.last();
    for (const { events, heads, bodies } of pages) {
      last += events;
      this.#db.run('INSERT INTO page (last, events, heads, bodies) VALUES (?, ?, ?, ?)', last, events, heads, bodies);
    }
    this.#db.run('DELETE FROM page WHERE last <= ?', last - KEPT);
  }

  /** The number of the newest event; 0 for none. */
  last(): number {
    return Number(this.#db.one('SELECT MAX(last) AS last FROM page')?.last ?? 0);
  }

  /** At most `limit` events numbered below `before`, the newest first. */
  before(before: number, filter: EventFilter, limit: number): LoggedEvent[] {
    const oldest = this.last() - KEPT;
    const found: LoggedEvent[] = [];
    const pages = this.#db.each('SELECT * FROM page WHERE last - events + 1 < ? ORDER BY last DESC', before);
    for (const row of pages) {
      for (const one of eventsOf(row).reverse()) {
        if (one.n < before && one.n > oldest && matches(one, filter)) found.push(shortened(one));
        if (found.length === limit) return found;
      }
    }
    return found;
  }

  /** At most `limit` events numbered above `after`, the oldest first, and the number up to which all were looked at. */
  after(after: number, filter: EventFilter, limit: number): { events: LoggedEvent[]; upTo: number } {
    const last = this.last();
    const from = Math.max(after, last - KEPT);
    const found: LoggedEvent[] = [];
    for (const row of this.#db.each('SELECT * FROM page WHERE last > ? ORDER BY last', from)) {
      for (const one of eventsOf(row)) {
        if (one.n > from && matches(one, filter)) found.push(shortened(one));
        if (found.length === limit) return { events: found, upTo: one.n };
      }
    }
    return { events: found, upTo: Math.max(after, last) };
  }

  /** How many events after that one are not kept any more. */
  missedSince(after: number): number {
    return Math.max(0, this.last() - KEPT - after);
  }

  one(n: number): WholeEvent | null {
    if (n <= this.last() - KEPT) return null;
    const row = this.#db.one('SELECT * FROM page WHERE last >= ? ORDER BY last LIMIT 1', n);
    return row === null ? null : (eventsOf(row).find((event) => event.n === n) ?? null);
  }

  /** Takes out every event that `concerns` says true of; its number stays empty. Call in a transaction. */
  forget(concerns: (event: WholeEvent) => boolean): number {
    let forgotten = 0;
    const places = this.#db.all('SELECT last FROM page ORDER BY last').map((row) => Number(row.last));
    for (const last of places) {
      const row = this.#db.one('SELECT * FROM page WHERE last = ?', last);
      const events = row === null ? [] : eventsOf(row);
      const kept = events.filter((event) => !concerns(event));
      if (kept.length === events.length) continue;
      forgotten += events.length - kept.length;
      const first = last - Number(row?.events) + 1;
      const heads: (KeptHead | null)[] = Array.from({ length: Number(row?.events) }, () => null);
      for (const { n, rawText: _raw, storedText: _stored, ...head } of kept) heads[n - first] = head;
      const bodies = kept.map((event) => event.rawText + event.storedText).join('');
      this.#db.run('UPDATE page SET heads = ?, bodies = ? WHERE last = ?', JSON.stringify(heads), bodies, last);
    }
    return forgotten;
  }
}

/** The events of a page in their order, those that were forgotten left out. */
function eventsOf(row: Record<string, SqlStorageValue>): WholeEvent[] {
  const heads = JSON.parse(String(row.heads)) as (KeptHead | null)[];
  const bodies = String(row.bodies);
  const first = Number(row.last) - Number(row.events) + 1;
  let at = 0;
  return heads.flatMap((head, place): WholeEvent[] => {
    if (head === null) return [];
    const rawText = bodies.slice(at, at + head.raw);
    const storedText = bodies.slice(at + head.raw, at + head.raw + head.stored);
    at += head.raw + head.stored;
    return [{ ...head, n: first + place, rawText, storedText }];
  });
}

function shortened({ rawText: _raw, storedText: _stored, ...event }: WholeEvent): LoggedEvent {
  return event;
}

function matches(event: WholeEvent, filter: EventFilter): boolean {
  const { name, text } = filter;
  for (const field of ['verdict', 'reason', 'source', 'trust', 'customer'] as const) {
    if (filter[field] !== undefined && filter[field] !== event[field]) return false;
  }
  if (name !== undefined && name !== event.name && name !== event.sentName) return false;
  return text === undefined || event.rawText.toLowerCase().includes(text.toLowerCase());
}
