/**
 * The Customers object: keeps what happened to its customers and what follows from it. A thin shell: it finds the
 * terms, runs one transaction, arms one alarm. What an input means is decided in `domain`; what it is asked without
 * writing is in `customer-reads.ts`.
 */
import type { OpenErrand } from '../domain/errand.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Terms } from '../domain/terms.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { type ToldCopy, toldCopy } from '../projection/told.ts';
import { openTerms, type ShopTerms } from '../segments/cache.ts';
import { Announcer } from './announcer.ts';
import type { Batch } from './batch.ts';
import type { RecordAnswer, RecordCall, SegmentCall } from './calls.ts';
import { CustomerReads } from './customer-reads.ts';
import { type DistributeCall, type Distributed, distributeAll, wouldReceive } from './distribute-all.ts';
import { type BroughtUp, bringUp, bringUpAll, requireCurrent, runDue, type Scene, StaleTerms } from './due.ts';
import type { ThingKind } from './erased-store.ts';
import { type EraseCall, erase, forgetRedeemer, type RedeemerCall } from './erasing.ts';
import { takeAnswer } from './errand-answer.ts';
import { ERRAND_KINDS } from './errand-kinds.ts';
import { Errands } from './errands.ts';
import { adopt, freeze, type MoveCall, type Part, type Place, partOf } from './moving.ts';
import { Projector } from './projector.ts';
import { recordAll } from './recorder.ts';
import { ShopClock } from './shop-clock.ts';
import { Timer } from './timer.ts';
import type { Told } from './voucher-reader.ts';

const DUE_AT_ONCE = 200;
/** How often a voucher that waits is looked at, where errands of others keep going on. */
const READY_STEP_MS = 20;

