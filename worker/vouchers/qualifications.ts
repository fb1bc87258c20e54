/**
 * Qualifications for voucher clients: what a customer could use for a cart, of what they hold and of what is for everybody. By
 * the evaluation of a redemption, budgets and counts included, and never from a cache.
 */
import { createRoute } from '@hono/zod-openapi';
import { openCampaign } from '../campaign/cache.ts';
import { type CampaignRecord, campaignOf } from '../campaign/record.ts';
import { customersOf } from '../customers/stubs.ts';
import { amountsOf } from '../domain/vouchers/bill.ts';
import { freshVoucher } from '../domain/vouchers/from-campaign.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { handmadeCodes, runningCampaigns, standaloneCodes } from '../projection/public-codes.ts';
import { type Candidates, qualify } from '../publishing/qualify.ts';
import { type Asking, NEWCOMER, nowOf, type World } from '../publishing/world.ts';
import { following } from '../routing/following.ts';
import * as wire from '../wire/voucher-qualifications.ts';
import { campaignView } from './campaign-view.ts';
import { clientLooking } from './client-asking.ts';
import { clientRoute } from './client-group.ts';
import { customerIn } from './customer-name.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { amountsView } from './order-view.ts';
import { filterOf } from './qualification-filters.ts';
import { pageOf, redeemableView } from './qualification-view.ts';
import { askingOf, worldOf } from './request.ts';
import { stackingView } from './validation.ts';
import { voucherView } from './voucher-view.ts';

export const qualifications = voucherRoutes();
for (const path of ['/v1/qualifications', '/v1/vouchers/qualification', '/v1/campaigns/qualification'])
  qualifications.use(path, boundedBody(256 * 1024));

const answers = { 200: json(wire.Qualification, 'A page of what could be used'), ...voucherRefusals };
const WHAT =
  'Never cached: what is listed, a redemption accepts. Codes that are known to everybody are found a moment after they are ' +
  'made, the last 100 of a kind. A customer whom nobody knows is not made.';

const check = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/qualifications',
  summary: 'What a customer could use for an order',
  description: WHAT,
  request: { body: body(wire.Qualify) },
  responses: answers,
});
qualifications.openapi(check, async (c) => {
  const { shop } = c.get('caller');
  const asked = c.req.valid('json');
  const world = await worldOf(c, shop);
  const asking = await serverAsking(world, asked);
  const wallet = await walletOf(world, asking.customer);
  const codes = isWallet(asked.scenario)
    ? []
    : [...(await standaloneCodes(c.env.DB, shop.id)), ...(await handmadeCodes(c.env.DB, shop.id))];
  return c.json(await answerTo(world, asking, asked, { held: wallet, codes }), 200);
});

const checkByPage = createRoute({
  ...clientRoute('hub'),
  method: 'post',
  path: '/client/v1/qualifications',
  summary: 'What the shopper could use for their cart',
  description: `What a shopper holds is shown to whoever proves to be them with the hub's session. ${WHAT}`,
  request: { body: body(wire.Qualify) },
  responses: answers,
});
qualifications.openapi(checkByPage, async (c) => {
  const client = c.get('client');
  const asked = c.req.valid('json');
  const world = await worldOf(c, client.shop);
  const asking = await clientLooking(world, client, { ...asked, session: null });
  const proven = client.visitor.customer;
  const held = await walletOf(world, proven);
  // what a merchant typed for some may be known to them alone
  const codes = isWallet(asked.scenario) ? [] : await standaloneCodes(c.env.DB, client.shop.id);
  return c.json(await answerTo(world, asking, asked, { held, codes }), 200);
});

const examineVouchers = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/vouchers/qualification',
  summary: 'Vouchers that a customer could use, in the older shape',
  description: WHAT,
  request: { query: wire.ExamineQuery, body: body(wire.Examine) },
  responses: { 200: json(wire.Examined, 'The vouchers'), ...voucherRefusals },
});
qualifications.openapi(examineVouchers, async (c) => {
  const { shop } = c.get('caller');
  const { audienceRulesOnly, limit, order } = c.req.valid('query');
  const world = await worldOf(c, shop);
  const asking = await serverAsking(world, c.req.valid('json'));
  const held = await walletOf(world, asking.customer);
  const codes = [...(await standaloneCodes(c.env.DB, shop.id)), ...(await handmadeCodes(c.env.DB, shop.id))];
  const candidates = { held, codes, fresh: [], audienceOnly: audienceRulesOnly === 'true' };
  const { qualified } = await qualify(world, asking, candidates);
  const vouchers = inOrder(
    qualified.map(({ voucher }) => voucher),
    order,
  );
  const data = vouchers.slice(0, limit).map((one) => voucherView(one, shop.settings.currency));
  return c.json({ object: 'list' as const, data_ref: 'data' as const, data, total: vouchers.length }, 200);
});

