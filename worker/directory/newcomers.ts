/**
 * How fast people may be made up: what a browser says costs nothing to invent, so new customers that only browsers name
 * are counted, by address and by shop. The Directory is one object, so these limits are exact.
 */
import { TokenBuckets } from '../time/rate.ts';

/** New visitors of one address; an office or a campus behind one line stays below. A burst of twice as many. */
const OF_ADDRESS_PER_SECOND = 20;
const MOST_AT_ONCE = 2 * OF_ADDRESS_PER_SECOND;
/** New visitors of a shop from everywhere: some seventeen million a day. */
const OF_SHOP_PER_SECOND = 200;
const SHOP = '';

/** Undoes what a call made. */
export class TooManyNewcomers extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super('too many newcomers');
    this.seconds = seconds;
  }
}

export class Newcomers {
  readonly #addresses = new TokenBuckets(20_000);
  readonly #shop = new TokenBuckets(1);

  /** Counts so many newcomers of each address. Answers 0, or the seconds to wait where they are too many, and counts none. */
  take(born: ReadonlyMap<string, number>, now: number): number {
    const total = [...born.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) return 0;
    const all = { perSecond: OF_SHOP_PER_SECOND, cost: total };
    const rates = [...born].map(([address, cost]) => ({ address, rate: { perSecond: OF_ADDRESS_PER_SECOND, cost } }));
    const waits = rates.map(({ address, rate }) =>
      // more than a burst at once never passes: it would be paid for by everybody else's newcomers
      rate.cost > MOST_AT_ONCE
        ? Math.ceil(rate.cost / OF_ADDRESS_PER_SECOND)
        : this.#addresses.wait(address, rate, now),
    );
    const wait = Math.max(this.#shop.wait(SHOP, all, now), ...waits);
    if (wait > 0) return wait;
    this.#shop.take(SHOP, all, now);
    for (const { address, rate } of rates) this.#addresses.take(address, rate, now);
    return 0;
  }
}
