/**
 * The Directory: who is it. Every identifier of a shop points to one customer, and a whole batch is resolved in one
 * call and one transaction. The only complete list of customers, and where every merge and every erasure begins and ends.
 */
import { handOver } from '../customers/hand-over.ts';
import { erasedBefore } from '../domain/erasure/erased-names.ts';
import type { Erasure } from '../domain/erasure/erasure.ts';
import type { Identifier } from '../domain/event.ts';
import type { Opening } from '../domain/opening.ts';
import type { Env } from '../env.ts';
import { randomText } from '../shops/crypto.ts';
import { type NameHash, nameHashOf } from '../shops/name-hash.ts';
import { retryAfterMs } from '../time/retry.ts';
import { creditOpenings, type OpeningEnd } from './credit-openings.ts';
import { DirectoryReads } from './directory-reads.ts';
import { Erasing } from './erasing.ts';
import type { LateEvent } from './erasure-store.ts';
import { match, NAMING, type Subject } from './match.ts';
import { Newcomers, TooManyNewcomers } from './newcomers.ts';
import type { Kept, NewOpening, Withdrawn } from './openings.ts';
import type { Move, NewMove } from './store.ts';

/** Sixteen objects share a shop's customers; more labels can be added, nobody moves. */
const LABELS = '0123456789abcdef';
/** A move whose caller died is taken up again after this long. */
const MOVE_AGAIN_MS = 5_000;
const MOVES_AT_ONCE = 50;
const ERASURES_AT_ONCE = 20;

