/** Campaigns for voucher clients: made, read, changed, switched on and off, taken away. */
import { createRoute, z } from '@hono/zod-openapi';
import { campaignIn } from '../campaign/cache.ts';
import type { CampaignChange, CampaignRecord, Changed } from '../campaign/record.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { MOST_METADATA_TEXT } from '../domain/vouchers/change.ts';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { raw } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { offersOf } from '../offers/cache.ts';
import { changeCampaign, makeCampaign, removeCampaign } from '../publishing/campaigns.ts';
import { campaignSettled } from '../publishing/settled.ts';
import type { World } from '../publishing/world.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/voucher-publications.ts';
import { campaignChange, campaignDraft } from './campaign-draft.ts';
import { campaignView } from './campaign-view.ts';
import { notFound, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { guardBy, listAll, mustBeRules } from './guarding.ts';
import { onceFor } from './once.ts';
import { type Asked, namedOf, replayed, worldOf } from './request.ts';

export const campaigns = voucherRoutes();
campaigns.use('/v1/campaigns', boundedBody(64 * 1024));
campaigns.use('/v1/campaigns/:id', boundedBody(64 * 1024));

const byId = z.object({ id: z.string().min(1).max(200) });
const answers = { 200: json(wire.Campaign, 'The campaign'), ...voucherRefusals };

const KEYED =
  'Send an Idempotency-Key: a retry with the same key and body changes nothing and gets the campaign as it is.';

const create = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns',
  summary: 'Make a campaign and its codes',
  description: `The codes are made after the answer: \`vouchers_generation_status\` says how far that is. ${KEYED}`,
  request: { body: body(wire.CreateCampaign) },
  responses: { ...answers, 409: json(z.object({ key: z.string() }), 'Another campaign has that name') },
});
campaigns.openapi(create, async (c) => {
  const { shop, key } = c.get('caller');
  const world = await worldOf(c, shop);
  const draft = campaignDraft(c.req.valid('json'), shop.settings.currency);
  await mustBeRules(world, draft.rules);
  const made = await makeCampaign(world, draft, { ...(await namedOf(c)), who: key.id });
  if (made.refusal === null) {
    const { id, rules } = made.record.campaign;
    await listAll(world, rules, { kind: 'campaign', object: id, code: null });
    return c.json(shown(world, made.record), 200, await projected(world, made.record));
  }
  if (made.refusal === 'codes')
    throw new VoucherError('invalid_code_config', made.flaws.map(({ field, rule }) => `${field} ${rule}`).join('; '));
  if (made.refusal === 'full') throw new VoucherError('invalid_payload', 'Too many patterns, or jobs that wait');
  if (made.refusal === 'mismatch') throw new ProblemError('idempotency_mismatch');
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
  return c.json(shown(world, await campaignBy(world, c.req.valid('param').id)), 200);
});

const update = createRoute({
  ...voucherRoute('programme'),
  method: 'put',
  path: '/v1/campaigns/{id}',
  summary: 'Change a campaign',
  description:
    'Absent fields stay as they are, null takes them away. Dates and the category hold for codes that were neither ' +
    'published nor redeemed; what is open when, and whether it is on, for all. `validation_rules` are from then on the only ' +
    `ones that guard it, issued codes included. ${KEYED}`,
  request: { params: byId, body: body(wire.ChangeCampaign) },
  responses: answers,
});
campaigns.openapi(update, async (c) => {
  const { shop, key } = c.get('caller');
  const { validation_rules: rules, ...wanted } = c.req.valid('json');
  const { id } = c.req.valid('param');
  const change = (campaign: Campaign) => campaignChange(wanted, campaign, shop.settings.currency);
  const work = async () => {
    const world = await worldOf(c, shop);
    if (rules != null) await mustBeRules(world, rules);
    const { view, headers } = await changed(c, world, { id, who: key.id, change });
    if (rules == null) return c.json(view, 200, headers);
    // whatever can be refused was not by now
    await guardBy(world, rules, { kind: 'campaign', object: view.id, code: null, who: key.id });
    return c.json(shown(world, await recordBy(world, view.id)), 200, headers);
  };
  return raw(rules == null ? await work() : await onceFor(c, shop.id, work));
});

