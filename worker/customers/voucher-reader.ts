/** What is asked of one customer's vouchers and of the rewards they may have, as of now. Nothing is written. */
import type { Head } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import { participationOf } from '../domain/members/participation.ts';
import type { MemberState } from '../domain/members/state.ts';
import { offersTo, type RewardOffer } from '../domain/rewards/offers.ts';
import { guardedSince } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import { tierIdOf } from '../domain/tiers/state.ts';
import type { Counts, CustomerFacts } from '../domain/vouchers/facts.ts';
import type { Needs } from '../domain/vouchers/needs.ts';
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { movesOf, type WalletMove } from '../domain/vouchers/wallet-moves.ts';
import { bringUp, requireCurrent, runDue } from './due.ts';
import type { CustomerStore } from './store.ts';
import type { VoucherPlace } from './voucher-store.ts';

/** Of somebody who is another one by now: who. null: nobody by that id was ever here. */
export type Told<T> = (T & { moved: null }) | { moved: string } | null;

export interface Wallet {
  asOfMs: number;
  /** Of the customer's journal. */
  seq: number;
  vouchers: Voucher[];
  /** Pass for the next page; null on the last one. */
  next: VoucherPlace | null;
}

export interface WalletPage {
  limit: number;
  before: VoucherPlace | null;
}

export interface Offers {
  asOfMs: number;
  balance: number;
  participation: MemberState;
  offers: RewardOffer[];
}

export interface MovesPage {
  limit: number;
  /** How many of the oldest are left; null: all of them. */
  before: number | null;
}

/** A move, and what the shopper calls the order; null: nobody knows it here. */
export type NamedMove = WalletMove & { orderName: string | null };

const WHOLE: WalletPage = { limit: 1_000, before: null };

/** What an evaluation asks of the customer and of vouchers that they hold. */
export interface FactsCall {
  needs: Needs;
  /** Ids of vouchers, each with its campaign. */
  vouchers: { voucher: string; campaign: string | null }[];
}

export class VoucherReader {
  readonly #store: CustomerStore;

  constructor(store: CustomerStore) {
    this.#store = store;
  }

