/** The only SQL of the Codes database. Rows in, values out; it decides nothing. */
import first from '../../migrations/codes/0001_codes.sql';
import type { Tally } from '../domain/vouchers/tally.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { Database } from '../storage/database.ts';
import type { CodeRow, Entry, EntryBody, Hold, UsedKey } from './entries.ts';

type Row = Record<string, SqlStorageValue>;

const WRITE_CODE = `
  INSERT INTO code (code, shown, owner, customer, campaign, token, made_ms, last, tally, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET owner = excluded.owner, customer = excluded.customer, token = excluded.token,
    last = excluded.last, tally = excluded.tally, body = excluded.body`;

/** Codes that are not there yet; all other columns are empty. */
const CLAIM = `
  INSERT INTO code (code, shown, owner, customer, campaign, token, made_ms, last, tally, body)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?2, NULL, NULL, value ->> 6
  FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING RETURNING code`;

/** Back along what happened to a code. */
const HISTORY = `
  WITH RECURSIVE past (seq) AS (
    SELECT ?1 UNION ALL SELECT e.prev FROM past JOIN entry e ON e.seq = past.seq WHERE e.prev IS NOT NULL LIMIT ?2
  ) SELECT e.* FROM past JOIN entry e ON e.seq = past.seq ORDER BY e.seq DESC`;

