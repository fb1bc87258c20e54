/**
 * What segments may ask of one customer's past: rows of the journal by name and time, orders, lots, vouchers. What a call
 * has decided but not written yet counts as well. A past of ordinary length is read once, however many segments ask.
 */
import type { JournalRow } from '../domain/journal.ts';
import { isObject, type JsonObject } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import type { Order } from '../domain/order.ts';
import type { EventMatch, EventQuery, HeldVoucher, History } from '../domain/segments/facts.ts';
import type { Database } from '../storage/database.ts';
import { type Row, toOrder } from './rows.ts';

/** More events of one name are not kept in memory, but read as far as each question goes. */
const MOST_KEPT = 256;
const PAGE = 256;
const FIRST_MS = -NEVER;

/** The predicate of the index, said as it says it. */
const OF_NAME = `FROM journal INDEXED BY journal_event
  WHERE customer = ?1 AND name = ?2 AND kind <> 'event.failed' AND rank = ?3 AND`;
const PAGES = {
  newest: `${OF_NAME} at_ms > ?4 AND (at_ms, n) < (?5, ?6) ORDER BY at_ms DESC, n DESC LIMIT ${PAGE}`,
  oldest: `${OF_NAME} at_ms <= ?4 AND (at_ms, n) > (?5, ?6) ORDER BY at_ms, n LIMIT ${PAGE}`,
};
const PLAIN = "SELECT n, at_ms, 0 AS seq, '{}' AS properties";
const DETAILED = "SELECT n, at_ms, seq, about -> 'properties' AS properties";

const RANKS = { any: [0, 1], trusted: [1] };

interface Ranked extends EventMatch {
  rank: number;
}

export class CustomerHistory implements History {
  readonly #db: Database;
  readonly #customer: string;
  /** Rows that this call adds. */
  readonly #added: () => JournalRow[];
  /** Whole pasts by name, the newest first; null: too long to keep. */
  readonly #kept = new Map<string, Ranked[] | null>();

  constructor(db: Database, customer: string, added: () => JournalRow[]) {
    this.#db = db;
    this.#customer = customer;
    this.#added = added;
  }

  *events(query: EventQuery): Generator<EventMatch> {
    let left = query.most ?? Number.POSITIVE_INFINITY;
    const added = this.#addedBy(query);
    for (const match of merged(query.order, [...this.#stored(query), added])) {
      if (left <= 0) return;
      left -= 1;
      yield match;
    }
  }

  orders(afterMs: number, upToMs: number): Order[] {
    const sql = `SELECT body FROM orders WHERE customer = ? AND placed_ms > ? AND placed_ms <= ?
      ORDER BY placed_ms DESC, order_id DESC`;
    return this.#db.all(sql, this.#customer, instant(afterMs), instant(upToMs)).map(toOrder);
  }

  nextExpiry(afterMs: number): { points: number; atMs: number } | null {
    const sql = `SELECT expires_ms, SUM(remaining) AS points FROM lot WHERE customer = ?1 AND expires_ms =
      (SELECT MIN(expires_ms) FROM lot WHERE customer = ?1 AND expires_ms > ?2)`;
    const row = this.#db.one(sql, this.#customer, instant(afterMs));
    if (row === null || row.expires_ms === null || Number(row.expires_ms) === NEVER) return null;
    return { points: Number(row.points), atMs: Number(row.expires_ms) };
  }

  vouchers(): HeldVoucher[] {
    const sql = 'SELECT voucher, campaign, state, starts_ms, ends_ms, body FROM held_voucher WHERE customer = ?';
    return this.#db.all(sql, this.#customer).map(toHeldVoucher);
  }

  /** The past by rank, each in the order that is asked for. */
  #stored(query: EventQuery): Iterable<Ranked>[] {
    const kept = this.#keptOf(query.name, query.detailed);
    if (kept === null) return RANKS[query.source].map((rank) => this.#read(query, rank));
    const wanted = kept.filter((match) => answers(match, query));
    return [query.order === 'newest' ? wanted : wanted.reverse()];
  }

  #keptOf(name: string, detailed: boolean): Ranked[] | null {
    const key = `${detailed ? 'd' : 'p'} ${name}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const all = { name, detailed, afterMs: FIRST_MS, upToMs: NEVER, order: 'newest' as const };
    const found: Ranked[] = [];
    for (const match of merged(
      'newest',
      RANKS.any.map((rank) => this.#read(all, rank)),
    )) {
      found.push(match);
      if (found.length > MOST_KEPT) break;
    }
    const kept = found.length > MOST_KEPT ? null : found;
    this.#kept.set(key, kept);
    return kept;
  }

  *#read(query: Omit<EventQuery, 'source' | 'most'>, rank: number): Generator<Ranked> {
    const { order } = query;
    const isNewest = order === 'newest';
    const sql = `${query.detailed ? DETAILED : PLAIN} ${PAGES[order]}`;
    const bound = instant(isNewest ? query.afterMs : query.upToMs);
    // a page begins beyond the last row of the one before
    let [atMs, n] = isNewest ? [instant(query.upToMs), NEVER] : [instant(query.afterMs), NEVER];
    for (;;) {
      const rows = this.#db.all(sql, this.#customer, query.name, rank, bound, atMs, n);
      for (const row of rows) yield toMatch(row, rank);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      [atMs, n] = [Number(last.at_ms), Number(last.n)];
    }
  }

  #addedBy(query: EventQuery): Ranked[] {
    const rows = this.#added().filter((row) => row.name === query.name && row.kind !== 'event.failed');
    const matches = rows.map(toAdded).filter((match) => answers(match, query));
    return matches.sort((a, b) => (isBefore(query.order, a, b) ? -1 : 1));
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

function toHeldVoucher(row: Row): HeldVoucher {
  const body: unknown = JSON.parse(String(row.body));
  const redeemed = isObject(body) && Array.isArray(body.redeemedMs) ? body.redeemedMs : [];
  return {
    voucher: String(row.voucher),
    campaign: row.campaign === null ? null : String(row.campaign),
    startsMs: row.starts_ms === null ? null : Number(row.starts_ms),
    endsMs: row.ends_ms === null ? null : Number(row.ends_ms),
    usable: row.state === 'active',
    redeemedMs: redeemed.filter((at) => typeof at === 'number'),
  };
}

function instant(ms: number): number {
  return Math.max(FIRST_MS, Math.min(ms, NEVER));
}
