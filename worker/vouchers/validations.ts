/** Validations for voucher clients: what vouchers would do for an order, and sessions that keep them for it. */
import { createRoute, z } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import type { AppContext } from '../http/app.ts';
import { raw } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { tellValidation } from '../publishing/tell-validation.ts';
import { release } from '../publishing/validate.ts';
import type { Asking, World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-redemptions.ts';
import { noVoucher, refusedAs, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { onceFor } from './once.ts';
import { creditsOf } from './redemptions.ts';
import { askingOf, namedOf, worldOf } from './request.ts';
import { type Evaluated, type Evaluating, evaluate, isValid, oneView, stackView, type Telling } from './validation.ts';

export const validations = voucherRoutes();
const LARGEST = 256 * 1024;
validations.use('/v1/validations', boundedBody(LARGEST));
validations.use('/v1/vouchers/:code/validate', boundedBody(LARGEST));

const SESSIONS =
  'A refusal is an answer (`valid: false`), not an error. With `session` a use, and of a gift card the money, is kept ' +
  'for whoever redeems with its key, for 15 minutes where it says no time, for 7 days at most. A customer who is named is told ' +
  'of it, once per Idempotency-Key: `Voucher Validated` or `Voucher Validation Failed`.';

const one = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/vouchers/{code}/validate',
  summary: 'What one voucher would do',
  description: SESSIONS,
  request: { params: z.object({ code: z.string().min(1).max(200) }), body: { ...body(wire.AskOne), required: false } },
  responses: { 200: json(wire.Validation, 'Whether it can be used, and what it would take'), ...voucherRefusals },
});
validations.openapi(one, async (c) => {
  const { shop } = c.get('caller');
  const { currency } = shop.settings;
  const { code } = c.req.valid('param');
  const { gift, session, ...wanted } = c.req.valid('json');
  const world = await worldOf(c, shop);
  const asking = await askingOf(world, { ...wanted, session });
  const redeemables = [{ code, creditsMinor: creditsOf(gift, currency) }];
  const asked = { redeemables, session: session ?? null, named: await namedOf(c), scope: 'exact' as const };
  const work = async () => {
    const done = await evaluatedAndTold(world, asking, asked);
    const about = { tracking_id: null, metadata: wanted.metadata ?? {} };
    const view = oneView(done, code, about, tellingOf(c, currency, wanted.order ?? null));
    return c.json({ valid: isValid(done), ...view }, 200);
  };
  // one that keeps something is a write
  return session == null ? work() : raw(await onceFor(c, shop.id, work));
});

const several = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/validations',
  summary: 'What one or several vouchers would do for one order',
  description: SESSIONS,
  request: { body: body(wire.AskStack) },
  responses: { 200: json(wire.Validation, 'Each of them, and the order after all of them'), ...voucherRefusals },
});
validations.openapi(several, async (c) => {
  const { shop } = c.get('caller');
  const { currency } = shop.settings;
  const { redeemables: asked, session, options, ...wanted } = c.req.valid('json');
  const world = await worldOf(c, shop);
  const asking = await askingOf(world, { ...wanted, session });
  const redeemables = asked.map(({ id, gift }) => ({ code: id, creditsMinor: creditsOf(gift, currency) }));
  const evaluating = { redeemables, session: session ?? null, named: await namedOf(c), scope: 'exact' as const };
  const work = async () => {
    const done = await evaluatedAndTold(world, asking, evaluating);
    const telling = { ...tellingOf(c, currency, wanted.order ?? null), expand: options?.expand };
    const view = stackView(done, telling);
    return c.json({ valid: isValid(done), ...view }, 200);
  };
  return session == null ? work() : raw(await onceFor(c, shop.id, work));
});

const releasing = createRoute({
  ...voucherRoute('points'),
  method: 'delete',
  path: '/v1/vouchers/{code}/sessions/{key}',
  summary: 'Give back what a session keeps',
  request: { params: z.object({ code: z.string().min(1).max(200), key: z.string().min(1).max(200) }) },
  responses: { 204: { description: 'It is free again' }, ...voucherRefusals },
});
validations.openapi(releasing, async (c) => {
  const { code, key } = c.req.valid('param');
  const world = await worldOf(c, c.get('caller').shop);
  const told = await release(world, code, { lockKey: key, ...(await namedOf(c)) });
  if (told === null) throw noVoucher(code);
  if (told.refused?.key === 'not_found')
    throw new VoucherError('not_found', `Cannot find session with id ${key}`, { id: key, type: 'session' });
  if (told.refused !== null) throw refusedAs(told.refused, code);
  return c.body(null, 204);
});

validations.all('/v1/validations', onlyMethods('POST'));

async function evaluatedAndTold(world: World, asking: Asking, evaluating: Evaluating): Promise<Evaluated> {
  const done = await evaluate(world, asking, evaluating);
  if (asking.customer === null) return done;
  const { planned, session, refused, code } = done;
  const unkept = refused === null ? null : { code: code ?? '', refused };
  const validated = { plan: planned.plan, unkept, kept: session !== null, orderId: asking.cart?.orderId ?? null };
  await tellValidation(world, asking.customer, { named: evaluating.named, validated });
  return done;
}

/** A server is told everything. */
function tellingOf(c: Pick<AppContext, 'get'>, currency: string, order: wire.VoucherOrder | null): Telling {
  return { currency, requestId: c.get('requestId'), order, errorOf: refusedAs };
}
