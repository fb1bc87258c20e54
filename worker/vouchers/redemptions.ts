/** Redemptions for voucher clients: of one voucher, of several as one, read, and taken back. */
import { createRoute, z } from '@hono/zod-openapi';
import type { StackPlan } from '../domain/vouchers/stack.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { redeemOne } from '../publishing/redeem.ts';
import { redeemStack, type StackResult } from '../publishing/redeem-stack.ts';
import { rollBack } from '../publishing/roll-back.ts';
import type { RollBackResult, RolledBack, RollingBack } from '../publishing/rolling-back.ts';
import { redemptionOf } from '../publishing/stack-record.ts';
import type { RedeemResult, World } from '../publishing/world.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/voucher-redemptions.ts';
import { minorOf } from './amounts.ts';
import { notFound, refusedAs, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { leftOut } from './left-out.ts';
import { sentOrder } from './order-view.ts';
import { orderAfter, orderOf, redemptionView, redemptionViews, rollbackView } from './redemption-view.ts';
import { askingOf, knownCustomerOf, namedOf, orderName, replayed, voucherBy, worldOf } from './request.ts';

export const redemptions = voucherRoutes();
const LARGEST = 256 * 1024;
redemptions.use('/v1/redemptions/*', boundedBody(LARGEST));
redemptions.use('/v1/vouchers/:code/redemption', boundedBody(LARGEST));

const KEYED =
  'Send an Idempotency-Key: a retry with the same key and body redeems nothing more and gets the first answer, a refusal ' +
  'included. Without one every request is one of its own. A customer whom nobody knows becomes one.';
const KEPT =
  'With the lines of its order as they were answered, without their metadata: the first 100, or as many of them as 16 KB ' +
  'hold as they are kept; `order.items_left_out` says how many more there were, and the amounts are those of all. Of who ' +
  'was erased amounts alone are told. The same holds for lists of redemptions and for rollbacks.';
const byCode = z.object({ code: z.string().min(1).max(200) });
const byId = z.object({ id: z.string().min(1).max(300) });

const redeemByCode = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/vouchers/{code}/redemption',
  summary: 'Redeem one voucher',
  description: KEYED,
  request: { params: byCode, body: { ...body(wire.AskOne), required: false } },
  responses: { 200: json(wire.Redemption, 'The redemption'), ...voucherRefusals },
});
redemptions.openapi(redeemByCode, async (c) => {
  const { shop } = c.get('caller');
  const { currency } = shop.settings;
  const { code } = c.req.valid('param');
  const wanted = c.req.valid('json');
  const world = await worldOf(c, shop);
  const asking = { ...(await askingOf(world, wanted)), ...(await namedOf(c)) };
  const done = doneOf(await redeemOne(world, asking, { code, creditsMinor: creditsOf(wanted.gift, currency) }), code);
  const [view] = redemptionViews({ ...done, order: sentOrder(wanted.order, asking.cart) }, currency);
  if (view === undefined) throw new Error('a redemption of nothing');
  return c.json(view, 200, replayed(done.duplicate));
});

const redeemSeveral = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/redemptions',
  summary: 'Redeem one or several vouchers for one order',
  description: `All of them or none; where \`mode\` of \`/admin/v1/stacking\` is \`partial\` those that apply. ${KEYED}`,
  request: { body: body(wire.AskStack) },
  responses: { 200: json(wire.Redemptions, 'The redemptions, and what they hang from'), ...voucherRefusals },
});
redemptions.openapi(redeemSeveral, async (c) => {
  const { shop } = c.get('caller');
  const { currency } = shop.settings;
  const { redeemables, options: _, ...wanted } = c.req.valid('json');
  const world = await worldOf(c, shop);
  const asking = { ...(await askingOf(world, wanted)), ...(await namedOf(c)) };
  const asked = redeemables.map(({ id, gift }) => ({ code: id, creditsMinor: creditsOf(gift, currency) }));
  const [first] = asked;
  if (first === undefined) throw new VoucherError('invalid_redeemables', 'redeemables must name a voucher');
  const result: RedeemResult | StackResult =
    asked.length === 1 ? await redeemOne(world, asking, first) : await redeemStack(world, asking, asked);
  const done = doneOf(result, wrongIn(result) ?? first.code);
  const known = sentOrder(wanted.order, asking.cart);
  const views = redemptionViews({ ...done, order: known }, currency);
  const order = orderAfter({ ...done, order: known }, currency);
  const parent =
    done.parent === null
      ? {}
      : { parent_redemption: { ...parentView(done.parent, done.redemptions, currency), order } };
  const telling = { currency, requestId: c.get('requestId'), order: null, errorOf: refusedAs };
  const { redemptions: made } = done;
  const left = leftOut({ asked: asked.map(({ code }) => code), plan: planIn(result), redemptions: made }, telling);
  return c.json({ redemptions: views, ...parent, order, ...left }, 200, replayed(done.duplicate));
});

const read = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/redemptions/{id}',
  summary: 'One redemption as it is now',
  description: KEPT,
  request: { params: byId },
  responses: { 200: json(wire.Redemption, 'The redemption'), ...voucherRefusals },
});
redemptions.openapi(read, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const world = await worldOf(c, shop);
  const [redemption] = await redemptionOf(world, id);
  if (redemption === undefined) throw noRedemption(id);
  return c.json(redemptionView(redemption, await knownVoucher(world, redemption.code), shop.settings.currency), 200);
});

