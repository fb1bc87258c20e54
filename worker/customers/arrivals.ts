/** What is kept of customers who are on their way here and too big for one call, and who arrived. SQL only; it decides nothing. */
import type { JournalRow } from '../domain/journal.ts';
import type { Order } from '../domain/order.ts';
import type { Database } from '../storage/database.ts';
import { jsonTexts } from '../storage/json-texts.ts';
import { HoldingPages } from './holding-pages.ts';
import { toOrder, toStagedRow } from './rows.ts';

export class Arrivals {
  readonly #db: Database;
  readonly holdings: HoldingPages;

  constructor(db: Database) {
    this.#db = db;
    this.holdings = new HoldingPages(db);
  }

  /** Orders of one who leaves, after an id, by id. */
  ordersAfter(customer: string, orderId: string, limit: number): Order[] {
    const sql = 'SELECT body FROM orders WHERE customer = ? AND order_id > ? ORDER BY order_id LIMIT ?';
    return this.#db.all(sql, customer, orderId, limit).map(toOrder);
  }

  hasAdopted(loser: string): boolean {
    return this.#db.one('SELECT 1 FROM adopted WHERE loser = ?', loser) !== null;
  }

  /** Within a transaction: remembers that `customer` holds all that `loser` brought. */
  markAdopted(loser: string, customer: string, now: number): void {
    this.#db.run('INSERT INTO adopted (loser, customer, at_ms) VALUES (?, ?, ?)', loser, customer, now);
    this.#db.run('DELETE FROM arriving WHERE loser = ?', loser);
    this.#db.run('DELETE FROM arriving_order WHERE loser = ?', loser);
    this.holdings.forget(loser);
  }

  /** Within a transaction: keeps rows and orders of a customer who is moving here until the last of them came. */
  stage(loser: string, rows: JournalRow[], orders: Order[]): void {
    const row = `INSERT INTO arriving (loser, seq, body) SELECT ?1, value ->> 'seq', value FROM json_each(?2) WHERE true
      ON CONFLICT DO NOTHING`;
    const order = `INSERT INTO arriving_order (loser, order_id, body) SELECT ?1, value ->> 'orderId', value FROM json_each(?2)
      WHERE true ON CONFLICT DO NOTHING`;
    for (const text of jsonTexts(rows)) this.#db.run(row, loser, text);
    for (const text of jsonTexts(orders)) this.#db.run(order, loser, text);
  }

  /** The kept orders before id `before`, all where it is null, a hundred at a time. */
  *stagedOrders(loser: string, before: string | null): Generator<Order[]> {
    for (let after = ''; ; ) {
      const sql = `SELECT order_id, body FROM arriving_order WHERE loser = ?1 AND order_id > ?2 AND (?3 IS NULL OR order_id < ?3)
        ORDER BY order_id LIMIT 100`;
      const rows = this.#db.all(sql, loser, after, before);
      if (rows.length === 0) return;
      after = String(rows.at(-1)?.order_id);
      yield rows.map(toOrder);
    }
  }

  /** The kept rows before sequence number `before`, oldest first, a hundred at a time. */
  *staged(loser: string, before: number): Generator<JournalRow[]> {
    for (let after = 0; ; ) {
      const sql = 'SELECT seq, body FROM arriving WHERE loser = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT 100';
      const rows = this.#db.all(sql, loser, after, before);
      if (rows.length === 0) return;
      after = Number(rows.at(-1)?.seq);
      yield rows.map(toStagedRow);
    }
  }
}
