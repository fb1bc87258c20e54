/** The only SQL of the Customers database. Rows in, domain values out; it decides nothing. */

import first from '../../migrations/customers/0001_customers.sql';
import consents from '../../migrations/customers/0002_consents.sql';
import merges from '../../migrations/customers/0003_merges.sql';
import segments from '../../migrations/customers/0004_segments.sql';
import loyalty from '../../migrations/customers/0005_loyalty.sql';
import toldVouchers from '../../migrations/customers/0006_told_vouchers.sql';
import erased from '../../migrations/customers/0007_erased.sql';
import type { Head } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import { type Lot, NEVER } from '../domain/ledger.ts';
import type { Order } from '../domain/order.ts';
import { Database } from '../storage/database.ts';
import { Arrivals } from './arrivals.ts';
import { Batch, KEYS } from './batch.ts';
import { ErasedStore } from './erased-store.ts';
import { ErrandStore } from './errand-store.ts';
import { Histories } from './histories.ts';
import { CustomerHistory } from './history.ts';
import { LedgerStore } from './ledger-store.ts';
import { Outbox } from './outbox.ts';
import { ReferralStore } from './referral-store.ts';
import { PLACES, toHead, toJournalRow, toLot, toOrder } from './rows.ts';
import { Unheard } from './unheard.ts';
import { VoucherStore } from './voucher-store.ts';

/** Where the rows of the customer ?1 begin. */
const PLACE_OF = `(SELECT no FROM customer WHERE customer = ?1) * ${PLACES}`;

/** The migration that gave customers their numbers. */
const NUMBERED = 4;

const UNDO = new Error('undone on purpose');

const MIGRATIONS = [first, consents, merges, segments, loyalty, toldVouchers, erased];

export interface Page {
  limit: number;
  /** Rows before this sequence number; null: from the newest. */
  before: number | null;
}

