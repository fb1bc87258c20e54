/** What arrived lately and what became of it. */
import { createRoute, z } from '@hono/zod-openapi';
import { debuggerOf } from '../debugger/notes.ts';
import { json } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { requireScope } from '../http/scope.ts';
import { VerdictList } from '../wire/customers.ts';
import { bearer, refusals } from './docs.ts';

export const events = routes();

const limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1')
  .transform(Number)
  .refine((value) => value <= 1_000, 'must be at most 1000')
  .default(100);

const list = createRoute({
  method: 'get',
  path: '/admin/v1/events',
  tags: ['Events'],
  summary: 'The last events received, with their verdicts (at most 1,000, a second late)',
  security: bearer,
  request: { query: z.object({ limit }) },
  responses: { 200: json(VerdictList, 'Newest first'), ...refusals },
});
events.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  return c.json(
    {
      items: await debuggerOf(c.env, shop.id).latest(c.req.valid('query').limit),
    },
    200,
  );
});
