/** The only SQL of the Connection database: what has to be delivered, in the order of each customer. It decides nothing. */
import first from '../../migrations/connection/0001_connection.sql';
import type { Outcome, Verdict } from '../domain/connections/attempts.ts';
import type { Pointer } from '../domain/connections/told.ts';
import { Database } from '../storage/database.ts';

type Row = Record<string, SqlStorageValue>;

export type DeliveryState = 'pending' | 'failed' | 'succeeded' | 'dead';

export interface Delivery extends Pointer {
  n: number;
  state: DeliveryState;
  toldAtMs: number;
  /** null: not before its turn has come, or never again. */
  nextMs: number | null;
  tries: number;
  attempts: number;
  lastMs: number | null;
  status: number | null;
  error: Outcome['error'];
}

type Named = Pick<Pointer, 'customer' | 'seq' | 'effect'>;

const ADD = `INSERT INTO delivery (customer, seq, effect, type, state, lane, told_ms, tries, attempts)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, 'pending', 1, ?2, 0, 0 FROM json_each(?1) WHERE true
  ON CONFLICT DO NOTHING`;
/** The first of each customer's lane has its turn. */
const TURN = `UPDATE delivery SET next_ms = ?2 WHERE next_ms IS NULL AND n IN (
  SELECT (SELECT n FROM delivery INDEXED BY delivery_lane WHERE lane = 1 AND customer = j.value ORDER BY seq, effect LIMIT 1)
  FROM json_each(?1) j)`;
const LANE = `SELECT * FROM delivery INDEXED BY delivery_lane WHERE lane = 1 AND customer = ? ORDER BY seq, effect LIMIT ?`;
const OUTAGE = "(error IN ('timeout', 'network') OR status >= 500 OR status IN (408, 425, 429))";

