/** The points that the shop stands for, and what they are worth. */
import { createRoute } from '@hono/zod-openapi';
import { json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { aboutShop, LIABILITY, liabilityNow, valuedBy } from '../jobs/liability.ts';
import { pointsTotals } from '../projection/queries.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { Liability } from '../wire/liability.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { accepted, answerWithJob } from './job-start.ts';

export const liability = routes();

const about = { tags: ['Points'], security: bearer, path: '/admin/v1/liability' as const };

const read = createRoute({
  ...about,
  method: 'get',
  summary: 'Points outstanding, pending and owed, and what they are worth',
  description:
    'As of now, from the customers themselves, whatever has just run out left aside. Not all are asked at the same instant: ' +
    'points of somebody who is just becoming another customer may be missing or counted twice for that moment. In a shop ' +
    'that keeps every customer in an object of their own it comes from the copies behind the lists, without pending points ' +
    'and months; the job that `POST` starts has these.',
  responses: { 200: json(Liability, 'The figures, and as of when'), ...refusals },
});
liability.openapi(read, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  if (shop.settings.layout === 'shared') return c.json(await liabilityNow(c.env, shop), 200);
  return c.json(await fromCopies(c, shop), 200);
});

const start = createRoute({
  ...about,
  method: 'post',
  summary: 'Sum up the points of all customers as long work',
  description:
    'The result of the job is what `GET` answers. It walks all customers, each counted as of when it came by.',
  request: { headers: idempotent },
  responses: { ...accepted, ...writeRefusals },
});
liability.openapi(start, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  return raw(await answerWithJob(c, shop.id, LIABILITY, {}));
});

async function fromCopies({ env }: AppContext, shop: ShopSnapshot): Promise<Liability> {
  const { receivedAtMs: asOfMs } = await receiptOf(env, shop);
  const [totals, rest] = await Promise.all([pointsTotals(env.DB, shop.id), aboutShop(env, shop, asOfMs)]);
  const valued = valuedBy(shop.settings.programme);
  return {
    asOfMs,
    source: 'copies',
    ...rest,
    holders: totals.holders,
    outstanding: valued(totals.points),
    pending: null,
    owed: valued(totals.owed),
    expiring: null,
  };
}
