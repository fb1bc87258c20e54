/** Orders of customers the shop can name, from D1's copy. */
import { createRoute, z } from '@hono/zod-openapi';
import { json } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { listOrders, type OrderRow } from '../projection/queries.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { OrderList } from '../wire/customers.ts';
import { pageQuery } from '../wire/parts.ts';
import { bearer, refusals } from './docs.ts';

export const orders = routes();

const list = createRoute({
  method: 'get',
  path: '/admin/v1/orders',
  tags: ['Customers'],
  summary: 'Orders, the last placed first',
  security: bearer,
  request: { query: pageQuery(200, 50) },
  responses: { 200: json(OrderList, 'A page of orders with the points each stands at'), ...refusals },
});
orders.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { limit, cursor } = c.req.valid('query');
  const after = fromCursor(cursor, z.strictObject({ placedMs: z.int(), orderId: z.string() }));
  const rows = await listOrders(c.env.DB, shop.id, after, limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = rows.length > limit ? toCursor({ placedMs: last?.placedMs, orderId: last?.orderId }) : null;
  return c.json({ items: items.map(view), nextCursor }, 200);
});

function view(row: OrderRow) {
  const { orderId, name, customer, placedMs, currency, totalMinor, payment, fulfilment, points } = row;
  return { id: orderId, name, customer, placedAtMs: placedMs, currency, totalMinor, payment, fulfilment, points };
}
