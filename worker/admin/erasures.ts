/** The erasure of a customer: asked for, watched, and listed for the merchant's books. */
import { createRoute, z } from '@hono/zod-openapi';
import { directoryOf } from '../directory/cache.ts';
import { ERASURE_OWNERS, type Erasure, stateOf } from '../domain/erasure/erasure.ts';
import { json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { eraseCustomer } from '../routing/erase.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import * as wire from '../wire/erasures.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { findCustomer, refParam } from './ref.ts';

export const erasures = routes();
const about = { tags: ['Privacy'], security: bearer };
const WAIT_MS = 1_000;

const erase = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/customers/{ref}/erase',
  summary: 'Erase a customer',
  description:
    'For good. Points lapse, gift cards stay good for whoever has their code, other vouchers are void. Amounts stay under a ' +
    'random id, and of what named the customer keyed hashes, by which late events are told: what occurred before is dropped, ' +
    'what occurs later makes a new customer. Poll the erasure until it is done. The id of an erased customer answers the ' +
    'same erasure.',
  request: { params: refParam, headers: idempotent },
  responses: { 202: json(wire.ErasureSummary, 'The erasure, as far as it has come'), ...writeRefusals },
});
erasures.openapi(erase, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { ref } = c.req.valid('param');
  return raw(
    await once(c, shop.id, async () => {
      const known = await directoryOf(c.env, shop.id).erasureOf(ref);
      const customer = known === null ? await findCustomer(c.env, shop.id, ref) : ref;
      const erasure = await eraseCustomer(c.env, shop, { customer, waitMs: WAIT_MS });
      if (erasure === null) throw new ProblemError('not_found');
      return c.json(erasureView(erasure), 202);
    }),
  );
});

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/erasures',
  summary: 'Erasures, the last asked for first',
  request: { query: pageQuery(200, 50) },
  responses: { 200: json(wire.ErasureList, 'A page of erasures'), ...refusals },
});
erasures.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const before = fromCursor(cursor, z.strictObject({ requestedAtMs: z.int(), id: z.string() }));
  const found = await directoryOf(c.env, shop.id).erasures(before, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.length > limit ? toCursor({ requestedAtMs: last?.requestedAtMs, id: last?.id }) : null;
  return c.json({ items: items.map(erasureView), nextCursor }, 200);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/erasures/{id}',
  summary: 'One erasure, with what came too late',
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 200: json(wire.Erasure, 'The erasure as it stands'), ...refusals },
});
erasures.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const found = await directoryOf(c.env, shop.id).erasure(c.req.valid('param').id);
  if (found === null) throw new ProblemError('not_found');
  const { lateEvents, ...erasure } = found;
  return c.json({ ...erasureView(erasure), late: lateEvents }, 200);
});

export function erasureView(erasure: Erasure): z.infer<typeof wire.ErasureSummary> {
  const { done, late, ...rest } = erasure;
  const owners = ERASURE_OWNERS.map((owner) => ({
    owner,
    state: done.includes(owner) ? ('done' as const) : ('open' as const),
  }));
  return { ...rest, state: stateOf(erasure), owners, lateEvents: late };
}
