/** Vouchers that customers hold, with what was redeemed of them. SQL only; it decides nothing. */
import type { CountName, Counts } from '../domain/vouchers/facts.ts';
import { periodStart, type ShopCalendar } from '../domain/vouchers/tally.ts';
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Database } from '../storage/database.ts';
import { type Row, toCredit, toRedemption, toVoucher } from './rows.ts';

/** The migration that made the tables, and the one since which rows say when they changed. */
const SINCE = 5;
const NUMBERED = 6;

/** What is counted: redemptions that stand, of one voucher or of its campaign's codes here, by all or by one redeemer. */
export interface Counting {
  names: readonly CountName[];
  voucher: string;
  campaign: string | null;
  redeemer: string | null;
}

/** As it stands, and the customer's row with which it came to be so. */
export interface Changed<T> {
  seq: number;
  value: T;
}

/** The last one that was listed. */
export interface VoucherPlace {
  createdAtMs: number;
  voucher: string;
}

export class VoucherStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  voucher(customer: string, id: string): Voucher | null {
    return this.vouchers(customer, [id])[0] ?? null;
  }

  vouchers(customer: string, ids: readonly string[]): Voucher[] {
    if (ids.length === 0) return [];
    const sql = `SELECT body FROM held_voucher WHERE customer = ? AND voucher IN (SELECT value FROM json_each(?))`;
    return this.#all(sql, customer, JSON.stringify(ids)).map(toVoucher);
  }

  /** Those that were not taken away, the newest first, after the last one of the page before. */
  page(customer: string, limit: number, before: VoucherPlace | null): Voucher[] {
    const sql = `SELECT body FROM held_voucher
      WHERE customer = ?1 AND body ->> '$.held.removed' IS NULL AND (body ->> 'createdAtMs', voucher) < (?2, ?3)
      ORDER BY body ->> 'createdAtMs' DESC, voucher DESC LIMIT ?4`;
    const { createdAtMs, voucher } = before ?? { createdAtMs: Number.MAX_SAFE_INTEGER, voucher: '' };
    return this.#all(sql, customer, createdAtMs, voucher, limit).map(toVoucher);
  }

  hasAny(customer: string): boolean {
    return this.#all('SELECT 1 FROM held_voucher WHERE customer = ? LIMIT 1', customer).length > 0;
  }

  /** To which something happens by itself by an instant. */
  due(customer: string, atMs: number): Voucher[] {
    const sql = `SELECT body FROM held_voucher INDEXED BY held_voucher_due
      WHERE customer = ? AND due_ms IS NOT NULL AND due_ms <= ? ORDER BY due_ms, voucher`;
    return this.#all(sql, customer, atMs).map(toVoucher);
  }

  redemptions(customer: string, ids: readonly string[]): Redemption[] {
    if (ids.length === 0) return [];
    const sql = `SELECT body FROM redemption WHERE customer = ? AND redemption IN (SELECT value FROM json_each(?))`;
    return this.#all(sql, customer, JSON.stringify(ids)).map(toRedemption);
  }

  /** Those of these, and those that hang from one of them. */
  redemptionsIn(customer: string, ids: readonly string[]): Redemption[] {
    const sql = `SELECT body FROM redemption WHERE customer = ?1 AND (redemption IN (SELECT value FROM json_each(?2))
      OR body ->> 'parent' IN (SELECT value FROM json_each(?2))) ORDER BY at_ms, redemption`;
    return this.#all(sql, customer, JSON.stringify(ids)).map(toRedemption);
  }

  /** Refused ones among them; the oldest first. */
  redemptionsOf(customer: string, voucher: string): Redemption[] {
    const sql = `SELECT body FROM redemption WHERE customer = ? AND voucher = ? ORDER BY at_ms, redemption`;
    return this.#all(sql, customer, voucher).map(toRedemption);
  }

  /** What changed after the customer's row of that number, each with when; 0: all. `ids`: of these alone. */
  vouchersSince(customer: string, seq: number, ids: readonly string[] | null): Changed<Voucher>[] {
    return this.#since('held_voucher', { customer, seq, ids }, toVoucher);
  }

  redemptionsSince(customer: string, seq: number, ids: readonly string[] | null): Changed<Redemption>[] {
    return this.#since('redemption', { customer, seq, ids }, toRedemption);
  }

  /** Those that stand or were rolled back, not the refused ones. */
  redemptionsOfOrder(customer: string, orderId: string): Redemption[] {
    const sql = `SELECT body FROM redemption WHERE customer = ? AND order_id = ? AND body ->> 'failure' IS NULL`;
    return this.#all(sql, customer, orderId).map(toRedemption);
  }

  credits(customer: string, voucher: string): GiftCredit[] {
    const sql = "SELECT body FROM gift_credit WHERE customer = ? AND voucher = ? ORDER BY body ->> 'atMs', credit";
    return this.#all(sql, customer, voucher).map(toCredit);
  }

  /** Orders of the customer that stand. */
  standingOrders(customer: string): number {
    const sql = `SELECT COUNT(*) AS count FROM orders WHERE customer = ? AND placed_ms IS NOT NULL
      AND body ->> 'cancelledAtMs' IS NULL AND NOT coalesce(body ->> '$.snapshot.refunded', 0)`;
    return Number(this.#db.one(sql, customer)?.count ?? 0);
  }

  counts(customer: string, { names, ...of }: Counting, nowMs: number, calendar: ShopCalendar): Counts {
    const counts: Counts = {};
    for (const name of names) {
      const count = this.#count(customer, name, of, { nowMs, calendar });
      if (count !== null) counts[name] = count;
    }
    return counts;
  }

  /** null: not counted here. A campaign's sums are its own object's; of what a voucher was used in all, the voucher says it. */
  #count(
    customer: string,
    name: CountName,
    { voucher, campaign, redeemer }: Omit<Counting, 'names'>,
    { nowMs, calendar }: { nowMs: number; calendar: ShopCalendar },
  ): number | null {
    const [of, by, per] = name.split('.');
    if (per !== 'ever' && per !== 'day' && per !== 'week' && per !== 'month') return null;
    if (of === 'campaign' && (by !== 'customer' || campaign === null)) return null;
    if (by === 'customer' && redeemer === null) return null;
    const sql = `SELECT COUNT(*) AS count FROM redemption WHERE customer = ?1 AND stands = 1
      AND ${of === 'campaign' ? 'campaign' : 'voucher'} = ?2 AND at_ms >= ?3 AND (?4 IS NULL OR redeemer = ?4)`;
    const from = per === 'ever' ? Number.MIN_SAFE_INTEGER : periodStart(per, nowMs, calendar);
    const counted = this.#all(
      sql,
      customer,
      of === 'campaign' ? campaign : voucher,
      from,
      by === 'customer' ? redeemer : null,
    );
    return Number(counted[0]?.count ?? 0);
  }

  #since<T>(
    table: 'held_voucher' | 'redemption',
    { customer, seq, ids }: { customer: string; seq: number; ids: readonly string[] | null },
    read: (row: Row) => T,
  ): Changed<T>[] {
    if (this.#db.version() < NUMBERED || ids?.length === 0) return [];
    const from = `SELECT seq, body FROM ${table} WHERE customer = ?`;
    const key = table === 'redemption' ? 'redemption' : 'voucher';
    const rows =
      ids === null
        ? this.#db.all(seq === 0 ? from : `${from} AND seq > ?`, ...(seq === 0 ? [customer] : [customer, seq]))
        : this.#db.all(`${from} AND ${key} IN (SELECT value FROM json_each(?))`, customer, JSON.stringify(ids));
    return rows.map((row) => ({ seq: Number(row.seq), value: read(row) }));
  }

  #all(sql: string, ...values: SqlStorageValue[]) {
    return this.#db.version() < SINCE ? [] : this.#db.all(sql, ...values);
  }
}
