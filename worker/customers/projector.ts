/** Tells D1 what the journal recorded: gathers for a moment, writes many customers in one batch, and never gives up. */
import type { Head } from '../domain/customer.ts';
import { applyChangeSets, type ChangeSet, copySeqs, MAY_CHANGE_ALL } from '../projection/apply.ts';
import { within } from '../time/deadline.ts';
import { retryAfterMs } from '../time/retry.ts';
import { heldCopies, holdsAny } from './held-copies.ts';
import type { HeldIds, Untold } from './outbox.ts';
import type { CustomerStore } from './store.ts';

/** A lone change is told at once; while changes keep coming they are gathered longer, for D1 takes one batch at a time. */
const GATHER_MS = 20;
const BUSY_GATHER_MS = 90;
/** How far D1 was told is written down this often while it is told, and when the alarm rings: a commit for each batch is dear. */
const SAVE_MS = 2_000;
const DAY_MS = 86_400_000;
const MOST_DAYS = 10_000;
const MOST_CUSTOMERS = 200;
const MOST_LOOKED = 5_000;

export class Projector {
  readonly #store: CustomerStore;
  readonly #db: D1Database;
  readonly #shop: () => string;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<void> | null = null;
  #failures = 0;
  /** Whoever was not told before this instance started has been found. */
  #lookedThrough: boolean;
  #lastFlushMs = 0;
  #savedMs = 0;
  #unsaved = false;
  /** The day each customer's copy was last told, as far as this instance remembers. */
  readonly #days = new Map<string, number>();
  readonly #waiters = new Set<() => void>();

  constructor(store: CustomerStore, db: D1Database, shop: () => string) {
    this.#store = store;
    this.#db = db;
    this.#shop = shop;
    this.#lookedThrough = store.isEmpty;
  }

  get behind(): boolean {
    return !this.#store.outbox.isEmpty || (!this.#lookedThrough && !this.#store.isEmpty);
  }

  /** How long the next try waits after failures; 0 where the last one went well. */
  get backOffMs(): number {
    return this.#failures === 0 ? 0 : retryAfterMs(this.#failures);
  }

