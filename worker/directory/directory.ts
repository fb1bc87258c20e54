/**
 * The Directory: who is it. Every identifier of a shop points to one customer, and a whole batch is resolved in one
 * call and one transaction. The only complete list of customers, and where every merge begins and ends.
 */
import { DurableObject } from 'cloudflare:workers';
import { handOver } from '../customers/hand-over.ts';
import type { Identifier } from '../domain/event.ts';
import type { Opening } from '../domain/opening.ts';
import type { Env } from '../env.ts';
import { randomText } from '../shops/crypto.ts';
import { retryAfterMs } from '../time/retry.ts';
import { creditOpenings, type OpeningEnd } from './credit-openings.ts';
import { match, NAMING, type Subject, strongestFirst } from './match.ts';
import { Newcomers, TooManyNewcomers } from './newcomers.ts';
import type { StoredOpening } from './opening-store.ts';
import { type Kept, type LineOwner, type NamedLine, type NewOpening, Openings, type Withdrawn } from './openings.ts';
import { partiesOf, type ReferralParties, type ReferralQuery } from './referral-lookup.ts';
import { DirectoryStore, type Move, type NewMove } from './store.ts';

/** Sixteen objects share a shop's customers; more labels can be added, nobody moves. */
const LABELS = '0123456789abcdef';
/** A move whose caller died is taken up again after this long. */
const MOVE_AGAIN_MS = 5_000;
const MOVES_AT_ONCE = 50;

export interface Resolved {
  customer: string;
  /** Somebody who can be trusted named this customer by more than an anonymous id. */
  known: boolean;
  /** Customers who turned out to be this one; the caller hands them over, and asks again. */
  moves: Move[];
  /** What waited for them and may not be credited yet; absent: nothing. The caller credits it before anything else. */
  openings?: Opening[];
}

export interface ResolveCall {
  layout: 'shared' | 'per_customer';
  nowMs: number;
  subjects: Subject[];
}

/** What a whole call came to: everybody, or nobody and how long to wait. */
export type Resolution = { resolved: Resolved[] } | { waitSeconds: number };

/** Address -> how many people it made up in this call. */
type Made = Map<string, number>;

