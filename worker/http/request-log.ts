/** One JSON line per request, after its answer, with nothing personal in it: the route's pattern, never the address. */
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { AppEnv } from './app.ts';

export function requestLog(): MiddlewareHandler<AppEnv> {
  return async function requestLog(c, next) {
    const startedAtMs = Date.now();
    const requestId = c.req.header('cf-ray') ?? crypto.randomUUID();
    c.set('requestId', requestId);
    c.set('shop', '');
    c.set('rowsWritten', 0);
    await next();
    const ms = Date.now() - startedAtMs;
    c.res.headers.set('X-Request-Id', requestId);
    c.res.headers.append('Server-Timing', `app;dur=${ms}`);
    const about = {
      requestId,
      shop: c.get('shop'),
      method: c.req.method,
      route: routePath(c, -1),
    };
    const line = {
      level: 'info',
      msg: 'request',
      ...about,
      status: c.res.status,
      ms,
      rowsWritten: c.get('rowsWritten'),
    };
    c.executionCtx.waitUntil(say(line));
  };
}

/** A line takes as long to say as everything else of a small request (measured), and nobody waits for it. */
async function say(line: object): Promise<void> {
  await scheduler.wait(0);
  console.log(JSON.stringify(line));
}
