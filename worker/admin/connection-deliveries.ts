/** How a connection's deliveries go: each with its attempts, the dead ones to be replayed, and a try with nothing behind it. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Delivery } from '../connection/delivery-store.ts';
import { eventId } from '../domain/connections/told.ts';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { BACK_FILL_CONNECTION } from '../jobs/back-fill-connection.ts';
import { randomText } from '../shops/crypto.ts';
import * as wire from '../wire/connections.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { ProblemError } from '../wire/problem.ts';
import { connectionOf, requireConnection } from './connection-setup.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { accepted, answerWithJob } from './job-start.ts';

export const connectionDeliveries = routes();
const about = { tags: ['Connections'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/connections/{id}/deliveries',
  summary: 'Deliveries, the newest first; what succeeded is kept for 7 days, what is dead for 90',
  request: { params: wire.ConnectionParam, query: wire.DeliveryQuery },
  responses: { 200: json(wire.DeliveryPage, 'A page of deliveries'), ...refusals },
});
connectionDeliveries.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = await requireConnection(c, shop.id, c.req.valid('param').id);
  const { limit, cursor, state = null } = c.req.valid('query');
  const before = fromCursor(cursor, z.int());
  const found = await connectionOf(c, shop.id, id).deliveries(state, before, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.length > limit && last !== undefined ? toCursor(last.n) : null;
  return raw(c.json({ items: items.map(deliveryView), nextCursor }, 200));
});

const replay = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/connections/{id}/deliveries/{delivery}/replay',
  summary:
    'Send one again, whatever became of it, with the id that it had; what waits for its next attempt is tried now',
  request: { params: wire.DeliveryParam, headers: idempotent },
  responses: { 200: json(wire.Delivery, 'The delivery'), ...writeRefusals },
});
connectionDeliveries.openapi(replay, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id, delivery } = c.req.valid('param');
  const response = await once(c, shop.id, async () => {
    await requireConnection(c, shop.id, id);
    const found = await connectionOf(c, shop.id, id).replay(delivery);
    if (found === null) throw new ProblemError('not_found');
    return c.json(deliveryView(found), 200);
  });
  return raw(response);
});

const replayAll = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/connections/{id}/replay',
  summary: 'Send all that are dead again, or try all that failed now; a thousand at a call',
  request: { params: wire.ConnectionParam, headers: idempotent, body: body(wire.Replay) },
  responses: { 200: json(wire.Replayed, 'How many'), ...writeRefusals },
});
connectionDeliveries.openapi(replayAll, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const { state } = c.req.valid('json');
  const response = await once(c, shop.id, async () => {
    await requireConnection(c, shop.id, id);
    return c.json(await connectionOf(c, shop.id, id).replayAll(state), 200);
  });
  return raw(response);
});

const backFill = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/connections/{id}/back-fill',
  summary: 'Send what was recorded before the connection began, as a job',
  description:
    'By the filter as it is now, each event under the id that it always had, and before what still waits of its customer. Job ' +
    'result: `customers`, `events`. It waits while 10,000 deliveries do. Imports are told to nobody.',
  request: { params: wire.ConnectionParam, headers: idempotent, body: body(wire.ConnectionBackFill) },
  responses: { ...accepted, ...writeRefusals },
});
connectionDeliveries.openapi(backFill, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const wanted = c.req.valid('json');
  const { id: connection } = c.req.valid('param');
  const response = await answerWithJob(c, shop.id, BACK_FILL_CONNECTION, async () => {
    await requireConnection(c, shop.id, connection);
    return { connection, ...wanted };
  });
  return raw(response);
});

const tryOut = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/connections/{id}/test',
  summary: 'Send a signed event that tells of nothing, now, and see what comes of it',
  description: 'Its `type` is `Connection Tested`. It is sent once, paused or not, and kept nowhere.',
  request: { params: wire.ConnectionParam },
  responses: { 200: json(wire.TestResult, 'What came of it'), ...refusals },
});
connectionDeliveries.openapi(tryOut, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = await requireConnection(c, shop.id, c.req.valid('param').id);
  const outcome = await connectionOf(c, shop.id, id).tryOut(`evt_test-${randomText(20)}`);
  if (outcome === null) throw new ProblemError('not_found');
  const { status, error, tookMs } = outcome;
  return raw(c.json({ delivered: error === null, status, error, tookMs }, 200));
});

function deliveryView(delivery: Delivery): z.infer<typeof wire.Delivery> {
  const { type, customer, state, attempts, toldAtMs, lastMs, nextMs, status, error } = delivery;
  const times = { toldAtMs, lastAttemptAtMs: lastMs, nextAttemptAtMs: nextMs };
  return { id: eventId(delivery), type, customer, state, attempts, ...times, status, error };
}
