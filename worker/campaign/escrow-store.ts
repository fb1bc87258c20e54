/** The only SQL of a campaign's budget: what stands, what is kept, what has ended. It decides nothing. */
import type { Budgets, Cost } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { ShopCalendar, Tally } from '../domain/vouchers/tally.ts';
import type { Coordinator } from '../holds/coordinator.ts';
import type { Database } from '../storage/database.ts';
import { NO_COST } from './budgets.ts';
import type { Reserved } from './calls.ts';

export interface Held {
  /** Wall time. */
  sinceMs: number;
  /** -1: it is to be given back. */
  by: 1 | -1;
  cost: Cost;
  customer: string | null;
  /** By the shop's clock. */
  atMs: number;
  calendar: ShopCalendar;
  coordinator: Coordinator;
  answer: Reserved;
}

/** An operation that has ended. */
export interface Ended {
  state: 'posted' | 'voided' | 'refused' | 'given_back';
  answer: Reserved;
}

export interface State {
  budgets: Budgets;
  tally: Tally | null;
  bounds: Caps | null;
  holds: Map<string, Held>;
}

export interface Standing {
  used: Cost;
  tally: Tally | null;
  /** What rules let through in all, as the last call knew them; null or absent: nothing is known. */
  bounds?: Caps | null;
}

export class EscrowStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  standing(): Standing {
    const row = this.#db.one('SELECT body FROM standing');
    return row === null ? { used: NO_COST, tally: null } : (JSON.parse(String(row.body)) as Standing);
  }

  writeStanding(standing: Standing): void {
    this.#db.run(
      'INSERT INTO standing (one, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
      JSON.stringify(standing),
    );
  }

  holds(): Map<string, Held> {
    const rows = this.#db.all('SELECT op, body FROM hold');
    return new Map(rows.map((row) => [String(row.op), JSON.parse(String(row.body)) as Held] as const));
  }

  writeHold(op: string, held: Held): void {
    this.#db.run('INSERT INTO hold (op, at_ms, body) VALUES (?, ?, ?)', op, held.sinceMs, JSON.stringify(held));
  }

  dropHold(op: string): void {
    this.#db.run('DELETE FROM hold WHERE op = ?', op);
  }

  ended(op: string): Ended | null {
    const row = this.#db.one('SELECT body FROM ended WHERE op = ?', op);
    return row === null ? null : (JSON.parse(String(row.body)) as Ended);
  }

  ops(kind: 'ended' | 'hold', after: string, count: number): string[] {
    const sql = {
      ended: 'SELECT op FROM ended WHERE op > ? ORDER BY op LIMIT ?',
      hold: 'SELECT op FROM hold WHERE op > ? ORDER BY op LIMIT ?',
    };
    return this.#db.all(sql[kind], after, count).map(({ op }) => String(op));
  }

  writeEnded(op: string, ended: Ended): void {
    this.#db.run('INSERT INTO ended (op, body) VALUES (?, ?)', op, JSON.stringify(ended));
  }

  tallyOf(customer: string): Tally | null {
    const row = this.#db.one('SELECT tally FROM customer_tally WHERE customer = ?', customer);
    return row === null ? null : (JSON.parse(String(row.tally)) as Tally);
  }

  writeTally(customer: string, tally: Tally): void {
    this.#db.run(
      'INSERT INTO customer_tally (customer, tally) VALUES (?, ?) ON CONFLICT DO UPDATE SET tally = excluded.tally',
      customer,
      JSON.stringify(tally),
    );
  }

  heard(object: string): number {
    return Number(this.#db.one('SELECT seq FROM heard WHERE object = ?', object)?.seq ?? 0);
  }

  writeHeard(object: string, seq: number): void {
    this.#db.run(
      'INSERT INTO heard (object, seq) VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq',
      object,
      seq,
    );
  }
}
