/**
 * The Connection object: what one outside system has still to be told, and how that goes. It keeps pointers into journals;
 * what an event says is read when it is sent. How it is set up the shop keeps.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Outcome } from '../domain/connections/attempts.ts';
import type { PausedFor, Connection as Setup } from '../domain/connections/connection.ts';
import { eventId, type Pointer, parseEventId } from '../domain/connections/told.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';
import { forgetShop, openShop, openTerms, shopOf } from '../shops/cache.ts';
import { secretsNamed } from '../shops/secrets.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { Alarm } from '../storage/alarm.ts';
import { type Delivery, type DeliveryState, DeliveryStore } from './delivery-store.ts';
import { type Attempt, Pump } from './pump.ts';
import { secretName } from './secret-name.ts';
import { send } from './send.ts';
import { readTold } from './told-reader.ts';
import { bodyOf, webhookOf } from './webhook.ts';

/** While something is under way, this much later it is looked after: whoever was doing it may have died. */
const SAFETY_MS = 15_000;
const SWEEP_MS = 3_600_000;
const DAY_MS = 86_400_000;
const KEPT_MS = { succeeded: 7 * DAY_MS, dead: 90 * DAY_MS };
const SWEPT_AT_ONCE = 2_000;
const REPLAYED_AT_ONCE = 1_000;
const MOST_COUNTED = 10_000;
const LOST: Outcome = { status: null, error: 'lost', retryAfterMs: null };

export interface Standing {
  failingSinceMs: number | null;
  /** Each counted no further than 10,000. */
  pending: number;
  failed: number;
  dead: number;
}

