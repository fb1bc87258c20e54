/** Rewards of one customer for the merchant: what they can have and hold, spending for them, taking back, giving. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { fingerprintOf, idempotencyKey } from '../http/idempotency-key.ts';
import { refused } from '../http/refused.ts';
import { requireScope } from '../http/scope.ts';
import { giveReward, type RewardAnswer, type RewardCall, redeemReward, undoReward } from '../routing/redeem-reward.ts';
import { readOffers, readWallet } from '../routing/reward-reads.ts';
import { heldView, offerView } from '../routing/reward-views.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/rewards.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { findCustomer, refParam } from './ref.ts';

const COPY_WAIT_MS = 1_000;

export const rewards = routes();
const about = { tags: ['Rewards'], security: bearer };
const id = z.string().min(1).max(100);

const offers = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/rewards',
  summary: 'The rewards that points can buy, as this customer may have them now',
  request: { params: refParam },
  responses: { 200: json(wire.RewardOffers, 'Each with its price for them, what they lack, or why not'), ...refusals },
});
rewards.openapi(offers, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const told = await readOffers(c.env, shop, customer);
  if (told === null) throw new ProblemError('not_found');
  const { currency } = shop.settings;
  return c.json({ balance: told.balance, items: told.offers.map((offer) => offerView(offer, currency)) }, 200);
});

const wallet = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/customers/{ref}/vouchers',
  summary: 'The vouchers and gift cards that this customer holds, newest first, whatever became of them',
  request: { params: refParam, query: pageQuery(200, 50) },
  responses: { 200: json(wire.HeldVoucherPage, 'A page of vouchers as of now'), ...refusals },
});
const Place = z.strictObject({ createdAtMs: z.int(), voucher: z.string().max(100) });
rewards.openapi(wallet, async (c) => {
  const { shop } = await requireScope(c, 'customers');
  const customer = await findCustomer(c.env, shop.id, c.req.valid('param').ref);
  const { limit, cursor } = c.req.valid('query');
  const told = await readWallet(c.env, shop, customer, { limit, before: fromCursor(cursor, Place) });
  if (told === null) throw new ProblemError('not_found');
  const items = told.vouchers.map((voucher) => heldView(voucher, shop.settings, told.asOfMs));
  return c.json({ items, nextCursor: told.next === null ? null : toCursor(told.next) }, 200);
});

const redeem = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/customers/{ref}/rewards/{id}/redeem',
  summary: 'Spend points of a customer on a reward',
  description:
    'One transaction: the points are taken, soonest-expiring first, and a voucher with its own code is in the wallet. Send ' +
    'an Idempotency-Key: a retry spends nothing and gets the same code. `ready: false`: it is still being made elsewhere; ' +
    'where that fails the points go back.',
  request: { params: refParam.extend({ id }), headers: idempotent, body: body(wire.Redeem) },
  responses: { 200: json(wire.Redeemed, 'What was taken, and the voucher with its code'), ...writeRefusals },
});
rewards.openapi(redeem, async (c) => {
  const { ref, id: reward } = c.req.valid('param');
  const { shop, call } = await asked(c, ref);
  return raw(answer(c, await redeemReward(c.env, shop, call, { reward, ...c.req.valid('json') })));
});

const undo = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/customers/{ref}/vouchers/{id}/undo',
  summary: 'Take a bought reward back: its code ends, its points return',
  description:
    'The points go back into the lots they came from, with the expiry these had; those that would have run out meanwhile ' +
    'get the days of grace. One that was used is refused, unless `force` is set.',
  request: { params: refParam.extend({ id }), headers: idempotent, body: body(wire.Undo) },
  responses: { 200: json(wire.Undone, 'The points that went back, and the balance'), ...writeRefusals },
});
rewards.openapi(undo, async (c) => {
  const { ref, id: voucher } = c.req.valid('param');
  const { shop, call } = await asked(c, ref);
  return raw(answer(c, await undoReward(c.env, shop, call, { voucher, ...c.req.valid('json') })));
});

const give = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/customers/{ref}/rewards/{id}/give',
  summary: 'Give a customer a reward for nothing',
  description: 'Also of those that points do not buy. Limits and conditions are for who buys, and do not count here.',
  request: { params: refParam.extend({ id }), headers: idempotent, body: body(wire.GiveReward) },
  responses: { 200: json(wire.Given, 'The voucher with its code'), ...writeRefusals },
});
rewards.openapi(give, async (c) => {
  const { ref, id: reward } = c.req.valid('param');
  const { shop, call } = await asked(c, ref);
  return raw(answer(c, await giveReward(c.env, shop, call, { reward, ...c.req.valid('json') })));
});

async function asked(c: AppContext, ref: string): Promise<{ shop: ShopSnapshot; call: RewardCall }> {
  const { shop } = await requireScope(c, 'points');
  const customer = await findCustomer(c.env, shop.id, ref);
  const key = `op:${idempotencyKey(c) ?? crypto.randomUUID()}`;
  const call = { customer, key, fingerprint: await fingerprintOf(c), by: 'merchant' as const, waitMs: COPY_WAIT_MS };
  return { shop, call };
}

function answer<T extends object>(c: AppContext, told: RewardAnswer<T>): Response {
  c.set('rowsWritten', told.rowsWritten);
  const replayed: Record<string, string> = told.duplicate ? { 'Idempotent-Replayed': 'true' } : {};
  if (told.refusal !== null) throw refused(told.refusal, replayed);
  if (told.body === null) throw new Error('neither refused nor answered');
  return Response.json(told.body, { headers: { 'X-Projected': String(told.projected), ...replayed } });
}
