/** Customers for the merchant: the list from D1's copy, one customer always from the object that keeps it. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Standing } from '../customers/reader.ts';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import { ERASED } from '../domain/customer.ts';
import { json } from '../http/answers.ts';
import { type AppContext, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { listProfiles } from '../projection/queries.ts';
import type { Caller } from '../shops/auth.ts';
import { testNow } from '../shops/shop-time.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import * as wire from '../wire/customers.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, refusals } from './docs.ts';
import { findCustomer, refParam } from './ref.ts';
import { customerView, entryViews, summaryView, timelineView } from './views.ts';

export const customers = routes();
const FORMER_IDS = 100;
const MOST_NAMES = 200;
const about = { tags: ['Customers'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers',
  summary: 'List and search customers',
  request: { query: wire.CustomerQuery.extend(pageQuery(200, 50).shape) },
  responses: {
    200: json(wire.CustomerList, 'A page of customers the shop can name'),
    ...refusals,
  },
});
customers.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { q, sort, order, limit, cursor } = c.req.valid('query');
  const after = fromCursor(
    cursor,
    z.strictObject({
      sort: z.literal(sort),
      value: z.int(),
      customer: z.string(),
    }),
  );
  const query = {
    shop: shop.id,
    search: q ?? null,
    sort,
    order,
    after,
    limit: limit + 1,
  };
  const rows = await listProfiles(c.env.DB, query);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const value = sort === 'balance' ? last?.balance : sort === 'last_seen' ? last?.lastSeenDay : 0;
  const nextCursor = rows.length > limit ? toCursor({ sort, value, customer: last?.customer }) : null;
  return c.json({ items: items.map(summaryView), nextCursor }, 200);
});

const read = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}',
  summary: 'One customer, by id or by identifier',
  request: { params: refParam },
  responses: {
    200: json(wire.Customer, 'The customer as of now'),
    ...refusals,
  },
});
customers.openapi(read, async (c) => {
  const caller = await requireScope(c, 'customers');
  const { id, standing } = await standingOf(c, caller, c.req.valid('param').ref);
  const directory = directoryOf(c.env, caller.shop.id);
  const [identifiers, formerIds] = await Promise.all([
    directory.names(id, MOST_NAMES),
    directory.formerIds(id, FORMER_IDS),
  ]);
  return c.json(customerView({ id, identifiers, formerIds }, standing), 200);
});

const history = { params: refParam, query: pageQuery(200, 50) };

const timeline = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/timeline',
  summary: 'Everything that happened, newest first',
  request: history,
  responses: { 200: json(wire.Timeline, 'A page of the journal'), ...refusals },
});
customers.openapi(timeline, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const id = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const { limit, cursor } = c.req.valid('query');
  const page = await customersOf(c.env, shop.id, id).timeline(id, {
    limit,
    before: fromCursor(cursor, z.int()),
  });
  return c.json(
    {
      items: page.rows.map(timelineView),
      nextCursor: page.next === null ? null : toCursor(page.next),
    },
    200,
  );
});

const points = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/points',
  summary: 'The points journal, newest first',
  request: history,
  responses: {
    200: json(wire.PointsJournal, 'A page of ledger entries, each with the balance after it'),
    ...refusals,
  },
});
customers.openapi(points, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const id = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const { limit, cursor } = c.req.valid('query');
  const page = await customersOf(c.env, shop.id, id).points(id, {
    limit,
    before: fromCursor(cursor, z.int()),
  });
  return c.json(
    {
      items: page.rows.flatMap(entryViews),
      nextCursor: page.next === null ? null : toCursor(page.next),
    },
    200,
  );
});

async function standingOf(c: AppContext, { shop }: Caller, ref: string): Promise<{ id: string; standing: Standing }> {
  let id = await findCustomer(c.env, shop.id, ref);
  const clockMs = await testNow(c.env, shop);
  for (let hop = 0; hop < 3; hop += 1) {
    const standing = await customersOf(c.env, shop.id, id).standing(id, { activity: 0, orders: 0 }, clockMs);
    if (standing === null) break;
    if (standing.moved === null) return { id, standing };
    if (standing.moved === ERASED) break;
    id = standing.moved;
  }
  throw new ProblemError('not_found');
}
