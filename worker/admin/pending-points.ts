/** Points that wait: what they came from and until when, and the merchant's word on them. */
import { createRoute, z } from '@hono/zod-openapi';
import { customersOf } from '../customers/stubs.ts';
import { NEVER } from '../domain/ledger.ts';
import type { Pending } from '../domain/loyalty/pending.ts';
import { orderOf } from '../domain/loyalty/releases.ts';
import { carriedFrom } from '../domain/merge.ts';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { testNow } from '../shops/shop-time.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import * as wire from '../wire/earning-pending.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { operated } from './operated.ts';
import { findCustomer, refParam } from './ref.ts';

export const pendingPoints = routes();
const about = { tags: ['Customers'], security: bearer };
const Place = z.strictObject({ releasesAtMs: z.int(), id: z.int() });

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/pending-points',
  summary: 'Points that wait, the soonest released first',
  request: { params: refParam, query: pageQuery(200, 50) },
  responses: { 200: json(wire.PendingPointsList, 'A page of points that cannot be spent yet'), ...refusals },
});
pendingPoints.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const { limit, cursor } = c.req.valid('query');
  const page = { after: fromCursor(cursor, Place), limit: limit + 1 };
  const clockMs = await testNow(c.env, shop);
  const found = await customersOf(c.env, shop.id, customer).pendingPoints(customer, page, clockMs);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  const nextCursor = more ? toCursor({ releasesAtMs: last.releasesAtMs, id: last.id }) : null;
  return c.json({ items: items.map(viewOf), nextCursor }, 200);
});

const words = {
  approve: 'The points can be spent at once',
  void: 'The points never come; an order does not earn them again',
};
const decision = <Action extends keyof typeof words>(action: Action) =>
  createRoute({
    ...about,
    method: 'post',
    path: `/admin/v1/customers/{ref}/pending-points/{id}/${action}` as const,
    summary: words[action],
    description:
      'Send an Idempotency-Key: a retry with the same key gets the first answer, a refusal included. 404 where nothing ' +
      'waits by that id, or not any more. Two customers who turn out to be one get new ids: read the list again.',
    request: {
      params: refParam.extend({ id: z.string().regex(/^\d{1,15}$/, 'must be an id of points that wait') }),
      headers: idempotent,
      body: body(wire.PendingDecision),
    },
    responses: { 200: json(wire.PendingDecided, 'What became of them'), ...writeRefusals },
  });

for (const action of ['approve', 'void'] as const) {
  pendingPoints.openapi(decision(action), async (c) => {
    const { shop } = await requireScope(c, 'points');
    const { ref, id } = c.req.valid('param');
    const customer = await findCustomer(c.env, shop.id, ref);
    const { reason } = c.req.valid('json');
    const outcome = await operated(c, shop, customer, (asked) => ({
      op: 'pending',
      ...asked,
      pending: Number(id),
      action,
      reason,
    }));
    if (outcome.refusal !== null) {
      const { 'Idempotent-Replayed': replayed } = outcome.headers;
      const headers: Record<string, string> = replayed === undefined ? {} : { 'Idempotent-Replayed': replayed };
      throw new ProblemError('not_found', { detail: 'No points wait by that id, or not any more.', headers });
    }
    const { row } = outcome;
    const of = carriedFrom(row)?.customer ?? outcome.customer;
    const told = { customer: of, pending: Number(id), points: Number(row.about.points), action };
    return raw(c.json({ ...told, balance: row.entries.at(-1)?.balanceAfter ?? null }, 200, outcome.headers));
  });
}

function viewOf(pending: Pending): z.infer<typeof wire.PendingPoints> {
  const { id, points, rule, sinceMs, releasesAtMs } = pending;
  const at = releasesAtMs === NEVER ? null : releasesAtMs;
  return { id, points, rule, orderId: orderOf(pending), sinceMs, releasesAtMs: at };
}