export class Directory extends DurableObject<Env> {
  readonly #store: DirectoryStore;
  readonly #newcomers = new Newcomers();
  readonly #openings: Openings;
  #failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new DirectoryStore(ctx.storage);
    this.#openings = new Openings(this.#store);
  }

  /** Rows read since the object started, for holding costs against the number of customers. */
  get rowsRead(): number {
    return this.#store.rowsRead;
  }

  /**
   * One customer for each subject, in order; made where none matches. Where identifiers of one person lead to several
   * customers, these are merged; one that would join two people is demoted. Where browsers make up more people than they
   * may, nobody is made.
   */
  async resolve(call: ResolveCall): Promise<Resolution> {
    const made: Made = new Map();
    try {
      const resolved = this.#store.transaction(() => {
        const all = call.subjects.map((subject) => this.#resolve(subject, call, made));
        // a throw undoes what was made
        const waitSeconds = this.#newcomers.take(made, Date.now());
        if (waitSeconds > 0) throw new TooManyNewcomers(waitSeconds);
        return all;
      });
      if (resolved.some(({ moves, openings }) => moves.length > 0 || openings !== undefined)) await this.#arm();
      return { resolved };
    } catch (error) {
      if (error instanceof TooManyNewcomers) return { waitSeconds: error.seconds };
      throw error;
    }
  }

  /** Who this is, without making anyone: null where nobody matches. */
  find(identifiers: Identifier[]): string | null {
    for (const identifier of strongestFirst(identifiers)) {
      const owner = this.#store.owner(identifier);
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
    return this.#store.current(customer);
  }

  /** As `current`, for many at once, in order. */
  currentAll(customers: string[]): (string | null)[] {
    return customers.map((customer) => this.#store.current(customer));
  }

  /** As `partiesOf`. */
  referral(query: ReferralQuery): ReferralParties {
    return partiesOf(this.#store, query);
  }

  identifiers(customer: string): Identifier[] {
    return this.#store.identifiers(customer);
  }

  /** What names a customer, at most `limit`; the orders left out. */
  names(customer: string, limit: number): Identifier[] {
    return this.#store.names(customer, limit);
  }

  /** Ids of customers that became this one, at most `limit`. */
  formerIds(customer: string, limit: number): string[] {
    return this.#store.formerIds(customer, limit);
  }

  /**
   * Begins the merge of two customers, whatever names they have, and answers what has to be handed over now, nothing
   * where they are one already. Asked again it answers the same; while one of them is on its way elsewhere, only that.
   */
  async merge(move: NewMove, nowMs: number): Promise<Move[]> {
    const moves = this.#store.transaction(() => {
      const now = [this.#store.current(move.loser), this.#store.current(move.survivor)].filter((one) => one !== null);
      const [loser, survivor] = now.map((one) => this.#store.openMove(one)?.survivor ?? one);
      if (loser === undefined || survivor === undefined) throw new Error('a merge of a customer that nobody knows');
      return loser === survivor ? this.#movesOf(now) : this.#begin({ ...move, loser, survivor }, nowMs);
    });
    if (moves.length > 0) await this.#arm();
    return moves;
  }

  /** What is still on its way of these customers. */
  moves(losers: string[]): Move[] {
    return this.#movesOf(losers);
  }

  /** The survivor holds everything: from now on the loser's identifiers are its own. */
  moved({ loser, survivor }: Move): void {
    this.#store.transaction(() => {
      if (this.#store.openMove(loser)?.survivor === survivor) this.#store.finish(loser, survivor);
    });
  }

  /** The loser holds what a browser's word may not move; of no effect on a move that began since. */
  refused({ loser, survivor }: Move): void {
    this.#store.transaction(() => this.#store.refuse(loser, survivor));
  }

  /** Ids after `after`, for jobs that visit every customer. */
  page(after: string, limit: number): string[] {
    return this.#store.page(after, limit);
  }

  /** How many customers there are; whoever moved is counted where they went. */
  count(): number {
    return this.#store.customers();
  }

  /** Customers after `after`, with those that moved, each with who it is now and at most `names` of its names. */
  listed(after: string, limit: number, names: number): { customer: string; now: string; names: Identifier[] }[] {
    return this.#store
      .pageOfAll(after, limit)
      .map((one) => ({ ...one, names: names === 0 ? [] : this.#store.names(one.customer, names) }));
  }

  /** Whom each line of a file of points means; without making anyone. */
  lineOwners(lines: NamedLine[]): LineOwner[] {
    return this.#openings.lineOwners(lines);
  }

  /** Keeps points for people whom nobody has seen, each once, until one of their names becomes a customer's. */
  keepOpenings(all: NewOpening[]): Kept[] {
    return this.#store.transaction(() => this.#openings.keep(all, Date.now()));
  }

  openingsEnded(ends: OpeningEnd[]): void {
    this.#store.transaction(() => this.#openings.end(ends));
  }

  withdrawOpenings(ids: string[]): Withdrawn[] {
    return this.#store.transaction(() => this.#openings.withdraw(ids));
  }

  /** Those that are not credited yet, after a number, in the order they came. */
  openings(after: number, limit: number): (StoredOpening & { names: Identifier[] })[] {
    const { openings } = this.#store;
    return openings.page(after, limit).map((one) => ({ ...one, names: openings.names(one.n) }));
  }

  openingSums(): { expiresAtMs: number | null; points: number; openings: number }[] {
    return this.#store.openings.sums();
  }

  /** Takes up the moves and the credits whose callers died. */
  override async alarm(): Promise<void> {
    const shop = { id: this.#shop(), version: 1 };
    let failed = false;
    const tryTo = async (work: Promise<void>) => {
      try {
        await work;
      } catch (error) {
        failed = true;
        const about = { shop: this.#shop(), error: String(error) };
        console.error(JSON.stringify({ level: 'error', msg: 'a move or a credit was put off', ...about }));
      }
    };
    for (const move of this.#store.openMoves(MOVES_AT_ONCE)) await tryTo(handOver(this.env, shop, move, this));
    const claimants = this.#store.openings.claimants(MOVES_AT_ONCE);
    const claimed = claimants.map((customer) => ({ customer, openings: this.#store.openings.claimedBy(customer) }));
    await tryTo(creditOpenings(this.env, shop, claimed, this));
    this.#failures = failed ? this.#failures + 1 : 0;
    if (this.#store.openMoves(1).length > 0 || this.#store.openings.claimants(1).length > 0) await this.#arm();
  }

  #resolve(subject: Subject, call: ResolveCall, made: Made): Resolved {
    const found = match(this.#store, subject);
    const leaving = this.#movesOf(found.leaving);
    if (leaving.length > 0) return { customer: found.customer ?? '', known: false, moves: leaving };
    const customer = found.customer ?? this.#bear(call);
    if (found.customer === null && subject.trust === 'browser') {
      const visitor = subject.visitor ?? '';
      made.set(visitor, (made.get(visitor) ?? 0) + 1);
    }
    for (const identifier of found.attach) this.#store.attach(customer, identifier, subject.trust, call.nowMs);
    // a browser's word does not lead to points
    if (subject.trust === 'server') this.#store.openings.claim(customer, found.attach);
    const openings = this.#store.openings.claimedBy(customer);
    const others = new Set([...found.others, ...this.#formerly(subject, customer)]);
    const moves = [...others].flatMap((loser) =>
      this.#begin({ loser, survivor: customer, trust: subject.trust, reason: 'identified' }, call.nowMs),
    );
    // one just made is named by nothing but this
    const isNew = found.customer === null;
    const known = isNew ? isNamedBy(subject, found.attach) : this.#store.isNamed(customer, NAMING);
    return { customer, known, moves, ...(openings.length === 0 ? {} : { openings }) };
  }

  /** Whom a trusted sender's alias names by a user id that was theirs before. */
  #formerly({ formerly, trust }: Subject, customer: string): string[] {
    if (formerly === undefined || trust !== 'server') return [];
    const owner = this.#store.owner({ kind: 'user', value: formerly });
    return owner === null || owner.customer === customer ? [] : [owner.customer];
  }

  /** One move at a time: a customer to whom others are still on their way does not leave before they have arrived. */
  #begin(move: NewMove, now: number): Move[] {
    const arriving = this.#store.openMovesInto(move.loser);
    if (arriving.length > 0) return arriving;
    this.#store.open(move, now);
    return this.#movesOf([move.loser]);
  }

  #movesOf(losers: string[]): Move[] {
    return [...new Set(losers)].flatMap((loser) => this.#store.openMove(loser) ?? []);
  }

  async #arm(): Promise<void> {
    const at = await this.ctx.storage.getAlarm();
    // one that should have rung long ago may be stuck
    if (at !== null && at > Date.now() - MOVE_AGAIN_MS) return;
    const later = this.#failures === 0 ? 0 : retryAfterMs(this.#failures);
    await this.ctx.storage.setAlarm(Date.now() + MOVE_AGAIN_MS + later);
  }

  #bear(call: ResolveCall): string {
    const random = randomText(20);
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    const customer = call.layout === 'per_customer' ? random : `${LABELS.charAt(byte % LABELS.length)}-${random}`;
    this.#store.bear(customer, call.nowMs);
    return customer;
  }

  #shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }
}

function isNamedBy({ trust }: Subject, identifiers: Identifier[]): boolean {
  return trust === 'server' && identifiers.some(({ kind }) => NAMING.includes(kind));
}