  /** There is something new; it is written soon, together with what arrives until then, or at once where somebody waits. */
  touch(atOnce = false): void {
    if (this.#flight !== null) return;
    // after a failure the next try keeps its time, however many writers come to wait for it
    if (this.#timer !== null && (!atOnce || this.#failures > 0)) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, this.#waitMs(atOnce));
  }

  /** Resolves true once everything recorded by now is in D1, false where that takes longer than `ms`. */
  async settled(ms: number): Promise<boolean> {
    if (!this.behind) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = () => resolve(true);
    this.#waiters.add(waiter);
    this.touch(true);
    return within(ms, promise, () => {
      this.#waiters.delete(waiter);
      return false;
    });
  }

  #waitMs(atOnce: boolean): number {
    if (this.#failures > 0) return retryAfterMs(this.#failures);
    if (atOnce) return 0;
    return Date.now() - this.#lastFlushMs < 2 * BUSY_GATHER_MS ? BUSY_GATHER_MS : GATHER_MS;
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

  /** Tells these customers' copies on from where each stands, whatever was told before. Throws where D1 fails. */
  async retell(customers: string[]): Promise<void> {
    for (let at = 0; at < customers.length; at += MOST_CUSTOMERS) {
      const some = customers.slice(at, at + MOST_CUSTOMERS);
      const seqs = await copySeqs(this.#db, this.#shop(), some);
      await this.#tell(this.sets(some, seqs).filter((set) => set.from < set.head.seq));
    }
  }

  /** What brings each copy from its `seqs` (0 where not named) to where its customer stands. */
  sets(customers: string[], seqs: Map<string, number>): ChangeSet[] {
    const heads = this.#store.heads(customers);
    return customers.flatMap((customer) => {
      const span = { from: seqs.get(customer) ?? 0, orders: null, held: null, may: MAY_CHANGE_ALL };
      return this.#set(customer, heads.get(customer) ?? null, span);
    });
  }

  async #drain(): Promise<void> {
    try {
      while (this.behind) await this.#page();
      this.#failures = 0;
      const waiters = [...this.#waiters];
      this.#waiters.clear();
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
    const { outbox } = this.#store;
    const before = this.#store.told('d1');
    const upToMs = this.#store.latestMs;
    const taken = outbox.take();
    const told = new Set(taken.keys());
    try {
      while (taken.size > 0) await this.#tellSome(taken);
      if (!this.#lookedThrough) await this.#lookThrough(before, told);
    } catch (error) {
      outbox.putBack(taken);
      throw error;
    }
    this.#store.noteTold('d1', upToMs);
    this.#unsaved = true;
    if (Date.now() - this.#savedMs >= SAVE_MS) this.save();
  }

  /** Writes down how far D1 was told, so that a new instance does not look through those since. */
  save(): void {
    if (!this.#unsaved) return;
    this.#store.setTold('d1', this.#store.told('d1'));
    this.#unsaved = false;
    this.#savedMs = Date.now();
  }

  /** Tells as many as one batch carries, and takes them off the list. */
  async #tellSome(taken: Map<string, Untold>): Promise<void> {
    const customers = [...taken.keys()].slice(0, MOST_CUSTOMERS);
    const heads = this.#store.heads(customers);
    const sets = customers.flatMap((customer) => {
      const untold = taken.get(customer);
      return untold === undefined ? [] : this.#setOf(customer, heads.get(customer) ?? null, untold);
    });
    await this.#tell(sets);
    for (const set of sets) this.#days.set(set.customer, dayOf(set.head));
    if (this.#days.size > MOST_DAYS) this.#days.clear();
    for (const customer of customers) taken.delete(customer);
  }

  /** What a crash kept from being told: everybody who was decided on since the last telling, where the copy is behind. */
  async #lookThrough(sinceMs: number, told: ReadonlySet<string>): Promise<void> {
    for (let after = ''; ; ) {
      const some = this.#store.decidedSince(sinceMs, after, MOST_LOOKED);
      await this.retell(some.filter((customer) => !told.has(customer)));
      if (some.length < MOST_LOOKED) break;
      after = some.at(-1) ?? after;
    }
    this.#lookedThrough = true;
  }

  #setOf(
    customer: string,
    head: Head | null,
    { from, orders, points, profile, groups, referrals, held }: Untold,
  ): ChangeSet[] {
    const day = head === null ? 0 : dayOf(head);
    const may = { names: profile, day: this.#days.get(customer) !== day, balance: points, groups, referrals };
    return this.#set(customer, head, { from, orders: [...orders], held, may });
  }

  /** Tells sets until each copy stands where its customer stands: a gap is told again from where the copy is. */
  async #tell(sets: ChangeSet[]): Promise<void> {
    let left = sets;
    for (let round = 0; left.length > 0; round += 1) {
      if (round === 5) throw new Error('copies did not converge');
      const { seqs } = await applyChangeSets(this.#db, this.#shop(), left);
      left = left.flatMap((set) => {
        const from = seqs.get(set.customer) ?? 0;
        if (from >= set.head.seq) return [];
        const span = { from, orders: null, held: null, may: MAY_CHANGE_ALL };
        return this.#set(set.customer, this.#store.head(set.customer), span);
      });
    }
  }

  /**
   * Of one who moved only that is told; of somebody the shop cannot name, what they hold. `orders`, `held` null: all
   * since `from`.
   */
  #set(customer: string, head: Head | null, { from, orders, held, may }: Span): ChangeSet[] {
    if (head === null) return [];
    const isHere = head.movedTo === null;
    const copies = isHere ? heldCopies(this.#store.vouchers, { customer, from, ids: held }) : {};
    if (!head.known && !holdsAny(copies)) return [];
    const told = isHere && head.known ? this.#store.ordersSince(customer, from, orders) : [];
    const referrals = isHere && may.referrals ? this.#store.referrals.since(customer, from) : [];
    return [{ customer, from, head, may, orders: told, referrals, held: copies }];
  }
}

function dayOf(head: Head): number {
  return Math.floor(head.lastSeenMs / DAY_MS);
}

interface Span {
  from: number;
  orders: string[] | null;
  held: HeldIds | null;
  may: ChangeSet['may'];
}
