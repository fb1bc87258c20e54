/** What a request must show before anything reads its body. Says nothing of whether its key is good: the routes ask that. */
import type { HonoRequest, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { bearerOf } from '../shops/auth.ts';
import { ProblemError } from '../wire/problem.ts';
import type { AppEnv } from './app.ts';

/** Refuses a request whose Authorization is no bearer, so that nobody without a key has a body parsed and described. */
export const bearerRequired: MiddlewareHandler<AppEnv> = async function bearerRequired(c, next) {
  if (bearerOf(c.req.raw) === null) throw new ProblemError('unauthorized');
  withoutEmptyBody(c.req);
  await next();
};

/** A request that names the type of a body it has not counts as one without: clients name it for all they send. */
export function withoutEmptyBody(request: Pick<HonoRequest, 'raw' | 'method'>): void {
  const { headers, body } = request.raw;
  if (request.method === 'GET' || headers.get('content-type') === null) return;
  if (body !== null && headers.get('content-length') !== '0') return;
  const bare = new Headers(headers);
  bare.delete('content-type');
  request.raw = new Request(request.raw, { headers: bare });
}

/** Refuses a body of more than `maxSize` bytes, whatever its Content-Length says. */
export function boundedBody(maxSize: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new ProblemError('payload_too_large', { detail: `At most ${maxSize} bytes.` });
    },
  });
}