export interface Resolved {
  /** Empty where nobody was made: all that is told is of somebody who was erased. */
  customer: string;
  /** Somebody who can be trusted named this customer by more than an anonymous id. */
  known: boolean;
  /** Customers who turned out to be this one; the caller hands them over, and asks again. */
  moves: Move[];
  /** What waited for them and may not be credited yet; absent: nothing. The caller credits it before anything else. */
  openings?: Opening[];
  /** What occurred before this instant is of somebody who was erased, and is to be told to nobody. */
  erased?: { beforeMs: number; erasure: string };
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

export class Directory extends DirectoryReads {
  readonly #newcomers = new Newcomers();
  readonly #erasing: Erasing;
  #hash: NameHash | null = null;
  #failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#erasing = new Erasing({
      env,
      store: this.store,
      shop: () => this.shop(),
      hash: (name) => this.#hashOf(name),
    });
  }

  /**
   * One customer for each subject, in order; made where none matches. Where identifiers of one person lead to several
   * customers, these are merged; one that would join two people is demoted. Where browsers make up more people than they
   * may, nobody is made.
   */
  async resolve(call: ResolveCall): Promise<Resolution> {
    const made: Made = new Map();
    try {
      const resolved = this.store.transaction(() => {
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

  /**
   * Begins the merge of two customers, whatever names they have, and answers what has to be handed over now, nothing
   * where they are one already. Asked again it answers the same; while one of them is on its way elsewhere, only that.
   */
  async merge(move: NewMove, nowMs: number): Promise<Move[]> {
    const moves = this.store.transaction(() => {
      const now = [this.store.current(move.loser), this.store.current(move.survivor)].filter((one) => one !== null);
      const [loser, survivor] = now.map((one) => this.store.openMove(one)?.survivor ?? one);
      if (loser === undefined || survivor === undefined) throw new Error('a merge of a customer that nobody knows');
      return loser === survivor ? this.movesOf(now) : this.#begin({ ...move, loser, survivor }, nowMs);
    });
    if (moves.length > 0) await this.#arm();
    return moves;
  }

  /** The survivor holds everything: from now on the loser's identifiers are its own. */
  moved({ loser, survivor }: Move): void {
    this.store.transaction(() => {
      if (this.store.openMove(loser)?.survivor === survivor) this.store.finish(loser, survivor);
    });
  }

  /** The loser holds what a browser's word may not move; of no effect on a move that began since. */
  refused({ loser, survivor }: Move): void {
    this.store.transaction(() => this.store.refuse(loser, survivor));
  }

  /** Keeps points for people whom nobody has seen, each once, until one of their names becomes a customer's. */
  keepOpenings(all: NewOpening[]): Kept[] {
    return this.store.transaction(() => this.waiting.keep(all, Date.now()));
  }

  openingsEnded(ends: OpeningEnd[]): void {
    this.store.transaction(() => this.waiting.end(ends));
  }

  withdrawOpenings(ids: string[]): Withdrawn[] {
    return this.store.transaction(() => this.waiting.withdraw(ids));
  }

  /**
   * Begins the erasure of a customer, or of whoever they turned out to be; the same one where they are being erased already
   * or were. null: nobody was ever called so. `nowMs`: by the shop's clock.
   */
  async erase(customer: string, nowMs: number): Promise<Erasure | null> {
    const erasure = this.store.transaction(() => this.#erasing.start(customer, nowMs));
    if (erasure !== null && erasure.finishedAtMs === null) await this.#arm();
    return erasure;
  }

  /** Goes on with an erasure as far as it comes now; the alarm does the rest. null: there is no such erasure. */
  async carryOut(id: string): Promise<Erasure | null> {
    await this.#erasing.run(id);
    return this.store.erasures.one(id);
  }

  /** Events of erased customers came too late, and were dropped. */
  noteLate(all: { erasure: string; events: LateEvent[] }[]): void {
    this.store.transaction(() => {
      for (const { erasure, events } of all) this.store.erasures.noteLate(erasure, events);
    });
  }

  /** Takes up the moves, the credits and the erasures whose callers died. */
  override async alarm(): Promise<void> {
    const shop = { id: this.shop(), version: 1 };
    let failed = false;
    const tryTo = async (work: Promise<void>) => {
      try {
        await work;
      } catch (error) {
        failed = true;
        const about = { shop: this.shop(), error: String(error) };
        console.error(JSON.stringify({ level: 'error', msg: 'a move, a credit or an erasure was put off', ...about }));
      }
    };
    for (const move of this.store.openMoves(MOVES_AT_ONCE)) await tryTo(handOver(this.env, shop, move, this));
    const claimants = this.store.openings.claimants(MOVES_AT_ONCE);
    const claimed = claimants.map((customer) => ({ customer, openings: this.store.openings.claimedBy(customer) }));
    await tryTo(creditOpenings(this.env, shop, claimed, this));
    for (const id of this.store.erasures.due(Date.now(), ERASURES_AT_ONCE)) await tryTo(this.#erasing.run(id));
    this.#failures = failed ? this.#failures + 1 : 0;
    if (this.#isBusy()) await this.#arm();
  }

  #isBusy(): boolean {
    const { openings, erasures } = this.store;
    return this.store.openMoves(1).length > 0 || openings.claimants(1).length > 0 || erasures.nextMs() !== null;
  }

  #resolve(subject: Subject, call: ResolveCall, made: Made): Resolved {
    const erased = this.#erasedOf(subject);
    if (erased !== null && (subject.latestMs ?? Number.POSITIVE_INFINITY) < erased.beforeMs)
      return { customer: '', known: false, moves: [], erased };
    const found = match(this.store, subject);
    const leaving = this.movesOf(found.leaving);
    if (leaving.length > 0) return { customer: found.customer ?? '', known: false, moves: leaving };
    const customer = found.customer ?? this.#bear(call);
    if (found.customer === null && subject.trust === 'browser') {
      const visitor = subject.visitor ?? '';
      made.set(visitor, (made.get(visitor) ?? 0) + 1);
    }
    for (const identifier of found.attach) this.store.attach(customer, identifier, subject.trust, call.nowMs);
    // a browser's word does not lead to points
    if (subject.trust === 'server') this.store.openings.claim(customer, found.attach);
    const openings = this.store.openings.claimedBy(customer);
    const others = new Set([...found.others, ...this.#formerly(subject, customer)]);
    const moves = [...others].flatMap((loser) =>
      this.#begin({ loser, survivor: customer, trust: subject.trust, reason: 'identified' }, call.nowMs),
    );
    // one just made is named by nothing but this
    const isNew = found.customer === null;
    const known = isNew ? isNamedBy(subject, found.attach) : this.store.isNamed(customer, NAMING);
    return { customer, known, moves, ...(openings.length > 0 && { openings }), ...(erased !== null && { erased }) };
  }

  #erasedOf({ identifiers }: Subject): { beforeMs: number; erasure: string } | null {
    const found = this.store.erasures.erasedSince(identifiers, (name) => this.#hashOf(name));
    if (found.length === 0) return null;
    const since = new Map(found.map(({ place, erasedMs }) => [place, erasedMs]));
    const beforeMs = erasedBefore(identifiers.map(({ kind }, at) => ({ kind, erasedMs: since.get(at) ?? null })));
    return beforeMs === null ? null : { beforeMs, erasure: found.at(-1)?.erasure ?? '' };
  }

  #hashOf: NameHash = (name) => {
    this.#hash ??= nameHashOf(this.env.ROOT_SECRET, this.shop());
    return this.#hash(name);
  };

  /** Whom a trusted sender's alias names by a user id that was theirs before. */
  #formerly({ formerly, trust }: Subject, customer: string): string[] {
    if (formerly === undefined || trust !== 'server') return [];
    const owner = this.store.owner({ kind: 'user', value: formerly });
    return owner === null || owner.customer === customer ? [] : [owner.customer];
  }

  /** One move at a time: a customer to whom others are still on their way does not leave before they have arrived. */
  #begin(move: NewMove, now: number): Move[] {
    const arriving = this.store.openMovesInto(move.loser);
    if (arriving.length > 0) return arriving;
    this.store.open(move, now);
    return this.movesOf([move.loser]);
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
    this.store.bear(customer, call.nowMs);
    return customer;
  }
}

function isNamedBy({ trust }: Subject, identifiers: Identifier[]): boolean {
  return trust === 'server' && identifiers.some(({ kind }) => NAMING.includes(kind));
}
