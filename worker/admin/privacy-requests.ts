/** What customers asked for by law, through the shop platform: listed and read; nothing is carried out here. */
import { createRoute, z } from '@hono/zod-openapi';
import type { PrivacyRequest as Stored } from '../domain/privacy.ts';
import { json } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { shopOf } from '../shops/cache.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { pageQuery } from '../wire/parts.ts';
import { PrivacyRequest, PrivacyRequestList, type PrivacyRequestSummary } from '../wire/privacy.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, refusals } from './docs.ts';

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

function summaryOf({ orders, ...request }: Stored): z.infer<typeof PrivacyRequestSummary> {
  return { ...request, orderCount: orders.length };
}
