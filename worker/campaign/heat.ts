/** Whether a budget is asked so often that one object should not answer alone, by the wall clock. */

const HOT_PER_SECOND = 100;
const HOT_SECONDS = 2;
const SECOND_MS = 1_000;
/** After its shares were taken back it is left alone for so long. */
const REST_MS = 10_000;

/** `said`: as the configuration says; absent, or no number: the usual. */
export function hotPerSecond(said: string | undefined): number {
  const wanted = Number(said);
  return Number.isFinite(wanted) && wanted > 0 ? wanted : HOT_PER_SECOND;
}

export class Heat {
  readonly #hot: number;
  #second = 0;
  #count = 0;
  #hotSeconds = 0;
  #restsUntilMs = 0;

  /** `hot`: calls a second that are too many. */
  constructor(hot: number) {
    this.#hot = hot;
  }

  /** One more call. true: every one of the last seconds saw too many. */
  note(nowMs: number): boolean {
    const second = Math.floor(nowMs / SECOND_MS);
    if (second !== this.#second) {
      const goesOn = second === this.#second + 1 && this.#count >= this.#hot;
      this.#hotSeconds = goesOn ? this.#hotSeconds + 1 : 0;
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#hotSeconds >= HOT_SECONDS && nowMs >= this.#restsUntilMs;
  }

  rest(nowMs: number): void {
    this.#hotSeconds = 0;
    this.#restsUntilMs = nowMs + REST_MS;
  }
}
