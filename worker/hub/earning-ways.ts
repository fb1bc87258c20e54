/** The ways in which a signed-in shopper can earn, as they find them now. */
import { createRoute } from '@hono/zod-openapi';
import { json, problem } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { readEarningWays } from '../routing/reward-reads.ts';
import { HubEarning } from '../wire/hub-programme.ts';
import { ProblemError } from '../wire/problem.ts';
import { accessOf, notStored } from './access.ts';

const PATH = '/hub/v1/earning';

export const hubEarningWays = routes();

hubEarningWays.use(PATH, notStored);
hubEarningWays.use(PATH, crossOrigin);
hubEarningWays.options(PATH, (c) => c.body(null, 204));

const ways = createRoute({
  method: 'get',
  path: PATH,
  tags: ['Hub'],
  security: [{ hubSession: [] }],
  summary: 'The ways in which the shopper can earn, and what each gives them',
  description:
    'What is for other tiers, segments or times is not listed. Who is no member yet is told what a member earns; who takes no part, nothing.',
  responses: {
    200: json(HubEarning, 'As of now'),
    401: problem('No bearer, or one that ended: exchange a new proof'),
    403: problem("The page's origin is not on the shop's list"),
    503: problem('A part did not answer; ask again'),
  },
});
hubEarningWays.openapi(ways, async (c) => {
  const { shop, customer } = await accessOf(c);
  const told = await readEarningWays(c.env, shop, customer);
  if (told === null) throw new ProblemError('unauthorized');
  return c.json({ items: told.ways, bonuses: told.bonuses }, 200);
});
