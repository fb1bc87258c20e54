/**
 * What segments may ask of one customer's past: rows of the journal by name and time, orders, lots, vouchers. What a call
 * has decided but not written yet counts as well. The times of events stay in memory from one call to the next, for an
 * object is the only writer of its rows; whatever undoes a write must forget them.
 */
import type { JournalRow } from '../domain/journal.ts';
import { isObject, type JsonObject } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import type { Order } from '../domain/order.ts';
import type { EventMatch, EventQuery, HeldVoucher, History, SummedView } from '../domain/segments/facts.ts';
import type { Database } from '../storage/database.ts';
import { type Row, toOrder } from './rows.ts';
import { extend, insert, placeIn, placeOf, type Series } from './series.ts';

/** So many of the newest events of one name are kept in memory; what asks for older ones reads them. */
const MOST_KEPT = 10_000;
/** Questions about one customer's events whose answers are kept, and what an answer counts for beside an instant. */
const MOST_SERIES = 200;
const AN_ENTRY = 8;
/** Conditions about orders look at so many of the newest. */
const MOST_ORDERS = 10_000;
const PAGE = 256;
const FIRST_MS = -NEVER;

/** The predicate of the index, said as it says it. */
const OF_NAME = `FROM journal INDEXED BY journal_event
  WHERE customer = ?1 AND name = ?2 AND kind <> 'event.failed' AND rank = ?3 AND`;
const PAGES = {
  newest: `${OF_NAME} at_ms > ?4 AND (at_ms, n) < (?5, ?6) ORDER BY at_ms DESC, n DESC LIMIT ?7`,
  oldest: `${OF_NAME} at_ms <= ?4 AND (at_ms, n) > (?5, ?6) ORDER BY at_ms, n LIMIT ?7`,
};
const PLAIN = "SELECT n, at_ms, 0 AS seq, '{}' AS properties";
const DETAILED = "SELECT n, at_ms, seq, about -> 'properties' AS properties";

/** The migration that made the tables of vouchers as they are. */
const HELD_SINCE = 5;
const HELD = `SELECT voucher, campaign, state, starts_ms, ends_ms FROM held_voucher
  WHERE customer = ? AND body ->> '$.held.removed' IS NULL`;
const REDEEMED = 'SELECT voucher, at_ms FROM redemption WHERE customer = ? AND stands = 1 ORDER BY at_ms';

const RANKS = { any: [0, 1], trusted: [1] };

interface Ranked extends EventMatch {
  rank: number;
}

/** The times of one name's events, the newest first. */
interface Times {
  any: number[];
  trusted: number[];
  /** Of what happened at this instant or before it not all is here. */
  completeAfterMs: number;
}

export class CustomerHistory implements History {
  readonly #db: Database;
  readonly #customer: string;
  /** Decided in this call, and not written yet. */
  #added: JournalRow[] = [];
  #isNew = false;
  readonly #times = new Map<string, Times>();
  readonly #series = new Map<string, Series>();

  constructor(db: Database, customer: string) {
    this.#db = db;
    this.#customer = customer;
  }