export class CustomerStore {
  readonly #db: Database;
  /** Whom D1 was not told of. */
  readonly outbox = new Outbox();
  readonly unheard: Unheard;
  /** Customers on their way here. */
  readonly arrivals: Arrivals;
  /** What goes and what stays of those who are erased. */
  readonly erased: ErasedStore;
  readonly errands: ErrandStore;
  readonly ledger: LedgerStore;
  readonly referrals: ReferralStore;
  readonly vouchers: VoucherStore;
  readonly #histories: Histories;
  #lastNumber: number | null = null;
  #latestMs = 0;
  #isInhabited = false;
  #nextDue: number | null | undefined;
  readonly #told = new Map<string, number>();

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, MIGRATIONS);
    this.#histories = new Histories(this.#db);
    this.unheard = new Unheard(this.#db);
    this.arrivals = new Arrivals(this.#db);
    this.erased = new ErasedStore(this.#db);
    this.errands = new ErrandStore(this.#db);
    this.ledger = new LedgerStore(this.#db);
    this.referrals = new ReferralStore(this.#db);
    this.vouchers = new VoucherStore(this.#db);
  }

  /** Rows written since the object started; the difference over a call is that call's cost. */
  get rowsWritten(): number {
    return this.#db.rowsWritten;
  }

  /** Rows read since the object started. */
  get rowsRead(): number {
    return this.#db.rowsRead;
  }

  /** Runs `work` as one transaction; a throw undoes all of it. What the batch gathered is written at its end. */
  transaction<T>(work: (batch: Batch) => T): T {
    this.#db.migrate();
    const batch = new Batch(this.#db, { lastNumber: this.#lastCustomer(), histories: this.#histories });
    const result = this.#undoing(() => {
      const done = work(batch);
      batch.flush();
      return done;
    });
    this.#lastNumber = batch.lastNumber;
    this.#latestMs = Math.max(this.#latestMs, batch.latestMs);
    for (const [customer, untold] of batch.untold) this.outbox.note(customer, untold);
    this.unheard.note(batch.untold);
    if (batch.touchedDue) this.#nextDue = undefined;
    if (batch.touchedErrands) this.errands.changed();
    return result;
  }

  /** Runs `work` as a transaction would, and undoes it: what would be, without anything being so. */
  trial<T>(work: (batch: Batch) => T): T {
    const batch = new Batch(this.#db, { lastNumber: this.#lastCustomer(), histories: new Histories(this.#db) });
    const undone: { result?: T } = {};
    try {
      this.#db.transaction(() => {
        undone.result = work(batch);
        throw UNDO;
      });
    } catch (error) {
      if (error !== UNDO) throw error;
    }
    return undone.result as T;
  }

  /** A transaction; what a throw undoes is not remembered either. */
  #undoing<T>(work: () => T): T {
    try {
      return this.#db.transaction(work);
    } catch (error) {
      this.#histories.forgetAll();
      throw error;
    }
  }

  /** What was remembered of a customer is not there any more. */
  forgetHistory(customer: string): void {
    this.#histories.forget(customer);
    this.errands.changed();
  }

  /** A customer's past, as it is written. */
  history(customer: string): CustomerHistory {
    return new CustomerHistory(this.#db, customer);
  }

  /** Whether anything was ever written here; what was is brought to the newest tables. */
  isThere(): boolean {
    if (this.#db.version() === 0) return false;
    this.#db.migrate();
    return true;
  }

  /** The heads of many customers in one read. */
  heads(customers: string[]): Map<string, Head> {
    const rows = this.#db.all(
      'SELECT * FROM customer WHERE customer IN (SELECT value FROM json_each(?))',
      JSON.stringify(customers),
    );
    return new Map(rows.map((row) => [String(row.customer), toHead(row)]));
  }

  head(customer: string): Head | null {
    const row = this.#db.one('SELECT * FROM customer WHERE customer = ?', customer);
    return row === null ? null : toHead(row);
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

  usedKeys(keys: { customer: string; key: string }[]): { customer: string; key: string }[] {
    const pairs = JSON.stringify(keys.map(({ customer, key }) => [customer, key]));
    return this.#db.all(KEYS, pairs).map((row) => ({ customer: String(row.customer), key: String(row.key) }));
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
        `SELECT * FROM journal WHERE n > ${PLACE_OF} AND n < ${PLACE_OF} + ?2 ORDER BY n DESC LIMIT ?3`,
        customer,
        page.before ?? PLACES,
        page.limit,
      )
      .map(toJournalRow);
  }

  pointsRows(customer: string, page: Page): JournalRow[] {
    return this.#db
      .all(
        'SELECT * FROM journal INDEXED BY journal_points WHERE customer = ? AND points IS NOT NULL AND seq < ? ORDER BY seq DESC LIMIT ?',
        customer,
        page.before ?? NEVER,
        page.limit,
      )
      .map(toJournalRow);
  }

  /** Rows between two sequence numbers, both left out, oldest first. */
  rowsBetween(customer: string, after: number, before: number, limit: number): JournalRow[] {
    const sql = `SELECT * FROM journal WHERE n > ${PLACE_OF} + ?2 AND n < ${PLACE_OF} + ?3 ORDER BY n LIMIT ?4`;
    return this.#db.all(sql, customer, after, before, limit).map(toJournalRow);
  }

  dueCustomers(now: number, limit: number): string[] {
    return this.#db
      .all('SELECT customer FROM customer WHERE next_due_ms <= ? ORDER BY next_due_ms LIMIT ?', now, limit)
      .map((row) => String(row.customer));
  }

  /** The earliest instant at which anything is due for anyone here; null where nothing is. */
  nextDue(): number | null {
    if (this.#nextDue === undefined) {
      const row = this.#db.one('SELECT MIN(next_due_ms) AS at FROM customer WHERE next_due_ms IS NOT NULL');
      this.#nextDue = row === null || row.at === null ? null : Number(row.at);
    }
    return this.#nextDue;
  }

  /** Some of those who were decided on at an instant or after it, by id. Looks through all of them. */
  decidedSince(ms: number, after: string, limit: number): string[] {
    const sql = 'SELECT customer FROM customer WHERE customer > ? AND now_ms >= ? ORDER BY customer LIMIT ?';
    return this.#db.all(sql, after, ms, limit).map((row) => String(row.customer));
  }

  /** The latest instant that anything was decided at here, as far as this instance knows; nothing is decided before it. */
  get latestMs(): number {
    return Math.max(this.#latestMs, this.told('d1'));
  }

  /** Everything decided before this instant was told to a reader. */
  told(reader: string): number {
    let n = this.#told.get(reader);
    if (n === undefined) {
      n = Number(this.#db.one('SELECT n FROM told WHERE reader = ?', reader)?.n ?? 0);
      this.#told.set(reader, n);
    }
    return n;
  }

  setTold(reader: string, n: number): void {
    this.noteTold(reader, n);
    this.#db.run('INSERT INTO told (reader, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = excluded.n', reader, n);
  }

  /** The same as far as this instance knows: the next one may look through some again. */
  noteTold(reader: string, n: number): void {
    this.#told.set(reader, n);
  }

  /** Whether nobody ever came here. */
  get isEmpty(): boolean {
    this.#isInhabited ||= this.#db.one('SELECT 1 FROM customer LIMIT 1') !== null;
    return !this.#isInhabited;
  }

  /** The number of the last customer who came here: the journal's last rows are theirs. Older tables have no numbers. */
  #lastCustomer(): number {
    if (this.#db.version() < NUMBERED) return 0;
    this.#lastNumber ??= Math.floor(Number(this.#db.one('SELECT MAX(n) AS n FROM journal')?.n ?? 0) / PLACES);
    return this.#lastNumber;
  }
}
