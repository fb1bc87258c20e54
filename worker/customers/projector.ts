/** Tells D1 what the journal recorded: gathers for a moment, writes many customers in one batch, and never gives up. */
import type { Head } from '../domain/customer.ts';
import { applyChangeSets, type ChangeSet } from '../projection/apply.ts';
import { within } from '../time/deadline.ts';
import type { CustomerStore } from './store.ts';

/** A lone change is told at once; while changes keep coming they are gathered longer, for D1 takes one batch at a time. */
const GATHER_MS = 20;
const BUSY_GATHER_MS = 90;
const MOST_ROWS = 2_000;
const MOST_CUSTOMERS = 400;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 300_000;

export class Projector {
  readonly #store: CustomerStore;
  readonly #db: D1Database;
  readonly #shop: () => string;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<void> | null = null;
  #failures = 0;
  #lastFlushMs = 0;
  #waiters: (() => void)[] = [];

  constructor(store: CustomerStore, db: D1Database, shop: () => string) {
    this.#store = store;
    this.#db = db;
    this.#shop = shop;
  }

  get behind(): boolean {
    return this.#store.told('d1') < this.#store.lastN();
  }

  /** There is something new; it is written soon, together with what arrives until then. */
  touch(): void {
    if (this.#timer !== null || this.#flight !== null) return;
    const busy = Date.now() - this.#lastFlushMs < 2 * BUSY_GATHER_MS;
    const gather = busy ? BUSY_GATHER_MS : GATHER_MS;
    const wait = this.#failures === 0 ? gather : retryAfterMs(this.#failures);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, wait);
  }

  /** Resolves true once everything recorded by now is in D1, false where that takes longer than `ms`. */
  async settled(ms: number): Promise<boolean> {
    if (!this.behind) return true;
    this.touch();
    const done = new Promise<boolean>((resolve) => this.#waiters.push(() => resolve(true)));
    return within(ms, done, () => false);
  }

  /** Writes until nothing is left; a failure is logged and tried again later, by timer here and by the alarm after a crash. */
  flush(): Promise<void> {
    this.#flight ??= this.#drain().finally(() => {
      this.#flight = null;
      this.#lastFlushMs = Date.now();
      if (this.behind) this.touch();
    });
    return this.#flight;
  }

  async #drain(): Promise<void> {
    try {
      while (this.behind) await this.#page();
      this.#failures = 0;
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const resolve of waiters) resolve();
    } catch (error) {
      this.#failures += 1;
      const about = {
        shop: this.#shop(),
        failures: this.#failures,
        error: String(error),
      };
      console.error(
        JSON.stringify({
          level: 'error',
          msg: 'D1 copy not written',
          ...about,
        }),
      );
    }
  }

  async #page(): Promise<void> {
    const rows = this.#store.after(this.#store.told('d1'), MOST_ROWS);
    const upTo = rows.at(-1)?.n ?? 0;
    const changed = new Map<string, { from: number; orders: Set<string> }>();
    for (const row of rows) {
      const known = changed.get(row.customer) ?? {
        from: row.seq - 1,
        orders: new Set<string>(),
      };
      if (row.orderId !== null) known.orders.add(row.orderId);
      changed.set(row.customer, known);
    }
    const heads = this.#store.heads([...changed.keys()]);
    const sets = [...changed].flatMap(([customer, { from, orders }]) =>
      this.#set(customer, heads.get(customer) ?? null, from, [...orders]),
    );
    for (let at = 0; at < sets.length; at += MOST_CUSTOMERS) await this.#tell(sets.slice(at, at + MOST_CUSTOMERS));
    this.#store.transaction(() => this.#store.setTold('d1', upTo));
  }

  /** Tells sets until each copy stands where its customer stands: a gap is told again from where the copy is. */
  async #tell(sets: ChangeSet[]): Promise<void> {
    let left = sets;
    for (let round = 0; left.length > 0; round += 1) {
      if (round === 5) throw new Error('copies did not converge');
      const { seqs } = await applyChangeSets(this.#db, this.#shop(), left);
      left = left.flatMap((set) => {
        const has = seqs.get(set.customer) ?? 0;
        return has >= set.head.seq ? [] : this.#set(set.customer, this.#store.head(set.customer), has, null);
      });
    }
  }

  /** Nobody the shop cannot name is copied; a customer that moved is copied under the survivor. */
  #set(customer: string, head: Head | null, from: number, orderIds: string[] | null): ChangeSet[] {
    if (head === null || !head.known || head.movedTo !== null) return [];
    return [
      {
        customer,
        from,
        head,
        orders: this.#store.ordersSince(customer, from, orderIds),
      },
    ];
  }
}

/** Doubles from a quarter of a second to five minutes, with up to half of it random, so that objects do not march in step. */
export function retryAfterMs(failures: number): number {
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  return wait / 2 + (wait / 2) * Math.random();
}
