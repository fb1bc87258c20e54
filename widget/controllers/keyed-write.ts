/**
 * Something that must happen once: the key is made with the shopper's wish and goes with every try, so that a lost answer
 * changes nothing twice. A wish lives until the API has said what became of it.
 */
import type { HubError } from '../session/api.ts';
import type { HubSession } from '../session/hub-session.ts';
import { Call, type Updating } from './call.ts';

interface Wish {
  readonly path: string;
  readonly init: RequestInit;
}

export class KeyedWrite<T> {
  readonly #session: HubSession;
  readonly #call: Call<T>;
  #wish: Wish | null = null;

  constructor(host: Updating & { readonly session: HubSession }) {
    this.#session = host.session;
    this.#call = new Call(host);
  }

  get value(): T | null {
    return this.#call.value;
  }

  get failure(): HubError | null {
    return this.#call.failure;
  }

  get pending(): boolean {
    return this.#call.pending;
  }

  /** Nobody knows whether it happened: only the same wish may be tried. */
  get unsure(): boolean {
    return this.failure?.key === 'unavailable';
  }

  /** Answers what came of it, or null. While one is on its way, or after one whose end is not known, `body` is not looked at. */
  async send(path: string, body: object | null): Promise<T | null> {
    if (this.pending) return null;
    if (!this.unsure || !this.#wish) this.#wish = wishOf(path, body);
    const wish = this.#wish;
    await this.#call.run((signal) => this.#session.get<T>(wish.path, signal, wish.init));
    return this.failure ? null : this.value;
  }
}

function wishOf(path: string, body: object | null): Wish {
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0'));
  const init = { method: 'POST', headers: { 'idempotency-key': key.join('') } };
  return { path, init: body ? { ...init, body: JSON.stringify(body) } : init };
}
