/**
 * A test shop's clock as one object of its customers sees it. Every write enters before it reads the time and leaves
 * after its commit; a crash in between leaves the clock knowing that it has to ask.
 */
import type { Env } from '../env.ts';
import { shopOf } from '../shops/cache.ts';

const AGAIN_MS = 5;
/** The clock is closed for a second at most. */
const MOST_TRIES = 400;

export class ShopClock {
  readonly #env: Env;
  readonly #shop: string;
  readonly #object: string;
  #underWay = 0;
  #waiters: (() => void)[] = [];
  /** A clock that was set never runs by itself again: no platform alarm is right for it. */
  frozen = false;

  /** `object` is the name that the clock will ask by. */
  constructor(env: Env, { shop, object }: { shop: string; object: string }) {
    this.#env = env;
    this.#shop = shop;
    this.#object = object;
  }

  /** Runs `write` at the shop's instant and tells the clock what is due after it. Throws where the Shop does not answer. */
  async during<T>(write: (nowMs: number) => T, dueMs: (nowMs: number) => number | null): Promise<T> {
    const { token, nowMs } = await this.#enter();
    try {
      return write(nowMs);
    } finally {
      this.#ended();
      // where this is lost, the clock asks
      shopOf(this.#env, this.#shop)
        .leaveClock({ object: this.#object, token, dueMs: dueMs(nowMs) })
        .catch(() => {});
    }
  }

  /** Resolves once no write is under way, for whoever is to say what is due. */
  async quiet(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async #enter(): Promise<{ token: string; nowMs: number }> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const entered = await this.#tryToEnter();
      if (entered !== null) return entered;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    throw new Error('the clock did not answer');
  }

  /** Counts as under way from before the clock knows of it, so that whoever it sends to ask finds it so. */
  async #tryToEnter(): Promise<{ token: string; nowMs: number } | null> {
    this.#underWay += 1;
    try {
      const entered = await shopOf(this.#env, this.#shop).enterClock(this.#object);
      if (entered.state === 'entered') {
        this.frozen = entered.clock.frozen;
        return { token: entered.token, nowMs: entered.clock.nowMs };
      }
    } catch (error) {
      this.#ended();
      throw error;
    }
    this.#ended();
    return null;
  }

  #ended(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
