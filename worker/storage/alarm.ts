/** One alarm for an object that has to come back to something: when it is due, later after failures in a row. */
import { retryAfterMs } from '../time/retry.ts';

/** An alarm this far in the past sticks. */
const STUCK_MS = 5_000;

export class Alarm {
  readonly #storage: DurableObjectStorage;
  readonly #dueMs: () => number | null;
  readonly #soonestMs: number;
  #armedMs: number | null = null;
  #failures = 0;

  /** `dueMs`: when the next thing is to be done, by the wall clock. Nothing new is ever due sooner than `soonestMs` from now. */
  constructor(storage: DurableObjectStorage, of: { dueMs: () => number | null; soonestMs: number }) {
    this.#storage = storage;
    this.#dueMs = of.dueMs;
    this.#soonestMs = of.soonestMs;
  }

  /** It rang: none is set. */
  rang(): void {
    this.#armedMs = null;
  }

  /** What it rang for was done, or was not. */
  ended(done: boolean): void {
    this.#failures = done ? 0 : this.#failures + 1;
  }

  /** Never at or before now, which would spin or stick. */
  arm(): void {
    const now = Date.now();
    const armed = this.#armedMs !== null && this.#armedMs > now - STUCK_MS ? this.#armedMs : null;
    if (armed !== null && armed <= now + this.#soonestMs) return;
    const due = this.#dueMs();
    if (due === null) return;
    const at = Math.ceil(Math.max(now + 1, due, this.#failures > 0 ? now + retryAfterMs(this.#failures) : 0));
    if (armed !== null && armed <= at) return;
    void this.#storage.setAlarm(at);
    this.#armedMs = at;
  }
}
