/** Campaigns for voucher clients: made, read, switched on and off, and given more codes. */
import { createRoute, z } from '@hono/zod-openapi';
import { campaignIn } from '../campaign/cache.ts';
import type { CampaignRecord } from '../campaign/record.ts';
import { GIFT_PATTERN, patternOf } from '../domain/vouchers/codes.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { offersOf } from '../offers/cache.ts';
import { addVouchers, type CampaignDraft, changeCampaign, makeCampaign } from '../publishing/campaigns.ts';
import type { World } from '../publishing/world.ts';
import * as wire from '../wire/voucher-publications.ts';
import { notFound, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { namedOf, worldOf } from './request.ts';
import { draftOf } from './voucher-draft.ts';

export const campaigns = voucherRoutes();
campaigns.use('/v1/campaigns/*', boundedBody(64 * 1024));

const byId = z.object({ id: z.string().min(1).max(200) });
const answers = { 200: json(wire.Campaign, 'The campaign'), ...voucherRefusals };

const create = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns',
  summary: 'Make a campaign and its codes',
  description: 'The codes are made after the answer: `vouchers_generation_status` says how far that is.',
  request: { body: body(wire.CreateCampaign) },
  responses: { ...answers, 409: json(z.object({ key: z.string() }), 'Another campaign has that name') },
});
campaigns.openapi(create, async (c) => {
  const { shop, key } = c.get('caller');
  const world = await worldOf(c, shop);
  const draft = campaignDraft(c.req.valid('json'), shop.settings.currency);
  const { key: name, fingerprint } = await namedOf(c);
  const made = await makeCampaign(world, draft, { key: `${name}:${fingerprint}`, fingerprint, who: key.id });
  if (made.refusal === null) return c.json(campaignView(made.record), 200);
  if (made.refusal === 'codes')
    throw new VoucherError('invalid_code_config', made.flaws.map(({ field, rule }) => `${field} ${rule}`).join('; '));
  if (made.refusal === 'full') throw new VoucherError('invalid_payload', 'Too many patterns, or jobs that wait');
  throw new VoucherError('duplicate_found', `Another campaign has that ${made.refusal}`);
});

const read = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/campaigns/{id}',
  summary: 'One campaign, by its id or name',
  request: { params: byId },
  responses: answers,
});
campaigns.openapi(read, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  return c.json(campaignView(await campaignBy(world, c.req.valid('param').id)), 200);
});

const enable = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/enable',
  summary: 'Switch a campaign on',
  request: { params: byId },
  responses: answers,
});
campaigns.openapi(enable, async (c) => {
  const { shop, key } = c.get('caller');
  const asked = { id: c.req.valid('param').id, active: true, who: key.id };
  return c.json(campaignView(await switched(await worldOf(c, shop), asked)), 200);
});

const disable = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/disable',
  summary: 'Switch a campaign off: none of its codes is good',
  request: { params: byId },
  responses: answers,
});
campaigns.openapi(disable, async (c) => {
  const { shop, key } = c.get('caller');
  const asked = { id: c.req.valid('param').id, active: false, who: key.id };
  return c.json(campaignView(await switched(await worldOf(c, shop), asked)), 200);
});

async function switched(world: World, { id, active, who }: { id: string; active: boolean; who: string }) {
  const { campaign } = await campaignBy(world, id);
  const changed = await changeCampaign(world, campaign.id, { change: { active }, who });
  if (changed.refusal !== null) throw notFound('campaign', id);
  return changed.record;
}

const add = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/vouchers',
  summary: 'Make more codes for a campaign',
  description: 'They are made after the answer.',
  request: { params: byId, query: wire.AddVouchersQuery },
  responses: { 200: json(z.object({ async_action_id: z.string() }), 'The job that makes them'), ...voucherRefusals },
});
campaigns.openapi(add, async (c) => {
  const world = await worldOf(c, c.get('caller').shop);
  const record = await campaignBy(world, c.req.valid('param').id);
  const { key } = await namedOf(c);
  const told = await addVouchers(world, record, { key, count: c.req.valid('query').vouchers_count });
  if (told.refusal === null) return c.json({ async_action_id: told.job }, 200);
  throw new VoucherError('invalid_code_config', 'That many codes do not fit its pattern, or too many jobs wait');
});

/** By its id or its name. */
export async function campaignId(world: World, name: string): Promise<string> {
  return (await campaignBy(world, name)).campaign.id;
}

async function campaignBy({ env, shop }: World, name: string): Promise<CampaignRecord> {
  const id = name.startsWith('camp_') ? name : await offersOf(env, shop.id).campaignNamed(name);
  const record = id === null ? null : await campaignIn(env, shop.id, id).record();
  if (record === null || record.deletedAtMs !== null) throw notFound('campaign', name);
  return record;
}

function campaignDraft(wanted: wire.CreateCampaign, currency: string): CampaignDraft {
  const { name, campaign_type, type, join_once, vouchers_count, voucher, metadata, active } = wanted;
  const { category, start_date, expiration_date } = wanted;
  const isGift = campaign_type === 'GIFT_VOUCHERS';
  if (isGift !== (voucher.type === 'GIFT_VOUCHER'))
    throw new VoucherError('invalid_payload', 'voucher.type must fit campaign_type');
  const { benefit, startsAtMs, endsAtMs, limit } = draftOf(
    { ...voucher, active, metadata, category, start_date, expiration_date },
    currency,
  );
  const { suffix, ...config } = voucher.code_config ?? {};
  const discounted = benefit.kind === 'discount' ? benefit : null;
  return {
    name,
    kind: type === 'STATIC' ? 'static' : 'auto_update',
    benefit: benefit.kind,
    discount: discounted?.discount ?? null,
    applicable: discounted?.applicable ?? { only: [], not: [] },
    giftMinor: benefit.kind === 'gift' ? benefit.gift.amountMinor : null,
    joinOnce: join_once,
    category: category ?? null,
    active,
    startsAtMs,
    endsAtMs,
    validity: null,
    liveAfterPublishing: null,
    limitPerCode: limit,
    limitPerCustomer: null,
    caps: { redemptions: null, discountMinor: null, ordersMinor: null },
    codes: patternOf({ ...config, postfix: config.postfix ?? suffix }, isGift ? GIFT_PATTERN : undefined),
    vouchersWanted: vouchers_count,
    rules: [],
    metadata,
    code: null,
  };
}

const MADE = { in_progress: 'IN_PROGRESS', done: 'DONE', failed: 'FAILED' } as const;
const KINDS = { static: 'STATIC', auto_update: 'AUTO_UPDATE', standalone: 'STANDALONE' } as const;

function campaignView({ campaign, making, vouchers }: CampaignRecord): wire.Campaign {
  const dateOf = (instantMs: number | null) => (instantMs === null ? null : new Date(instantMs).toISOString());
  return {
    id: campaign.id,
    name: campaign.name,
    campaign_type: campaign.benefit === 'gift' ? 'GIFT_VOUCHERS' : 'DISCOUNT_COUPONS',
    type: KINDS[campaign.kind],
    vouchers_count: vouchers,
    vouchers_generation_status: MADE[making],
    active: campaign.active,
    join_once: campaign.joinOnce,
    category: campaign.category,
    start_date: dateOf(campaign.startsAtMs),
    expiration_date: dateOf(campaign.endsAtMs),
    metadata: campaign.metadata,
    created_at: new Date(campaign.createdAtMs).toISOString(),
    updated_at: new Date(campaign.updatedAtMs).toISOString(),
    object: 'campaign',
  };
}
