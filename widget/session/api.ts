/** The only place of the drawer that calls the network. Turns every way to fail into one `HubError`. */

export type FailureKey = 'signed_out' | 'not_found' | 'rate_limited' | 'unavailable' | 'refused';

export class HubError extends Error {
  override readonly name = 'HubError';
  constructor(
    readonly key: FailureKey,
    readonly status = 0,
    /** The API's own key for a refusal, where it said one. */
    readonly reason: string | null = null,
  ) {
    super(key);
  }
}

const PATIENCE_MS = 15_000;

/** Answers the body as JSON. The shapes are the contract's; they are not checked again in the browser. */
export async function fetchJson<T>(url: string, init: RequestInit, signal: AbortSignal): Promise<T> {
  const response = await send(url, init, signal);
  if (!response.ok) throw new HubError(failureOf(response.status), response.status, await reasonOf(response));
  try {
    return await response.json();
  } catch {
    throw new HubError('unavailable', response.status);
  }
}

/** No cookie ever leaves with a call: who the shopper is travels in the proof and the bearer. */
export async function send(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  try {
    const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    return await fetch(url, {
      credentials: 'omit',
      cache: 'no-store',
      ...init,
      signal: both,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new HubError('unavailable');
  }
}

async function reasonOf(response: Response): Promise<string | null> {
  try {
    return (await response.json()).key;
  } catch {
    return null;
  }
}

function failureOf(status: number): FailureKey {
  if (status === 401) return 'signed_out';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'unavailable' : 'refused';
}
