/**
 * Runs what customers have to ask of other objects: after the commit that wrote it, beside whatever else goes on, and
 * again after a crash, until each is answered. A time-out says nothing: it is asked again under the same id.
 */
import type { OpenErrand } from '../domain/errand.ts';
import type { JsonObject } from '../domain/json.ts';
import { within } from '../time/deadline.ts';
import { retryAfterMs } from '../time/retry.ts';
import type { ErrandStore } from './errand-store.ts';

const MOST_IN_FLIGHT = 16;
/** An answer that takes longer is not waited for. */
const ASK_MS = 10_000;
/** After a crash, what was under way is asked again at the latest this much later. */
const SAFETY_MS = 5_000;

interface World {
  store: ErrandStore;
  ask: (errand: OpenErrand) => Promise<JsonObject>;
  /** Takes the answer over, and the errand with it. */
  settle: (errand: OpenErrand, answer: JsonObject) => Promise<void>;
  /** Something is to be done at another time than before. */
  arm: () => void;
  report: (msg: string, error: unknown) => void;
}

export class Errands {
  readonly #world: World;
  readonly #inFlight = new Set<string>();
  readonly #waiters = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether anything is open. */
  get isOpen(): boolean {
    return this.#world.store.nextMs() !== null;
  }

  /** When to look for them again, by the wall clock: a crash may end those under way. null: nothing is open. */
  nextMs(now: number): number | null {
    const at = this.#world.store.nextMs();
    return at === null || this.#inFlight.size === 0 ? at : Math.max(at, now + SAFETY_MS);
  }

  /** Begins what is to be asked by now, as many as may be under way at once. */
  touch(): void {
    const free = MOST_IN_FLIGHT - this.#inFlight.size;
    const { store, report } = this.#world;
    for (const errand of store.due(Date.now(), free, [...this.#inFlight]))
      this.#run(errand).catch((error) => report('an errand was lost sight of', error));
  }

  /** Resolves true once nothing is open any more, false where that takes longer than `ms`. */
  async settled(ms: number): Promise<boolean> {
    if (!this.isOpen) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = () => resolve(true);
    this.#waiters.add(waiter);
    return within(ms, promise, () => {
      this.#waiters.delete(waiter);
      return false;
    });
  }

  async #run(errand: OpenErrand): Promise<void> {
    const { store, ask, settle, arm, report } = this.#world;
    this.#inFlight.add(errand.op);
    try {
      const answer = await within(ASK_MS, ask(errand), () => {
        throw new Error(`no answer within ${ASK_MS} ms`);
      });
      await settle(errand, answer);
    } catch (error) {
      report(`an errand was put off: ${errand.kind}`, error);
      store.putOff(errand.op, Math.ceil(Date.now() + retryAfterMs(errand.attempts + 1)));
    }
    // not reached where nothing can be written: it stays under way, and the object's next life begins anew
    this.#inFlight.delete(errand.op);
    this.touch();
    arm();
    if (this.isOpen) return;
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }
}
