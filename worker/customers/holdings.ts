/** Writes what a customer holds: lots, pending points, orders, vouchers with their redemptions, errands. And what of it is due next. */
import type { Changes } from '../domain/customer.ts';
import type { Errand } from '../domain/errand.ts';
import { type Lot, NEVER } from '../domain/ledger.ts';
import type { Pending } from '../domain/loyalty/pending.ts';
import type { Made } from '../domain/referrals/made.ts';
import { stateOf, voucherDueMs } from '../domain/vouchers/due.ts';
import { isRolledBack } from '../domain/vouchers/roll-back.ts';
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Database } from '../storage/database.ts';
import { WRITE_MADE } from './referral-store.ts';

const WRITE_LOT = `INSERT INTO lot (customer, expires_ms, lot, points, remaining, origin) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET remaining = excluded.remaining`;

const WRITE_ORDER = `INSERT INTO orders (customer, order_id, seq, placed_ms, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET seq = excluded.seq, placed_ms = excluded.placed_ms, body = excluded.body`;

const WRITE_PENDING = `INSERT INTO pending (customer, releases_ms, id, points, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET points = excluded.points, body = excluded.body`;

const WRITE_VOUCHER = `
  INSERT INTO held_voucher (customer, voucher, campaign, state, starts_ms, ends_ms, due_ms, seq, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET state = excluded.state, starts_ms = excluded.starts_ms, ends_ms = excluded.ends_ms,
    due_ms = excluded.due_ms, seq = excluded.seq, body = excluded.body`;

const WRITE_REDEMPTION = `
  INSERT INTO redemption (customer, redemption, voucher, campaign, redeemer, order_id, at_ms, stands, seq, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET stands = excluded.stands, seq = excluded.seq, body = excluded.body`;

const WRITE_CREDIT = `INSERT INTO gift_credit (customer, voucher, credit, body) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;

const WRITE_ERRAND = `INSERT INTO errand (op, customer, kind, attempts, next_ms, body) VALUES (?, ?, ?, 0, ?, ?)
  ON CONFLICT DO NOTHING`;

/** The dues that are read from tables, each where its table changed. */
export type TableDue = 'lotsDueMs' | 'pendingDueMs' | 'vouchersDueMs';

const EARLIEST: Record<TableDue, string> = {
  lotsDueMs: 'SELECT expires_ms AS at FROM lot WHERE customer = ? ORDER BY expires_ms, lot LIMIT 1',
  pendingDueMs: 'SELECT releases_ms AS at FROM pending WHERE customer = ? ORDER BY releases_ms, id LIMIT 1',
  vouchersDueMs: `SELECT due_ms AS at FROM held_voucher INDEXED BY held_voucher_due
    WHERE customer = ? AND due_ms IS NOT NULL ORDER BY due_ms LIMIT 1`,
};

export class Holdings {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Writes what a decision changed; answers which dues have to be read anew. */
  write(customer: string, changes: Changes): TableDue[] {
    const { lots, orders, head, pending = [], vouchers = [], redemptions = [], credits = [], errands = [] } = changes;
    const { referrals = [] } = changes;
    for (const lot of lots) this.#writeLot(customer, lot);
    for (const order of orders) {
      const { orderId, snapshot } = order;
      this.#db.run(WRITE_ORDER, customer, orderId, head.seq, snapshot?.placedAtMs ?? null, JSON.stringify(order));
    }
    for (const one of pending) this.#writePending(customer, one);
    for (const voucher of vouchers) this.#writeVoucher(customer, head.seq, voucher);
    for (const redemption of redemptions) this.#writeRedemption(customer, head.seq, redemption);
    for (const credit of credits) this.#writeCredit(customer, credit);
    for (const made of referrals) this.#writeMade(customer, head.seq, made);
    for (const errand of errands) this.#writeErrand(customer, errand);
    return [
      ...(lots.length > 0 ? (['lotsDueMs'] as const) : []),
      ...(pending.length > 0 ? (['pendingDueMs'] as const) : []),
      ...(vouchers.length > 0 ? (['vouchersDueMs'] as const) : []),
    ];
  }

  /** When the next of a customer's things is due; null: none ever is. */
  earliest(customer: string, due: TableDue): number | null {
    const at = Number(this.#db.one(EARLIEST[due], customer)?.at ?? NEVER);
    return at === NEVER ? null : at;
  }

  #writeLot(customer: string, { lot, expiresAtMs, points, remaining, origin }: Lot): void {
    if (remaining > 0) this.#db.run(WRITE_LOT, customer, expiresAtMs, lot, points, remaining, origin);
    else this.#db.run('DELETE FROM lot WHERE customer = ? AND expires_ms = ? AND lot = ?', customer, expiresAtMs, lot);
  }

  #writePending(customer: string, { id, releasesAtMs, points, ...body }: Pending): void {
    const place = [customer, releasesAtMs, id] as const;
    if (points > 0) this.#db.run(WRITE_PENDING, ...place, points, JSON.stringify(body));
    else this.#db.run('DELETE FROM pending WHERE customer = ? AND releases_ms = ? AND id = ?', ...place);
  }

  #writeVoucher(customer: string, seq: number, voucher: Voucher): void {
    const { id, campaign, startsAtMs, endsAtMs } = voucher;
    const times = [startsAtMs, endsAtMs, voucherDueMs(voucher)] as const;
    this.#db.run(WRITE_VOUCHER, customer, id, campaign, stateOf(voucher), ...times, seq, JSON.stringify(voucher));
  }

  #writeRedemption(customer: string, seq: number, redemption: Redemption): void {
    const { id, voucher, campaign, customer: redeemer, orderId, atMs, failure } = redemption;
    const stands = failure === null && !isRolledBack(redemption) ? 1 : 0;
    const about = [voucher, campaign, redeemer, orderId, atMs, stands] as const;
    this.#db.run(WRITE_REDEMPTION, customer, id, ...about, seq, JSON.stringify(redemption));
  }

  #writeCredit(customer: string, credit: GiftCredit): void {
    this.#db.run(WRITE_CREDIT, customer, credit.voucher, credit.id, JSON.stringify(credit));
  }

  #writeMade(customer: string, seq: number, made: Made): void {
    this.#db.run(WRITE_MADE, customer, made.startedAtMs, made.id, seq, JSON.stringify(made));
  }

  #writeErrand(customer: string, { op, kind, body, waitsMs }: Errand): void {
    // the wall clock, by which errands are run
    const nextMs = waitsMs === undefined ? 0 : Date.now() + waitsMs;
    this.#db.run(WRITE_ERRAND, op, customer, kind, nextMs, JSON.stringify(body));
  }
}
