/**
 * The writes of one call: heads and keys of all its customers are read at once, journal rows, keys and heads are written
 * at once. Statements cost more than rows, so a call pays for a handful of them however many events it brings.
 */
import type { Changes, Head } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import { type Lot, NEVER } from '../domain/ledger.ts';
import { twinKey } from '../domain/merge.ts';
import { flipOf } from '../domain/segments/membership.ts';
import type { Database } from '../storage/database.ts';
import { jsonTexts } from '../storage/json-texts.ts';
import type { Histories } from './histories.ts';
import type { CustomerHistory } from './history.ts';
import type { Untold } from './outbox.ts';
import { headValues, placeOf, type Row, toHead, toJournalRow } from './rows.ts';

const HEADS = 'SELECT * FROM customer WHERE customer IN (SELECT value FROM json_each(?))';

export const KEYS = `SELECT k.customer, k.key, k.seq FROM json_each(?) j
  JOIN used_key k ON k.customer = j.value ->> 0 AND k.key = j.value ->> 1`;

const WRITE_JOURNAL = `
  INSERT INTO journal (n, customer, seq, kind, name, at_ms, recorded_ms, key, order_id, points, programme, entries, about)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12 FROM json_each(?)`;

const WRITE_KEYS = `INSERT INTO used_key (customer, key, seq)
  SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`;

const USED_KEYS = `SELECT key FROM used_key WHERE customer = ?1 AND key IN (SELECT value FROM json_each(?2))`;

const WRITE_HEADS = `
  INSERT INTO customer (customer, seq, now_ms, balance, debt, lifetime, next_due_ms, first_seen_ms, last_seen_ms,
    known, orders, moved_to, traits, consents, profiles, segments, lists, segments_version, lots_due_ms,
    no)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14,
    value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19
  FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET seq = excluded.seq, now_ms = excluded.now_ms, balance = excluded.balance,
    debt = excluded.debt, lifetime = excluded.lifetime, next_due_ms = excluded.next_due_ms,
    first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms, known = excluded.known,
    orders = excluded.orders, moved_to = excluded.moved_to, traits = excluded.traits,
    consents = excluded.consents, profiles = excluded.profiles, segments = excluded.segments, lists = excluded.lists,
    segments_version = excluded.segments_version, lots_due_ms = excluded.lots_due_ms`;

const WRITE_LOT = `INSERT INTO lot (customer, expires_ms, lot, points, remaining, origin) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET remaining = excluded.remaining`;

const WRITE_ORDER = `INSERT INTO orders (customer, order_id, seq, placed_ms, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET seq = excluded.seq, placed_ms = excluded.placed_ms, body = excluded.body`;

export class Batch {
  readonly #db: Database;
  readonly #heads = new Map<string, Head>();
  readonly #changed = new Set<string>();
  /** Those of whom nothing is stored. */
  readonly #newcomers = new Set<string>();
  readonly #keys = new Map<string, number>();
  readonly #rows: { customer: string; row: JournalRow }[] = [];
  /** Whose next points to run out have to be read anew. */
  readonly #dueAnew = new Set<string>();
  readonly #histories: Histories;
  #touchedDue = false;
  /** Customers by their numbers in this object. */
  readonly #numbers = new Map<string, number>();
  readonly #untold = new Map<string, Untold>();
  /** The number of the last customer who came here. */
  #lastNumber: number;
  #latestMs = 0;

  constructor(db: Database, { lastNumber, histories }: { lastNumber: number; histories: Histories }) {
    this.#db = db;
    this.#lastNumber = lastNumber;
    this.#histories = histories;
  }

  /** Whether anybody's next due instant may have changed. */
  get touchedDue(): boolean {
    return this.#touchedDue;
  }

  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** The latest instant that anything was decided at in this call. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** Whose copies the written rows change. */
  get untold(): ReadonlyMap<string, Untold> {
    return this.#untold;
  }