export class DeliveryStore {
  readonly #db: Database;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, [first]);
  }

  get rowsWritten(): number {
    return this.#db.rowsWritten;
  }

  /** It was dropped while something was under way, or nothing ever came. */
  get #isDropped(): boolean {
    return this.#db.version() === 0;
  }

  /** Takes pointers; those it has stay as they are. */
  add(pointers: Pointer[], nowMs: number): void {
    this.#db.migrate();
    const rows = pointers.map(({ customer, seq, effect, type }) => [customer, seq, effect, type]);
    const customers = [...new Set(pointers.map(({ customer }) => customer))];
    this.#db.transaction(() => {
      this.#db.run(ADD, JSON.stringify(rows), nowMs);
      this.#db.run(TURN, JSON.stringify(customers), nowMs);
    });
  }

  /** Those whose turn it is by `nowMs`, the longest waiting first. */
  ready(nowMs: number, limit: number): Delivery[] {
    const sql = 'SELECT * FROM delivery WHERE next_ms IS NOT NULL AND next_ms <= ? ORDER BY next_ms LIMIT ?';
    return this.#db.all(sql, nowMs, limit).map(toDelivery);
  }

  /** What waits of a customer, in order. */
  lane(customer: string, limit: number): Delivery[] {
    return this.#db.all(LANE, customer, limit).map(toDelivery);
  }

  /** When the next turn of anybody but these comes; null: nobody waits. */
  nextMs(busy: ReadonlySet<string>): number | null {
    const sql = `SELECT MIN(next_ms) AS at FROM delivery
      WHERE next_ms IS NOT NULL AND customer NOT IN (SELECT value FROM json_each(?))`;
    const at = this.#db.one(sql, JSON.stringify([...busy]))?.at ?? null;
    return at === null ? null : Number(at);
  }

  /** Writes down an attempt, and lets the customer's next one have its turn where this one is done with. */
  attempted({ n, customer }: Delivery, outcome: Outcome, verdict: Verdict, nowMs: number): void {
    if (this.#isDropped) return;
    const isOver = verdict.state !== 'failed';
    this.#db.transaction(() => {
      this.#db.run(
        `UPDATE delivery SET state = ?2, lane = ?3, next_ms = ?4, tries = tries + 1, attempts = attempts + 1,
           last_ms = ?5, status = ?6, error = ?7 WHERE n = ?1`,
        n,
        verdict.state,
        isOver ? 0 : 1,
        verdict.state === 'failed' ? verdict.nextMs : null,
        nowMs,
        outcome.status,
        outcome.error,
      );
      if (isOver) this.#db.run(TURN, JSON.stringify([customer]), nowMs);
    });
  }

  /** Nothing was tried: its turn comes later. */
  putOff(n: number, nextMs: number): void {
    if (this.#isDropped) return;
    this.#db.run('UPDATE delivery SET next_ms = ? WHERE n = ?', Math.ceil(nextMs), n);
  }

  /** What failed because the other side was out of order has its turn now. */
  hurry(nowMs: number): void {
    if (this.#isDropped) return;
    const sql = `UPDATE delivery SET next_ms = ?1 WHERE state = 'failed' AND next_ms > ?1 AND ${OUTAGE}`;
    this.#db.run(sql, nowMs);
  }

  /** Begins anew: what failed has its turn now. */
  resume(nowMs: number): void {
    if (this.#isDropped) return;
    this.#db.run("UPDATE delivery SET next_ms = ?1 WHERE state = 'failed' AND next_ms > ?1", nowMs);
    this.setFailingSince(null);
  }

  one({ customer, seq, effect }: Named): Delivery | null {
    const sql = 'SELECT * FROM delivery WHERE customer = ? AND seq = ? AND effect = ?';
    const row = this.#db.one(sql, customer, seq, effect);
    return row === null ? null : toDelivery(row);
  }

  /** Puts these back into their lanes, as new; what waits anyway has its turn now. */
  replay(deliveries: Delivery[], nowMs: number): void {
    const numbers = JSON.stringify(deliveries.map(({ n }) => n));
    const customers = JSON.stringify([...new Set(deliveries.map(({ customer }) => customer))]);
    this.#db.transaction(() => {
      this.#db.run(
        `UPDATE delivery SET tries = 0, lane = 1, state = CASE state WHEN 'failed' THEN 'failed' ELSE 'pending' END,
           next_ms = CASE state WHEN 'failed' THEN ?2 ELSE next_ms END
         WHERE n IN (SELECT value FROM json_each(?1))`,
        numbers,
        nowMs,
      );
      this.#db.run(TURN, customers, nowMs);
    });
  }

  /** The newest first, before `before`; `state` null: of every state. */
  page(state: DeliveryState | null, before: number, limit: number): Delivery[] {
    if (state === null)
      return this.#db.all('SELECT * FROM delivery WHERE n < ? ORDER BY n DESC LIMIT ?', before, limit).map(toDelivery);
    // the index of states leaves out what succeeded, which is most of them
    const succeeded = "SELECT * FROM delivery WHERE n < ? AND state = 'succeeded' ORDER BY n DESC LIMIT ?";
    if (state === 'succeeded') return this.#db.all(succeeded, before, limit).map(toDelivery);
    const sql = `SELECT * FROM delivery INDEXED BY delivery_state
      WHERE state <> 'succeeded' AND state = ? AND n < ? ORDER BY n DESC LIMIT ?`;
    return this.#db.all(sql, state, before, limit).map(toDelivery);
  }

  /** How many there are of a state, counted no further than `most`. */
  count(state: Exclude<DeliveryState, 'succeeded'>, most: number): number {
    const sql = `SELECT COUNT(*) AS n FROM (SELECT 1 FROM delivery INDEXED BY delivery_state
      WHERE state <> 'succeeded' AND state = ? LIMIT ?)`;
    return Number(this.#db.one(sql, state, most)?.n ?? 0);
  }

  /** Takes away some of those that ended before an instant. */
  sweep(state: 'succeeded' | 'dead', beforeMs: number, limit: number): void {
    if (this.#isDropped) return;
    const sql = `DELETE FROM delivery WHERE n IN (
      SELECT n FROM delivery WHERE state = ? AND last_ms < ? ORDER BY n LIMIT ?)`;
    this.#db.run(sql, state, beforeMs, limit);
  }

  failingSince(): number | null {
    const row = this.#db.one('SELECT since_ms FROM failing');
    return row === null ? null : Number(row.since_ms);
  }

  setFailingSince(ms: number | null): void {
    if (this.#isDropped) return;
    if (ms === null) this.#db.run('DELETE FROM failing');
    else this.#db.run('INSERT INTO failing (one, since_ms) VALUES (1, ?) ON CONFLICT DO NOTHING', ms);
  }
}

function toDelivery(row: Row): Delivery {
  const numberOr = (value: SqlStorageValue | undefined) => (value == null ? null : Number(value));
  return {
    n: Number(row.n),
    customer: String(row.customer),
    seq: Number(row.seq),
    effect: Number(row.effect),
    type: String(row.type),
    state: String(row.state) as DeliveryState,
    toldAtMs: Number(row.told_ms),
    nextMs: numberOr(row.next_ms),
    tries: Number(row.tries),
    attempts: Number(row.attempts),
    lastMs: numberOr(row.last_ms),
    status: numberOr(row.status),
    error: row.error === null ? null : (String(row.error) as Outcome['error']),
  };
}
