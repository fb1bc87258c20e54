/** Keeps the bearer and the view, in memory only. Knows when to ask for the view, when to renew, and when to forget. */
import type { HubView, Session, SessionRequest } from '../../worker/wire/hub.ts';
import { Call } from '../controllers/call.ts';
import type { Embed } from '../embed.ts';
import { fetchJson, HubError } from './api.ts';
import { merchantToken } from './proof.ts';

/** A bearer this close to its end is not used any more: the call it goes with may arrive late. */
const RENEW_BEFORE_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

export class HubSession {
  #bearer: Session | null = null;
  /** By the time since the page was opened: no browser's clock has to be right. */
  #freshUntil = 0;
  #renewing: Promise<HubView> | null = null;
  #identity = new AbortController();
  #embed: Embed | null = null;
  readonly #call: Call<HubView>;

  constructor(host: { requestUpdate(): void }) {
    this.#call = new Call(host);
  }

  connect(embed: Embed): void {
    this.#embed = embed;
  }

  /** The last view of this shopper, shown at once while the next one is on its way. */
  get view(): HubView | null {
    return this.#call.value;
  }

  get failure(): HubError | null {
    return this.#call.failure;
  }

  /** One request: the session call answers the first view too; later opens ask for the view alone. */
  refresh(): Promise<void> {
    return this.#call.run(async () => {
      if (!this.#isFresh()) return this.#renew();
      try {
        return await this.#get<HubView>('/hub/v1/me');
      } catch (error) {
        if (!isSignedOut(error)) throw error;
        return this.#renew();
      }
    });
  }

  /** A call in the shopper's name. A bearer that has ended is renewed with a new proof, once. */
  async get<T>(path: string, signal?: AbortSignal, init?: RequestInit): Promise<T> {
    if (!this.#isFresh()) this.#call.accept(await this.#renew());
    try {
      return await this.#get<T>(path, signal, init);
    } catch (error) {
      if (!isSignedOut(error)) throw error;
    }
    this.#call.accept(await this.#renew());
    return this.#get<T>(path, signal, init);
  }

  /** Changes something in the shopper's name; a bearer that was refused changed nothing, so asking again is safe. */
  put<T>(path: string, body: object): Promise<T> {
    return this.get<T>(path, undefined, { method: 'PUT', body: JSON.stringify(body) });
  }

  /** Another shopper, or none. Whatever was asked in the old one's name is dropped when it answers. */
  forget(): void {
    this.#identity.abort();
    this.#identity = new AbortController();
    this.#bearer = null;
    this.#freshUntil = 0;
    this.#renewing = null;
    this.#call.reset();
  }

  #isFresh(): boolean {
    return performance.now() < this.#freshUntil;
  }

  #get<T>(path: string, signal = this.#identity.signal, init: RequestInit = {}): Promise<T> {
    if (!this.#bearer) throw new HubError('signed_out');
    const headers = { ...init.headers, authorization: `Bearer ${this.#bearer.token}`, ...(init.body ? JSON_TYPE : {}) };
    const both = AbortSignal.any([signal, this.#identity.signal]);
    return fetchJson<T>(this.embed.origin + path, { ...init, headers }, both);
  }

  /** Calls that find the bearer ended at the same time share one exchange. */
  #renew(): Promise<HubView> {
    const { signal } = this.#identity;
    this.#renewing ??= this.#exchange(signal)
      .then((view) => {
        signal.throwIfAborted();
        this.#bearer = view.session;
        this.#freshUntil = view.session ? freshUntil(view.session) : 0;
        return view;
      })
      .finally(() => {
        if (!signal.aborted) this.#renewing = null;
      });
    return this.#renewing;
  }

  async #exchange(signal: AbortSignal): Promise<HubView> {
    const { origin, key, proxyUrl, guest, ...page } = this.embed;
    if (proxyUrl && !guest && !page.fetchToken) {
      return fetchJson<HubView>(`${proxyUrl}/session`, { credentials: 'same-origin' }, signal);
    }
    const token = await merchantToken(this.embed, signal);
    signal.throwIfAborted();
    const body: SessionRequest = {
      key,
      proof: token === null ? null : { kind: 'merchant_jwt', token },
    };
    const init = {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify(body),
    };
    return fetchJson<HubView>(`${origin}/hub/v1/session`, init, signal);
  }

  /** The page's side of the drawer. */
  get embed(): Embed {
    if (!this.#embed) throw new Error('The hub was opened before it was connected');
    return this.#embed;
  }
}

const freshUntil = ({ expiresAtMs, nowMs }: Session): number =>
  performance.now() + expiresAtMs - nowMs - RENEW_BEFORE_MS;

const isSignedOut = (error: unknown): boolean => error instanceof HubError && error.key === 'signed_out';
