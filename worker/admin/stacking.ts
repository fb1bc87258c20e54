/** How a shop lets vouchers be joined in one order: all or nothing or what applies, how many, and which never together. */
import { createRoute } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { forgetOffers, offersOf } from '../offers/cache.ts';
import { Stacking } from '../wire/stacking.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';

export const stacking = routes();
const about = { tags: ['Programme'], security: bearer, path: '/admin/v1/stacking' };

const read = createRoute({
  ...about,
  method: 'get',
  summary: 'How vouchers may be joined in one order',
  responses: { 200: json(Stacking, 'As it is now'), ...refusals },
});
stacking.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'programme');
  const { stacking: rules } = await offersOf(c.env, shop.id).snapshot();
  return c.json(Stacking.parse(rules), 200);
});

const write = createRoute({
  ...about,
  method: 'put',
  summary: 'Change how vouchers may be joined in one order; live within two seconds',
  request: { headers: idempotent, body: body(Stacking) },
  responses: { 200: json(Stacking, 'As it is now'), ...writeRefusals },
});
stacking.openapi(write, async (c) => {
  const { shop } = await requireScope(c, 'programme');
  const rules = c.req.valid('json');
  return raw(
    await once(c, shop.id, async () => {
      await offersOf(c.env, shop.id).setStacking(rules);
      forgetOffers(shop.id);
      return c.json(rules, 200);
    }),
  );
});
