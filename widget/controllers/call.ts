/** One call at a time: a newer one aborts the older and makes its answer worthless. The last value stays while the next is awaited. */
import { HubError } from '../session/api.ts';

export interface Updating {
  requestUpdate(): void;
}

export class Call<T> {
  value: T | null = null;
  failure: HubError | null = null;
  pending = false;
  readonly #host: Updating;
  #current: AbortController | null = null;

  constructor(host: Updating) {
    this.#host = host;
  }

  async run(work: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#current?.abort();
    const mine = new AbortController();
    this.#current = mine;
    this.pending = true;
    this.failure = null;
    this.#host.requestUpdate();
    try {
      const value = await work(mine.signal);
      if (this.#current === mine) this.#settle(value, null);
    } catch (error) {
      if (this.#current === mine) this.#settle(this.value, toHubError(error));
    }
  }

  /** A value that came with another call's answer. A call under way is newer and still wins. */
  accept(value: T): void {
    this.value = value;
    this.#host.requestUpdate();
  }

  reset(): void {
    this.#current?.abort();
    this.#settle(null, null);
  }

  #settle(value: T | null, failure: HubError | null): void {
    this.#current = null;
    this.pending = false;
    this.value = value;
    this.failure = failure;
    this.#host.requestUpdate();
  }
}

const toHubError = (error: unknown): HubError => (error instanceof HubError ? error : new HubError('unavailable'));
