/** Who may ask: the publishable key of a page, the bearer of a shopper, the origin of either. */
import type { MiddlewareHandler } from 'hono';
import { addressOf } from '../http/address.ts';
import type { AppContext, AppEnv } from '../http/app.ts';
import { originAllowed } from '../http/cors.ts';
import { bearerOf, callerOf } from '../shops/auth.ts';
import { openShop } from '../shops/cache.ts';
import { isShopId } from '../shops/keys.ts';
import { readSession } from '../shops/session-token.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { TokenBuckets } from '../time/rate.ts';
import { ProblemError } from '../wire/problem.ts';

/** Sessions that one address may ask one shop for; a burst of twice as many. */
const SESSIONS_PER_SECOND = 20;
const sessions = new TokenBuckets(20_000);

export interface Access {
  shop: ShopSnapshot;
  customer: string;
  /** How the shopper proved who they are. */
  proof: string;
}

/** The shop of a publishable key with the scope "hub". */
export async function shopOfKey(c: AppContext, key: string): Promise<ShopSnapshot> {
  const caller = await callerOf(c.env, key);
  if (caller === null) throw new ProblemError('unauthorized');
  if (caller.key.kind !== 'publishable' || !caller.key.scopes.includes('hub')) {
    throw new ProblemError('insufficient_scope', { detail: 'This needs a publishable key with the scope "hub".' });
  }
  c.set('shop', caller.shop.id);
  requireOrigin(c, caller.shop);
  requirePatience(c, caller.shop.id);
  return caller.shop;
}

/** The shop that Shopify's app proxy was pointed at. */
export async function shopOfPath(c: AppContext, id: string): Promise<ShopSnapshot> {
  if (!(await isShopId(c.env.ROOT_SECRET, id))) throw new ProblemError('not_found');
  requirePatience(c, id);
  const shop = await openShop(c.env, id);
  if (shop === null) throw new ProblemError('not_found');
  c.set('shop', shop.id);
  return shop;
}

/** The shop and the customer of a bearer: nothing else of a request says who it is for. */
export async function accessOf(c: AppContext): Promise<Access> {
  const token = bearerOf(c.req.raw);
  const session = token === null ? null : await readSession(c.env.ROOT_SECRET, token, Date.now());
  const shop = session === null ? null : await openShop(c.env, session.shop);
  if (session === null || shop === null) throw new ProblemError('unauthorized');
  c.set('shop', shop.id);
  requireOrigin(c, shop);
  return { shop, customer: session.customer, proof: session.proof };
}

/** What a shopper may see is nobody else's to keep. */
export const notStored: MiddlewareHandler<AppEnv> = async function notStored(c, next) {
  await next();
  c.res.headers.set('Cache-Control', 'no-store');
};

function requireOrigin(c: AppContext, { settings }: ShopSnapshot): void {
  if (!originAllowed(c.req.header('origin') ?? null, settings.origins)) throw new ProblemError('origin_not_allowed');
}

function requirePatience(c: AppContext, shop: string): void {
  const wait = sessions.take(`${shop} ${addressOf(c.req.raw)}`, { perSecond: SESSIONS_PER_SECOND }, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
}
