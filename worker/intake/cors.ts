/** Answers to browsers on other origins. No cookie is ever used, so no credentials are allowed. */
const METHODS = 'GET, POST, OPTIONS';
const HEADERS = 'authorization, content-type, idempotency-key, x-retry-count, anonymousid, sentat';

/** Whether a shop's publishable key may be used from `origin`; a shop that lists no origin allows any. */
export function originAllowed(origin: string | null, allowed: readonly string[]): boolean {
  return origin === null || allowed.length === 0 || allowed.includes(origin);
}

/** Adds the headers that let `origin` read this answer, where it may. A preflight passes no list: no key is known yet. */
export function allowOrigin(origin: string | null, allowed: readonly string[], response: Response): Response {
  const { headers } = response;
  headers.append('Vary', 'Origin');
  if (origin === null || origin === 'null' || !originAllowed(origin, allowed)) return response;
  headers.set('Access-Control-Allow-Origin', origin);
  headers.set('Access-Control-Allow-Methods', METHODS);
  headers.set('Access-Control-Allow-Headers', HEADERS);
  headers.set('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
  headers.set('Access-Control-Max-Age', '7200');
  return response;
}
