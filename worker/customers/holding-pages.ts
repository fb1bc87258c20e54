/** What a customer holds besides points and orders, page by page, as they take it along where they move; and what of it waits. */
import { HOLDING_KINDS, type Holding } from '../domain/vouchers/carried.ts';
import type { Database } from '../storage/database.ts';
import { jsonTexts } from '../storage/json-texts.ts';
import { toCredit, toHolding, toMade, toPending, toRedemption, toVoucher } from './rows.ts';

/** The migration that made the tables. */
const SINCE = 5;

/** The last one that was handed over; null: none was. */
export type HoldingPlace = { kind: Holding['kind']; id: string } | null;

/** Ids sort as texts: instants and numbers are padded. */
const PENDING_ID = "printf('%016d %d', releases_ms, id)";
const REFERRAL_ID = "printf('%016d %s', started_ms, referral)";
const SOURCES: Record<Holding['kind'], string> = {
  credit:
    "SELECT *, voucher || ' ' || credit AS place FROM gift_credit WHERE customer = ?1 AND voucher || ' ' || credit > ?2",
  pending: `SELECT *, ${PENDING_ID} AS place FROM pending WHERE customer = ?1 AND ${PENDING_ID} > ?2`,
  redemption: 'SELECT *, redemption AS place FROM redemption WHERE customer = ?1 AND redemption > ?2',
  referral: `SELECT *, ${REFERRAL_ID} AS place FROM referral WHERE customer = ?1 AND ${REFERRAL_ID} > ?2`,
  voucher: 'SELECT *, voucher AS place FROM held_voucher WHERE customer = ?1 AND voucher > ?2',
};

export class HoldingPages {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** After a place, at most `limit`; fewer are all. */
  after(customer: string, place: HoldingPlace, limit: number): Holding[] {
    if (this.#db.version() < SINCE) return [];
    const found: Holding[] = [];
    const first = place === null ? 0 : HOLDING_KINDS.indexOf(place.kind);
    for (const kind of HOLDING_KINDS.slice(first)) {
      const from = place !== null && kind === place.kind ? place.id : '';
      if (found.length < limit) found.push(...this.#page(customer, kind, from, limit - found.length));
    }
    return found;
  }

  /** Within a transaction: keeps what somebody who is moving here brings until the last of it came. */
  stage(loser: string, holdings: Holding[]): void {
    const sql = `INSERT INTO arriving_holding (loser, kind, id, body)
      SELECT ?1, value ->> 'kind', value ->> 'id', value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`;
    for (const text of jsonTexts(holdings)) this.#db.run(sql, loser, text);
  }

  /** What was kept, a hundred at a time, but for what `last` brings as well. */
  *staged(loser: string, last: Holding[]): Generator<Holding[]> {
    const brought = new Set(last.map(({ kind, id }) => `${kind} ${id}`));
    let [kind, id] = ['', ''];
    for (;;) {
      const sql = 'SELECT * FROM arriving_holding WHERE loser = ? AND (kind, id) > (?, ?) ORDER BY kind, id LIMIT 100';
      const rows = this.#db.all(sql, loser, kind, id);
      const end = rows.at(-1);
      if (end === undefined) return;
      [kind, id] = [String(end.kind), String(end.id)];
      yield rows.map(toHolding).filter((one) => !brought.has(`${one.kind} ${one.id}`));
    }
  }

  forget(loser: string): void {
    this.#db.run('DELETE FROM arriving_holding WHERE loser = ?', loser);
  }

  #page(customer: string, kind: Holding['kind'], from: string, limit: number): Holding[] {
    const rows = this.#db.all(`${SOURCES[kind]} ORDER BY place LIMIT ?3`, customer, from, limit);
    return rows.map((row): Holding => {
      const id = String(row.place);
      if (kind === 'credit') return { kind, id, body: toCredit(row) };
      if (kind === 'pending') return { kind, id, body: toPending(row) };
      if (kind === 'referral') return { kind, id, body: toMade(row) };
      return kind === 'redemption' ? { kind, id, body: toRedemption(row) } : { kind, id, body: toVoucher(row) };
    });
  }
}
