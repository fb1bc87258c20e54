/** Who may do what on the admin API. */
import type { Env } from '../env.ts';
import { bearerOf, type Caller, callerOf } from '../shops/auth.ts';
import { sameText } from '../shops/crypto.ts';
import type { Scope } from '../shops/keys.ts';
import { ProblemError } from '../wire/problem.ts';
import type { AppContext } from './app.ts';

/** A caller with a secret key and the scope, or a problem. Names the shop for the log line. */
export async function requireScope(c: AppContext, scope: Scope): Promise<Caller> {
  const token = bearerOf(c.req.raw);
  const caller = token === null ? null : await callerOf(c.env, token);
  if (caller === null) throw new ProblemError('unauthorized');
  c.set('shop', caller.shop.id);
  if (caller.key.kind !== 'secret' || !caller.key.scopes.includes(scope)) {
    throw new ProblemError('insufficient_scope', { detail: `This needs a secret key with the scope "${scope}".` });
  }
  return caller;
}

/** The operator, who makes shops. */
export async function requireOperator(env: Env, request: Request): Promise<void> {
  const token = bearerOf(request);
  if (env.OPERATOR_TOKEN.length < 24) throw new Error('OPERATOR_TOKEN is missing or shorter than 24 characters');
  if (token === null || !(await sameText(token, env.OPERATOR_TOKEN))) throw new ProblemError('unauthorized');
}