  wallet(customer: string, clock: number, { limit, before }: WalletPage = WHOLE): Told<Wallet> {
    return this.#of(customer, ({ seq, nowMs }) => {
      const found = this.#store.vouchers.page(customer, limit + 1, before);
      const vouchers = found.slice(0, limit);
      const last = vouchers.at(-1);
      const next =
        found.length > limit && last !== undefined ? { createdAtMs: last.createdAtMs, voucher: last.id } : null;
      return { asOfMs: Math.max(nowMs, clock), seq, vouchers, next };
    });
  }

  /** `voucher` null: they hold none by that id. */
  voucher(customer: string, id: string): Told<{ voucher: Voucher | null }> {
    return this.#of(customer, () => {
      const voucher = this.#store.vouchers.voucher(customer, id);
      return { voucher: voucher?.held?.removed === true ? null : voucher };
    });
  }

  /** The row that used a key; `row` null: it is new here. */
  rowOf(customer: string, key: string): Told<{ row: JournalRow | null }> {
    return this.#of(customer, () => ({ row: this.#store.ledger.rowOfKey(customer, key) }));
  }

  /** Of one voucher, the oldest first, refused ones among them; and what was put on it by hand. */
  redemptionsOf(customer: string, voucher: string): Told<{ redemptions: Redemption[]; credits: GiftCredit[] }> {
    return this.#of(customer, () => ({
      redemptions: this.#store.vouchers.redemptionsOf(customer, voucher),
      credits: this.#store.vouchers.credits(customer, voucher),
    }));
  }

  /** Of a gift card, the newest first; `moves` null: they hold none by that id. `next`: as `before`. */
  giftMoves(
    customer: string,
    id: string,
    { limit, before, clock }: MovesPage & { clock: number },
  ): Told<{ moves: NamedMove[] | null; next: number | null }> {
    return this.#of(customer, ({ nowMs }) => {
      const { vouchers } = this.#store;
      const voucher = vouchers.voucher(customer, id);
      const none = { moves: null, next: null };
      if (voucher === null || voucher.held?.removed === true) return none;
      const known = { redemptions: vouchers.redemptionsOf(customer, id), credits: vouchers.credits(customer, id) };
      const all = movesOf(voucher, known, Math.max(nowMs, clock));
      if (all === null) return none;
      const end = Math.min(before ?? all.length, all.length);
      const start = Math.max(0, end - limit);
      const moves = all.slice(start, end).reverse();
      return { moves: moves.map((move) => this.#named(customer, move)), next: start === 0 ? null : start };
    });
  }

  #named(customer: string, move: WalletMove): NamedMove {
    const order = move.orderId === null ? null : this.#store.order(customer, move.orderId);
    return { ...move, orderName: order?.snapshot?.name ?? null };
  }

  /** Those of these ids that are of vouchers here, and those that hang from one of them. */
  redemptions(customer: string, ids: string[]): Told<{ redemptions: Redemption[] }> {
    return this.#of(customer, () => ({ redemptions: this.#store.vouchers.redemptionsIn(customer, ids) }));
  }

  /** What rules ask, by trusted events alone, and what was counted here; the same that a redemption here is held against. */
  facts(
    customer: string,
    { needs, vouchers }: FactsCall,
    terms: Terms,
    clock: number,
  ): Told<{ customer: CustomerFacts; counts: Record<string, Counts> }> {
    return this.#at(customer, terms, clock, ({ head, guarded, nowMs }) => {
      const calendar = { timeZone: terms.segments.manner.timeZone, weekStart: terms.weekStart ?? 1 };
      const countsOf = ({ voucher, campaign }: FactsCall['vouchers'][number]) =>
        this.#store.vouchers.counts(
          customer,
          { names: needs.counts, voucher, campaign, redeemer: customer },
          nowMs,
          calendar,
        );
      return {
        customer: {
          id: customer,
          segments: needs.segments.filter((id) => guarded(id) !== null),
          tier: tierIdOf(head),
          traits: head.traits,
          orders: needs.orders ? this.#store.vouchers.standingOrders(customer) : 0,
        },
        counts: Object.fromEntries(vouchers.map((one) => [one.voucher, countsOf(one)])),
      };
    });
  }

  /** The rewards that points can buy, as this customer may have them now. */
  offers(customer: string, terms: Terms, clock: number): Told<Offers> {
    return this.#at(customer, terms, clock, ({ head, guarded, nowMs }) => {
      const offers = offersTo({ head, guardedSince: guarded }, terms, nowMs);
      const participation = participationOf(head, terms.programme, (segment) => guarded(segment) !== null);
      return { asOfMs: nowMs, balance: head.balance, participation, offers };
    });
  }

  #of<T extends object>(customer: string, read: (head: Head) => T): Told<T> {
    const head = this.#store.head(customer);
    if (head === null) return null;
    return head.movedTo === null ? { ...read(head), moved: null } : { moved: head.movedTo };
  }

  /** With what is due by now done, on trial. */
  #at<T extends object>(customer: string, terms: Terms, clock: number, read: (seen: Seen) => T): Told<T> {
    if (!this.#store.isThere()) return null;
    return this.#of(customer, (stored) => {
      requireCurrent({ terms }, stored);
      const nowMs = Math.max(stored.nowMs, clock);
      return this.#store.trial((batch) => {
        const scene = { store: this.#store, batch, terms };
        batch.load([customer], []);
        const head = bringUp(scene, customer, runDue(scene, customer, stored, nowMs), nowMs);
        const guarded = guardedSince({ head, history: batch.history(customer) }, terms.segments, nowMs);
        return read({ head, guarded, nowMs });
      });
    });
  }
}

interface Seen {
  head: Head;
  guarded: (group: string) => number | null;
  nowMs: number;
}
