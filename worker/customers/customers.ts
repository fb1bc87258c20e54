/**
 * The Customers object: keeps what happened to its customers and what follows from it. A thin shell: it finds the
 * terms, runs one transaction, arms one alarm. What an input means is decided in `domain`.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Order } from '../domain/order.ts';
import type { Definition } from '../domain/segments/definition.ts';
import type { Terms } from '../domain/terms.ts';
import type { Env } from '../env.ts';
import { type ToldCopy, toldCopy } from '../projection/told.ts';
import { openTerms, type ShopTerms } from '../segments/cache.ts';
import type { Batch } from './batch.ts';
import { type BroughtUp, bringUp, bringUpAll, requireCurrent, runDue, type Scene, StaleTerms } from './due.ts';
import { adopt, freeze, type MoveCall, type Part, type Place, partOf } from './moving.ts';
import { Projector } from './projector.ts';
import { type HistoryPage, type OrdersPage, Reader, type Standing } from './reader.ts';
import type { Group, GroupAnswer } from './record.ts';
import { recordAll } from './recorder.ts';
import { type Explained, type Memberships, type Previewed, SegmentReader, type Wanted } from './segment-reader.ts';
import { ShopClock } from './shop-clock.ts';
import { CustomerStore, type Page } from './store.ts';
import { Timer } from './timer.ts';

const DUE_AT_ONCE = 200;

export interface RecordCall {
  shop: string;
  /** The caller's version of the settings; the object fetches it where it has not seen it. */
  version: number;
  groups: Group[];
  /** Wait up to this long for D1's copy; 0: do not wait. */
  waitMs: number;
}

export interface SegmentCall {
  shop: string;
  version: number;
  /** What time it is in a test shop; null in a live one. */
  clockMs: number | null;
}

export interface RecordAnswer {
  groups: GroupAnswer[];
  rowsWritten: number;
  projected: boolean;
}

