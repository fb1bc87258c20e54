/** Vouchers for voucher clients: made, read, changed, switched on and off, money put on them, taken away. */
import { createRoute, z } from '@hono/zod-openapi';
import { GIFT_BITS, GIFT_PATTERN, patternOf } from '../domain/vouchers/codes.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { type Change, type ChangeResult, changeVoucher } from '../publishing/change.ts';
import { makeVoucher } from '../publishing/make-voucher.ts';
import type { World } from '../publishing/world.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/voucher-vouchers.ts';
import { hundredthsOf, minorOf } from './amounts.ts';
import { noVoucher, refusedAs, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { guardBy, listAll, mustBeRules } from './guarding.ts';
import { onceFor } from './once.ts';
import { type Asked, contextOf, namedOf, replayed, voucherBy, worldOf } from './request.ts';
import { changeOf, draftOf } from './voucher-draft.ts';
import { voucherView } from './voucher-view.ts';

export const vouchers = voucherRoutes();
vouchers.use('/v1/vouchers/*', boundedBody(64 * 1024));

const KEYED = 'Send an Idempotency-Key: a retry with the same key and body changes nothing and gets the same voucher.';
const byCode = z.object({ code: z.string().min(1).max(200) });
const answers = {
  200: json(wire.Voucher, 'The voucher'),
  ...voucherRefusals,
  409: json(z.object({ key: z.string() }), 'Somebody has that code'),
};

const createMade = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/vouchers/',
  summary: 'Make a voucher with a code that is made',
  description: KEYED,
  request: { body: body(wire.CreateVoucher) },
  responses: answers,
});
vouchers.openapi(createMade, async (c) => {
  const wanted = c.req.valid('json');
  const { view, headers } = await create(c, c.get('caller').shop, { wanted, code: wanted.code ?? null });
  return c.json(view, 200, headers);
});

const createTyped = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/vouchers/{code}',
  summary: 'Make a voucher with this code',
  description: KEYED,
  request: { params: byCode, body: body(wire.CreateVoucher) },
  responses: answers,
});
vouchers.openapi(createTyped, async (c) => {
  const { code } = c.req.valid('param');
  const { view, headers } = await create(c, c.get('caller').shop, { wanted: c.req.valid('json'), code });
  return c.json(view, 200, headers);
});

interface Shown {
  view: wire.Voucher;
  headers: Record<string, string>;
}

async function create(
  c: Asked,
  shop: ShopSnapshot,
  { wanted, code }: { wanted: wire.CreateVoucher; code: string | null },
): Promise<Shown> {
  const { currency } = shop.settings;
  const world = await worldOf(c, shop);
  const draft = draftOf(wanted, currency);
  await mustBeRules(world, draft.rules);
  const { key, fingerprint } = await namedOf(c);
  const { suffix, ...config } = wanted.code_config ?? {};
  const isGift = draft.benefit.kind === 'gift';
  const codes = patternOf({ ...config, postfix: config.postfix ?? suffix }, isGift ? GIFT_PATTERN : undefined);
  const bits = isGift ? GIFT_BITS : 0;
  const made = await makeVoucher(world, draft, { key, fingerprint, code, codes, bits });
  if (made.refusal === null) {
    const { id, code: own, rules } = made.voucher;
    await listAll(world, rules, { kind: 'voucher', object: id, code: own });
    return shown(world, made.voucher, made);
  }
  if (made.refusal === 'codes') {
    const flaws = made.flaws.map(({ field, rule }) => `code_config.${field} ${rule}`).join('; ');
    throw new VoucherError('invalid_code_config', flaws);
  }
  if (made.refusal === 'mismatch') throw new ProblemError('idempotency_mismatch');
  const id = code ?? '';
  throw new VoucherError('duplicate_found', 'Somebody has that code, or had it', { id, type: 'voucher' });
}

const read = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/vouchers/{code}',
  summary: 'One voucher as it is now',
  request: { params: byCode },
  responses: answers,
});
vouchers.openapi(read, async (c) => {
  const { shop } = c.get('caller');
  const world = await worldOf(c, shop);
  const voucher = await voucherBy(world, c.req.valid('param').code);
  return c.json(voucherView(voucher, shop.settings.currency, await contextOf(world, voucher)), 200);
});

const update = createRoute({
  ...voucherRoute('programme'),
  method: 'put',
  path: '/v1/vouchers/{code}',
  summary: 'Change a voucher',
  description:
    'Absent fields stay as they are, null takes them away. `validation_rules` are from then on the only ones that guard it.',
  request: { params: byCode, body: body(wire.ChangeVoucher) },
  responses: answers,
});
vouchers.openapi(update, async (c) => {
  const { shop, key } = c.get('caller');
  const { code } = c.req.valid('param');
  const { validation_rules: rules, ...wanted } = c.req.valid('json');
  const work = async () => {
    const world = await worldOf(c, shop);
    const voucher = await voucherBy(world, code);
    const change = changeOf(wanted, voucher);
    if (rules !== undefined) await mustBeRules(world, rules);
    const { view, headers } = await changed(c, world, { code, change: { kind: 'change', change } });
    if (rules === undefined) return c.json(view, 200, headers);
    // whatever can be refused was not by now
    await guardBy(world, rules, { kind: 'voucher', object: voucher.id, code: voucher.code, who: key.id });
    return c.json(await viewOf(world, await voucherBy(world, code)), 200, headers);
  };
  return raw(rules === undefined ? await work() : await onceFor(c, shop.id, work));
});

