/** The wallet beside a cart, and what was put on a gift card and taken from it. */
import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { heldStatus } from '../domain/vouchers/held-status.ts';
import { body, json, problem } from '../http/answers.ts';
import { type AppContext, routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { fitsOf } from '../publishing/wallet.ts';
import type { World } from '../publishing/world.ts';
import { readGiftMoves, readWallet } from '../routing/reward-reads.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { TokenBuckets } from '../time/rate.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { HubGiftMoves, HubWallet, HubWalletRequest } from '../wire/hub-programme.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { accessOf, notStored } from './access.ts';
import { cartOf, walletVoucher } from './wallet-view.ts';

const LARGEST_REQUEST = 64 * 1024;
/** Wallets that one shopper may ask for; a burst of twice as many. */
const PER_SECOND = 5;
const shoppers = new TokenBuckets(20_000);

export const hubWallet = routes();

for (const path of ['/hub/v1/wallet', '/hub/v1/vouchers/:id/moves']) {
  hubWallet.use(path, notStored);
  hubWallet.use(path, crossOrigin);
  hubWallet.options(path, (c) => c.body(null, 204));
}
hubWallet.use('/hub/v1/wallet', bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));

const about = { tags: ['Hub'], security: [{ hubSession: [] }] };
const refusals = {
  400: problem('A field breaks its rule'),
  401: problem('No bearer, or one that ended: exchange a new proof'),
  403: problem("The page's origin is not on the shop's list"),
  503: problem('A part did not answer; ask again'),
};

const wallet = createRoute({
  ...about,
  method: 'post',
  path: '/hub/v1/wallet',
  summary: "The shopper's vouchers and gift cards, newest first, and whether each fits a cart",
  description:
    'Each is held against the cart by itself, as its redemption would be. A cart in another currency than the ' +
    "shop's is no cart: `applicable` is null. Nothing is written, and nothing is kept for the shopper.",
  request: { query: pageQuery(50, 20), body: body(HubWalletRequest) },
  responses: {
    200: json(HubWallet, 'A page of them as of now'),
    ...refusals,
    429: problem('Too many requests; wait for Retry-After seconds'),
  },
});
const Place = z.strictObject({ createdAtMs: z.int(), voucher: z.string().max(100) });
hubWallet.openapi(wallet, async (c) => {
  const { shop, customer } = await accessOf(c);
  const { limit, cursor } = c.req.valid('query');
  const before = fromCursor(cursor, Place);
  const wanted = c.req.valid('json').cart;
  const cart = wanted === null ? null : cartOf(wanted, shop.settings);
  requirePatience(`${shop.id} ${customer}`);
  const told = await readWallet(c.env, shop, customer, { limit, before });
  if (told === null) throw new ProblemError('unauthorized');
  const { settings } = shop;
  const at = { settings, nowMs: told.asOfMs };
  const usable = told.vouchers.filter((voucher) => heldStatus(voucher, told.asOfMs) === 'available');
  const world = await worldOf(c, shop);
  const fits = cart === null ? null : await fitsOf(world, { customer: told.customer, cart }, usable);
  const items = told.vouchers.map((voucher) => walletVoucher(voucher, fits?.get(voucher.id), at));
  const nextCursor = told.next === null ? null : toCursor(told.next);
  return c.json({ items, nextCursor, nowMs: told.asOfMs }, 200);
});

const moves = createRoute({
  ...about,
  method: 'get',
  path: '/hub/v1/vouchers/{id}/moves',
  summary: 'What was put on a gift card of the shopper and taken from it, newest first',
  request: { params: z.object({ id: z.string().min(1).max(100) }), query: pageQuery(50, 20) },
  responses: {
    200: json(HubGiftMoves, 'A page of moves'),
    ...refusals,
    404: problem('They hold no gift card by that id'),
  },
});
const MovesPlace = z.strictObject({ before: z.int().min(1) });
hubWallet.openapi(moves, async (c) => {
  const { shop, customer } = await accessOf(c);
  const { limit, cursor } = c.req.valid('query');
  const page = { limit, before: fromCursor(cursor, MovesPlace)?.before ?? null };
  const told = await readGiftMoves(c.env, shop, { customer, voucher: c.req.valid('param').id }, page);
  if (told === null) throw new ProblemError('unauthorized');
  if (told.moves === null) throw new ProblemError('not_found');
  const items = told.moves.map(({ orderId: _, ...move }) => move);
  return c.json({ items, nextCursor: told.next === null ? null : toCursor({ before: told.next }) }, 200);
});

async function worldOf(c: AppContext, shop: ShopSnapshot): Promise<World> {
  const clockMs = await testNow(c.env, shop);
  return { env: c.env, shop, clockMs, later: (work) => c.executionCtx.waitUntil(work), waitMs: 0 };
}

function requirePatience(shopper: string): void {
  const wait = shoppers.take(shopper, { perSecond: PER_SECOND }, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
}

function tooLarge(): never {
  throw new ProblemError('payload_too_large', { detail: `At most ${LARGEST_REQUEST} bytes.` });
}
