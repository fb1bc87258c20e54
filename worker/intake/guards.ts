/**
 * What anyone may ask of the event endpoints: counted by address and by key in the isolate, before any object is called.
 * Says nothing of what is in an event.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { addressOf } from '../http/address.ts';
import type { AppContext, AppEnv } from '../http/app.ts';
import { anyOrigin } from '../http/cors.ts';
import { type Rate, TokenBuckets } from '../time/rate.ts';
import { ProblemError } from '../wire/problem.ts';
import { type EventCaller, isWriteKey, keyInHeader } from './write-key.ts';

/**
 * What one address may send with publishable keys of one shop: an office behind one line stays far below, and who makes
 * up customers as fast as this is worth blocking.
 */
const BROWSER_EVENTS_PER_SECOND = 500;
/** Bad keys, broken bodies and the like of one address: each costs a look at its bytes and never an object. */
const REFUSALS_PER_SECOND = 500;
const REFUSED = new Set([400, 401, 403, 404, 405]);

// some 100 bytes each, so that a flood of invented addresses costs an isolate at most a few megabytes
const refusals = new TokenBuckets(20_000);
const visitors = new TokenBuckets(20_000);
const keys = new TokenBuckets(2_000);

/** Prepares an address that any page may call: preflights pass, answers can be read, refusals are counted. */
export function openToPages(group: OpenAPIHono<AppEnv>, path: string): void {
  group.use(path, anyOrigin);
  group.options(path, (c) => c.body(null, 204));
  group.use(path, boundedRefusals);
}

/**
 * Turns an address away, unread, that has been refused too often. A write key gets through: it is secret, and a server
 * may share its address with whoever else rents from the same host.
 */
const boundedRefusals: MiddlewareHandler<AppEnv> = async function boundedRefusals(c, next) {
  const address = addressOf(c.req.raw);
  const rate = { perSecond: REFUSALS_PER_SECOND };
  const wait = refusals.wait(address, rate, Date.now());
  if (wait > 0 && !(await isWriteKey(c.env, keyInHeader(c.req.raw)))) throw tooMany(wait);
  await next();
  if (REFUSED.has(c.res.status)) refusals.take(address, rate, Date.now());
};

/** Throws 429 where the caller could not send a single event now; takes nothing. */
export function requireRoom(c: AppContext, caller: EventCaller): void {
  refuseWhereFull(limitsOf(c, caller, 1), Date.now());
}

/** Takes room for a request with so many events, or throws 429 and takes none. */
export function takeRoom(c: AppContext, caller: EventCaller, events: number): void {
  const now = Date.now();
  const limits = limitsOf(c, caller, Math.max(1, events));
  refuseWhereFull(limits, now);
  for (const { buckets, name, rate } of limits) buckets.take(name, rate, now);
}

interface Limit {
  buckets: TokenBuckets;
  name: string;
  rate: Rate;
}

/** A server's key pays for requests; a publishable one, which anybody may use, for events, and so does the address. */
function limitsOf(c: AppContext, { key, shop, trust }: EventCaller, events: number): Limit[] {
  const perSecond = shop.settings.ingestPerSecond;
  if (trust === 'server') return [{ buckets: keys, name: key.id, rate: { perSecond } }];
  const visitor = `${shop.id} ${addressOf(c.req.raw)}`;
  return [
    { buckets: visitors, name: visitor, rate: { perSecond: BROWSER_EVENTS_PER_SECOND, cost: events } },
    { buckets: keys, name: key.id, rate: { perSecond, cost: events } },
  ];
}

function refuseWhereFull(limits: Limit[], now: number): void {
  const wait = Math.max(...limits.map(({ buckets, name, rate }) => buckets.wait(name, rate, now)));
  if (wait > 0) throw tooMany(wait);
}

function tooMany(seconds: number): ProblemError {
  return new ProblemError('rate_limited', {
    headers: { 'Retry-After': `${seconds}`, 'X-RateLimit-Reset': `${seconds}` },
  });
}
