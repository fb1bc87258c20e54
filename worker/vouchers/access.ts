/** Who a voucher client is: the id of a shop as the application, and a secret key of that very shop as its token. */
import type { MiddlewareHandler } from 'hono';
import type { Env } from '../env.ts';
import { withoutEmptyBody } from '../http/admission.ts';
import type { AppEnv } from '../http/app.ts';
import { type Caller, callerOf } from '../shops/auth.ts';
import type { Scope } from '../shops/keys.ts';
import { VoucherError } from './errors.ts';
import { takeTurn, tell } from './limits.ts';

/** Of one key, for each isolate: far more than one object answers. */
const REQUESTS_PER_SECOND = 2_500;

type WithCaller = AppEnv & { Variables: { caller: Caller } };

/** Lets in who has the keys and the scope, as `caller`. It goes before parsing: nobody else has a query or body described. */
export function keysRequired(scope: Scope): MiddlewareHandler<WithCaller> {
  return async function keysRequired(c, next) {
    const caller = await voucherCaller(c.env, c.req.raw);
    c.set('shop', caller.shop.id);
    if (!caller.key.scopes.includes(scope)) {
      throw new VoucherError('insufficient_scope', `This needs a secret key with the scope "${scope}".`);
    }
    withoutEmptyBody(c.req);
    const limits = takeTurn(`key ${caller.key.id}`, REQUESTS_PER_SECOND);
    c.set('caller', caller);
    await next();
    tell(c.res, limits);
  };
}

/** The caller behind both headers. Whose key it is instead, or of which kind, is nobody else's business: one answer for all. */
async function voucherCaller(env: Env, { headers }: Request): Promise<Caller> {
  const caller = await callerOf(env, headers.get('x-app-token') ?? '');
  if (caller === null || caller.key.kind !== 'secret' || caller.shop.id !== headers.get('x-app-id')) {
    const details = 'X-App-Id takes the id of a shop (shp_…), X-App-Token a secret key of it (sk_…).';
    throw new VoucherError('unauthorized', details);
  }
  return caller;
}