const enable = switching('enable');
vouchers.openapi(enable, async (c) => {
  const change: Change = { kind: 'change', change: { active: true } };
  const world = await worldOf(c, c.get('caller').shop);
  const { view, headers } = await changed(c, world, { code: c.req.valid('param').code, change });
  return c.json(view, 200, headers);
});
const disable = switching('disable');
vouchers.openapi(disable, async (c) => {
  const change: Change = { kind: 'change', change: { active: false } };
  const world = await worldOf(c, c.get('caller').shop);
  const { view, headers } = await changed(c, world, { code: c.req.valid('param').code, change });
  return c.json(view, 200, headers);
});

function switching<T extends 'enable' | 'disable'>(way: T) {
  return createRoute({
    ...voucherRoute('programme'),
    method: 'post',
    path: `/v1/vouchers/{code}/${way}`,
    summary: way === 'enable' ? 'Switch a voucher on' : 'Switch a voucher off',
    request: { params: byCode },
    responses: answers,
  });
}

const balance = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/vouchers/{code}/balance',
  summary: 'Put money on a gift card, or take some off',
  description: 'Never below 0, nor what sessions keep. Send an Idempotency-Key: it is done once.',
  request: { params: byCode, body: body(wire.ChangeBalance) },
  responses: { 200: json(wire.VoucherBalance, 'What moved, and the balance after it'), ...voucherRefusals },
});
vouchers.openapi(balance, async (c) => {
  const { shop } = c.get('caller');
  const { code } = c.req.valid('param');
  const { amount, reason = null, source_id = null } = c.req.valid('json');
  const world = await worldOf(c, shop);
  const amountMinor = minorOf(amount, shop.settings.currency, 'amount');
  const credit: Change = { kind: 'credit', amountMinor, reason, source: source_id };
  const result = await changeVoucher(world, code, { ...(await namedOf(c)), change: credit });
  const { voucher, move, ...told } = doneOf(result, code);
  if (voucher?.benefit.kind !== 'gift' || move === null) throw new Error('a credit of no gift card');
  const { currency, amountMinor: totalMinor } = voucher.benefit.gift;
  const view: z.infer<typeof wire.VoucherBalance> = {
    amount,
    total: hundredthsOf(totalMinor, currency),
    balance: hundredthsOf(move.balanceMinor, currency),
    type: 'gift_voucher',
    operation_type: 'MANUAL',
    object: 'balance',
    related_object: { type: 'voucher', id: voucher.id },
  };
  return c.json(view, 200, headersOf(told));
});

const remove = createRoute({
  ...voucherRoute('programme'),
  method: 'delete',
  path: '/v1/vouchers/{code}',
  summary: 'Take a voucher away',
  description: 'Its code never comes again.',
  request: { params: byCode, query: z.object({ force: z.string().max(10).optional() }) },
  responses: { 204: { description: 'It is gone' }, ...voucherRefusals },
});
vouchers.openapi(remove, async (c) => {
  const { code } = c.req.valid('param');
  const world = await worldOf(c, c.get('caller').shop);
  const result = await changeVoucher(world, code, { ...(await namedOf(c)), change: { kind: 'remove' } });
  return c.body(null, 204, headersOf(doneOf(result, code)));
});

vouchers.all('/v1/vouchers/:code', onlyMethods('GET, HEAD, POST, PUT, DELETE'));

async function changed(c: Asked, world: World, { code, change }: { code: string; change: Change }): Promise<Shown> {
  const { voucher, ...told } = doneOf(await changeVoucher(world, code, { ...(await namedOf(c)), change }), code);
  if (voucher === null) throw noVoucher(code);
  return shown(world, voucher, told);
}

interface Told {
  duplicate: boolean;
  projected: boolean;
}

async function shown(world: World, voucher: Voucher, told: Told): Promise<Shown> {
  return { view: await viewOf(world, voucher), headers: headersOf(told) };
}

async function viewOf(world: World, voucher: Voucher) {
  return voucherView(voucher, world.shop.settings.currency, await contextOf(world, voucher));
}

function headersOf({ duplicate, projected }: Told): Record<string, string> {
  return { 'X-Projected': String(projected), ...replayed(duplicate) };
}

function doneOf(result: ChangeResult, code: string): Extract<ChangeResult, { state: 'changed' }> {
  if (result.state === 'not_found') throw noVoucher(code);
  if (result.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (result.state === 'refused') throw refusedAs(result.refused, code);
  return result;
}
