/** What a cart would earn, for product pages and carts: of the shopper of a bearer, or of any member by the publishable key. */
import { createRoute } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { addressOf } from '../http/address.ts';
import { body, json, problem } from '../http/answers.ts';
import { type AppContext, routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { previewEarnings } from '../routing/preview-earnings.ts';
import { bearerOf } from '../shops/auth.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { TokenBuckets } from '../time/rate.ts';
import { EarningPreview, HubPreviewRequest } from '../wire/earning-preview.ts';
import { ProblemError } from '../wire/problem.ts';
import { accessOf, notStored, shopOfKey } from './access.ts';

const PATH = '/hub/v1/earnings/preview';
const LARGEST_REQUEST = 64 * 1024;
/** Of one address in one shop; a burst of twice as many. */
const PER_SECOND = 10;
const askers = new TokenBuckets(20_000);

export const hubEarnings = routes();

hubEarnings.use(PATH, notStored);
hubEarnings.use(PATH, crossOrigin);
hubEarnings.options(PATH, (c) => c.body(null, 204));
hubEarnings.use(PATH, bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));

const preview = createRoute({
  method: 'post',
  path: PATH,
  tags: ['Hub'],
  summary: 'What a cart, or one product, would earn if it were paid now',
  description:
    'With a bearer it is what this shopper would earn: their tier, segments and used limits count. With the publishable ' +
    'key it is what a member without a tier would. Nothing is written.',
  security: [{ hubSession: [] }, {}],
  request: { body: body(HubPreviewRequest) },
  responses: {
    200: json(EarningPreview, 'Points by rule, and why the others give none'),
    400: problem('A field breaks its rule'),
    401: problem('Neither a bearer nor a publishable key that is good'),
    403: problem("The page's origin is not on the shop's list"),
    429: problem('Too many from this address; wait for Retry-After seconds'),
    503: problem('A part did not answer; ask again'),
  },
});
hubEarnings.openapi(preview, async (c) => {
  const { key, cart } = c.req.valid('json');
  const { shop, customer } = await asker(c, key);
  requirePatience(c, shop.id);
  return c.json(await previewEarnings(c.env, shop, customer, cart).catch(gone), 200);
});

async function asker(c: AppContext, key: string | undefined): Promise<{ shop: ShopSnapshot; customer: string | null }> {
  if (bearerOf(c.req.raw) !== null) return accessOf(c);
  if (key === undefined) throw new ProblemError('unauthorized');
  return { shop: await shopOfKey(c, key), customer: null };
}

/** A bearer whose customer is gone is no bearer any more. */
function gone(error: unknown): never {
  if (error instanceof ProblemError && error.key === 'not_found') throw new ProblemError('unauthorized');
  throw error;
}

function requirePatience(c: AppContext, shop: string): void {
  const wait = askers.take(`${shop} ${addressOf(c.req.raw)}`, { perSecond: PER_SECOND }, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
}

function tooLarge(): never {
  throw new ProblemError('payload_too_large', { detail: `At most ${LARGEST_REQUEST} bytes.` });
}
