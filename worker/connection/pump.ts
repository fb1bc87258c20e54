/**
 * Delivers what waits: each customer's events in their order, one at a time; those of many customers beside each other. A
 * customer whose event failed waits for it, everybody else goes on.
 */
import { FAILING_MS, isOutage, type Outcome, type Verdict, verdictOf } from '../domain/connections/attempts.ts';
import type { Connection, PausedFor } from '../domain/connections/connection.ts';
import { TokenBuckets } from '../time/rate.ts';
import { retryAfterMs } from '../time/retry.ts';
import type { Delivery, DeliveryStore } from './delivery-store.ts';

/** Customers whose events are under way at once; one by one while there is nothing but failures. */
const MOST_LANES = 16;
const FAILURES_IN_A_ROW = 5;
/** Events of one customer that are read at once. */
const A_TURN = 20;
/** Before this a success after failures says little about what else failed. */
const OUTAGE_MS = 60_000;

/** Attempts one of the deliveries that it was made for. */
export type Attempt = (delivery: Delivery) => Promise<Outcome>;

export interface PumpOf {
  store: () => DeliveryStore;
  /** As it is now; null: it was dropped. */
  connection: () => Promise<Connection | null>;
  /** Makes these of one customer ready to be sent. Throws where they cannot be read now. */
  prepare: (connection: Connection, deliveries: Delivery[]) => Promise<Attempt>;
  pause: (connection: Connection, why: Exclude<PausedFor, 'merchant'>) => Promise<void>;
  /** It has done what there was to do, or could not: what comes next may have changed. */
  rested: (done: boolean) => void;
  report: (msg: string, error: unknown) => void;
}

export class Pump {
  readonly #of: PumpOf;
  readonly #busy = new Set<string>();
  readonly #buckets = new TokenBuckets(1);
  #filling: Promise<void> | null = null;
  #again = false;
  #failed = false;
  #stopped = false;
  #failures = 0;

  constructor(of: PumpOf) {
    this.#of = of;
  }

  /** Customers whose events are under way. */
  get busy(): ReadonlySet<string> {
    return this.#busy;
  }

  /** Nothing may be sent, as far as is known. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  get isActive(): boolean {
    return this.#filling !== null || this.#busy.size > 0;
  }

  /** There may be something to do. */
  touch(): void {
    this.#again = true;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = null;
      if (this.#again) this.touch();
      else this.#of.rested(!this.#failed);
    });
  }

  async #fill(): Promise<void> {
    this.#again = false;
    try {
      const connection = await this.#of.connection();
      this.#failed = false;
      this.#stopped = connection === null || connection.pausedFor !== null;
      if (connection === null || this.#stopped) return;
      for (const delivery of this.#next()) {
        this.#busy.add(delivery.customer);
        void this.#lane(connection, delivery).then(
          () => this.#left(delivery, null),
          (error) => this.#left(delivery, error),
        );
      }
    } catch (error) {
      this.#failed = true;
      this.#of.report('a connection could not be looked up', error);
    }
  }

  /** A turn is over. One that could not even be written down is for the alarm, later: to look again at once would spin. */
  #left({ customer }: Delivery, error: unknown): void {
    this.#busy.delete(customer);
    if (error === null) {
      this.touch();
      return;
    }
    this.#failed = true;
    this.#of.report('what came of an event could not be written down', error);
    if (!this.isActive) this.#of.rested(false);
  }

  /** Whose turn it is, one of each customer, as many as may be under way. */
  #next(): Delivery[] {
    const most = this.#failures >= FAILURES_IN_A_ROW ? 1 : MOST_LANES;
    const free = most - this.#busy.size;
    if (free <= 0) return [];
    const ready = this.#of.store().ready(Date.now(), most + this.#busy.size);
    const one = new Map<string, Delivery>();
    for (const delivery of ready)
      if (!this.#busy.has(delivery.customer) && !one.has(delivery.customer)) one.set(delivery.customer, delivery);
    return [...one.values()].slice(0, free);
  }

  /** A customer's turn: event after event until one fails or there are no more. */
  async #lane(connection: Connection, ready: Delivery): Promise<void> {
    const store = this.#of.store();
    try {
      const deliveries = store.lane(ready.customer, A_TURN);
      const [first] = deliveries;
      if (first === undefined || (first.nextMs ?? 0) > Date.now()) {
        // one that was heard of later goes before it
        store.putOff(ready.n, first?.nextMs ?? Date.now() + retryAfterMs(1));
        return;
      }
      const attempt = await this.#of.prepare(connection, deliveries);
      for (const delivery of deliveries) {
        await this.#room(connection);
        if (this.#stopped) return;
        if (!(await this.#attempted(connection, delivery, await attempt(delivery)))) return;
      }
    } catch (error) {
      store.putOff(ready.n, Date.now() + retryAfterMs(5));
      this.#of.report('an event could not be read', error);
    }
  }

  /** Waits until one more may be sent. */
  async #room({ id, maxPerSecond }: Connection): Promise<void> {
    for (;;) {
      const seconds = this.#buckets.take(id, { perSecond: maxPerSecond }, Date.now());
      if (seconds === 0) return;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
  }

  /** Writes down what came of it; false: the customer's next one has to wait. */
  async #attempted(connection: Connection, delivery: Delivery, outcome: Outcome): Promise<boolean> {
    const nowMs = Date.now();
    const verdict = verdictOf(outcome, { tries: delivery.tries + 1, nowMs, chance: Math.random() });
    this.#of.store().attempted(delivery, outcome, verdict, nowMs);
    if (outcome.error === 'lost') return true;
    if (outcome.error === null) this.#wentWell(nowMs);
    else await this.#wentWrong(connection, outcome, this.#whyPause(verdict, nowMs));
    return verdict.state !== 'failed';
  }

  #wentWell(nowMs: number): void {
    const store = this.#of.store();
    this.#failures = 0;
    const sinceMs = store.failingSince();
    if (sinceMs === null) return;
    store.setFailingSince(null);
    if (nowMs - sinceMs >= OUTAGE_MS) store.hurry(nowMs);
  }

  /** Why the connection has to stop after a failure; null: it goes on. */
  #whyPause(verdict: Verdict, nowMs: number): 'gone' | 'failing' | null {
    if (verdict.state === 'failed' && verdict.gone) return 'gone';
    const sinceMs = this.#of.store().failingSince();
    if (sinceMs === null) this.#of.store().setFailingSince(nowMs);
    return sinceMs !== null && nowMs - sinceMs >= FAILING_MS ? 'failing' : null;
  }

  async #wentWrong(connection: Connection, outcome: Outcome, why: 'gone' | 'failing' | null): Promise<void> {
    if (isOutage(outcome)) this.#failures += 1;
    if (why === null) return;
    this.#stopped = true;
    await this.#of.pause(connection, why);
  }
}
