/** What the Directory is asked without making or changing anybody. */
import { DurableObject } from 'cloudflare:workers';
import type { Erasure } from '../domain/erasure/erasure.ts';
import type { Identifier } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { ErasurePlace, LateEvent } from './erasure-store.ts';
import { strongestFirst } from './match.ts';
import type { StoredOpening } from './opening-store.ts';
import { type LineOwner, type NamedLine, Openings } from './openings.ts';
import { partiesOf, type ReferralParties, type ReferralQuery } from './referral-lookup.ts';
import { DirectoryStore, type Move } from './store.ts';

export class DirectoryReads extends DurableObject<Env> {
  protected readonly store: DirectoryStore;
  protected readonly waiting: Openings;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new DirectoryStore(ctx.storage);
    this.waiting = new Openings(this.store);
  }

  /** Rows read since the object started, for holding costs against the number of customers. */
  get rowsRead(): number {
    return this.store.rowsRead;
  }

  /** Who this is, without making anyone: null where nobody matches. */
  find(identifiers: Identifier[]): string | null {
    for (const identifier of strongestFirst(identifiers)) {
      const owner = this.store.owner(identifier);
      if (owner !== null) return owner.leaving ?? owner.customer;
    }
    return null;
  }

  /** As `find`, for many at once, in order. */
  findAll(subjects: Identifier[][]): (string | null)[] {
    return subjects.map((identifiers) => this.find(identifiers));
  }

  /**
   * The id itself where it is a customer's, the survivor's where that one moved; null where there is none. Until a move
   * has ended the loser's id is its own: what is told of it goes there, and is sent on with the keys it must not miss.
   */
  current(customer: string): string | null {
    return this.store.current(customer);
  }

  /** As `current`, for many at once, in order. */
  currentAll(customers: string[]): (string | null)[] {
    return customers.map((customer) => this.store.current(customer));
  }

  /** As `partiesOf`. */
  referral(query: ReferralQuery): ReferralParties {
    return partiesOf(this.store, query);
  }

  identifiers(customer: string): Identifier[] {
    return this.store.identifiers(customer);
  }

  /** What names a customer, at most `limit`; the orders left out. */
  names(customer: string, limit: number): Identifier[] {
    return this.store.names(customer, limit);
  }

  /** Ids of customers that became this one, at most `limit`. */
  formerIds(customer: string, limit: number): string[] {
    return this.store.formerIds(customer, limit);
  }

  /** What is still on its way of these customers. */
  moves(losers: string[]): Move[] {
    return this.movesOf(losers);
  }

  /** Ids after `after`, for jobs that visit every customer. */
  page(after: string, limit: number): string[] {
    return this.store.page(after, limit);
  }

  /** How many customers there are; whoever moved is counted where they went. */
  count(): number {
    return this.store.customers();
  }

  /** Customers after `after`, with those that moved, each with who it is now and at most `names` of its names. */
  listed(after: string, limit: number, names: number): { customer: string; now: string; names: Identifier[] }[] {
    return this.store
      .pageOfAll(after, limit)
      .map((one) => ({ ...one, names: names === 0 ? [] : this.store.names(one.customer, names) }));
  }

  /** Whom each line of a file of points means; without making anyone. */
  lineOwners(lines: NamedLine[]): LineOwner[] {
    return this.waiting.lineOwners(lines);
  }

  /** Those that are not credited yet, after a number, in the order they came. */
  openings(after: number, limit: number): (StoredOpening & { names: Identifier[] })[] {
    const { openings } = this.store;
    return openings.page(after, limit).map((one) => ({ ...one, names: openings.names(one.n) }));
  }

  openingSums(): { expiresAtMs: number | null; points: number; openings: number }[] {
    return this.store.openings.sums();
  }

  /** An erasure with the last events that came too late; null: there is none by that id. */
  erasure(id: string): (Erasure & { lateEvents: LateEvent[] }) | null {
    const { erasures } = this.store;
    const found = erasures.one(id);
    return found === null ? null : { ...found, lateEvents: erasures.lateEvents(id) };
  }

  /** The erasure of whoever had this id; null: there was none. */
  erasureOf(customer: string): Erasure | null {
    return this.store.erasures.ofCustomer(customer);
  }

  /** Erasures, the last asked for first. */
  erasures(before: ErasurePlace | null, limit: number): Erasure[] {
    return this.store.erasures.page(before, limit);
  }

  protected movesOf(losers: string[]): Move[] {
    return [...new Set(losers)].flatMap((loser) => this.store.openMove(loser) ?? []);
  }

  protected shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }
}
