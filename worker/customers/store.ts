/** The only SQL of the Customers database. Rows in, domain values out; it decides nothing. */

import first from '../../migrations/customers/0001_customers.sql';
import type { Changes, Head } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import { type Lot, NEVER } from '../domain/ledger.ts';
import type { Order } from '../domain/order.ts';
import { Database } from '../storage/database.ts';
import { toHead, toJournalRow, toLot, toOrder } from './rows.ts';

const MIGRATIONS = [first];

export interface Page {
  limit: number;
  /** Rows before this sequence number; null: from the newest. */
  before: number | null;
}

export class CustomerStore {
  readonly #db: Database;
  #lastN: number | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, MIGRATIONS);
  }

  /** Rows written since the object started; the difference over a call is that call's cost. */
  get rowsWritten(): number {
    return this.#db.rowsWritten;
  }

  /** Runs `work` as one transaction; a throw undoes all of it. */
  transaction<T>(work: () => T): T {
    this.#db.migrate();
    try {
      return this.#db.transaction(work);
    } catch (error) {
      this.#lastN = null;
      throw error;
    }
  }

  head(customer: string): Head | null {
    const row = this.#db.one('SELECT * FROM customer WHERE customer = ?', customer);
    return row === null ? null : toHead(row);
  }

  seqOfKey(customer: string, key: string): number | null {
    const row = this.#db.one('SELECT seq FROM used_key WHERE customer = ? AND key = ?', customer, key);
    return row === null ? null : Number(row.seq);
  }

  row(customer: string, seq: number): JournalRow | null {
    const row = this.#db.one('SELECT * FROM journal WHERE customer = ? AND seq = ?', customer, seq);
    return row === null ? null : toJournalRow(row);
  }

  /** Open lots in spending order until they hold `enough` points, and every lot that is due by `now`. */
  lots(customer: string, enough: number, now: number): Lot[] {
    const lots: Lot[] = [];
    let held = 0;
    for (const row of this.#db.each('SELECT * FROM lot WHERE customer = ? ORDER BY expires_ms, lot', customer)) {
      const lot = toLot(row);
      if (lot.expiresAtMs > now && held >= enough) break;
      if (lot.expiresAtMs > now) held += lot.remaining;
      lots.push(lot);
    }
    return lots;
  }

  lot(customer: string, expiresAtMs: number, lot: number): Lot | null {
    const row = this.#db.one(
      'SELECT * FROM lot WHERE customer = ? AND expires_ms = ? AND lot = ?',
      customer,
      expiresAtMs,
      lot,
    );
    return row === null ? null : toLot(row);
  }

  /** What runs out next: the sum of the lots that share the earliest expiry after `now`; null where nothing does. */
  nextExpiry(customer: string, now: number): { points: number; atMs: number } | null {
    const row = this.#db.one(
      `SELECT expires_ms, SUM(remaining) AS points FROM lot WHERE customer = ?1 AND expires_ms =
         (SELECT MIN(expires_ms) FROM lot WHERE customer = ?1 AND expires_ms > ?2)`,
      customer,
      now,
    );
    if (row === null || row.expires_ms === null || Number(row.expires_ms) === NEVER) return null;
    return { points: Number(row.points), atMs: Number(row.expires_ms) };
  }

  /** Points in lots that ran out by `now` and were not yet closed. */
  overduePoints(customer: string, now: number): number {
    const row = this.#db.one(
      'SELECT SUM(remaining) AS points FROM lot WHERE customer = ? AND expires_ms <= ?',
      customer,
      now,
    );
    return Number(row?.points ?? 0);
  }

  order(customer: string, orderId: string): Order | null {
    const row = this.#db.one('SELECT body FROM orders WHERE customer = ? AND order_id = ?', customer, orderId);
    return row === null ? null : toOrder(row);
  }

  /** Newest first, by the time they were placed; `before` is the last one of the page before. */
  orders(customer: string, limit: number, before: { placedMs: number; orderId: string } | null): Order[] {
    const rows = this.#db.all(
      `SELECT body FROM orders WHERE customer = ?1 AND placed_ms IS NOT NULL AND (placed_ms, order_id) < (?2, ?3)
       ORDER BY placed_ms DESC, order_id DESC LIMIT ?4`,
      customer,
      before?.placedMs ?? NEVER,
      before?.orderId ?? '',
      limit,
    );
    return rows.map(toOrder);
  }

  ordersSince(customer: string, seq: number, ids: readonly string[] | null): Order[] {
    if (ids !== null) return ids.flatMap((id) => this.order(customer, id) ?? []);
    return this.#db.all('SELECT body FROM orders WHERE customer = ? AND seq > ?', customer, seq).map(toOrder);
  }

  timeline(customer: string, page: Page): JournalRow[] {
    return this.#db
      .all(
        'SELECT * FROM journal WHERE customer = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
        customer,
        page.before ?? NEVER,
        page.limit,
      )
      .map(toJournalRow);
  }

  pointsRows(customer: string, page: Page): JournalRow[] {
    return this.#db
      .all(
        'SELECT * FROM journal WHERE customer = ? AND points IS NOT NULL AND seq < ? ORDER BY seq DESC LIMIT ?',
        customer,
        page.before ?? NEVER,
        page.limit,
      )
      .map(toJournalRow);
  }

  /** Oldest first, everything: for handing a small, waiting customer over. */
  allRows(customer: string): JournalRow[] {
    return this.#db.all('SELECT * FROM journal WHERE customer = ? ORDER BY seq', customer).map(toJournalRow);
  }

  dueCustomers(now: number, limit: number): string[] {
    return this.#db
      .all('SELECT customer FROM customer WHERE next_due_ms <= ? ORDER BY next_due_ms LIMIT ?', now, limit)
      .map((row) => String(row.customer));
  }

  nextDue(): number | null {
    const row = this.#db.one('SELECT MIN(next_due_ms) AS at FROM customer WHERE next_due_ms IS NOT NULL');
    return row === null || row.at === null ? null : Number(row.at);
  }

  /** Writes rows, lots and orders of one decision. The head is written apart, once per customer and call. */
  write(customer: string, changes: Omit<Changes, 'head'>): void {
    for (const row of changes.rows) this.#writeRow(customer, row);
    for (const lot of changes.lots) this.#writeLot(customer, lot);
    const seq = changes.rows.at(-1)?.seq ?? 0;
    for (const order of changes.orders) {
      this.#db.run(
        `INSERT INTO orders (customer, order_id, seq, placed_ms, body) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET seq = excluded.seq, placed_ms = excluded.placed_ms, body = excluded.body`,
        customer,
        order.orderId,
        seq,
        order.snapshot?.placedAtMs ?? null,
        JSON.stringify(order),
      );
    }
  }

  /** Answers the head as stored: what happens next to the customer is read from the lots as they stand now. */
  writeHead(customer: string, head: Head): Head {
    const row = this.#db.one(
      'SELECT expires_ms FROM lot WHERE customer = ? ORDER BY expires_ms, lot LIMIT 1',
      customer,
    );
    const earliest = row === null ? NEVER : Number(row.expires_ms);
    const stored = { ...head, nextDueMs: earliest === NEVER ? null : earliest };
    this.#db.run(
      `INSERT INTO customer (customer, seq, now_ms, balance, debt, lifetime, next_due_ms, first_seen_ms, last_seen_ms,
         known, orders, moved_to, traits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq, now_ms = excluded.now_ms, balance = excluded.balance,
         debt = excluded.debt, lifetime = excluded.lifetime, next_due_ms = excluded.next_due_ms,
         first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms, known = excluded.known,
         orders = excluded.orders, moved_to = excluded.moved_to, traits = excluded.traits`,
      customer,
      head.seq,
      head.nowMs,
      head.balance,
      head.debt,
      head.lifetime,
      stored.nextDueMs,
      head.firstSeenMs,
      head.lastSeenMs,
      head.known ? 1 : 0,
      head.orders,
      head.movedTo,
      JSON.stringify(head.traits),
    );
    return stored;
  }

  /** The journal after row `n`, oldest first: who changed, between which of their rows, and which orders with them. */
  after(n: number, limit: number): { n: number; customer: string; seq: number; orderId: string | null }[] {
    return this.#db
      .all('SELECT n, customer, seq, order_id FROM journal WHERE n > ? ORDER BY n LIMIT ?', n, limit)
      .map((row) => ({
        n: Number(row.n),
        customer: String(row.customer),
        seq: Number(row.seq),
        orderId: row.order_id === null ? null : String(row.order_id),
      }));
  }

  told(reader: string): number {
    return Number(this.#db.one('SELECT n FROM told WHERE reader = ?', reader)?.n ?? 0);
  }

  setTold(reader: string, n: number): void {
    this.#db.run('INSERT INTO told (reader, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = excluded.n', reader, n);
  }

  lastN(): number {
    this.#lastN ??= Number(this.#db.one('SELECT MAX(n) AS n FROM journal')?.n ?? 0);
    return this.#lastN;
  }

  #writeRow(customer: string, row: JournalRow): void {
    const n = this.lastN() + 1;
    this.#lastN = n;
    const points = row.entries.length === 0 ? null : row.entries.reduce((sum, entry) => sum + entry.points, 0);
    this.#db.run(
      `INSERT INTO journal (n, customer, seq, kind, name, at_ms, recorded_ms, key, order_id, points, programme, entries, about)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      n,
      customer,
      row.seq,
      row.kind,
      row.name,
      row.atMs,
      row.recordedAtMs,
      row.key,
      row.orderId,
      points,
      row.programmeVersion,
      row.entries.length === 0 ? null : JSON.stringify(row.entries),
      JSON.stringify(row.about),
    );
    if (row.key === null) return;
    this.#db.run('INSERT INTO used_key (customer, key, seq) VALUES (?, ?, ?)', customer, row.key, row.seq);
  }

  #writeLot(customer: string, lot: Lot): void {
    if (lot.remaining === 0) {
      this.#db.run(
        'DELETE FROM lot WHERE customer = ? AND expires_ms = ? AND lot = ?',
        customer,
        lot.expiresAtMs,
        lot.lot,
      );
      return;
    }
    this.#db.run(
      `INSERT INTO lot (customer, expires_ms, lot, points, remaining, origin) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET remaining = excluded.remaining`,
      customer,
      lot.expiresAtMs,
      lot.lot,
      lot.points,
      lot.remaining,
      lot.origin,
    );
  }
}
