/** Answers to browsers on other origins. No cookie is ever used, so no credentials are allowed. */
import type { MiddlewareHandler } from 'hono';
import { openShop } from '../shops/cache.ts';
import type { AppEnv } from './app.ts';

const METHODS = 'GET, POST, PUT, OPTIONS';
/** Segment's browser client adds X-Retry-Count from the second try, RudderStack's the Rsa- ones: unlisted, no retry would pass. */
const HEADERS = [
  'authorization, content-type, idempotency-key, x-retry-count, anonymousid, sentat',
  'x-client-application-id, x-client-token, x-voucherify-channel, x-voucherify-double-opt-in',
  'rsa-recovered, rsa-retry-attempt, rsa-retry-reason, rsa-since-first-attempt, rsa-since-last-attempt',
].join(', ');

const EXPOSED = [
  'Retry-After, X-RateLimit-Reset, X-Request-Id, Idempotent-Replayed',
  'X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset, RateLimit, RateLimit-Policy',
].join(', ');

/** Whether a shop's publishable key may be used from `origin`; a shop that lists no origin allows any. */
export function originAllowed(origin: string | null, allowed: readonly string[]): boolean {
  return origin === null || allowed.length === 0 || allowed.includes(origin);
}

/** Adds the headers that let `origin` read this answer, where it may. A preflight passes no list: no key is known yet. */
export function allowOrigin(origin: string | null, allowed: readonly string[], response: Response): Response {
  response.headers.append('Vary', 'Origin');
  if (origin !== null && origin !== 'null' && originAllowed(origin, allowed)) setHeaders(response.headers, origin);
  return response;
}

/** Lets the shop's pages read the answer, refusals too. Until a shop is known there is nothing to keep from any page. */
export const crossOrigin: MiddlewareHandler<AppEnv> = async function crossOrigin(c, next) {
  await next();
  const origin = c.req.header('origin') ?? null;
  const id = c.get('shop');
  // a server names no origin, and nobody is to be let in
  const shop = origin === null || id === '' ? null : await openShop(c.env, id);
  allowOrigin(origin, shop?.settings.origins ?? [], c.res);
};

/**
 * Lets any page read the answer, for answers that tell nothing of the shop. A client that cannot read its refusal takes
 * it for a broken network and tries for hours; whether a page's events count is decided by `originAllowed`.
 */
export const anyOrigin: MiddlewareHandler<AppEnv> = async function anyOrigin(c, next) {
  await next();
  const origin = c.req.header('origin');
  c.res.headers.append('Vary', 'Origin');
  if (origin !== undefined) setHeaders(c.res.headers, origin);
};

function setHeaders(headers: Headers, origin: string): void {
  headers.set('Access-Control-Allow-Origin', origin);
  headers.set('Access-Control-Allow-Methods', METHODS);
  headers.set('Access-Control-Allow-Headers', HEADERS);
  headers.set('Access-Control-Expose-Headers', EXPOSED);
  headers.set('Access-Control-Max-Age', '7200');
}
