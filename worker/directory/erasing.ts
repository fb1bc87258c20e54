/**
 * Carries erasures out: nobody is called by the customer's names any more, and then every owner is asked to forget, one after
 * another, each again until it says done. Run by several callers at once, and again from any point, it comes to the same.
 */
import { handOver } from '../customers/hand-over.ts';
import { shardOf } from '../customers/stubs.ts';
import { type Erasure, nextOwner } from '../domain/erasure/erasure.ts';
import type { Env } from '../env.ts';
import { randomText } from '../shops/crypto.ts';
import type { NameHash } from '../shops/name-hash.ts';
import { retryAfterMs } from '../time/retry.ts';
import { FORGETTING } from './erasing-owners.ts';
import type { DirectoryStore, Move } from './store.ts';

/** Ids that one customer came to have by merges. */
const MOST_IDS = 100_000;

interface ErasingOf {
  env: Env;
  store: DirectoryStore;
  shop: () => string;
  hash: NameHash;
}

export class Erasing {
  readonly #of: ErasingOf;
  readonly #running = new Map<string, Promise<void>>();

  constructor(of: ErasingOf) {
    this.#of = of;
  }

  /** Of whoever the id leads to; within a transaction. null: nobody was ever called so. */
  start(customer: string, nowMs: number): Erasure | null {
    const { store } = this.#of;
    const current = store.current(customer);
    // who is on the way is erased with whom they go to
    const meant = current === null ? null : (store.openMove(current)?.survivor ?? current);
    const known = store.erasures.ofCustomer(meant ?? customer) ?? store.erasures.ofCustomer(customer);
    if (known !== null || meant === null) return known;
    const id = `era_${randomText(20)}`;
    store.erasures.start({ id, customer: meant, requestedAtMs: nowMs }, Date.now());
    return store.erasures.one(id);
  }

  /** As far as it comes now. Throws where an owner could not be reached: it is put off. */
  run(id: string): Promise<void> {
    const known = this.#running.get(id);
    if (known !== undefined) return known;
    const running = this.#run(id).finally(() => this.#running.delete(id));
    this.#running.set(id, running);
    return running;
  }

  async #run(id: string): Promise<void> {
    try {
      const begun = await this.#begun(id);
      if (begun && (await this.#forgotten(id))) return;
      this.#putOff(id);
    } catch (error) {
      this.#putOff(id);
      throw error;
    }
  }

  /** false: others are still on the way to the customer, or the other way round. */
  async #begun(id: string): Promise<boolean> {
    const { env, store, shop } = this.#of;
    const book = {
      moved: (move: Move) => store.transaction(() => this.#moved(move)),
      refused: ({ loser, survivor }: Move) => store.transaction(() => store.refuse(loser, survivor)),
    };
    for (const move of this.#movesIn(id)) await handOver(env, { id: shop(), version: 1 }, move, book);
    return store.transaction(() => this.#begin(id));
  }

  #moved({ loser, survivor }: Move): void {
    const { store } = this.#of;
    if (store.openMove(loser)?.survivor === survivor) store.finish(loser, survivor);
  }

  #movesIn(id: string): Move[] {
    const { store } = this.#of;
    const erasure = store.erasures.one(id);
    if (erasure === null || erasure.erasedAtMs !== null) return [];
    const customer = store.current(erasure.customer) ?? erasure.customer;
    const own = store.openMove(customer);
    // one that leaves takes along who has arrived before
    return [...store.openMovesInto(customer), ...(own === null ? [] : [own])];
  }

  #begin(id: string): boolean {
    const { store, hash } = this.#of;
    const erasure = store.erasures.one(id);
    if (erasure === null || erasure.erasedAtMs !== null) return erasure !== null;
    if (this.#movesIn(id).length > 0) return false;
    const customer = store.current(erasure.customer);
    if (customer === null) throw new Error('an erasure of nobody');
    if (customer !== erasure.customer) {
      // two that were asked for turned out to be of one
      if (store.erasures.ofCustomer(customer) !== null) return this.#drop(id, erasure.requestedAtMs);
      store.erasures.follow(id, customer);
    }
    const names = store.identifiers(customer);
    const customers = [customer, ...store.formerIds(customer, MOST_IDS)];
    const ids = customers.map((one) => ({ customer: one, subject: `${shardOf(one)}-${randomText(20)}` }));
    store.erasures.begin({ id, erasedMs: erasure.requestedAtMs, ids, names }, hash);
    store.openings.forget(customer, names);
    store.forget(
      customer,
      ids.map(({ subject }) => subject),
    );
    return true;
  }

  /** The other erasure does it. */
  #drop(id: string, atMs: number): boolean {
    this.#of.store.erasures.finish(id, atMs);
    return true;
  }

  /** false: an owner cannot forget yet. */
  async #forgotten(id: string): Promise<boolean> {
    const { env, store, shop } = this.#of;
    for (;;) {
      const erasure = store.erasures.one(id);
      if (erasure === null || erasure.finishedAtMs !== null) return true;
      const owner = nextOwner(erasure);
      if (owner === null) {
        store.transaction(() => store.erasures.finish(id, Math.max(Date.now(), erasure.requestedAtMs)));
        return true;
      }
      const about = {
        env,
        shop: shop(),
        op: id,
        ids: store.erasures.ids(id),
        names: store.erasures.names(id),
        erasedMs: erasure.erasedAtMs ?? erasure.requestedAtMs,
      };
      if (!(await FORGETTING[owner](about))) return false;
      store.transaction(() => store.erasures.say(id, [...new Set([...erasure.done, owner])]));
    }
  }

  #putOff(id: string): void {
    const { erasures } = this.#of.store;
    const nextMs = Math.ceil(Date.now() + retryAfterMs(erasures.failures(id) + 1));
    this.#of.store.transaction(() => erasures.putOff(id, nextMs));
  }
}
