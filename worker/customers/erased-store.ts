/** What goes and what stays of a customer who is erased. SQL only; it decides nothing. */
import type { LeftVoucher } from '../domain/erasure/vouchers.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Database } from '../storage/database.ts';
import { PLACES } from './rows.ts';

/** The migration that made the table. */
const SINCE = 7;

const ROWS = `n > (SELECT no FROM customer WHERE customer = ?1) * ${PLACES}
  AND n < (SELECT no + 1 FROM customer WHERE customer = ?1) * ${PLACES}`;
/** Others may still ask whether these operations of theirs came about: of each only that is kept. */
const ASKED_FOR = "kind LIKE 'voucher.%' AND key LIKE 'vouchers:%'";
const BARE = `json_patch('{}', json_object('fingerprint', about ->> 'fingerprint',
  'refusal', CASE WHEN about -> 'refusal' IS NULL THEN NULL ELSE json_object('reason', 'abandoned') END))`;
const TABLES = [
  'lot',
  'pending',
  'orders',
  'held_voucher',
  'redemption',
  'gift_credit',
  'referral',
  'errand',
  'adopted',
];
const ARRIVING = ['arriving', 'arriving_order', 'arriving_holding'];

export type ThingKind = 'voucher' | 'use' | 'publication' | 'redemption';

export class ErasedStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Within a transaction: nothing of a customer is left but a row that says so, and which operations came about. */
  scrub(customer: string): void {
    this.#db.run(`DELETE FROM journal WHERE ${ROWS} AND NOT (${ASKED_FOR})`, customer);
    const bare = `name = NULL, order_id = NULL, points = NULL, entries = NULL, about = ${BARE}`;
    this.#db.run(`UPDATE journal SET ${bare} WHERE ${ROWS}`, customer);
    const kept = `SELECT seq FROM journal WHERE ${ROWS}`;
    this.#db.run(`DELETE FROM used_key WHERE customer = ?1 AND seq NOT IN (${kept})`, customer);
    for (const table of TABLES) this.#db.run(`DELETE FROM ${table} WHERE customer = ?`, customer);
    for (const table of ARRIVING) this.#db.run(`DELETE FROM ${table} WHERE loser = ?`, customer);
  }

  /** Within a transaction: who used vouchers that `holder` holds, and for which order, is not known any more. */
  forgetRedeemer(holder: string, redemptions: string[], keys: string[]): void {
    const rows = 'customer = ? AND redemption IN (SELECT value FROM json_each(?))';
    const bare = 'UPDATE redemption SET redeemer = NULL, order_id = NULL WHERE';
    this.#db.run(`${bare} ${rows}`, holder, JSON.stringify(redemptions));
    const said = `json_remove(about, '$.properties.order_id', '$.properties.metadata', '$.properties.reason')`;
    const of = `(SELECT c.no * ${PLACES} + k.seq FROM used_key k JOIN customer c ON c.customer = k.customer
      WHERE k.customer = ? AND k.key IN (SELECT value FROM json_each(?)))`;
    const sql = `UPDATE journal SET order_id = NULL, about = ${said} WHERE n IN ${of}`;
    this.#db.run(sql, holder, JSON.stringify(keys));
  }

  /** Within a transaction. */
  keep(customer: string, kind: ThingKind, things: { id: string; body: object }[]): void {
    const sql = 'INSERT INTO erased_thing (customer, kind, id, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    for (const { id, body } of things) this.#db.run(sql, customer, kind, id, JSON.stringify(body));
  }

  /** Ids of what others keep of a customer: events of theirs say so by their keys. */
  usedCodes(customer: string): string[] {
    const sql = `SELECT substr(key, 10) AS id FROM used_key
      WHERE customer = ? AND key > 'vouchers:r' AND key < 'vouchers:s' AND instr(key, '_') > 0`;
    return this.#db.all(sql, customer).map((row) => String(row.id));
  }

  leftVouchers(customer: string, limit: number): LeftVoucher[] {
    return this.things(customer, 'voucher', limit).map(({ body }) => body as unknown as LeftVoucher);
  }

  /** Within a transaction. */
  drop(customer: string, kind: ThingKind, ids: string[]): void {
    const sql = `DELETE FROM erased_thing
      WHERE customer = ? AND kind = ? AND id IN (SELECT value FROM json_each(?))`;
    this.#db.run(sql, customer, kind, JSON.stringify(ids));
  }

  /** null: nothing is known of it here. */
  thing(customer: string, kind: ThingKind, id: string): JsonObject | null {
    const sql = 'SELECT body FROM erased_thing WHERE customer = ? AND kind = ? AND id = ?';
    const [row] = this.#all(sql, customer, kind, id);
    return row === undefined ? null : (JSON.parse(String(row.body)) as JsonObject);
  }

  things(customer: string, kind: ThingKind, limit: number): { id: string; body: JsonObject }[] {
    const sql = 'SELECT id, body FROM erased_thing WHERE customer = ? AND kind = ? ORDER BY id LIMIT ?';
    return this.#all(sql, customer, kind, limit).map((row) => ({
      id: String(row.id),
      body: JSON.parse(String(row.body)) as JsonObject,
    }));
  }

  #all(sql: string, ...values: SqlStorageValue[]) {
    return this.#db.version() < SINCE ? [] : this.#db.all(sql, ...values);
  }
}
