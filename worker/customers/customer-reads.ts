/** What an object of customers is asked without writing anything: as of now, whatever its alarm has not done yet. */
import { DurableObject } from 'cloudflare:workers';
import type { LeftVoucher } from '../domain/erasure/vouchers.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Pending } from '../domain/loyalty/pending.ts';
import type { Order } from '../domain/order.ts';
import type { OrderSnapshot } from '../domain/order-facts.ts';
import type { Definition } from '../domain/segments/definition.ts';
import type { TierProgramme } from '../domain/tiers/programme.ts';
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { openTerms, type ShopTerms } from '../segments/cache.ts';
import type { RecordCall, SegmentCall } from './calls.ts';
import { StaleTerms } from './due.ts';
import { type CustomerPreview, earningWaysFor, previewFor } from './earning-reader.ts';
import type { ThingKind } from './erased-store.ts';
import { type Holding, LedgerReader, type LedgerRow, type Outstanding, type RowsCall } from './ledger-reader.ts';
import {
  type First,
  type HistoryPage,
  type OrdersPage,
  Reader,
  type ShopperStanding,
  type Standing,
} from './reader.ts';
import type { GroupAnswer } from './record.ts';
import { type ReferralsOf, type ReferralsPage, referralsOf } from './referral-reader.ts';
import { type Explained, type Memberships, type Previewed, SegmentReader, type Wanted } from './segment-reader.ts';
import { CustomerStore, type Page } from './store.ts';
import { type TierMoves, type TierNow, TierReader } from './tier-reader.ts';
import { type Before, type BeforeCall, toldBefore } from './told-before.ts';
import {
  type FactsCall,
  type MovesPage,
  type NamedMove,
  type Told,
  VoucherReader,
  type Wallet,
  type WalletPage,
} from './voucher-reader.ts';