const enable = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/enable',
  summary: 'Switch a campaign on',
  description: KEYED,
  request: { params: byId },
  responses: answers,
});
campaigns.openapi(enable, async (c) => {
  const { shop, key } = c.get('caller');
  const asked = { ...c.req.valid('param'), who: key.id, change: () => ({ active: true }) };
  const { view, headers } = await changed(c, await worldOf(c, shop), asked);
  return c.json(view, 200, headers);
});

const disable = createRoute({
  ...voucherRoute('programme'),
  method: 'post',
  path: '/v1/campaigns/{id}/disable',
  summary: 'Switch a campaign off: none of its codes is good',
  description: `Codes of it can still be published. ${KEYED}`,
  request: { params: byId },
  responses: answers,
});
campaigns.openapi(disable, async (c) => {
  const { shop, key } = c.get('caller');
  const asked = { ...c.req.valid('param'), who: key.id, change: () => ({ active: false }) };
  const { view, headers } = await changed(c, await worldOf(c, shop), asked);
  return c.json(view, 200, headers);
});

const remove = createRoute({
  ...voucherRoute('programme'),
  method: 'delete',
  path: '/v1/campaigns/{id}',
  summary: 'Take a campaign away',
  description:
    'None of its codes is good from then on, and all of them stay taken. Its redemptions stay, and can be rolled back. ' +
    'Its name stays taken as well, but with force=true.',
  request: { params: byId, query: z.object({ force: z.string().max(10).optional() }) },
  responses: { 204: { description: 'It is gone' }, ...voucherRefusals },
});
campaigns.openapi(remove, async (c) => {
  const { shop, key } = c.get('caller');
  const { id: name } = c.req.valid('param');
  const world = await worldOf(c, shop);
  const record = await recordBy(world, name);
  const forGood = c.req.valid('query').force === 'true';
  const asked = { forGood, who: key.id, ...(await namedOf(c)) };
  const { record: removed } = doneOf(await removeCampaign(world, record.campaign.id, asked), name);
  return c.body(null, 204, await projected(world, removed));
});

campaigns.all('/v1/campaigns/:id', onlyMethods('GET, HEAD, PUT, DELETE'));

async function changed(
  c: Asked,
  world: World,
  { id, who, change }: { id: string; who: string; change: (campaign: Campaign) => CampaignChange },
) {
  const { campaign } = await campaignBy(world, id);
  const asked = { change: change(campaign), who, ...(await namedOf(c)) };
  const { record, again } = doneOf(await changeCampaign(world, campaign.id, asked), id);
  return { view: shown(world, record), headers: { ...(await projected(world, record)), ...replayed(again) } };
}

const UNCHANGEABLE = {
  discount_kind: 'the kind of a discount cannot be changed',
  dates: 'expiration_date must be after start_date',
  metadata: `metadata must be at most ${MOST_METADATA_TEXT} characters in all`,
};

function doneOf(changed: Changed, name: string): Extract<Changed, { refusal: null }> {
  if (changed.refusal === null) return changed;
  if (changed.refusal === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (changed.refusal === 'not_found') throw notFound('campaign', name);
  throw new VoucherError('invalid_payload', UNCHANGEABLE[changed.refusal]);
}

function shown({ shop }: World, record: CampaignRecord): wire.Campaign {
  return campaignView(record, shop.settings.currency);
}

/** Whether lists show it by now. */
export async function projected(world: World, { campaign }: CampaignRecord): Promise<Record<string, string>> {
  return { 'X-Projected': String(await campaignSettled(world, campaign.id)) };
}

/** By its id or its name. */
export async function campaignId(world: World, name: string): Promise<string> {
  return (await campaignBy(world, name)).campaign.id;
}

export async function campaignBy(world: World, name: string): Promise<CampaignRecord> {
  const record = await recordBy(world, name);
  if (record.deletedAtMs !== null) throw notFound('campaign', name);
  return record;
}

/** Of one in the bin as well. */
async function recordBy({ env, shop }: World, name: string): Promise<CampaignRecord> {
  const id = name.startsWith('camp_') ? name : await offersOf(env, shop.id).campaignNamed(name);
  const record = id === null ? null : await campaignIn(env, shop.id, id).record();
  if (record === null) throw notFound('campaign', name);
  return record;
}
