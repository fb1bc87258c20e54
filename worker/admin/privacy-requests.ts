/** What customers asked for by law, through the shop platform: listed, read, and where they ask for an erasure carried out. */
import { createRoute, z } from '@hono/zod-openapi';
import type { PrivacyRequest as Stored } from '../domain/privacy.ts';
import { json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { erasedFor } from '../routing/erase-requested.ts';
import { shopOf } from '../shops/cache.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { pageQuery } from '../wire/parts.ts';
import { CarriedOut, PrivacyRequest, PrivacyRequestList, type PrivacyRequestSummary } from '../wire/privacy.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { erasureView } from './erasures.ts';

export const privacyRequests = routes();
const about = { tags: ['Privacy'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/privacy-requests',
  summary: 'Privacy requests, the last received first',
  request: { query: pageQuery(200, 50) },
  responses: { 200: json(PrivacyRequestList, 'A page of requests, each with the day it is owed by'), ...refusals },
});
privacyRequests.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const before = fromCursor(cursor, z.strictObject({ receivedAtMs: z.int(), id: z.string() }));
  const found = await shopOf(c.env, shop.id).privacyRequests(before, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.length > limit ? toCursor({ receivedAtMs: last?.receivedAtMs, id: last?.id }) : null;
  return c.json({ items: items.map(summaryOf), nextCursor }, 200);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/privacy-requests/{id}',
  summary: 'One privacy request, with the orders it names',
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 200: json(PrivacyRequest, 'The request'), ...refusals },
});
privacyRequests.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const found = await shopOf(c.env, shop.id).privacyRequest(c.req.valid('param').id);
  if (found === null) throw new ProblemError('not_found');
  return c.json({ ...summaryOf(found), orders: found.orders }, 200);
});

const carryOut = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/privacy-requests/{id}/carry-out',
  summary: 'Erase whom a request names',
  description:
    'Of a request of the kind `erasure`: erases the customer by the id, else the e-mail, else the phone that it names, and ' +
    'those of whom nothing is known but an order that it names. The request is done once every erasure is; what it said of ' +
    'the person goes with them. Asked again it answers the same.',
  request: { params: z.object({ id: z.string().min(1).max(100) }), headers: idempotent },
  responses: { 202: json(CarriedOut, 'The request, and the erasures that it led to'), ...writeRefusals },
});
privacyRequests.openapi(carryOut, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { id } = c.req.valid('param');
  return raw(
    await once(c, shop.id, async () => {
      const request = await shopOf(c.env, shop.id).privacyRequest(id);
      if (request === null) throw new ProblemError('not_found');
      if (request.kind !== 'erasure')
        throw new ProblemError('conflict', { detail: 'Only the erasure of one customer is carried out here.' });
      const erased = request.state === 'done' ? [] : await erasedFor(c.env, shop, request);
      const now = (await shopOf(c.env, shop.id).privacyRequest(id)) ?? request;
      return c.json({ request: summaryOf(now), erasures: erased.map(erasureView) }, 202);
    }),
  );
});

function summaryOf({ orders, ...request }: Stored): z.infer<typeof PrivacyRequestSummary> {
  return { ...request, orderCount: orders.length };
}