export class CustomerReads extends DurableObject<Env> {
  protected readonly store: CustomerStore;
  readonly #reader: Reader;
  readonly #segments: SegmentReader;
  readonly #ledger: LedgerReader;
  protected readonly vouchers: VoucherReader;
  readonly #tiers: TierReader;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new CustomerStore(ctx.storage);
    this.#reader = new Reader(this.store);
    this.#segments = new SegmentReader(this.store);
    this.#ledger = new LedgerReader(this.store);
    this.vouchers = new VoucherReader(this.store);
    this.#tiers = new TierReader(this.store);
  }

  /** Rows read since the object started, for holding costs against history. */
  get rowsRead(): number {
    return this.store.rowsRead;
  }

  /**
   * Balance, profile and the first pages, as of now; null for a customer this object never heard of. Writes nothing.
   * `clockMs`: what time it is in a test shop.
   */
  async standing(
    customer: string,
    first: { activity: number; orders: number },
    clockMs: number | null = null,
  ): Promise<Standing | { moved: string } | null> {
    const clock = clockMs ?? Date.now();
    if (!this.#reader.isDue(customer, clock)) return this.#reader.standing(customer, clock, first);
    return this.byTerms(1, ({ terms }) => this.#reader.dueStanding(customer, clock, first, terms));
  }

  /** As `standing`, with what the shop's terms say of a customer: whether they take part, and where they stand. */
  async shopper(
    call: SegmentCall & { customer: string; first: First },
  ): Promise<ShopperStanding | { moved: string } | null> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => this.#reader.shopper(call.customer, call.first, { terms, clock }));
  }

  timeline(customer: string, page: Page): HistoryPage {
    return this.#reader.timeline(customer, page);
  }

  points(customer: string, page: Page): HistoryPage {
    return this.#reader.points(customer, page);
  }

  orders(customer: string, limit: number, before: { placedMs: number; orderId: string } | null): OrdersPage {
    return this.#reader.orders(customer, limit, before);
  }

  order(customer: string, orderId: string): Order | null {
    return this.store.order(customer, orderId);
  }

  /** What a customer holds, the newest first, whatever its state; `page`: of so many. */
  wallet(customer: string, nowMs: number, page?: WalletPage): Told<Wallet> {
    return this.vouchers.wallet(customer, nowMs, page);
  }

  voucher(customer: string, id: string): Told<{ voucher: Voucher | null }> {
    return this.vouchers.voucher(customer, id);
  }

  redemptionsOf(customer: string, voucher: string): Told<{ redemptions: Redemption[]; credits: GiftCredit[] }> {
    return this.vouchers.redemptionsOf(customer, voucher);
  }

  /** What was put on a gift card that a customer holds and taken from it, the newest first. */
  giftMoves(
    customer: string,
    voucher: string,
    page: MovesPage,
    clockMs: number | null,
  ): Told<{ moves: NamedMove[] | null; next: number | null }> {
    return this.vouchers.giftMoves(customer, voucher, { ...page, clock: clockMs ?? Date.now() });
  }

  /** Those of these ids that are kept here, and those that hang from one of them. */
  redemptions(customer: string, ids: string[]): Told<{ redemptions: Redemption[] }> {
    return this.vouchers.redemptions(customer, ids);
  }

  /** Some of what others have to take of an erased customer. */
  leftVouchers(customer: string, limit: number): LeftVoucher[] {
    return this.store.erased.leftVouchers(customer, limit);
  }

  leftThings(customer: string, kind: ThingKind, limit: number): { id: string; body: JsonObject }[] {
    return this.store.erased.things(customer, kind, limit);
  }

  /** What is known of where a redemption of an erased customer is kept; null: nothing, or they were not erased. */
  keeperOf(customer: string, redemption: string): JsonObject | null {
    return this.store.erased.thing(customer, 'redemption', redemption);
  }

  /** The row that used a key; `row` null: it is new here. */
  rowOf(customer: string, key: string): Told<{ row: JournalRow | null }> {
    return this.vouchers.rowOf(customer, key);
  }

  /** Those of these rows that there are, for telling of them; whoever moved keeps theirs. */
  journalRows(customer: string, seqs: number[]): JournalRow[] {
    return this.store.unheard.rowsAt(customer, seqs);
  }

  /** What a connection would have been told of these before it began. */
  toldBefore(call: BeforeCall): Before {
    return toldBefore(this.store.unheard, call);
  }

  /** What rules of vouchers ask of a customer, and what was counted of vouchers here. */
  async voucherFacts(call: SegmentCall & FactsCall & { customer: string }) {
    return this.byTerms(call.version, ({ terms }) =>
      this.vouchers.facts(call.customer, call, terms, call.clockMs ?? Date.now()),
    );
  }

  /** The rewards that points can buy, as a customer may have them as of now. */
  async rewardOffers(call: SegmentCall & { customer: string }) {
    return this.byTerms(call.version, ({ terms }) =>
      this.vouchers.offers(call.customer, terms, call.clockMs ?? Date.now()),
    );
  }

  /** The segments and lists a customer is in as of now; null for one this object never heard of. Writes nothing. */
  async memberships(call: SegmentCall & { customer: string }): Promise<Memberships | { moved: string } | null> {
    return this.byTerms(call.version, ({ terms }) =>
      this.#segments.memberships(call.customer, terms, call.clockMs ?? Date.now()),
    );
  }

  /** Each condition of a definition with what it finds of a customer as of now. Writes nothing. */
  async explain(call: SegmentCall & { customer: string; definition: Definition; guard: boolean }): Promise<Explained> {
    return this.byTerms(call.version, ({ terms }) =>
      this.#segments.explain(call.customer, { ...call, terms }, call.clockMs ?? Date.now()),
    );
  }

  /** Whom of these a definition would hold; with why, of so many. Writes nothing. */
  async preview(call: SegmentCall & Wanted): Promise<Previewed> {
    return this.byTerms(call.version, ({ terms }) =>
      this.#segments.preview(call.customers, { ...call, terms }, call.clockMs ?? Date.now()),
    );
  }

  /** Those of these whom the shop can name and who are in a segment or on a list as of now. Writes nothing. */
  async membersOf(call: SegmentCall & { customers: string[]; group: string }): Promise<string[]> {
    return this.byTerms(call.version, ({ terms }) =>
      this.#segments.membersOf(call.group, call.customers, terms, call.clockMs ?? Date.now()),
    );
  }

  /** Where a customer stands as of now; null for one this object never heard of. Writes nothing. */
  async tierOf(call: SegmentCall & { customer: string }): Promise<TierNow | { moved: string } | null> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => this.#tiers.tierOf(call.customer, terms, clock));
  }

  /** From which tier to which these would go by other rules. Writes nothing. */
  async previewTiers(call: SegmentCall & { customers: string[]; tiers: TierProgramme | null }): Promise<TierMoves[]> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => this.#tiers.preview(call.customers, call.tiers, terms, clock));
  }

  /** Whom a customer brought and by whom they were brought, as of now; null for one this object never heard of. */
  async referrals(
    call: SegmentCall & ReferralsPage & { customer: string },
  ): Promise<ReferralsOf | { moved: string } | null> {
    return this.byTerms(call.version, ({ terms }) =>
      referralsOf(this.store, call.customer, call, { terms, now: call.clockMs ?? Date.now() }),
    );
  }

  /** What an order would earn a customer as of now. Writes nothing. */
  async previewEarnings(call: SegmentCall & { customer: string; order: OrderSnapshot }): Promise<CustomerPreview> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) =>
      previewFor(this.store, call.customer, call.order, { terms, clock }),
    );
  }

  /** How a customer can earn as of now. Writes nothing. */
  async earningWays(call: SegmentCall & { customer: string }) {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => earningWaysFor(this.store, call.customer, { terms, clock }));
  }

  /** Points that wait as of now, the soonest released first, after one of them. */
  pendingPoints(
    customer: string,
    page: { after: { releasesAtMs: number; id: number } | null; limit: number },
    clockMs: number | null,
  ): Pending[] {
    const released = { releasesAtMs: clockMs ?? Date.now(), id: Number.MAX_SAFE_INTEGER };
    const isLater = page.after !== null && page.after.releasesAtMs > released.releasesAtMs;
    return this.store.ledger.pendingPage(customer, isLater ? page.after : released, page.limit);
  }

  /** Those of `orders` that are kept here under the customer they name. */
  heldOrders(orders: { customer: string; orderId: string }[]): string[] {
    return orders.flatMap(({ customer, orderId }) => (this.store.order(customer, orderId) === null ? [] : orderId));
  }

  /** Those of `keys` that were used here. */
  usedKeys(keys: { customer: string; key: string }[]): { customer: string; key: string }[] {
    return this.store.usedKeys(keys);
  }

  /** What these hold, each lot of it; whoever is nobody here, or left, is left out. */
  async holdings(call: SegmentCall & { customers: string[] }): Promise<Holding[]> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => this.#ledger.holdings(call.customers, terms, clock));
  }

  /** What these hold in all, by the months in which it runs out. */
  async outstanding(call: SegmentCall & { customers: string[]; monthsMs: number[] }): Promise<Outstanding> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => this.#ledger.outstanding(call, terms, clock));
  }

  /** Rows of these that moved points, customer by customer, as they were first written; fewer than `limit` are all. */
  ledgerRows(call: RowsCall): LedgerRow[] {
    return this.#ledger.rows(call);
  }

  /** What inputs would be answered, if they came now; null where nobody ever came here. */
  async tryOut(call: Omit<RecordCall, 'waitMs'> & { clockMs: number | null }): Promise<GroupAnswer[] | null> {
    const clock = call.clockMs ?? Date.now();
    return this.byTerms(call.version, ({ terms }) => this.#ledger.tryOut(call.groups, terms, clock));
  }

  /** By the terms that a caller knows, or by newer ones where a customer was held against newer. */
  protected async byTerms<T>(version: number, work: (shop: ShopTerms) => T | Promise<T>): Promise<T> {
    try {
      return await work(await openTerms(this.env, this.shop(), version));
    } catch (error) {
      if (!(error instanceof StaleTerms)) throw error;
      return work(await openTerms(this.env, this.shop(), error.atLeast));
    }
  }

  protected shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }
}
