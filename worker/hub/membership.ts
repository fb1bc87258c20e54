/** A signed-in shopper joins the programme or leaves it. Whom the merchant keeps out, nothing here brings back. */
import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { body, json, problem } from '../http/answers.ts';
import { routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { operate } from '../routing/follow.ts';
import { TokenBuckets } from '../time/rate.ts';
import { ProblemError } from '../wire/problem.ts';
import { HubMembership, HubMembershipWrite } from '../wire/programme-members.ts';
import { accessOf, notStored } from './access.ts';
import { NOTHING, requireStanding } from './customer.ts';

const PATH = '/hub/v1/membership';
const LARGEST_REQUEST = 4 * 1024;
/** Changes that one shopper may make; a burst of twice as many. */
const CHANGES_PER_SECOND = 1;
const shoppers = new TokenBuckets(20_000);

export const hubMembership = routes();

hubMembership.use(PATH, notStored);
hubMembership.use(PATH, crossOrigin);
hubMembership.options(PATH, (c) => c.body(null, 204));
hubMembership.use(PATH, bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));

const write = createRoute({
  method: 'put',
  path: PATH,
  tags: ['Hub'],
  security: [{ hubSession: [] }],
  summary: 'The shopper joins the programme, or leaves it',
  description: 'The same word again changes nothing. Joining earns what the programme gives for a sign-up, once.',
  request: {
    headers: z.object({ 'idempotency-key': z.string().min(1).max(255).optional() }),
    body: body(HubMembershipWrite),
  },
  responses: {
    200: json(HubMembership, 'As they stand now'),
    400: problem('A field breaks its rule'),
    401: problem('No bearer, or one that ended: exchange a new proof'),
    403: problem("The page's origin is not on the shop's list"),
    409: problem('The shop has them take no part'),
    429: problem('Too many changes; wait for Retry-After seconds'),
    503: problem('A part did not answer; ask again'),
  },
});
hubMembership.openapi(write, async (c) => {
  const access = await accessOf(c);
  const { shop } = access;
  const { state } = c.req.valid('json');
  const { customer, standing } = await requireStanding(c.env, access, NOTHING);
  const now = standing.participation;
  if (now === 'disabled') throw keptOut();
  if (now === state) return c.json({ state }, 200);
  const wait = shoppers.take(`${shop.id} ${customer}`, { perSecond: CHANGES_PER_SECOND }, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
  const key = `hub:membership:${c.req.valid('header')['idempotency-key'] ?? crypto.randomUUID()}`;
  const about = { key, fingerprint: `${key}:${state}`, state, reason: null, by: 'hub' as const };
  const input = { kind: 'operation' as const, operation: { op: 'membership' as const, ...about } };
  const told = await operate(c.env, shop, { customer, input, waitMs: 0 });
  if (told.answer.verdict === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (told.answer.verdict !== 'failed' && told.answer.verdict !== 'late' && told.answer.refusal !== null)
    throw keptOut();
  c.set('rowsWritten', told.rowsWritten);
  return c.json({ state }, 200);
});

function keptOut(): ProblemError {
  return new ProblemError('conflict', { detail: 'This shopper takes no part in the programme.' });
}

function tooLarge(): never {
  throw new ProblemError('payload_too_large', { detail: `At most ${LARGEST_REQUEST} bytes.` });
}