  load(customers: string[], keys: { customer: string; key: string }[]): void {
    for (const customer of customers) if (!this.#heads.has(customer)) this.#newcomers.add(customer);
    for (const row of this.#db.all(HEADS, JSON.stringify(customers))) {
      this.#newcomers.delete(String(row.customer));
      this.#heads.set(String(row.customer), toHead(row));
      if (row.no != null) this.#numbers.set(String(row.customer), Number(row.no));
    }
    if (keys.length === 0) return;
    const pairs = JSON.stringify(keys.map(({ customer, key }) => [customer, key]));
    for (const row of this.#db.all(KEYS, pairs))
      this.#keys.set(nameOf(String(row.customer), String(row.key)), Number(row.seq));
  }

  head(customer: string): Head | null {
    return this.#heads.get(customer) ?? null;
  }

  /** The row that used this key, be it of this very call; null where the key is new. */
  rowOfKey(customer: string, key: string): JournalRow | null {
    const seq = this.#keys.get(nameOf(customer, key));
    if (seq === undefined) return null;
    const pending = this.#rows.find((one) => one.customer === customer && one.row.seq === seq);
    if (pending !== undefined) return pending.row;
    const row: Row | null = this.#db.one('SELECT * FROM journal WHERE n = ?', this.#placeOf(customer, seq));
    if (row === null) throw new Error('a used key without its journal row');
    return toJournalRow(row);
  }

  /** Takes a decision over. Lots and orders are written at once, for the next decision of this call reads them. */
  add(customer: string, changes: Changes): void {
    this.setHead(customer, changes.head);
    const history = this.#histories.known(customer);
    for (const row of changes.rows) {
      this.#rows.push({ customer, row });
      history?.add(row);
      if (row.key !== null) this.#keys.set(nameOf(customer, row.key), row.seq);
    }
    for (const lot of changes.lots) this.#writeLot(customer, lot);
    for (const order of changes.orders) {
      const { orderId, snapshot } = order;
      this.#db.run(
        WRITE_ORDER,
        customer,
        orderId,
        changes.head.seq,
        snapshot?.placedAtMs ?? null,
        JSON.stringify(order),
      );
    }
  }

  setHead(customer: string, head: Head): void {
    if (this.#heads.get(customer)?.nextDueMs !== head.nextDueMs) this.#touchedDue = true;
    this.#heads.set(customer, head);
    this.#changed.add(customer);
  }

  /**
   * Writes rows of somebody who turned out to be this customer, with their keys, at once. An event that both were told
   * stays once, unless it moved points; of two operations under one key each goes on answering its own request.
   */
  carry(customer: string, rows: JournalRow[]): void {
    const keys = rows.flatMap((row) => [row.key ?? [], twinKey(row) ?? []].flat());
    const used = new Set(this.#db.all(USED_KEYS, customer, JSON.stringify(keys)).map((row) => String(row.key)));
    for (const row of rows) {
      const key = [row.key, twinKey(row)].find((one) => one !== null && !used.has(one)) ?? null;
      const isTwice = row.key !== null && key === null;
      if (!isTwice || row.entries.length > 0) this.#rows.push({ customer, row: { ...row, key } });
    }
    this.#writeRows();
    this.#newcomers.delete(customer);
    this.#histories.forget(customer);
  }

  /** The customer's past, with what this call adds to it. */
  history(customer: string): CustomerHistory {
    const known = this.#histories.known(customer);
    if (known !== null) return this.#histories.of(customer);
    const history = this.#histories.of(customer);
    if (this.#newcomers.has(customer)) history.beginsHere();
    for (const one of this.#rows) if (one.customer === customer) history.add(one.row);
    return history;
  }

  /** The customer, with what is due next as lots and segments stand now. */
  due(customer: string): Head {
    const head = this.head(customer);
    if (head === null) throw new Error('nothing was written of this customer');
    const due = this.#dueHead(customer, head);
    this.#heads.set(customer, due);
    return due;
  }

  /** When the next points run out is to be read from the lots. */
  readDueAnew(customer: string): void {
    this.#dueAnew.add(customer);
  }

  /** Writes what was gathered; call once, last in the transaction. */
  flush(): void {
    this.#writeRows();
    const heads = [...this.#changed].flatMap((customer) => {
      const head = this.#heads.get(customer);
      if (head === undefined) return [];
      this.#latestMs = Math.max(this.#latestMs, head.nowMs);
      return [[...headValues(customer, this.#dueHead(customer, head)), this.#numberOf(customer)]];
    });
    if (heads.length > 0) this.#db.run(WRITE_HEADS, JSON.stringify(heads));
  }

  #writeRows(): void {
    if (this.#rows.length === 0) return;
    const values = this.#rows.map(({ customer, row }) => this.#rowValues(customer, row));
    for (const text of jsonTexts(values)) this.#db.run(WRITE_JOURNAL, text);
    this.#histories.written(new Set(this.#rows.map(({ customer }) => customer)));
    const keys = this.#rows.flatMap(({ customer, row }) => (row.key === null ? [] : [[customer, row.key, row.seq]]));
    if (keys.length > 0) this.#db.run(WRITE_KEYS, JSON.stringify(keys));
    this.#rows.length = 0;
  }

  /** What happens next: points run out, which is read where lots changed, or a segment's window does. To one who left nothing does. */
  #dueHead(customer: string, head: Head): Head {
    const lotsDueMs = this.#dueAnew.delete(customer) ? this.#lotsDueMs(customer) : head.lotsDueMs;
    const dues = [lotsDueMs, flipOf(head.segments)].filter((at) => at !== null);
    const nextDueMs = head.movedTo !== null || dues.length === 0 ? null : Math.min(...dues);
    if (nextDueMs !== head.nextDueMs) this.#touchedDue = true;
    return { ...head, lotsDueMs, nextDueMs };
  }

  #lotsDueMs(customer: string): number | null {
    const sql = 'SELECT expires_ms FROM lot WHERE customer = ? ORDER BY expires_ms, lot LIMIT 1';
    const earliest = Number(this.#db.one(sql, customer)?.expires_ms ?? NEVER);
    return earliest === NEVER ? null : earliest;
  }

  /** A customer who is new here takes the next number. */
  #numberOf(customer: string): number {
    const known = this.#numbers.get(customer);
    if (known !== undefined) return known;
    const stored = this.#db.one('SELECT no FROM customer WHERE customer = ?', customer)?.no;
    if (stored == null) this.#lastNumber += 1;
    const number = stored == null ? this.#lastNumber : Number(stored);
    this.#numbers.set(customer, number);
    return number;
  }

  #placeOf(customer: string, seq: number): number {
    return placeOf(this.#numberOf(customer), seq);
  }

  #rowValues(customer: string, row: JournalRow): unknown[] {
    const { seq, kind, name, atMs, recordedAtMs, key, orderId, programmeVersion, entries, about } = row;
    const moving = entries.filter((entry) => entry.kind !== 'settled');
    const points = moving.length === 0 ? null : moving.reduce((sum, entry) => sum + entry.points, 0);
    const told = entries.length === 0 ? null : JSON.stringify(entries);
    this.#noteUntold(customer, row, points !== null);
    const what = [kind, name, atMs, recordedAtMs, key, orderId, points, programmeVersion, told, JSON.stringify(about)];
    return [this.#placeOf(customer, seq), customer, seq, ...what];
  }

  #noteUntold(customer: string, { seq, kind, orderId, about }: JournalRow, points: boolean): void {
    const known = this.#untold.get(customer);
    const untold = known ?? { from: seq - 1, orders: new Set(), points: false, profile: false, groups: false };
    if (known === undefined) this.#untold.set(customer, untold);
    const isMerge = kind === 'customer.merged';
    untold.from = Math.min(untold.from, seq - 1);
    untold.points ||= points;
    untold.profile ||= isMerge || about.traits !== undefined;
    untold.groups ||= isMerge || about.lists !== undefined || GROUP_KINDS.has(kind);
    if (orderId !== null) untold.orders.add(orderId);
  }

  #writeLot(customer: string, lot: Lot): void {
    this.#dueAnew.add(customer);
    const { expiresAtMs, points, remaining, origin } = lot;
    if (remaining > 0) this.#db.run(WRITE_LOT, customer, expiresAtMs, lot.lot, points, remaining, origin);
    else
      this.#db.run('DELETE FROM lot WHERE customer = ? AND expires_ms = ? AND lot = ?', customer, expiresAtMs, lot.lot);
  }
}

const GROUP_KINDS = new Set<string>(['segment.entered', 'segment.left', 'list.left']);

function nameOf(customer: string, key: string): string {
  return `${customer} ${key}`;
}
