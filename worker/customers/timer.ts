/** One alarm for an object: what is due next, errands to be run again, or the safety net for telling others. */
import { retryAfterMs } from '../time/retry.ts';
import type { Announcer } from './announcer.ts';
import type { Errands } from './errands.ts';
import type { Projector } from './projector.ts';
import type { ShopClock } from './shop-clock.ts';
import type { CustomerStore } from './store.ts';

/** After a crash, what D1 or a connection was not told is told at the latest this much later. */
const SAFETY_MS = 15_000;
/** An object that had this much to tell since the alarm rang last has more soon. */
const LIVELY = 2;
/** The platform knows no alarms after 2189. */
const FURTHEST_MS = 365 * 86_400_000;

interface Watched {
  store: CustomerStore;
  projector: Projector;
  clock: ShopClock;
  errands: Errands;
  announcer: Announcer;
}

export class Timer {
  readonly #storage: DurableObjectStorage;
  readonly #of: Watched;
  /** When the alarm is set for; undefined until asked. */
  #armed: number | null | undefined;
  /** How often it was armed while there was something to tell, since it rang last. */
  #told = 0;
  /**
   * The net is spread before there is anything to tell: where alarms are kept in a file of their own, as on one machine,
   * setting one takes a write as long as storing it (measured).
   */
  #ahead = false;

  constructor(storage: DurableObjectStorage, of: Watched) {
    this.#storage = storage;
    this.#of = of;
  }

  /** The alarm rang: none is set. */
  rang(): void {
    this.#armed = null;
    this.#ahead = this.#told >= LIVELY;
    this.#told = 0;
  }

  async read(): Promise<void> {
    if (this.#armed === undefined || (this.#armed !== null && this.#armed < Date.now())) {
      this.#armed = await this.#storage.getAlarm();
    }
  }

  /** Never at or before now, which would spin or stick; later after failures in a row. */
  arm(failures: number): void {
    const { store, projector, clock, errands, announcer } = this.#of;
    const now = Date.now();
    const due = (clock.frozen ? null : store.nextDue()) ?? Number.POSITIVE_INFINITY;
    const again = failures > 0 ? Math.max(due, now + retryAfterMs(failures)) : due;
    const isBehind = projector.behind || announcer.behind;
    if (isBehind) this.#told += 1;
    const backOffMs = Math.max(projector.backOffMs, announcer.backOffMs);
    const safety = isBehind || this.#ahead ? now + Math.max(SAFETY_MS, backOffMs) : Number.POSITIVE_INFINITY;
    const wanted = Math.min(again, safety, errands.nextMs(now) ?? Number.POSITIVE_INFINITY);
    if (wanted === Number.POSITIVE_INFINITY) return;
    const at = Math.min(Math.max(now + 1, wanted), now + FURTHEST_MS);
    if (this.#armed !== null && this.#armed !== undefined && this.#armed > now && this.#armed <= at) return;
    this.#ahead = false;
    void this.#storage.setAlarm(at);
    this.#armed = at;
  }
}
