/** Two customers who are one: the merchant says so, and everything the one had is the other's. */
import { createRoute } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { mergeCustomers } from '../routing/merge.ts';
import { Merge, Merged } from '../wire/customers.ts';
import { bearer, idempotent, writeRefusals } from './docs.ts';
import { findCustomer, refParam } from './ref.ts';

export const merges = routes();

const merge = createRoute({
  method: 'post',
  path: '/admin/v1/customers/{ref}/merge',
  tags: ['Customers'],
  summary: 'Merge a customer into another one',
  description:
    'Points with their lots and expiry, orders, timeline, consents and used keys become the other customer’s, once. The ' +
    'merged id answers with the survivor for ever. It cannot be undone. Repeating it changes nothing.',
  security: bearer,
  request: { params: refParam, headers: idempotent, body: body(Merge) },
  responses: { 200: json(Merged, 'Who holds everything now'), ...writeRefusals },
});

merges.openapi(merge, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const { ref } = c.req.valid('param');
  const { into } = c.req.valid('json');
  return raw(
    await once(c, shop.id, async () => {
      const loser = await findCustomer(c.env, shop.id, ref);
      const survivor = await findCustomer(c.env, shop.id, into);
      const customer = await mergeCustomers(c.env, shop, { loser, survivor, reason: 'merchant' });
      return c.json({ customer }, 200);
    }),
  );
});
