/** What is read of many customers' points at once, and of one by the key of a row. SQL only; it decides nothing. */
import type { JournalRow } from '../domain/journal.ts';
import { type Lot, NEVER } from '../domain/ledger.ts';
import type { Pending } from '../domain/loyalty/pending.ts';
import type { Database } from '../storage/database.ts';
import { PLACES, toJournalRow, toLot, toPending } from './rows.ts';

const LOTS =
  'SELECT l.* FROM json_each(?) j CROSS JOIN lot l ON l.customer = j.value ORDER BY j.key, l.expires_ms, l.lot';
const PENDING = 'SELECT p.* FROM json_each(?) j CROSS JOIN pending p ON p.customer = j.value ORDER BY j.key, p.id';
const LOT_SUMS = `SELECT l.expires_ms AS at, SUM(l.remaining) AS points
  FROM json_each(?) j CROSS JOIN lot l ON l.customer = j.value GROUP BY l.expires_ms`;
const PENDING_SUM = 'SELECT SUM(p.points) AS points FROM json_each(?) j CROSS JOIN pending p ON p.customer = j.value';
const PENDING_PAGE = `SELECT * FROM pending WHERE customer = ? AND (releases_ms, id) > (?, ?) ORDER BY releases_ms, id LIMIT ?`;
const PENDING_DUE = 'SELECT * FROM pending WHERE customer = ? AND releases_ms <= ? ORDER BY releases_ms, id';
const ROW_OF_KEY = `SELECT j.* FROM used_key k JOIN customer c ON c.customer = k.customer
  JOIN journal j ON j.n = c.no * ${PLACES} + k.seq WHERE k.customer = ? AND k.key = ?`;
const POINTS_AFTER = `SELECT * FROM journal INDEXED BY journal_points
  WHERE customer = ? AND points IS NOT NULL AND seq > ? AND at_ms >= ? AND at_ms < ? ORDER BY seq LIMIT ?`;

export interface Owned<T> {
  customer: string;
  thing: T;
}

/** Instants: the first is in it, the last is not. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export class LedgerStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The row that used a key, as it stands now; null where the key is new. */
  rowOfKey(customer: string, key: string): JournalRow | null {
    const row = this.#db.one(ROW_OF_KEY, customer, key);
    return row === null ? null : toJournalRow(row);
  }

  /** Rows that moved points, after a sequence number, oldest first. */
  pointsAfter(customer: string, seq: number, { fromMs, toMs }: Span, limit: number): JournalRow[] {
    return this.#db.all(POINTS_AFTER, customer, seq, fromMs, toMs, limit).map(toJournalRow);
  }

  /** Open lots in spending order, customer by customer. */
  lots(customers: string[]): Owned<Lot>[] {
    const rows = this.#db.all(LOTS, JSON.stringify(customers));
    return rows.map((row) => ({ customer: String(row.customer), thing: toLot(row) }));
  }

  pending(customers: string[]): Owned<Pending>[] {
    const rows = this.#db.all(PENDING, JSON.stringify(customers));
    return rows.map((row) => ({ customer: String(row.customer), thing: toPending(row) }));
  }

  /** What their open lots hold, by the instant they run out. */
  lotSums(customers: string[]): { expiresAtMs: number; points: number }[] {
    const rows = this.#db.all(LOT_SUMS, JSON.stringify(customers));
    return rows.map((row) => ({ expiresAtMs: Number(row.at), points: Number(row.points) }));
  }

  /** What waits and is due by an instant. */
  pendingDue(customer: string, byMs: number): Pending[] {
    return this.#db.all(PENDING_DUE, customer, byMs).map(toPending);
  }

  /** Those that wait at these places, as far as they still do. */
  pendingAt(customer: string, places: readonly { id: number; releasesAtMs: number }[]): Pending[] {
    const sql = 'SELECT * FROM pending WHERE customer = ? AND releases_ms = ? AND id = ?';
    return places.flatMap(({ id, releasesAtMs }) => {
      const row = this.#db.one(sql, customer, releasesAtMs, id);
      return row === null ? [] : toPending(row);
    });
  }

  /** One of those that wait; null where it does not wait any more. */
  pendingOne(customer: string, id: number): Pending | null {
    const row = this.#db.one('SELECT * FROM pending WHERE customer = ? AND id = ?', customer, id);
    return row === null ? null : toPending(row);
  }

  /** What waits, the soonest released first, after one of them. */
  pendingPage(customer: string, after: { releasesAtMs: number; id: number } | null, limit: number): Pending[] {
    const place = [after?.releasesAtMs ?? -NEVER, after?.id ?? 0] as const;
    return this.#db.all(PENDING_PAGE, customer, ...place, limit).map(toPending);
  }

  pendingSum(customers: string[]): number {
    return Number(this.#db.one(PENDING_SUM, JSON.stringify(customers))?.points ?? 0);
  }
}
