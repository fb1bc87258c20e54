/**
 * The writes of one call: heads and keys of all its customers are read at once, journal rows, keys and heads are written
 * at once. Statements cost more than rows, so a call pays for a handful of them however many events it brings.
 */
import type { Changes, Head } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import { twinKey } from '../domain/merge.ts';
import { flipOf } from '../domain/segments/membership.ts';
import type { Database } from '../storage/database.ts';
import { jsonTexts } from '../storage/json-texts.ts';
import type { Histories } from './histories.ts';
import type { CustomerHistory } from './history.ts';
import { Holdings, type TableDue } from './holdings.ts';
import type { Untold } from './outbox.ts';
import { headValues, placeOf, type Row, toHead, toJournalRow } from './rows.ts';
import { UntoldNotes } from './untold.ts';

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
    loyalty, pending_due_ms, vouchers_due_ms, no)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14,
    value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19,
    value ->> 20, value ->> 21, value ->> 22
  FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET seq = excluded.seq, now_ms = excluded.now_ms, balance = excluded.balance,
    debt = excluded.debt, lifetime = excluded.lifetime, next_due_ms = excluded.next_due_ms,
    first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms, known = excluded.known,
    orders = excluded.orders, moved_to = excluded.moved_to, traits = excluded.traits,
    consents = excluded.consents, profiles = excluded.profiles, segments = excluded.segments, lists = excluded.lists,
    segments_version = excluded.segments_version, lots_due_ms = excluded.lots_due_ms,
    loyalty = excluded.loyalty, pending_due_ms = excluded.pending_due_ms, vouchers_due_ms = excluded.vouchers_due_ms`;

/** Of whose next due stays as it is: its index is not written again for the value that it has. */
const WRITE_HEADS_BUT_DUE = WRITE_HEADS.replace('next_due_ms = excluded.next_due_ms,', '');

export class Batch {
  readonly #db: Database;
  readonly #heads = new Map<string, Head>();
  readonly #changed = new Set<string>();
  /** When something is due next, as it is stored, of those whose heads were read here. */
  readonly #storedDue = new Map<string, number | null>();
  /** Those of whom nothing is stored. */
  readonly #newcomers = new Set<string>();
  readonly #keys = new Map<string, number>();
  readonly #rows: { customer: string; row: JournalRow }[] = [];
  readonly #holdings: Holdings;
  /** Which dues have to be read anew from their tables. */
  readonly #dueAnew = new Map<string, Set<TableDue>>();
  readonly #histories: Histories;
  #touchedDue = false;
  #touchedErrands = false;
  /** Customers by their numbers in this object. */
  readonly #numbers = new Map<string, number>();
  readonly #untold = new UntoldNotes();
  /** The number of the last customer who came here. */
  #lastNumber: number;
  #latestMs = 0;

  constructor(db: Database, { lastNumber, histories }: { lastNumber: number; histories: Histories }) {
    this.#db = db;
    this.#holdings = new Holdings(db);
    this.#lastNumber = lastNumber;
    this.#histories = histories;
  }

  /** Whether anybody's next due instant may have changed. */
  get touchedDue(): boolean {
    return this.#touchedDue;
  }

  get touchedErrands(): boolean {
    return this.#touchedErrands;
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
    return this.#untold.all;
  }

  load(customers: string[], keys: { customer: string; key: string }[]): void {
    for (const customer of customers) if (!this.#heads.has(customer)) this.#newcomers.add(customer);
    for (const row of this.#db.all(HEADS, JSON.stringify(customers))) {
      this.#newcomers.delete(String(row.customer));
      const head = toHead(row);
      this.#heads.set(String(row.customer), head);
      this.#storedDue.set(String(row.customer), head.nextDueMs);
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
    const row = this.rowAt(customer, seq);
    if (row === null) throw new Error('a used key without its journal row');
    return row;
  }

  /** A row by its number, be it of this very call. */
  rowAt(customer: string, seq: number): JournalRow | null {
    const pending = this.#rows.find((one) => one.customer === customer && one.row.seq === seq);
    if (pending !== undefined) return pending.row;
    const row: Row | null = this.#db.one('SELECT * FROM journal WHERE n = ?', this.#placeOf(customer, seq));
    return row === null ? null : toJournalRow(row);
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
    this.#touchedErrands ||= changes.errands !== undefined;
    for (const due of this.#holdings.write(customer, changes)) this.readDueAnew(customer, due);
    this.#untold.held(customer, changes);
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

  /** Rows of this call that are not written yet. */
  unwritten(customer: string): JournalRow[] {
    return this.#rows.flatMap((one) => (one.customer === customer ? one.row : []));
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

  /** A due is to be read from its table. */
  readDueAnew(customer: string, due: TableDue): void {
    const known = this.#dueAnew.get(customer);
    if (known === undefined) this.#dueAnew.set(customer, new Set([due]));
    else known.add(due);
  }

  /** Writes what was gathered; call once, last in the transaction. */
  flush(): void {
    this.#writeRows();
    const same: unknown[][] = [];
    const others: unknown[][] = [];
    for (const customer of this.#changed) {
      const head = this.#heads.get(customer);
      if (head === undefined) continue;
      this.#latestMs = Math.max(this.#latestMs, head.nowMs);
      const due = this.#dueHead(customer, head);
      const isSame = this.#storedDue.get(customer) === due.nextDueMs;
      (isSame ? same : others).push([...headValues(customer, due), this.#numberOf(customer)]);
    }
    if (same.length > 0) this.#db.run(WRITE_HEADS_BUT_DUE, JSON.stringify(same));
    if (others.length > 0) this.#db.run(WRITE_HEADS, JSON.stringify(others));
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

  /** What happens next: from tables where they changed, from the programme, from segments. To one who left nothing does. */
  #dueHead(customer: string, stored: Head): Head {
    const anew = [...(this.#dueAnew.get(customer) ?? [])];
    this.#dueAnew.delete(customer);
    const read = anew.map((due) => [due, this.#holdings.earliest(customer, due)] as const);
    const head: Head = { ...stored, ...Object.fromEntries(read) };
    const { lotsDueMs, pendingDueMs, vouchersDueMs, loyalty, segments } = head;
    const waits = [lotsDueMs, pendingDueMs, vouchersDueMs, loyalty.dueMs ?? null, flipOf(segments)];
    const dues = waits.filter((at) => at !== null);
    const nextDueMs = head.movedTo !== null || dues.length === 0 ? null : Math.min(...dues);
    if (nextDueMs !== head.nextDueMs) this.#touchedDue = true;
    return { ...head, nextDueMs };
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
    this.#untold.row(customer, row, points !== null);
    const what = [kind, name, atMs, recordedAtMs, key, orderId, points, programmeVersion, told, JSON.stringify(about)];
    return [this.#placeOf(customer, seq), customer, seq, ...what];
  }
}

function nameOf(customer: string, key: string): string {
  return `${customer} ${key}`;
}
