/** Connections: where the product tells others what happens. Made, changed, paused, given a new secret, dropped. */
import { createRoute, z } from '@hono/zod-openapi';
import { secretName } from '../connection/secret-name.ts';
import type { Connection } from '../domain/connections/connection.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { newGroupId } from '../segments/group-id.ts';
import type { Caller } from '../shops/auth.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import { receiptOf } from '../shops/shop-time.ts';
import * as wire from '../wire/connections.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { ProblemError } from '../wire/problem.ts';
import {
  connectionOf,
  connectionsOf,
  connectionView,
  keep,
  newSecret,
  requireConnection,
  requireSafe,
} from './connection-setup.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';

export const connections = routes();
const about = { tags: ['Connections'], security: bearer };
const one = { 200: json(wire.Connection, 'The connection') };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/connections',
  summary: 'Connections, the oldest first',
  request: { query: wire.ConnectionQuery },
  responses: { 200: json(wire.ConnectionPage, 'A page; a shop has at most 20'), ...refusals },
});
connections.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { limit, cursor } = c.req.valid('query');
  const all = await connectionsOf(c, shop.id);
  const after = fromCursor(cursor, z.string());
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  const nextCursor = from + limit < all.length && last !== undefined ? toCursor(last.id) : null;
  return c.json({ items: items.map(connectionView), nextCursor }, 200);
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/connections',
  summary: 'Send events to an address of yours',
  description:
    'Each event that is recorded from now on is sent as one signed request (Standard Webhooks), at least once, with the same ' +
    '`webhook-id` on every attempt, and those of one customer in their order. What is not answered 2xx within 10 s is sent ' +
    'again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h (a tenth more or less, and not before Retry-After); ' +
    'then it is dead: kept for 90 days, to be replayed. Imports are told to nobody. 410 pauses the connection, and so do ' +
    'five days of failures; a notice says so.',
  request: { headers: idempotent, body: body(wire.NewConnection) },
  responses: { 201: json(wire.ConnectionMade, 'The connection, and its secret for the only time'), ...writeRefusals },
});
connections.openapi(create, async (c) => {
  const caller = await requireScope(c, 'settings');
  const wanted = c.req.valid('json');
  return raw(await once(c, caller.shop.id, () => make(c, caller, wanted)));
});

async function make(c: AppContext, caller: Caller, wanted: z.infer<typeof wire.NewConnection>): Promise<Response> {
  const { shop } = caller;
  requireSafe(c, shop, wanted.url);
  const id = await newGroupId('con', shop.id, seedOf(c));
  const { state, ...told } = wanted;
  const now = Date.now();
  const { receivedAtMs } = await receiptOf(c.env, shop);
  const times = { activeFromMs: receivedAtMs, createdAtMs: now, updatedAtMs: now };
  const connection: Connection = { id, ...told, pausedFor: state === 'paused' ? 'merchant' : null, ...times };
  const kept = await keep(c, caller, { kind: 'add', connection });
  const secret = await newSecret(c, shop.id, id, 0);
  return c.json({ ...connectionView(kept), secret }, 201, { Location: `/admin/v1/connections/${id}` });
}

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/connections/{id}',
  summary: 'One connection, and how many deliveries wait or are dead',
  request: { params: wire.ConnectionParam },
  responses: { 200: json(wire.ConnectionStanding, 'The connection'), ...refusals },
});
connections.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const connection = await requireConnection(c, shop.id, c.req.valid('param').id);
  const deliveries = await connectionOf(c, shop.id, connection.id).standing();
  return c.json({ ...connectionView(connection), deliveries }, 200);
});

const change = createRoute({
  ...about,
  method: 'patch',
  path: '/admin/v1/connections/{id}',
  summary: 'Change what is named, pause or resume',
  request: { params: wire.ConnectionParam, headers: idempotent, body: body(wire.ConnectionChange) },
  responses: { ...one, ...writeRefusals },
});
connections.openapi(change, async (c) => {
  const caller = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const { state, ...wanted } = given(c.req.valid('json'));
  const response = await once(c, caller.shop.id, async () => {
    const { pausedFor } = await requireConnection(c, caller.shop.id, id);
    if (wanted.url !== undefined) requireSafe(c, caller.shop, wanted.url);
    const isPaused = state === undefined ? pausedFor !== null : state === 'paused';
    const paused = { pausedFor: isPaused ? (pausedFor ?? 'merchant') : null };
    const changed = { ...wanted, ...paused, updatedAtMs: Date.now() };
    const kept = await keep(c, caller, { kind: 'change', id, change: changed });
    await connectionOf(c, caller.shop.id, id).setUpAnew(pausedFor !== null && !isPaused);
    return c.json(connectionView(kept), 200);
  });
  return raw(response);
});

const rotate = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/connections/{id}/secret',
  summary: 'Give it a new secret; for a while requests carry a signature by each',
  request: { params: wire.ConnectionParam, headers: idempotent, body: body(wire.SecretRotation) },
  responses: { 201: json(wire.SecretRotated, 'The new secret, for the only time'), ...writeRefusals },
});
connections.openapi(rotate, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const { overlapSeconds } = c.req.valid('json');
  const response = await once(c, shop.id, async () => {
    await requireConnection(c, shop.id, id);
    return c.json({ secret: await newSecret(c, shop.id, id, overlapSeconds * 1_000) }, 201);
  });
  return raw(response);
});

const drop = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/connections/{id}',
  summary: 'Drop a connection, with everything that it has not delivered',
  request: { params: wire.ConnectionParam, headers: idempotent },
  responses: { 204: { description: 'Dropped' }, ...writeRefusals },
});
connections.openapi(drop, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const { id } = c.req.valid('param');
  const response = await once(c, shop.id, async (again) => {
    const done = await shopOf(c.env, shop.id).changeConnections({ kind: 'drop', id }, key.id);
    if (done === 'unknown' && !again) throw new ProblemError('not_found');
    await shopOf(c.env, shop.id).dropSecret(secretName(id));
    forgetShop(shop.id);
    await connectionOf(c, shop.id, id).drop();
    return c.body(null, 204);
  });
  return raw(response);
});