export class Customers extends CustomerReads {
  readonly #projector: Projector;
  /** Asked in test shops only. */
  readonly #clock: ShopClock;
  readonly #errands: Errands;
  readonly #announcer: Announcer;
  readonly #timer: Timer;
  #dueFailures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#projector = new Projector(this.store, env.DB, () => this.shop());
    this.#clock = new ShopClock(env, { shop: this.shop(), object: ctx.id.name ?? '' });
    this.#errands = new Errands({
      store: this.store.errands,
      ask: (errand) => this.#ask(errand),
      settle: (errand, answer) => this.#change(1, (scene, now) => takeAnswer(scene, errand, answer, now)),
      arm: () => this.#timer.arm(this.#dueFailures),
      report: (msg, error) => this.#report(msg, error),
    });
    this.#announcer = new Announcer(env, this.store, () => this.shop());
    const tellers = { projector: this.#projector, announcer: this.#announcer };
    this.#timer = new Timer(ctx.storage, { store: this.store, clock: this.#clock, errands: this.#errands, ...tellers });
  }

  /** Stores every group's inputs, each once, and answers each. What was answered is durable. */
  async record(call: RecordCall): Promise<RecordAnswer> {
    if (call.shop !== this.shop()) throw new Error('a call for another shop');
    await this.#timer.read();
    const before = this.store.rowsWritten;
    const report = (msg: string, error: unknown) => this.#report(msg, error);
    const groups = await this.byTerms(call.version, (shop) =>
      this.#write(shop, (now) => recordAll(this.store, call.groups, { terms: shop.terms, now, report })),
    );
    this.#projector.touch();
    const rowsWritten = this.store.rowsWritten - before;
    const projected = call.waitMs > 0 ? await this.#projector.settled(call.waitMs) : false;
    return { groups, rowsWritten, projected };
  }

  /** Holds these against the definitions that came since their last look; answers how many segments were entered and left. */
  async bringUp(call: SegmentCall & { customers: string[] }): Promise<BroughtUp> {
    return this.#change(call.version, (scene, now) => bringUpAll(scene, call.customers, now));
  }

  /** Whom of the customers a distribution gives a code; `dryRun`: would give. */
  async distribute(call: SegmentCall & DistributeCall & { dryRun: boolean }): Promise<Distributed> {
    const clock = call.clockMs ?? Date.now();
    if (!call.dryRun) return this.#change(call.version, (scene, now) => distributeAll(scene, call, now));
    return this.byTerms(call.version, ({ terms }) =>
      this.store.trial((batch) => wouldReceive(this.#scene(batch, terms), call, clock)),
    );
  }

  /** A voucher once it waits for nothing any more, or as it is after `ms`. */
  async voucherReady(customer: string, id: string, ms: number): Promise<Told<{ voucher: Voucher | null }>> {
    const until = Date.now() + ms;
    for (;;) {
      const told = this.vouchers.voucher(customer, id);
      const isWaiting = told !== null && told.moved === null && told.voucher?.held?.waitsFor !== undefined;
      if (!isWaiting || !this.#errands.isOpen || Date.now() >= until) return told;
      await this.#errands.settled(READY_STEP_MS);
    }
  }

  /** Has an errand that waits asked now; false: it is not answered within `ms`. */
  async hasten(op: string, ms: number): Promise<boolean> {
    const until = Date.now() + ms;
    if (!this.store.errands.hasten(op)) return true;
    this.#errands.touch();
    while (this.store.errands.isOpen(op)) {
      if (Date.now() >= until) return false;
      await this.#errands.settled(READY_STEP_MS);
    }
    return true;
  }

  /** Freezes a customer who turned out to be another one, once, and answers the part of it that comes after `from`. */
  async leave(call: MoveCall & { from: Place }): Promise<Part> {
    const left = await this.#move(call, (scene, now) => freeze(scene, call, now));
    return left ? partOf(this.store, call.loser, call.from) : { kind: 'refused' };
  }

  /** Takes a part of a customer over; with the last one everything, once. */
  async adopt(call: MoveCall & { part: Extract<Part, { kind: 'part' }> }): Promise<void> {
    await this.#move(call, (scene, now) => adopt(scene, call, now));
  }

  /** Erases a customer, once; `waiting`: something that they asked of others is still on its way. */
  async erase(call: EraseCall): Promise<'erased' | 'waiting'> {
    if (call.shop !== this.shop()) throw new Error('a call for another shop');
    await this.#timer.read();
    const done = await this.byTerms(call.version, (shop) =>
      this.#write(shop, (clock) => erase(this.store, call, { terms: shop.terms, clock })),
    );
    this.#projector.touch();
    return done;
  }

  /** Who used another one's vouchers here, and is erased, is not known any more. */
  async forgetRedeemer(call: RedeemerCall): Promise<void> {
    if (call.shop !== this.shop()) throw new Error('a call for another shop');
    await this.#change(call.version, (scene, now) => forgetRedeemer(scene, call, now));
  }

  /** Others have this of an erased customer by now. */
  handedBack(customer: string, things: { kind: ThingKind; ids: string[] }): void {
    this.store.transaction(() => this.store.erased.drop(customer, things.kind, things.ids));
  }

  /** In which object's keeping redemptions of an erased customer are by now. */
  nowKeptBy(customer: string, redemptions: string[], kept: JsonObject): void {
    const things = redemptions.map((id) => ({ id, body: kept }));
    this.store.transaction(() => this.store.erased.keep(customer, 'redemption', things));
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

  /**
   * For a test shop's clock, which stands at `nowMs` and lets no write begin: does all that is due by then, and answers
   * what is due next. It may be due by then too: a call does so much and no more, and while errands are open that is so.
   * These are waited for so long; where the clock is closed to writes none of them can end. Throws where anything went wrong.
   */
  async dueBy(nowMs: number, waitMs = 0): Promise<number | null> {
    await this.#clock.quiet();
    const before = this.store.rowsWritten;
    const done = await this.byTerms(1, ({ terms }) => this.#runDueAt(nowMs, terms));
    const due = this.store.nextDue();
    const stuck = due !== null && due <= nowMs && this.store.rowsWritten === before;
    if (!done || stuck) throw new Error('due work failed');
    this.#projector.touch();
    this.#announcer.touch(true);
    this.#errands.touch();
    this.#timer.arm(this.#dueFailures);
    if (waitMs > 0) await this.#errands.settled(waitMs);
    return this.#dueAt(nowMs);
  }

  override async alarm(): Promise<void> {
    this.#timer.rang();
    const done = await this.#runDue();
    this.#errands.touch();
    // nobody who called brought the newest settings along
    const announced = this.#announcer.flush(this.#announcer.behind);
    await Promise.all([this.#projector.flush(), announced]);
    this.#projector.save();
    this.#dueFailures = done ? 0 : this.#dueFailures + 1;
    this.#timer.arm(this.#dueFailures);
  }

  /** A write at the shop's instant; what it leaves due is told to the timer: the platform's alarm, or a test shop's clock. */
  async #write<T>(shop: ShopTerms, write: (now: number) => T): Promise<T> {
    try {
      // clocks of machines may be set back; nothing here is ever decided before something that was
      const forwards = (now: number) => write(Math.max(now, this.store.latestMs));
      if (shop.terms.mode === 'live') return forwards(Date.now());
      return await this.#clock.during(forwards, (now) => this.#dueAt(now));
    } finally {
      this.#errands.touch();
      this.#announcer.touch();
      this.#timer.arm(this.#dueFailures);
    }
  }

  /** What a test shop's clock is told at an instant: while errands are open it does not pass. */
  #dueAt(now: number): number | null {
    return this.#errands.isOpen ? now : this.store.nextDue();
  }

  async #ask(errand: OpenErrand): Promise<JsonObject> {
    const ask = ERRAND_KINDS[errand.kind];
    if (ask === undefined) throw new Error('an errand of no known kind');
    const { id, version } = await openTerms(this.env, this.shop(), 1);
    return ask(this.env, { id, version }, errand);
  }

  /** Closes what is due, each customer by itself; false where anything went wrong and has to be tried again. */
  async #runDue(): Promise<boolean> {
    if (this.store.dueCustomers(Date.now(), 1).length === 0) return true;
    try {
      return await this.byTerms(1, (shop) => this.#write(shop, (now) => this.#runDueAt(now, shop.terms)));
    } catch (error) {
      this.#report('due work put off', error);
      return false;
    }
  }

  /** One page of who is due; false where anything went wrong. */
  #runDueAt(now: number, terms: Terms): boolean {
    const customers = this.store.dueCustomers(now, DUE_AT_ONCE);
    return customers.map((customer) => this.#runDueOf(customer, terms, now)).every((done) => done);
  }

  #runDueOf(customer: string, terms: Terms, now: number): boolean {
    try {
      this.store.transaction((batch) => {
        const head = this.store.head(customer);
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

  #scene(batch: Batch, terms: Terms): Scene {
    return { store: this.store, batch, terms };
  }

  #move<T>(call: MoveCall, work: (scene: Scene, now: number) => T): Promise<T> {
    if (call.shop !== this.shop()) throw new Error('a call for another shop');
    return this.#change(call.version, work);
  }

  /** One transaction of its own. */
  async #change<T>(version: number, work: (scene: Scene, now: number) => T): Promise<T> {
    await this.#timer.read();
    const done = await this.byTerms(version, (shop) =>
      this.#write(shop, (now) => this.store.transaction((batch) => work(this.#scene(batch, shop.terms), now))),
    );
    this.#projector.touch();
    return done;
  }

  #report(msg: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    console.error(JSON.stringify({ level: 'error', msg, shop: this.shop(), stack }));
  }
}
