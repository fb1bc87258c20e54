/** Token buckets in an isolate's memory: approximate by nature, and cheaper than asking anyone. Names nobody and stores nothing. */
export interface Rate {
  perSecond: number;
  /** Tokens that this one takes; 1 where nothing is said. */
  cost?: number;
}

/** How many of the longest untouched are looked at to find one that may go. */
const LOOKED_AT = 8;
/** Instants are doubles: a token may be this much short by rounding alone. */
const ROUNDING = 1e-6;

/** Buckets of two seconds' worth each, at least one token. No more than `most` are kept, whatever names are invented. */
export class TokenBuckets {
  readonly #most: number;
  /** When each bucket is full again; in order of use, the longest untouched first. One that is full says nothing. */
  readonly #fullAtMs = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#fullAtMs.size;
  }

  /**
   * Takes the cost and answers 0, or takes nothing and answers the whole seconds to wait. What costs more than a bucket
   * holds passes where it is full, and is paid off afterwards.
   */
  take(name: string, rate: Rate, now: number): number {
    const { perSecond, cost = 1 } = rate;
    const wait = this.wait(name, rate, now);
    const fullAtMs = Math.max(now, this.#fullAtMs.get(name) ?? now);
    this.#keep(name, wait === 0 ? fullAtMs + (cost * 1000) / perSecond : fullAtMs, now);
    return wait;
  }

  /** What `take` would answer; takes nothing. */
  wait(name: string, { perSecond, cost = 1 }: Rate, now: number): number {
    const size = Math.max(1, perSecond * 2);
    const missing = Math.max(0, ((this.#fullAtMs.get(name) ?? now) - now) / 1000) * perSecond;
    const short = Math.min(cost, size) - (size - missing);
    return short <= ROUNDING ? 0 : Math.max(1, Math.ceil(short / perSecond));
  }

  /** Whole tokens that are there, how many it holds, and the seconds until it is full again. Takes nothing. */
  room(name: string, { perSecond }: Rate, now: number): { left: number; size: number; fullInSeconds: number } {
    const size = Math.max(1, perSecond * 2);
    const missingMs = Math.max(0, (this.#fullAtMs.get(name) ?? now) - now);
    const left = Math.max(0, Math.floor(size - (missingMs / 1000) * perSecond + ROUNDING));
    return { left, size, fullInSeconds: Math.ceil(missingMs / 1000) };
  }

  #keep(name: string, fullAtMs: number, now: number): void {
    if (!this.#fullAtMs.delete(name) && this.#fullAtMs.size >= this.#most) this.#makeRoom(now);
    this.#fullAtMs.set(name, fullAtMs);
  }

  /**
   * Lets one go: a full one if there is any, else the fullest of the longest untouched. Who is made to wait is forgotten
   * last, so inventing names frees nobody.
   */
  #makeRoom(now: number): void {
    let going: string | null = null;
    let soonest = Number.POSITIVE_INFINITY;
    let looked = 0;
    for (const [name, fullAtMs] of this.#fullAtMs) {
      if (fullAtMs < soonest) [going, soonest] = [name, fullAtMs];
      looked += 1;
      if (soonest <= now || looked === LOOKED_AT) break;
    }
    if (going !== null) this.#fullAtMs.delete(going);
  }
}