export class Connection extends DurableObject<Env> {
  #store: DeliveryStore;
  readonly #pump: Pump;
  readonly #alarm: Alarm;
  #sweptAtMs = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new DeliveryStore(ctx.storage);
    this.#pump = new Pump({
      store: () => this.#store,
      connection: () => this.#setUp(),
      prepare: (connection, deliveries) => this.#prepare(connection, deliveries),
      pause: (setup, why) => this.#pause(setup, why),
      rested: (done) => {
        this.#alarm.ended(done);
        this.#alarm.arm();
      },
      report: (msg, error) => this.#report(msg, error),
    });
    this.#alarm = new Alarm(ctx.storage, { dueMs: () => this.#dueMs(), soonestMs: 0 });
  }

  get rowsWritten(): number {
    return this.#store.rowsWritten;
  }

  /** Takes what has to be told, each once; it is durable when this returns. `version`: of the settings that the caller knew. */
  async accept(version: number, pointers: Pointer[]): Promise<void> {
    const shop = await openTerms(this.env, this.#shop(), version);
    if (this.#of(shop) === null) return;
    this.#store.add(pointers, Date.now());
    this.wake();
  }

  /** Its setup changed. Where it sends again all that waits has its turn, and what was before is no failure of now. */
  setUpAnew(resumed: boolean): void {
    forgetShop(this.#shop());
    if (resumed) this.#store.resume(Date.now());
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    this.#pump.touch();
    this.#alarm.arm();
  }

  standing(): Standing {
    const count = (state: 'pending' | 'failed' | 'dead') => this.#store.count(state, MOST_COUNTED);
    const failingSinceMs = this.#store.failingSince();
    return { failingSinceMs, pending: count('pending'), failed: count('failed'), dead: count('dead') };
  }

  /** The newest first; `before`: the number of the last one of the page before. */
  deliveries(state: DeliveryState | null, before: number | null, limit: number): Delivery[] {
    return this.#store.page(state, before ?? Number.MAX_SAFE_INTEGER, limit);
  }

  /** Sends an event again, or at once where it waits; null: there is none, or it is no longer kept. */
  replay(id: string): Delivery | null {
    const named = parseEventId(id);
    const delivery = named === null ? null : this.#store.one(named);
    if (named === null || delivery === null) return null;
    this.#store.replay([delivery], Date.now());
    this.wake();
    return this.#store.one(named);
  }

  /** Sends what is dead again, or at once what waits after a failure; how many, and whether there are more. */
  replayAll(state: 'failed' | 'dead'): { replayed: number; more: boolean } {
    const all = this.#store.page(state, Number.MAX_SAFE_INTEGER, REPLAYED_AT_ONCE);
    if (all.length > 0) this.#store.replay(all, Date.now());
    this.wake();
    return { replayed: all.length, more: all.length === REPLAYED_AT_ONCE };
  }

  /** Sends one event that tells of nothing, now, and answers what came of it. Nothing is kept of it. */
  async tryOut(id: string): Promise<(Outcome & { tookMs: number }) | null> {
    const shop = await this.#current();
    const setup = this.#of(shop);
    if (shop === null || setup === null) return null;
    const now = new Date().toISOString();
    const about = { timestamp: now, recordedAt: now, shop: shop.id, customer: null, data: {}, test: true };
    const startedMs = Date.now();
    const outcome = await this.#send(shop, setup, id, { id, type: 'Connection Tested', ...about });
    return { ...outcome, tookMs: Date.now() - startedMs };
  }

  /** Forgets everything: the shop has dropped it. */
  async drop(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    // a live object has no tables after that
    this.#store = new DeliveryStore(this.ctx.storage);
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    this.#sweep();
    this.wake();
  }

  #dueMs(): number | null {
    if (this.#pump.isStopped && !this.#pump.isActive) return null;
    const nextMs = this.#store.nextMs(this.#pump.busy);
    if (!this.#pump.isActive) return nextMs;
    return Math.max(nextMs ?? 0, Date.now() + SAFETY_MS);
  }

  async #setUp(): Promise<Setup | null> {
    const setup = this.#of(await this.#current());
    if (setup !== null) return setup;
    // what this isolate knows may be older than the connection
    forgetShop(this.#shop());
    const now = this.#of(await this.#current());
    if (now === null) await this.drop();
    return now;
  }

  async #prepare(setup: Setup, deliveries: Delivery[]): Promise<Attempt> {
    const shop = await this.#current();
    if (shop === null) throw new Error('no such shop');
    const told = await readTold(this.env, shop.id, deliveries);
    const events = new Map(deliveries.map(({ n }, place) => [n, told[place] ?? null]));
    const about = { id: shop.id, test: shop.settings.mode === 'test' };
    return async ({ n }) => {
      const event = events.get(n) ?? null;
      if (event === null) return LOST;
      return this.#send(shop, setup, eventId(event.pointer), bodyOf(event, about));
    };
  }

  async #send(shop: ShopSnapshot, setup: Setup, id: string, body: JsonObject): Promise<Outcome> {
    const secrets = await secretsNamed(this.env, shop, secretName(setup.id));
    // it is being made, or this isolate does not know its secret yet: nothing goes out unsigned
    if (secrets.length === 0) throw new Error('a connection without a secret');
    return send(await webhookOf({ url: setup.url, secrets }, id, body));
  }

  async #pause({ id, updatedAtMs }: Setup, why: Exclude<PausedFor, 'merchant'>): Promise<void> {
    const now = Date.now();
    const object = shopOf(this.env, this.#shop());
    await object.changeConnections({ kind: 'change', id, change: { pausedFor: why, updatedAtMs: now } }, id);
    forgetShop(this.#shop());
    const kind = why === 'gone' ? ('connection.gone' as const) : ('connection.failing' as const);
    await object.keepNotice({ key: `${kind}:${id}:${updatedAtMs}`, kind, atMs: now, about: { connection: id } });
  }

  #sweep(): void {
    const now = Date.now();
    if (now - this.#sweptAtMs < SWEEP_MS) return;
    this.#sweptAtMs = now;
    this.#store.sweep('succeeded', now - KEPT_MS.succeeded, SWEPT_AT_ONCE);
    this.#store.sweep('dead', now - KEPT_MS.dead, SWEPT_AT_ONCE);
  }

  #current(): Promise<ShopSnapshot | null> {
    return openShop(this.env, this.#shop());
  }

  #of(shop: ShopSnapshot | null): Setup | null {
    return shop?.settings.connections?.find((one) => one.id === this.#id()) ?? null;
  }

  #shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }

  #id(): string {
    return (this.ctx.id.name ?? '').split(':')[2] ?? '';
  }

  #report(msg: string, error: unknown): void {
    const about = { shop: this.#shop(), connection: this.#id(), error: String(error) };
    console.error(JSON.stringify({ level: 'error', msg, ...about }));
  }
}