const examineCampaigns = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/campaigns/qualification',
  summary: 'Campaigns whose codes a customer could use',
  description: `As if they were given a code of each. ${WHAT}`,
  request: { query: wire.ExamineQuery, body: body(wire.Examine) },
  responses: { 200: json(wire.Examined, 'The campaigns'), ...voucherRefusals },
});
qualifications.openapi(examineCampaigns, async (c) => {
  const { shop } = c.get('caller');
  const { audienceRulesOnly, limit, order } = c.req.valid('query');
  const world = await worldOf(c, shop);
  const asking = await serverAsking(world, c.req.valid('json'));
  const records = await runningRecords(world);
  const fresh = [...records.values()].map((record) => codeOf(record, shop.settings.currency));
  const candidates = { held: [], codes: [], fresh, audienceOnly: audienceRulesOnly === 'true' };
  const { qualified } = await qualify(world, asking, candidates);
  const found = inOrder(
    qualified.flatMap(({ voucher }) => records.get(voucher.campaign ?? '')?.campaign ?? []),
    order,
  );
  const views = found.flatMap(({ id }) => {
    const record = records.get(id);
    return record === undefined ? [] : [campaignView(record, shop.settings.currency)];
  });
  const about = { object: 'list' as const, data_ref: 'data' as const };
  return c.json({ ...about, data: views.slice(0, limit), total: views.length }, 200);
});

qualifications.all('/v1/qualifications', onlyMethods('POST'));
qualifications.all('/client/v1/qualifications', onlyMethods('POST, OPTIONS'));

/** Reads who is named, and makes nobody. */
export async function serverAsking(
  world: World,
  { customer, order, metadata }: Pick<wire.Qualify, 'customer' | 'order' | 'metadata'>,
): Promise<Asking> {
  const asking = await askingOf(world, { order, metadata, customer: null, session: null });
  const known = await customerIn(world.env, world.shop.id, customer ?? {});
  return { ...asking, customer: known.customer ?? (known.isNamed ? NEWCOMER : null) };
}

async function walletOf(world: World, customer: string | null): Promise<Voucher[]> {
  if (customer === null || customer === NEWCOMER) return [];
  const told = await following(world, customer, (id) =>
    customersOf(world.env, world.shop.id, id).wallet(id, nowOf(world)),
  );
  return (told?.vouchers ?? []).filter(({ held }) => held?.removed !== true);
}

const BY_CUSTOMER: readonly wire.Scenario[] = [
  'CUSTOMER_WALLET',
  'PRODUCTS_BY_CUSTOMER',
  'PRODUCTS_DISCOUNT_BY_CUSTOMER',
];

function isWallet(scenario: wire.Scenario): boolean {
  return BY_CUSTOMER.includes(scenario);
}

async function answerTo(
  world: World,
  asking: Asking,
  { scenario, options }: wire.Qualify,
  candidates: Pick<Candidates, 'held' | 'codes'>,
) {
  const { currency } = world.shop.settings;
  const filter = filterOf(options.filters);
  // there are no promotions here, and so no stacks of them
  const none = { held: [], codes: [] };
  const all = { ...(scenario === 'PROMOTION_STACKS' ? none : candidates), fresh: [] };
  const done = await qualify(world, asking, { ...all, audienceOnly: scenario === 'AUDIENCE_ONLY' });
  const { here, total, next } = pageOf(done.qualified.filter(filter), options);
  const { bill, terms } = done;
  const showing = { bill, currency, nowMs: nowOf(world), expand: options.expand };
  const list = {
    object: 'list' as const,
    data_ref: 'data' as const,
    data: here.map((one) => redeemableView(one, showing)),
    total,
    has_more: next !== null,
    ...(next === null ? {} : { more_starting_after: next }),
  };
  const order = bill === null ? {} : { order: amountsView(amountsOf(bill), currency) };
  return { redeemables: list, tracking_id: null, ...order, stacking_rules: stackingView({ terms }) };
}

async function runningRecords({ env, shop }: World): Promise<Map<string, CampaignRecord>> {
  const ids = await runningCampaigns(env.DB, shop.id);
  const records = await Promise.all(ids.map((id) => openCampaign(env, shop.id, id)));
  return new Map(records.flatMap((one) => (one === null ? [] : [[one.campaign.id, one] as const])));
}

/** As a code of it would be that is made now. */
function codeOf(record: CampaignRecord, currency: string): Voucher {
  const campaign = campaignOf(record);
  return freshVoucher(campaign, { id: `v_of_${campaign.id}`, code: '', madeAtMs: campaign.createdAtMs, currency });
}

function inOrder<T extends { createdAtMs: number; updatedAtMs: number }>(all: T[], order: string): T[] {
  const of = (one: T) => (order.endsWith('updated_at') ? one.updatedAtMs : one.createdAtMs);
  const sign = order.startsWith('-') ? -1 : 1;
  return all.toSorted((a, b) => sign * (of(a) - of(b)));
}