  /** How many times are kept. */
  get size(): number {
    let kept = 0;
    for (const { any } of this.#times.values()) kept += any.length;
    for (const { entries } of this.#series.values()) kept += entries.length * AN_ENTRY;
    return kept;
  }

  /** Nothing of the customer is stored yet. */
  beginsHere(): void {
    this.#isNew = true;
  }

  /** A row that was decided, and will be written with the others. */
  add(row: JournalRow): void {
    if (row.name === null || row.kind === 'event.failed') return;
    this.#added.push(row);
    const added = toAdded(row);
    const { rank, atMs } = added;
    for (const series of this.#series.values())
      if (series.name === row.name && RANKS[series.source].includes(rank)) extend(series, added, MOST_KEPT);
    const times = this.#times.get(row.name);
    if (times === undefined || rank > 1 || atMs <= times.completeAfterMs) return;
    insert(times.any, atMs);
    if (rank === 1) insert(times.trusted, atMs);
    if (times.any.length > 2 * MOST_KEPT) this.#times.delete(row.name);
  }

  /** What was added is written. */
  written(): void {
    this.#isNew = false;
    this.#added = [];
  }

  instants({ name, source, afterMs, upToMs, most }: Parameters<History['instants']>[0]): readonly number[] {
    const times = this.#timesOf(name);
    const all = times[source];
    const first = placeOf(all, upToMs);
    const end = placeOf(all, afterMs);
    const enough = most !== null && end - first >= most;
    if (!enough && afterMs < times.completeAfterMs) {
      const query = { name, source, afterMs, upToMs, most, order: 'newest' as const, detailed: false };
      return [...this.events(query)].map(({ atMs }) => atMs);
    }
    return all.slice(first, most === null ? end : Math.min(end, first + most));
  }

  summed(
    { name, source, afterMs, upToMs, key }: Parameters<History['summed']>[0],
    derive: Series['derive'],
  ): SummedView {
    const { entries } = this.#seriesOf(`${source} ${name} ${key}`, { name, source, derive });
    return { entries, from: placeIn(entries, upToMs), end: placeIn(entries, afterMs) };
  }

  *events(query: EventQuery): Generator<EventMatch> {
    let left = query.most ?? Number.POSITIVE_INFINITY;
    for (const match of this.#ranked(query)) {
      if (left <= 0) return;
      left -= 1;
      yield match;
    }
  }

  orders(afterMs: number, upToMs: number): Order[] {
    const sql = `SELECT body FROM orders WHERE customer = ? AND placed_ms > ? AND placed_ms <= ?
      ORDER BY placed_ms DESC, order_id DESC LIMIT ?`;
    return this.#db.all(sql, this.#customer, instant(afterMs), instant(upToMs), MOST_ORDERS).map(toOrder);
  }

  nextExpiry(afterMs: number): { points: number; atMs: number } | null {
    const sql = `SELECT expires_ms, SUM(remaining) AS points FROM lot WHERE customer = ?1 AND expires_ms =
      (SELECT MIN(expires_ms) FROM lot WHERE customer = ?1 AND expires_ms > ?2)`;
    const row = this.#db.one(sql, this.#customer, instant(afterMs));
    if (row === null || row.expires_ms === null || Number(row.expires_ms) === NEVER) return null;
    return { points: Number(row.points), atMs: Number(row.expires_ms) };
  }

  vouchers(): HeldVoucher[] {
    if (this.#db.version() < HELD_SINCE) return [];
    const redeemed = new Map<string, number[]>();
    for (const row of this.#db.all(REDEEMED, this.#customer)) {
      const times = redeemed.get(String(row.voucher)) ?? [];
      redeemed.set(String(row.voucher), [...times, Number(row.at_ms)]);
    }
    return this.#db.all(HELD, this.#customer).map((row) => toHeldVoucher(row, redeemed));
  }

  #timesOf(name: string): Times {
    const known = this.#times.get(name);
    if (known !== undefined) return known;
    const whole = { name, source: 'any' as const, afterMs: FIRST_MS, upToMs: NEVER, order: 'newest' as const };
    const times: Times = { any: [], trusted: [], completeAfterMs: FIRST_MS };
    for (const { atMs, rank } of this.#ranked({ ...whole, most: null, detailed: false })) {
      times.any.push(atMs);
      if (rank === 1) times.trusted.push(atMs);
      if (times.any.length < MOST_KEPT) continue;
      times.completeAfterMs = atMs;
      break;
    }
    this.#times.set(name, times);
    return times;
  }

  /** Derived once from the newest events, and then from each that comes. */
  #seriesOf(id: string, about: Omit<Series, 'entries'>): Series {
    const known = this.#series.get(id);
    if (known !== undefined) return known;
    if (this.#series.size >= MOST_SERIES) this.#series.clear();
    const { name, source, derive } = about;
    const series: Series = { ...about, entries: [] };
    const whole = { name, source, afterMs: FIRST_MS, upToMs: NEVER, order: 'newest' as const };
    let looked = 0;
    for (const { atMs, properties } of this.#ranked({ ...whole, most: null, detailed: true })) {
      const { passes, numbers } = derive(properties);
      if (passes) series.entries.push({ atMs, numbers });
      looked += 1;
      if (looked >= MOST_KEPT) break;
    }
    this.#series.set(id, series);
    return series;
  }

  #ranked(query: EventQuery): Generator<Ranked> {
    const stored = RANKS[query.source].map((rank) => this.#read(query, rank));
    return merged(query.order, [...stored, this.#addedBy(query)]);
  }

  *#read(query: Omit<EventQuery, 'source' | 'most'> & { most?: number | null }, rank: number): Generator<Ranked> {
    if (this.#isNew) return;
    const { order, most = null } = query;
    const isNewest = order === 'newest';
    const sql = `${query.detailed ? DETAILED : PLAIN} ${PAGES[order]}`;
    const bound = instant(isNewest ? query.afterMs : query.upToMs);
    const page = Math.min(PAGE, most ?? PAGE);
    // a page begins beyond the last row of the one before
    let [atMs, n] = isNewest ? [instant(query.upToMs), NEVER] : [instant(query.afterMs), NEVER];
    for (;;) {
      const rows = this.#db.all(sql, this.#customer, query.name, rank, bound, atMs, n, page);
      for (const row of rows) yield toMatch(row, rank);
      const last = rows.at(-1);
      if (last === undefined || rows.length < page) return;
      [atMs, n] = [Number(last.at_ms), Number(last.n)];
    }
  }

  #addedBy(query: EventQuery): Ranked[] {
    const matches = this.#added.flatMap((row) => (row.name === query.name ? [toAdded(row)] : []));
    return matches.filter((match) => answers(match, query)).sort((a, b) => (isBefore(query.order, a, b) ? -1 : 1));
  }
}

function answers({ rank, atMs }: Ranked, { source, afterMs, upToMs }: EventQuery): boolean {
  return RANKS[source].includes(rank) && atMs > afterMs && atMs <= upToMs;
}

/** Several sorted sequences as one; of equal instants the row that was written later is the newer. */
function* merged(order: EventQuery['order'], sequences: Iterable<Ranked>[]): Generator<Ranked> {
  const heads = sequences.map((sequence) => {
    const rest = sequence[Symbol.iterator]();
    return { rest, next: rest.next() };
  });
  for (;;) {
    let first: (typeof heads)[number] | null = null;
    for (const head of heads) {
      if (head.next.done) continue;
      if (first === null || first.next.done || isBefore(order, head.next.value, first.next.value)) first = head;
    }
    if (first === null || first.next.done) return;
    yield first.next.value;
    first.next = first.rest.next();
  }
}

function isBefore(order: EventQuery['order'], a: Ranked, b: Ranked): boolean {
  const later = a.atMs === b.atMs ? a.seq > b.seq : a.atMs > b.atMs;
  return order === 'newest' ? later : !later;
}

function toMatch(row: Row, rank: number): Ranked {
  const properties: unknown = row.properties === null ? {} : JSON.parse(String(row.properties));
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    properties: isObject(properties) ? properties : {},
    rank,
  };
}

/** As the column `rank` says it of a row that is written. */
function toAdded({ seq, atMs, kind, about }: JournalRow): Ranked {
  const properties: JsonObject = isObject(about.properties) ? about.properties : {};
  const rank = kind !== 'event' ? 1 : about.aside === true ? 2 : about.trust === 'server' ? 1 : 0;
  return { seq, atMs, properties, rank };
}

function toHeldVoucher(row: Row, redeemed: ReadonlyMap<string, number[]>): HeldVoucher {
  return {
    voucher: String(row.voucher),
    campaign: row.campaign === null ? null : String(row.campaign),
    startsMs: row.starts_ms === null ? null : Number(row.starts_ms),
    endsMs: row.ends_ms === null ? null : Number(row.ends_ms),
    usable: row.state === 'active',
    redeemedMs: redeemed.get(String(row.voucher)) ?? [],
  };
}

function instant(ms: number): number {
  return Math.max(FIRST_MS, Math.min(ms, NEVER));
}