export class Customers extends DurableObject<Env> {
  readonly #store: CustomerStore;
  readonly #projector: Projector;
  readonly #reader: Reader;
  readonly #segments: SegmentReader;
  /** Asked in test shops only. */
  readonly #clock: ShopClock;
  readonly #timer: Timer;
  #dueFailures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new CustomerStore(ctx.storage);
    this.#projector = new Projector(this.#store, env.DB, () => this.#shop());
    this.#reader = new Reader(this.#store);
    this.#segments = new SegmentReader(this.#store);
    this.#clock = new ShopClock(env, { shop: this.#shop(), object: ctx.id.name ?? '' });
    this.#timer = new Timer(ctx.storage, { store: this.#store, projector: this.#projector, clock: this.#clock });
  }

  /** Rows read since the object started, for holding costs against history. */
  get rowsRead(): number {
    return this.#store.rowsRead;
  }

  /** Stores every group's inputs, each once, and answers each. What was answered is durable. */
  async record(call: RecordCall): Promise<RecordAnswer> {
    if (call.shop !== this.#shop()) throw new Error('a call for another shop');
    await this.#timer.read();
    const before = this.#store.rowsWritten;
    const report = (msg: string, error: unknown) => this.#report(msg, error);
    const groups = await this.#byTerms(call.version, (shop) =>
      this.#write(shop, (now) => recordAll(this.#store, call.groups, { terms: shop.terms, now, report })),
    );
    this.#projector.touch();
    const rowsWritten = this.#store.rowsWritten - before;
    const projected = call.waitMs > 0 ? await this.#projector.settled(call.waitMs) : false;
    return { groups, rowsWritten, projected };
  }

  /**
   * Balance, profile and the first pages, as of now; null for a customer this object never heard of. Writes nothing.
   * `clockMs`: what time it is in a test shop.
   */
  standing(
    customer: string,
    first: { activity: number; orders: number },
    clockMs: number | null = null,
  ): Standing | { moved: string } | null {
    return this.#reader.standing(customer, clockMs ?? Date.now(), first);
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
    return this.#store.order(customer, orderId);
  }

  /** The segments and lists a customer is in as of now; null for one this object never heard of. Writes nothing. */
  async memberships(call: SegmentCall & { customer: string }): Promise<Memberships | { moved: string } | null> {
    return this.#byTerms(call.version, ({ terms }) =>
      this.#segments.memberships(call.customer, terms, call.clockMs ?? Date.now()),
    );
  }

  /** Each condition of a definition with what it finds of a customer as of now. Writes nothing. */
  async explain(call: SegmentCall & { customer: string; definition: Definition; guard: boolean }): Promise<Explained> {
    return this.#byTerms(call.version, ({ terms }) =>
      this.#segments.explain(call.customer, { ...call, terms }, call.clockMs ?? Date.now()),
    );
  }

  /** Whom of these a definition would hold; with why, of so many. Writes nothing. */
  async preview(call: SegmentCall & Wanted): Promise<Previewed> {
    return this.#byTerms(call.version, ({ terms }) =>
      this.#segments.preview(call.customers, { ...call, terms }, call.clockMs ?? Date.now()),
    );
  }

  /** Those of these whom the shop can name and who are in a segment or on a list as of now. Writes nothing. */
  async membersOf(call: SegmentCall & { customers: string[]; group: string }): Promise<string[]> {
    return this.#byTerms(call.version, ({ terms }) =>
      this.#segments.membersOf(call.group, call.customers, terms, call.clockMs ?? Date.now()),
    );
  }

  /** Holds these against the definitions that came since their last look; answers how many segments were entered and left. */
  async bringUp(call: SegmentCall & { customers: string[] }): Promise<BroughtUp> {
    await this.#timer.read();
    const done = await this.#byTerms(call.version, (shop) =>
      this.#write(shop, (now) =>
        this.#store.transaction((batch) => bringUpAll(this.#scene(batch, shop.terms), call.customers, now)),
      ),
    );
    this.#projector.touch();
    return done;
  }

  /** Freezes a customer who turned out to be another one, once, and answers the part of it that comes after `from`. */
  async leave(call: MoveCall & { from: Place }): Promise<Part> {
    const left = await this.#move(call, (scene, now) => freeze(scene, call, now));
    return left ? partOf(this.#store, call.loser, call.from) : { kind: 'refused' };
  }

  /** Takes a part of a customer over; with the last one everything, once. */
  async adopt(call: MoveCall & { part: Extract<Part, { kind: 'part' }> }): Promise<void> {
    await this.#move(call, (scene, now) => adopt(scene, call, now));
  }

  /** Tells D1 of these customers, whatever it was told before; for rebuilding. Throws where D1 fails. */
  async retell(customers: string[]): Promise<void> {
    await this.#projector.retell(customers);
  }

  /** What D1 should hold of these customers; `behind`: it may not know all of it yet. For comparing. */
  copies(customers: string[]): { behind: boolean; copies: ToldCopy[] } {
    if (this.#projector.behind) this.#projector.touch();
    const here = this.#projector.sets(customers, new Map()).filter((set) => set.head.movedTo === null);
    return { behind: this.#projector.behind, copies: here.map(toldCopy) };
  }

  /** Those of `orders` that are kept here under the customer they name. */
  heldOrders(orders: { customer: string; orderId: string }[]): string[] {
    return orders.flatMap(({ customer, orderId }) => (this.#store.order(customer, orderId) === null ? [] : orderId));
  }

  /** Those of `keys` that were used here. */
  usedKeys(keys: { customer: string; key: string }[]): { customer: string; key: string }[] {
    return this.#store.usedKeys(keys);
  }

  /**
   * For a test shop's clock, which stands at `nowMs` and lets no write begin: does all that is due by then, and answers
   * what is due next. It may be due by then too: a call does so much and no more. Throws where anything went wrong.
   */
  async dueBy(nowMs: number): Promise<number | null> {
    await this.#clock.quiet();
    const before = this.#store.rowsWritten;
    const done = await this.#byTerms(1, ({ terms }) => this.#runDueAt(nowMs, terms));
    const due = this.#store.nextDue();
    const stuck = due !== null && due <= nowMs && this.#store.rowsWritten === before;
    if (!done || stuck) throw new Error('due work failed');
    this.#projector.touch();
    this.#timer.arm(this.#dueFailures);
    return due;
  }

  override async alarm(): Promise<void> {
    this.#timer.rang();
    const done = await this.#runDue();
    await this.#projector.flush();
    this.#dueFailures = done ? 0 : this.#dueFailures + 1;
    this.#timer.arm(this.#dueFailures);
  }

  /** A write at the shop's instant; what it leaves due is told to the timer: the platform's alarm, or a test shop's clock. */
  async #write<T>(shop: ShopTerms, write: (now: number) => T): Promise<T> {
    try {
      // clocks of machines may be set back; nothing here is ever decided before something that was
      const forwards = (now: number) => write(Math.max(now, this.#store.latestMs));
      if (shop.terms.mode === 'live') return forwards(Date.now());
      return await this.#clock.during(forwards, () => this.#store.nextDue());
    } finally {
      this.#timer.arm(this.#dueFailures);
    }
  }

  /** Closes what is due, each customer by itself; false where anything went wrong and has to be tried again. */
  async #runDue(): Promise<boolean> {
    if (this.#store.dueCustomers(Date.now(), 1).length === 0) return true;
    try {
      return await this.#byTerms(1, (shop) => this.#write(shop, (now) => this.#runDueAt(now, shop.terms)));
    } catch (error) {
      this.#report('due work put off', error);
      return false;
    }
  }

  /** One page of who is due; false where anything went wrong. */
  #runDueAt(now: number, terms: Terms): boolean {
    const customers = this.#store.dueCustomers(now, DUE_AT_ONCE);
    return customers.map((customer) => this.#runDueOf(customer, terms, now)).every((done) => done);
  }

  #runDueOf(customer: string, terms: Terms, now: number): boolean {
    try {
      this.#store.transaction((batch) => {
        const head = this.#store.head(customer);
        if (head === null) return;
        const scene = this.#scene(batch, terms);
        requireCurrent(scene, head);
        const then = Math.max(now, head.nowMs);
        bringUp(scene, customer, runDue(scene, customer, head, then), then);
      });
      return true;
    } catch (error) {
      if (error instanceof StaleTerms) throw error;
      this.#report('due work failed', error);
      return false;
    }
  }

  /** By the terms that a caller knows, or by newer ones where a customer was held against newer. */
  async #byTerms<T>(version: number, work: (shop: ShopTerms) => T | Promise<T>): Promise<T> {
    try {
      return await work(await openTerms(this.env, this.#shop(), version));
    } catch (error) {
      if (!(error instanceof StaleTerms)) throw error;
      return work(await openTerms(this.env, this.#shop(), error.atLeast));
    }
  }

  #scene(batch: Batch, terms: Terms): Scene {
    return { store: this.#store, batch, terms };
  }

  async #move<T>(call: MoveCall, work: (scene: Scene, now: number) => T): Promise<T> {
    if (call.shop !== this.#shop()) throw new Error('a call for another shop');
    await this.#timer.read();
    const done = await this.#byTerms(call.version, (shop) =>
      this.#write(shop, (now) => this.#store.transaction((batch) => work(this.#scene(batch, shop.terms), now))),
    );
    this.#projector.touch();
    return done;
  }

  #shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }

  #report(msg: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    console.error(
      JSON.stringify({
        level: 'error',
        msg,
        shop: this.#shop(),
        stack,
      }),
    );
  }
}