const rollBackOne = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/redemptions/{id}/rollback',
  summary: 'Take a redemption back',
  description:
    'Its use, and of a gift card the money, go back to the voucher: once, however long ago it was. With `amount` in the body ' +
    'or the query that much of the money goes back, and the use with the last of it. A discount, and a stack, goes back as a ' +
    'whole: with `amount` it is refused (`invalid_rollback_params`). With an Idempotency-Key a retry gives nothing more back.',
  request: { params: byId, query: wire.RollBackQuery, body: { ...body(wire.RollBack), required: false } },
  responses: { 200: json(wire.Redemption, 'The rollback'), ...voucherRefusals },
});
redemptions.openapi(rollBackOne, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const world = await worldOf(c, shop);
  const asked = await rollingBack(world, { id, ...c.req.valid('query') }, c.req.valid('json'));
  const done = backOf(await rollBack(world, { ...asked, route: 'single', ...(await namedOf(c)) }), id);
  const [first] = done.rollbacks;
  if (first === undefined) throw new Error('a rollback of nothing');
  return c.json(rollbackView(first, shop.settings.currency), 200, replayed(done.duplicate));
});

const rollBackStack = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/redemptions/{id}/rollbacks',
  summary: 'Take back all that was redeemed together',
  request: { params: byId, query: wire.RollBackQuery, body: { ...body(wire.RollBack), required: false } },
  responses: {
    200: json(wire.Rollbacks, 'The rollbacks, all of them'),
    ...voucherRefusals,
  },
});
redemptions.openapi(rollBackStack, async (c) => {
  const { shop } = c.get('caller');
  const { id } = c.req.valid('param');
  const world = await worldOf(c, shop);
  const asked = await rollingBack(world, { id, ...c.req.valid('query') }, c.req.valid('json'));
  const done = backOf(await rollBack(world, { ...asked, route: 'stack', ...(await namedOf(c)) }), id);
  const views = done.rollbacks.map((one) => rollbackView(one, shop.settings.currency));
  const parent_rollback = parentRollback(id, done.rollbacks, shop.settings.currency);
  const order = parent_rollback.order;
  return c.json({ rollbacks: views, parent_rollback, order }, 200, replayed(done.duplicate));
});

redemptions.all('/v1/redemptions', onlyMethods('GET, HEAD, POST'));
redemptions.all('/v1/redemptions/:id', onlyMethods('GET, HEAD'));

async function rollingBack(
  world: World,
  { id, reason, amount: asked }: { id: string } & z.infer<typeof wire.RollBackQuery>,
  { customer, order, amount: wanted }: z.infer<typeof wire.RollBack>,
): Promise<Omit<RollingBack, 'route'>> {
  if (wanted != null && asked !== undefined && wanted !== asked)
    throw new VoucherError('invalid_rollback_params', 'amount is not the same in the query and in the body');
  const amount = wanted ?? asked ?? null;
  return {
    redemption: id,
    amountMinor: amount === null ? null : minorOf(amount, world.shop.settings.currency, 'amount'),
    reason: reason ?? null,
    customer: customer == null ? null : await knownCustomerOf(world, customer),
    orderId: order == null ? null : orderName(order),
  };
}

function doneOf(result: RedeemResult, code: string): Extract<RedeemResult, { state: 'redeemed' }> {
  if (result.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (result.state === 'refused') throw refusedAs(result.refused, code);
  return result;
}

function backOf(result: RollBackResult, id: string): Extract<RollBackResult, { state: 'rolled_back' }> {
  if (result.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (result.state === 'not_found') throw noRedemption(id);
  if (result.state === 'rolled_back') return result;
  const { key, details } = result.refused;
  throw new VoucherError(key, details, { id, type: 'redemption' });
}

function noRedemption(id: string): VoucherError {
  return new VoucherError('not_found', notFound('redemption', id).details, { id, type: 'redemption' });
}

/** null: it was reckoned before, or is no stack. */
function planIn(result: RedeemResult | StackResult): StackPlan | null {
  return 'plan' in result ? result.plan : null;
}

/** Which of a stack is in the way; null: it is not known. */
export function wrongIn(result: RedeemResult | StackResult): string | null {
  return planIn(result)?.entries.find(({ status }) => status === 'inapplicable')?.id ?? null;
}

export function parentView(id: string, all: Redemption[], currency: string) {
  const [first] = all;
  const date = first === undefined ? null : new Date(first.atMs).toISOString();
  const about = { customer_id: first?.customer ?? null, tracking_id: null, result: 'SUCCESS', status: 'SUCCEEDED' };
  return { id, object: 'redemption', date, ...about, order: orderOf(all, currency) };
}

/** Of a stack; its id follows from the parent's. */
function parentRollback(id: string, all: RolledBack[], currency: string) {
  const redemptions = all.map(({ redemption }) => redemption);
  const { date, ...about } = parentView(id, redemptions, currency);
  const [first] = all;
  const atMs = first?.rollback.atMs;
  return {
    ...about,
    id: `rr_${id.slice(id.indexOf('_') + 1)}`,
    object: 'redemption_rollback',
    date: atMs === undefined ? date : new Date(atMs).toISOString(),
    reason: first?.rollback.reason ?? null,
    redemption: id,
  };
}

async function knownVoucher(world: World, code: string): Promise<Voucher | null> {
  return voucherBy(world, code).catch((error: unknown) => {
    if (error instanceof VoucherError) return null;
    throw error;
  });
}

/** null: as much as there is, up to the total. */
export function creditsOf(gift: { credits: number } | null | undefined, currency: string): number | null {
  return gift == null ? null : minorOf(gift.credits, currency, 'gift.credits');
}
