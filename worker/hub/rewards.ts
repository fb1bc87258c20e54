/** Rewards in the drawer: what the shopper can have and holds, spending points, and taking back what was not used. */
import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { body, json, problem } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { refused } from '../http/refused.ts';
import { type RewardAnswer, type RewardCall, redeemReward, undoReward } from '../routing/redeem-reward.ts';
import { readOffers, readWallet } from '../routing/reward-reads.ts';
import { heldView, offerView } from '../routing/reward-views.ts';
import { sha256Hex } from '../shops/crypto.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { TokenBuckets } from '../time/rate.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { HubRedeemed, HubUndone } from '../wire/hub-rewards.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { HeldVoucherPage, Redeem, RewardOffers } from '../wire/rewards.ts';
import { accessOf, notStored } from './access.ts';
import { NOTHING, requireStanding } from './customer.ts';

const LARGEST_REQUEST = 4 * 1024;
/** Spends and undos that one shopper may ask for; a burst of twice as many. */
const PER_SECOND = 2;
const shoppers = new TokenBuckets(20_000);

export const hubRewards = routes();

for (const path of ['rewards', 'rewards/:id/redeem', 'vouchers', 'vouchers/:id/undo'].map((one) => `/hub/v1/${one}`)) {
  hubRewards.use(path, notStored);
  hubRewards.use(path, crossOrigin);
  hubRewards.options(path, (c) => c.body(null, 204));
  hubRewards.use(path, bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));
}

const about = { tags: ['Hub'], security: [{ hubSession: [] }] };
const keyed = z.object({
  'idempotency-key': z.string().min(1).max(255).describe('Names the click: a retry with the same key spends nothing'),
});
const id = z.object({ id: z.string().min(1).max(100) });
const refusals = {
  400: problem('A field breaks its rule, or the Idempotency-Key is missing'),
  401: problem('No bearer, or one that ended: exchange a new proof'),
  403: problem("The page's origin is not on the shop's list"),
  503: problem('A part did not answer; ask again'),
};
const writeRefusals = {
  ...refusals,
  404: problem('Nothing here by that id'),
  409: problem('It cannot be had, or given back, now; `key` and `detail` say why'),
  422: problem('Too few points, or the Idempotency-Key came with another request'),
  429: problem('Too many requests; wait for Retry-After seconds'),
};

const offers = createRoute({
  ...about,
  method: 'get',
  path: '/hub/v1/rewards',
  summary: 'The rewards that points can buy, with what the shopper lacks',
  responses: { 200: json(RewardOffers, 'As of now'), ...refusals },
});
hubRewards.openapi(offers, async (c) => {
  const { shop, customer } = await accessOf(c);
  const told = await readOffers(c.env, shop, customer);
  if (told === null) throw new ProblemError('unauthorized');
  const { currency } = shop.settings;
  const balance = told.participation === 'disabled' ? 0 : Math.max(0, told.balance);
  return c.json({ balance, items: told.offers.map((offer) => offerView(offer, currency)) }, 200);
});

const wallet = createRoute({
  ...about,
  method: 'get',
  path: '/hub/v1/vouchers',
  summary: "The shopper's vouchers and gift cards, newest first",
  request: { query: pageQuery(50, 20) },
  responses: { 200: json(HeldVoucherPage, 'A page of them as of now'), ...refusals },
});
const Place = z.strictObject({ createdAtMs: z.int(), voucher: z.string().max(100) });
hubRewards.openapi(wallet, async (c) => {
  const { shop, customer } = await accessOf(c);
  const { limit, cursor } = c.req.valid('query');
  const told = await readWallet(c.env, shop, customer, { limit, before: fromCursor(cursor, Place) });
  if (told === null) throw new ProblemError('unauthorized');
  const items = told.vouchers.map((voucher) => heldView(voucher, shop.settings, told.asOfMs));
  return c.json({ items, nextCursor: told.next === null ? null : toCursor(told.next) }, 200);
});

const redeem = createRoute({
  ...about,
  method: 'post',
  path: '/hub/v1/rewards/{id}/redeem',
  summary: 'Spend points on a reward',
  description:
    'The voucher is in the wallet with its own code when this answers; `ready: false`: it is still being made.',
  request: { params: id, headers: keyed, body: body(Redeem) },
  responses: { 200: json(HubRedeemed, 'What was taken, and the code'), ...writeRefusals },
});
hubRewards.openapi(redeem, async (c) => {
  const { shop, call } = await asked(c);
  const wish = { reward: c.req.valid('param').id, ...c.req.valid('json') };
  return raw(answer(c, await redeemReward(c.env, shop, call, wish)));
});

const undo = createRoute({
  ...about,
  method: 'post',
  path: '/hub/v1/vouchers/{id}/undo',
  summary: 'Give a reward back that was not used, while `undoUntilMs` is ahead',
  request: { params: id, headers: keyed },
  responses: { 200: json(HubUndone, 'The points that went back'), ...writeRefusals },
});
hubRewards.openapi(undo, async (c) => {
  const { shop, call } = await asked(c);
  const wanted = { voucher: c.req.valid('param').id, force: false, reason: null };
  return raw(answer(c, await undoReward(c.env, shop, call, wanted)));
});

async function asked(c: AppContext): Promise<{ shop: ShopSnapshot; call: RewardCall }> {
  const access = await accessOf(c);
  const { shop } = access;
  const { customer } = await requireStanding(c.env, access, NOTHING);
  const wait = shoppers.take(`${shop.id} ${customer}`, { perSecond: PER_SECOND }, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
  const key = `hub:${c.req.header('idempotency-key') ?? ''}`;
  const { pathname } = new URL(c.req.url);
  const fingerprint = await sha256Hex(`${c.req.method} ${pathname}\n${await c.req.text()}`);
  return { shop, call: { customer, key, fingerprint, by: 'shopper', waitMs: 0 } };
}

/** A shopper is told nothing of ids. */
function answer<T extends { customer: string }>(c: AppContext, told: RewardAnswer<T>): Response {
  c.set('rowsWritten', told.rowsWritten);
  const replayed: Record<string, string> = told.duplicate ? { 'Idempotent-Replayed': 'true' } : {};
  if (told.refusal !== null) throw refused(told.refusal, replayed);
  if (told.body === null) throw new Error('neither refused nor answered');
  const { customer: _, ...shown } = told.body;
  return c.json(shown, 200, replayed);
}

function tooLarge(): never {
  throw new ProblemError('payload_too_large', { detail: `At most ${LARGEST_REQUEST} bytes.` });
}