export class CodeStore {
  readonly #db: Database;
  #lastSeq: number | null = null;
  #told: Record<string, number> | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first]);
  }

  get rowsWritten(): number {
    return this.#db.rowsWritten;
  }

  get rowsRead(): number {
    return this.#db.rowsRead;
  }

  /** What a throw undoes is not remembered either. */
  transaction<T>(work: () => T): T {
    this.#db.migrate();
    try {
      return this.#db.transaction(work);
    } catch (error) {
      this.#lastSeq = null;
      throw error;
    }
  }

  code(key: string): CodeRow | null {
    const row = this.#db.one('SELECT * FROM code WHERE code = ?', key);
    return row === null ? null : toCode(row);
  }

  codes(keys: string[]): Map<string, CodeRow> {
    const rows = this.#db.all(
      'SELECT * FROM code WHERE code IN (SELECT value FROM json_each(?))',
      JSON.stringify(keys),
    );
    return new Map(rows.map((row) => [String(row.code), toCode(row)]));
  }

  /** Codes after `after`, for telling all of them again. */
  page(after: string, limit: number): CodeRow[] {
    return this.#db.all('SELECT * FROM code WHERE code > ? ORDER BY code LIMIT ?', after, limit).map(toCode);
  }

  writeCode(row: CodeRow): void {
    const { key, code, owner, customer, campaign, token, madeAtMs, last } = row;
    const about = [key, code, owner, customer, campaign, token, madeAtMs, last] as const;
    this.#db.run(WRITE_CODE, ...about, textOrNull(row.tally), textOrNull(row.voucher));
  }

  /** Adds those that are not there; answers which. */
  claim(rows: CodeRow[], madeAtMs: number): Set<string> {
    const values = rows.map((row) => [
      row.key,
      row.code,
      row.owner,
      row.customer,
      row.campaign,
      row.token,
      textOrNull(row.voucher),
    ]);
    return new Set(this.#db.changing(CLAIM, JSON.stringify(values), madeAtMs).map((row) => String(row.code)));
  }

  dropCode(key: string): void {
    this.#db.run('DELETE FROM code WHERE code = ?', key);
  }

  /** Adds what happened to a code, and answers its row with it as the newest. The caller writes the row. */
  append(row: CodeRow, atMs: number, body: EntryBody): CodeRow {
    return { ...row, last: this.note({ key: row.key, prev: row.last, atMs, body }) };
  }

  /** Adds an entry; its number. */
  note({ key, prev, atMs, body }: Omit<Entry, 'seq'>): number {
    const seq = this.lastSeq() + 1;
    const { kind, ...rest } = body;
    this.#db.run(
      'INSERT INTO entry (seq, code, prev, at_ms, kind, body) VALUES (?, ?, ?, ?, ?, ?)',
      seq,
      key,
      prev,
      atMs,
      kind,
      JSON.stringify(rest),
    );
    this.#lastSeq = seq;
    return seq;
  }

  entry(seq: number): Entry | null {
    const row = this.#db.one('SELECT * FROM entry WHERE seq = ?', seq);
    return row === null ? null : toEntry(row);
  }

  entries(seqs: number[]): Entry[] {
    return this.#db
      .all('SELECT * FROM entry WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq', JSON.stringify(seqs))
      .map(toEntry);
  }

  entriesAfter(seq: number, limit: number): Entry[] {
    return this.#db.all('SELECT * FROM entry WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit).map(toEntry);
  }

  /** What happened to a code up to an entry, the newest first. */
  history(from: number, limit: number): Entry[] {
    return this.#db.all(HISTORY, from, limit).map(toEntry);
  }

  /** What an entry says of a redemption that was taken back since. */
  writeEntry({ seq, body }: Entry): void {
    const { kind, ...rest } = body;
    this.#db.run('UPDATE entry SET kind = ?, body = ? WHERE seq = ?', kind, JSON.stringify(rest), seq);
  }

  lastSeq(): number {
    this.#lastSeq ??= Number(this.#db.one('SELECT MAX(seq) AS seq FROM entry')?.seq ?? 0);
    return this.#lastSeq;
  }

  usedKey(key: string): UsedKey | null {
    const row = this.#db.one('SELECT fingerprint, body FROM used_key WHERE key = ?', key);
    return row === null ? null : { fingerprint: String(row.fingerprint), first: JSON.parse(String(row.body)) };
  }

  useKey(key: string, { fingerprint, first: answer }: UsedKey): void {
    const sql = 'INSERT INTO used_key (key, fingerprint, body) VALUES (?, ?, ?)';
    this.#db.run(sql, key, fingerprint, JSON.stringify(answer));
  }

  /** What is known of it has changed. */
  writeKey(key: string, { first }: UsedKey): void {
    this.#db.run('UPDATE used_key SET body = ? WHERE key = ?', JSON.stringify(first), key);
  }

  dropTally(code: string, customer: string): void {
    this.#db.run('DELETE FROM customer_tally WHERE code = ? AND customer = ?', code, customer);
  }

  tallyOf(code: string, customer: string): Tally | null {
    const row = this.#db.one('SELECT tally FROM customer_tally WHERE code = ? AND customer = ?', code, customer);
    return row === null ? null : (JSON.parse(String(row.tally)) as Tally);
  }

  writeTally(code: string, customer: string, tally: Tally): void {
    const sql = `INSERT INTO customer_tally (code, customer, tally) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET tally = excluded.tally`;
    this.#db.run(sql, code, customer, JSON.stringify(tally));
  }

  hold(key: string): Hold | null {
    const row = this.#db.one('SELECT body FROM hold WHERE key = ?', key);
    return row === null ? null : (JSON.parse(String(row.body)) as Hold);
  }

  /** Open since before a wall time. */
  holdsSince(wallMs: number, limit: number): { key: string; hold: Hold }[] {
    return this.#db
      .all('SELECT key, body FROM hold WHERE at_ms <= ? ORDER BY at_ms LIMIT ?', wallMs, limit)
      .map((row) => ({ key: String(row.key), hold: JSON.parse(String(row.body)) as Hold }));
  }

  oldestHoldMs(): number | null {
    const row = this.#db.one('SELECT MIN(at_ms) AS at FROM hold');
    return row === null || row.at === null ? null : Number(row.at);
  }

  writeHold(key: string, hold: Hold): void {
    this.#db.run('INSERT INTO hold (key, at_ms, body) VALUES (?, ?, ?)', key, hold.sinceMs, JSON.stringify(hold));
  }

  dropHold(key: string): void {
    this.#db.run('DELETE FROM hold WHERE key = ?', key);
  }

  /** The last entry that a listener knows; 0: none. */
  told(target: string): number {
    if (this.#told === null) {
      const row = this.#db.one('SELECT body FROM told');
      this.#told = row === null ? {} : (JSON.parse(String(row.body)) as Record<string, number>);
    }
    return this.#told[target] ?? 0;
  }

  /** Known here at once; `saveTold` keeps it. Whoever is told again after a crash does not mind. */
  setTold(target: string, seq: number): void {
    this.#told = { ...this.#told, [target]: Math.max(seq, this.told(target)) };
  }

  /** One row for all listeners. */
  saveTold(): void {
    const sql = 'INSERT INTO told (one, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.#db.run(sql, JSON.stringify(this.#told));
  }
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function toCode(row: Row): CodeRow {
  return {
    key: String(row.code),
    code: String(row.shown),
    owner: String(row.owner) as CodeRow['owner'],
    customer: row.customer === null ? null : String(row.customer),
    campaign: row.campaign === null ? null : String(row.campaign),
    token: row.token === null ? null : String(row.token),
    madeAtMs: Number(row.made_ms),
    last: row.last === null ? null : Number(row.last),
    tally: row.tally === null ? null : (JSON.parse(String(row.tally)) as Tally),
    voucher: row.body === null ? null : (JSON.parse(String(row.body)) as Voucher),
  };
}

function toEntry(row: Row): Entry {
  const body = { kind: String(row.kind), ...(JSON.parse(String(row.body)) as object) } as EntryBody;
  return {
    seq: Number(row.seq),
    key: String(row.code),
    prev: row.prev === null ? null : Number(row.prev),
    atMs: Number(row.at_ms),
    body,
  };
}
