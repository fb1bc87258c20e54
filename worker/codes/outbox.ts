/**
 * The journal of codes is the outbox: each listener has a cursor in it and is told what comes after, in order, again until
 * it has heard. One that does not answer holds up nobody else.
 */
import { retryAfterMs } from '../time/retry.ts';
import type { Entry } from './entries.ts';
import type { CodeStore } from './store.ts';

/** What is told of, gathered for a moment; longer where telling takes long, so that much at once costs little each. */
const GATHER_MS = 20;
const LONGEST_GATHER_MS = 800;
const GATHER_SHARE = 6;
/** Where listeners stand is kept this often at most, and by the alarm: whoever is told again after a crash does not mind. */
const SAVE_MS = 2_000;
/** After a crash, what a listener was not told is told at the latest this much later. */
const SAFETY_MS = 5_000;
const MOST_AT_ONCE = 200;

/** Told again it changes nothing. Throws where it may not have heard. */
export type Listener = (entries: Entry[]) => Promise<void>;

export class Outbox {
  readonly #store: CodeStore;
  readonly #listeners: Record<string, Listener>;
  readonly #report: (msg: string, error: unknown) => void;
  readonly #flights = new Map<string, Promise<void>>();
  readonly #waiters = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  /** How long it took to tell everybody last. */
  #tookMs = 0;
  /** The last entry when cursors were saved last, and when that was. */
  #saved = 0;
  #savedAtMs = 0;

  constructor(store: CodeStore, listeners: Record<string, Listener>, report: (msg: string, error: unknown) => void) {
    this.#store = store;
    this.#listeners = listeners;
    this.#report = report;
  }

  get behind(): boolean {
    return Object.keys(this.#listeners).some((target) => this.#isBehind(target));
  }

  /** When to look again, whatever becomes of the timer; null: everybody knows everything. */
  dueMs(): number | null {
    return this.behind ? Date.now() + SAFETY_MS : null;
  }

  touch(): void {
    if (!this.behind) return;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        void this.flush();
      },
      this.#failures > 0 ? retryAfterMs(this.#failures) : this.#gatherMs(),
    );
  }

  #gatherMs(): number {
    return Math.min(LONGEST_GATHER_MS, Math.max(GATHER_MS, this.#tookMs * GATHER_SHARE));
  }

  /** Resolves true once `target` knows all that has happened by now, false where that takes longer than `ms`. */
  async settled(target: string, ms: number): Promise<boolean> {
    const upTo = this.#store.lastSeq();
    const until = Date.now() + ms;
    void this.flush();
    while (this.#store.told(target) < upTo) {
      const rest = until - Date.now();
      if (rest <= 0) return false;
      await this.#next(rest);
    }
    return true;
  }

  /** Tells every listener on; false where one of them failed. `last`: nothing may come after it for long. */
  async flush(last = false): Promise<boolean> {
    const before = this.#failures;
    const upTo = this.#store.lastSeq();
    const startedMs = Date.now();
    await Promise.all(Object.keys(this.#listeners).map((target) => this.#flight(target)));
    this.#tookMs = Date.now() - startedMs;
    if (upTo > this.#saved && (last || Date.now() >= this.#savedAtMs + SAVE_MS)) this.#save(upTo);
    if (this.behind) this.touch();
    return this.#failures === 0 || this.#failures === before;
  }

  #save(upTo: number): void {
    this.#store.saveTold();
    this.#saved = upTo;
    this.#savedAtMs = Date.now();
  }

  #flight(target: string): Promise<void> {
    const known = this.#flights.get(target);
    if (known !== undefined) return known;
    const flight = this.#tell(target).finally(() => this.#flights.delete(target));
    this.#flights.set(target, flight);
    return flight;
  }

  async #tell(target: string): Promise<void> {
    const listener = this.#listeners[target];
    if (listener === undefined) return;
    // what comes meanwhile is gathered again
    const upTo = this.#store.lastSeq();
    try {
      while (this.#store.told(target) < upTo) {
        const entries = this.#store.entriesAfter(this.#store.told(target), MOST_AT_ONCE);
        const last = entries.at(-1);
        if (last === undefined) return;
        await listener(entries);
        this.#store.setTold(target, last.seq);
        for (const wake of this.#waiters) wake();
      }
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#report(`codes could not tell: ${target}`, error);
    }
  }

  #isBehind(target: string): boolean {
    return this.#store.told(target) < this.#store.lastSeq();
  }

  #next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(wake, withinMs);
      const waiters = this.#waiters;
      function wake(): void {
        clearTimeout(timer);
        waiters.delete(wake);
        resolve();
      }
      waiters.add(wake);
    });
  }
}
