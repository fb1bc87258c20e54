/** An address asked by the wrong method says so, and by which it may be asked. */
import type { Handler } from 'hono';
import { ProblemError } from '../wire/problem.ts';
import type { AppEnv } from './app.ts';

/** For `all` behind the handlers of an address; `allow` is what stands in Allow. */
export function onlyMethods(allow: string): Handler<AppEnv> {
  return function onlyMethods(): never {
    throw new ProblemError('method_not_allowed', { headers: { Allow: allow } });
  };
}
