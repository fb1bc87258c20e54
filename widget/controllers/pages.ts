/** A list that grows by a cursor. Its head comes with every view; what was loaded below the head stays when the head changes. */
import { Call, type Updating } from './call.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export class Pages<T extends { readonly id: string }> {
  readonly #host: Updating;
  readonly #call: Call<Page<T>>;
  #loaded: readonly T[] = [];
  #started = false;

  constructor(host: Updating) {
    this.#host = host;
    this.#call = new Call(host);
  }

  get pending(): boolean {
    return this.#call.pending;
  }

  get failed(): boolean {
    return this.#call.failure !== null;
  }

  get started(): boolean {
    return this.#started;
  }

  items(head: readonly T[]): readonly T[] {
    const newer = new Set(head.map((item) => item.id));
    return [...head, ...this.#loaded.filter((item) => !newer.has(item.id))];
  }

  /** Where the list goes on: the head's own cursor until something below it was loaded. */
  cursor(headCursor: string | null): string | null {
    return this.#started ? (this.#call.value?.nextCursor ?? null) : headCursor;
  }

  async more(fetchPage: (signal: AbortSignal) => Promise<Page<T>>): Promise<void> {
    const before = this.#call.value;
    await this.#call.run(fetchPage);
    const page = this.#call.value;
    if (!page || page === before) return;
    this.#started = true;
    const known = new Set(this.#loaded.map((item) => item.id));
    this.#loaded = [...this.#loaded, ...page.items.filter((item) => !known.has(item.id))];
    this.#host.requestUpdate();
  }
}

export const withCursor = (path: string, cursor: string | null): string =>
  cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`;
