/** Validations for voucher clients: what vouchers would do for an order, and sessions that keep them for it. */
import { createRoute, z } from '@hono/zod-openapi';
import { amountsOf } from '../domain/vouchers/bill.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Planned as Entry } from '../domain/vouchers/stack.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import type { Planned } from '../publishing/plan.ts';
import { release, validate, validateAndLock } from '../publishing/validate.ts';
import { type Asking, type Named, nameOf, type Redeemable, type World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-redemptions.ts';
import { hundredthsOf } from './amounts.ts';
import { errorBody, noVoucher, refusedAs, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { amountsView } from './redemption-view.ts';
import { creditsOf } from './redemptions.ts';
import { askingOf, namedOf, worldOf } from './request.ts';
import { discountView, giftView } from './voucher-view.ts';

export const validations = voucherRoutes();
const LARGEST = 256 * 1024;
validations.use('/v1/validations', boundedBody(LARGEST));
validations.use('/v1/vouchers/:code/validate', boundedBody(LARGEST));

const SESSIONS =
  'A refusal is an answer (`valid: false`), not an error. With `session` a use, and of a gift card the money, is kept ' +
  'for whoever redeems with its key, by default for 7 days.';

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
  const named = await namedOf(c);
  const done = await evaluate(world, asking, { redeemables, session: session ?? null, named });
  const about = { code, tracking_id: null, metadata: wanted.metadata ?? {} };
  const [entry] = done.planned.plan.entries;
  const refused = done.refused ?? refusedIn(entry);
  if (refused !== null) {
    const error = errorBody(refusedAs(refused, code), c.get('requestId'));
    return c.json({ valid: false, ...about, reason: error.message, error }, 200);
  }
  const amounts = orderView(done.planned, wanted.order?.source_id ?? null, currency);
  const given = entry?.voucher == null ? {} : benefitView(entry.voucher, currency);
  return c.json({ valid: true, ...about, ...given, ...limits(), order: amounts, ...sessionPart(done.session) }, 200);
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
  const { redeemables, session, ...wanted } = c.req.valid('json');
  const world = await worldOf(c, shop);
  const asking = await askingOf(world, { ...wanted, session });
  const asked = redeemables.map(({ id, gift }) => ({ code: id, creditsMinor: creditsOf(gift, currency) }));
  const done = await evaluate(world, asking, { redeemables: asked, session: session ?? null, named: await namedOf(c) });
  const about = { tracking_id: null, stacking_rules: stackingView(done.planned) };
  const views = done.planned.plan.entries.map((entry) => {
    const refused = entry.id === done.code ? done.refused : null;
    return entryView(entry, { currency, requestId: c.get('requestId'), refused });
  });
  const isValid = done.planned.plan.valid && done.refused === null;
  if (!isValid) {
    const inapplicable = views.filter(({ status }) => status === 'INAPPLICABLE');
    return c.json({ valid: false, redeemables: views, inapplicable_redeemables: inapplicable, ...about }, 200);
  }
  const order = orderView(done.planned, wanted.order?.source_id ?? null, currency);
  return c.json({ valid: true, redeemables: views, order, ...about, ...sessionPart(done.session) }, 200);
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

interface Session {
  key: string;
  type: 'LOCK';
  ttl: number;
  ttl_unit: wire.VoucherSession['ttl_unit'];
}

interface Evaluated {
  planned: Planned;
  session: Session | null;
  /** Why a voucher could not be kept, and which. */
  refused: Refused | null;
  code: string | null;
}

interface Evaluating {
  redeemables: Redeemable[];
  session: wire.VoucherSession | null;
  named: Named;
}

async function evaluate(world: World, asking: Asking, { redeemables, session, named }: Evaluating): Promise<Evaluated> {
  const wanted = { redeemables, scope: 'exact' as const };
  const first = redeemables[0]?.code ?? '';
  if (session === null) {
    const planned = await validate(world, asking, wanted);
    if ('refused' in planned) throw refusedAs(planned.refused, first);
    return { planned, session: null, refused: null, code: null };
  }
  const view = sessionOf(session, `ssn_${nameOf(world, 'session', named)}`);
  const told = await validateAndLock(world, asking, { ...wanted, ...named, lockKey: view.key, ttlMs: ttlOf(view) });
  if (told.state === 'malformed') throw refusedAs(told.refused, first);
  if (told.state === 'locked') return { planned: told.planned, session: view, refused: null, code: null };
  return { planned: told.planned, session: null, refused: told.refused, code: told.code };
}

const DEFAULT_DAYS = 7;
const LONGEST_MS = 366 * 86_400_000;
const UNIT_MS = { SECONDS: 1_000, MINUTES: 60_000, HOURS: 3_600_000, DAYS: 86_400_000 };

function sessionOf({ key, ttl, ttl_unit }: wire.VoucherSession, made: string): Session {
  const lasts = ttl === undefined ? { ttl: DEFAULT_DAYS, ttl_unit: 'DAYS' as const } : { ttl, ttl_unit };
  return { key: key ?? made, type: 'LOCK', ...lasts };
}

function ttlOf({ ttl, ttl_unit }: Session): number {
  const ttlMs = ttl * UNIT_MS[ttl_unit];
  if (ttlMs > LONGEST_MS) throw new VoucherError('invalid_payload', 'session.ttl must be at most 366 days');
  return ttlMs;
}

const sessionPart = (session: Session | null) => (session === null ? {} : { session });

function refusedIn(entry: Entry | undefined): Refused | null {
  return entry?.status === 'inapplicable' ? entry.refused : null;
}

function orderView({ plan }: Planned, source_id: string | null, currency: string) {
  return plan.amounts === null ? null : { source_id, ...amountsView(plan.amounts, currency) };
}

function benefitView(voucher: Voucher, currency: string) {
  const { benefit } = voucher;
  if (benefit.kind === 'gift') return { gift: giftView(voucher) };
  return { discount: discountView(benefit.discount, currency) };
}

/** Nothing made here is limited to some products so far. */
function limits() {
  const none = { data: [], total: 0, object: 'list', data_ref: 'data' };
  return { applicable_to: none, inapplicable_to: none };
}

function entryView(
  entry: Entry,
  { currency, requestId, refused }: { currency: string; requestId: string; refused: Refused | null },
) {
  const { id, voucher } = entry;
  const why = refused ?? refusedIn(entry);
  if (why !== null) {
    const result = { error: errorBody(refusedAs(why, id), requestId) };
    return { status: 'INAPPLICABLE', id, object: 'voucher', result };
  }
  if (entry.status === 'skipped') {
    const result = { details: { key: entry.key, message: entry.message } };
    return { status: 'SKIPPED', id, object: 'voucher', result };
  }
  const credits = entry.status === 'applicable' ? entry.fit.creditsMinor : null;
  const spent = credits === null ? {} : { gift: { credits: hundredthsOf(credits, currency) } };
  const result = credits === null && voucher !== null ? benefitView(voucher, currency) : spent;
  const after = entry.status === 'applicable' ? entry.after : null;
  const order = after === null ? {} : { order: amountsView(amountsOf(after), currency) };
  return { status: 'APPLICABLE', id, object: 'voucher', ...order, ...limits(), result };
}

function stackingView({ terms }: Planned) {
  const { mode, limit, applicableLimit, exclusive, joint } = terms.stacking;
  return {
    redeemables_limit: limit,
    applicable_redeemables_limit: applicableLimit,
    exclusive_categories: exclusive,
    joint_categories: joint,
    redeemables_application_mode: mode === 'all' ? 'ALL' : 'PARTIAL',
  };
}
