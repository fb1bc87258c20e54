/**
 * Who a page is that speaks like Voucherify's browser client: a shop's publishable key, which anybody may have, and of
 * whom it speaks only where the hub's own session proves it. What a page merely claims is nobody's proof.
 */
import type { MiddlewareHandler } from 'hono';
import { directoryOf } from '../directory/cache.ts';
import type { Env } from '../env.ts';
import type { Visitor } from '../guard/guess.ts';
import { addressOf } from '../http/address.ts';
import { withoutEmptyBody } from '../http/admission.ts';
import type { AppEnv } from '../http/app.ts';
import { originAllowed } from '../http/cors.ts';
import { bearerOf, type Caller, callerOf } from '../shops/auth.ts';
import type { Scope } from '../shops/keys.ts';
import { readSession } from '../shops/session-token.ts';
import { ProblemError } from '../wire/problem.ts';
import { VoucherError } from './errors.ts';
import { takeTurn, tell } from './limits.ts';

/** Of one address at one shop. */
const REQUESTS_PER_SECOND = 20;

export interface Client extends Caller {
  visitor: Visitor;
}

type WithClient = AppEnv & { Variables: { client: Client } };

/** Lets in pages of the shop, as `client`, so many at a time. It goes before parsing. */
export function pageRequired(scope: Scope): MiddlewareHandler<WithClient> {
  return async function pageRequired(c, next) {
    const caller = await pageCaller(c.env, c.req.raw);
    const { id, settings } = caller.shop;
    c.set('shop', id);
    requireScope(caller, scope);
    if (!originAllowed(c.req.header('origin') ?? null, settings.origins)) throw new ProblemError('origin_not_allowed');
    withoutEmptyBody(c.req);
    const address = addressOf(c.req.raw);
    const limits = takeTurn(`page ${id} ${address}`, REQUESTS_PER_SECOND);
    c.set('client', { ...caller, visitor: { address, customer: await provenIn(c.env, id, c.req.raw) } });
    await next();
    tell(c.res, limits);
  };
}

/** Whoever makes a key for pages says what these may do. */
export function requireScope({ key }: Pick<Caller, 'key'>, scope: Scope): void {
  if (!key.scopes.includes(scope))
    throw new VoucherError('insufficient_scope', `This needs a publishable key with the scope "${scope}".`);
}

async function pageCaller(env: Env, { headers }: Request): Promise<Caller> {
  const caller = await callerOf(env, headers.get('x-client-token') ?? '');
  const isPages = caller?.key.kind === 'publishable';
  if (caller === null || !isPages || caller.shop.id !== headers.get('x-client-application-id')) {
    const details =
      'X-Client-Application-Id takes the id of a shop (shp_…), X-Client-Token a publishable key of it (pk_…).';
    throw new VoucherError('unauthorized', details);
  }
  return caller;
}

/** The customer of the hub's session in Authorization; null where none is sent. One that is not good is told so. */
async function provenIn(env: Env, shop: string, request: Request): Promise<string | null> {
  const token = bearerOf(request);
  if (token === null) return null;
  const session = await readSession(env.ROOT_SECRET, token, Date.now());
  const customer = session?.shop === shop ? await directoryOf(env, shop).current(session.customer) : null;
  if (customer === null) throw new VoucherError('unauthorized', 'The session in Authorization has ended.');
  return customer;
}
