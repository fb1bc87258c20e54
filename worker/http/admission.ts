/** What a request must show before anything reads its body. Says nothing of whether its key is good: the routes ask that. */
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { bearerOf } from '../shops/auth.ts';
import { ProblemError } from '../wire/problem.ts';
import type { AppEnv } from './app.ts';

/** Refuses a request whose Authorization is no bearer, so that nobody without a key has a body parsed and described. */
export const bearerRequired: MiddlewareHandler<AppEnv> = async function bearerRequired(c, next) {
  if (bearerOf(c.req.raw) === null) throw new ProblemError('unauthorized');
  await next();
};

/** Refuses a body of more than `maxSize` bytes, whatever its Content-Length says. */
export function boundedBody(maxSize: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new ProblemError('payload_too_large', { detail: `At most ${maxSize} bytes.` });
    },
  });
}
