/** Redemptions for pages of the shop. What a page may not know of a code it does not hear here either. */
import { createRoute } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { redeemOne } from '../publishing/redeem.ts';
import { redeemStack, type StackResult } from '../publishing/redeem-stack.ts';
import type { RedeemResult } from '../publishing/world.ts';
import { ProblemError } from '../wire/problem.ts';
import { ClientRedeemQuery } from '../wire/voucher-client.ts';
import * as wire from '../wire/voucher-redemptions.ts';
import type { Client } from './client-access.ts';
import { clientAsking, clientNamed } from './client-asking.ts';
import { clientRoute } from './client-group.ts';
import { errorFor, lookFor } from './client-guard.ts';
import { noVoucher } from './errors.ts';
import { voucherRefusals, voucherRoutes } from './group.ts';
import { leftOut } from './left-out.ts';
import { sentOrder } from './order-view.ts';
import { orderAfter, redemptionViews, type Together } from './redemption-view.ts';
import { creditsOf, parentView, wrongIn } from './redemptions.ts';
import { type Asked, replayed, worldOf } from './request.ts';

export const clientRedemptions = voucherRoutes();

const KEYED =
  'Needs the scope redeem: make a publishable key without it where pages are only to look. Send an Idempotency-Key: a retry with the same key and body redeems nothing more. Keys of pages are apart from those of ' +
  'servers. After ten wrong codes within a quarter of an hour the visitor is turned away with 429.';

const one = createRoute({
  ...clientRoute('redeem'),
  method: 'post',
  path: '/client/v1/redeem',
  summary: 'Redeem one voucher',
  description: KEYED,
  request: { query: ClientRedeemQuery, body: { ...body(wire.AskOne), required: false } },
  responses: { 200: json(wire.Redemption, 'The redemption'), ...voucherRefusals },
});
clientRedemptions.openapi(one, async (c) => {
  const client = c.get('client');
  const { currency } = client.shop.settings;
  const { gift, ...wanted } = c.req.valid('json');
  const redeemables = [{ object: 'voucher' as const, id: c.req.valid('query').code, gift }];
  const done = await redeemed(c, client, { ...wanted, redeemables });
  const [view] = redemptionViews(done, currency);
  if (view === undefined) throw new Error('a redemption of nothing');
  return c.json(view, 200, replayed(done.duplicate));
});

const several = createRoute({
  ...clientRoute('redeem'),
  method: 'post',
  path: '/client/v1/redemptions',
  summary: 'Redeem one or several vouchers for one order',
  description: `All of them or none. ${KEYED}`,
  request: { body: body(wire.AskStack) },
  responses: { 200: json(wire.Redemptions, 'The redemptions, and what they hang from'), ...voucherRefusals },
});
clientRedemptions.openapi(several, async (c) => {
  const client = c.get('client');
  const { currency } = client.shop.settings;
  const asked = c.req.valid('json');
  const done = await redeemed(c, client, asked);
  const views = redemptionViews(done, currency);
  const order = orderAfter(done, currency);
  const parent =
    done.parent === null
      ? {}
      : { parent_redemption: { ...parentView(done.parent, done.redemptions, currency), order } };
  const telling = {
    currency,
    requestId: c.get('requestId'),
    order: null,
    errorOf: (_: unknown, code: string) => noVoucher(code),
  };
  const ids = asked.redeemables.map(({ id }) => id);
  const left = leftOut({ asked: ids, plan: null, redemptions: done.redemptions }, telling);
  return c.json({ redemptions: views, ...parent, order, ...left }, 200, replayed(done.duplicate));
});

clientRedemptions.all('/client/v1/redeem', onlyMethods('POST, OPTIONS'));
clientRedemptions.all('/client/v1/redemptions', onlyMethods('POST, OPTIONS'));

async function redeemed(
  c: Asked,
  client: Client,
  { redeemables, options: _, ...wanted }: wire.AskStack,
): Promise<Extract<RedeemResult, { state: 'redeemed' }> & Together> {
  const { shop, visitor } = client;
  const world = await worldOf(c, shop);
  const asking = { ...(await clientAsking(world, client, wanted)), ...(await clientNamed(c, client)) };
  const asked = redeemables.map(({ id, gift }) => ({
    code: id,
    creditsMinor: creditsOf(gift, shop.settings.currency),
  }));
  const { sources } = await lookFor(world, asking, { visitor, redeemables: asked });
  const [first] = asked;
  if (first === undefined) throw new Error('a redemption of nothing');
  // of codes that nobody has no object hears
  const unknown = asked.find(({ code }) => sources.get(code)?.voucher == null);
  if (unknown !== undefined) throw noVoucher(unknown.code);
  const errorOf = errorFor(sources, visitor);
  const result: RedeemResult | StackResult =
    asked.length === 1 ? await redeemOne(world, asking, first) : await redeemStack(world, asking, asked);
  if (result.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (result.state === 'refused') throw errorOf(result.refused, wrongIn(result) ?? first.code);
  return { ...result, order: sentOrder(wanted.order, asking.cart) };
}
