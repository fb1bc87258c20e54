/** What a signed-in shopper holds, and what they are given, for pages of the shop. Nobody else's vouchers are ever listed. */
import { createRoute } from '@hono/zod-openapi';
import { customersOf } from '../customers/stubs.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { type PublishResult, publishFrom } from '../publishing/publish.ts';
import { nowOf, type World } from '../publishing/world.ts';
import { following } from '../routing/following.ts';
import { ProblemError } from '../wire/problem.ts';
import { ClientPublish, ClientPublishQuery, ClientVoucherList, ClientVoucherQuery } from '../wire/voucher-client.ts';
import { Publication } from '../wire/voucher-publications.ts';
import { campaignBy } from './campaigns.ts';
import type { Client } from './client-access.ts';
import { clientNamed, spokenOf } from './client-asking.ts';
import { clientRoute } from './client-group.ts';
import { refusedAs, VoucherError } from './errors.ts';
import { refuseUnread, voucherRefusals, voucherRoutes } from './group.ts';
import { replayed, worldOf } from './request.ts';
import { voucherView } from './voucher-view.ts';

export const clientWallet = voucherRoutes();

const list = createRoute({
  ...clientRoute('hub'),
  method: 'get',
  path: '/client/v1/vouchers',
  summary: "The signed-in shopper's vouchers, the newest first",
  description: "Needs the hub's session in Authorization: whoever a page claims to speak of is shown nothing.",
  request: { query: ClientVoucherQuery },
  responses: { 200: json(ClientVoucherList, 'A page; `total` counts those of all pages'), ...voucherRefusals },
});
clientWallet.openapi(list, async (c) => {
  const client = c.get('client');
  refuseUnread(c.req.url, ['filters', 'created_at', 'updated_at']);
  const { campaign, category, limit, page } = c.req.valid('query');
  const world = await worldOf(c, client.shop);
  const of = campaign === undefined ? null : (await campaignBy(world, campaign)).campaign.id;
  const found = (await walletOf(world, client)).filter(
    (one) => (of === null || one.campaign === of) && (category === undefined || one.category === category),
  );
  const here = found.slice((page - 1) * limit, page * limit);
  const vouchers = here.map((one) => ownView(one, client));
  return c.json({ object: 'list' as const, data_ref: 'vouchers' as const, vouchers, total: found.length }, 200);
});

const publish = createRoute({
  ...clientRoute('redeem'),
  method: 'post',
  path: '/client/v1/publish',
  summary: 'Give the shopper a code of a campaign that pages may give codes of',
  description:
    'Only of a campaign whose metadata say `client_side_publish: true`; each customer gets one, again the same. Send an ' +
    'Idempotency-Key.',
  request: { query: ClientPublishQuery, body: body(ClientPublish) },
  responses: { 200: json(Publication, 'What was given'), ...voucherRefusals },
});
clientWallet.openapi(publish, async (c) => {
  const client = c.get('client');
  const { customer: named, source_id, channel, metadata } = c.req.valid('json');
  const world = await worldOf(c, client.shop);
  const { campaign } = await campaignBy(world, c.req.valid('query').campaign);
  if (campaign.metadata.client_side_publish !== true)
    throw new VoucherError('insufficient_scope', 'Pages may not give codes of this campaign.');
  const customer = await spokenOf(world, client, named);
  if (customer === null) throw new VoucherError('missing_customer', 'customer.source_id is required');
  const about = { customer, sourceId: source_id ?? null, channel: channel ?? 'CLIENT_API', metadata: metadata ?? {} };
  const wanted = { ...about, distribution: null, holderOnly: false, ...(await clientNamed(c, client)) };
  const { publication, again } = doneOf(
    await publishFrom(world, wanted, { campaign: campaign.id, count: 1, joinOnce: true }),
  );
  const [voucher] = publication.vouchers.map((one) => voucherView(one, client.shop.settings.currency));
  if (voucher === undefined) throw new Error('a publication of nothing');
  const view = {
    id: publication.id,
    object: 'publication' as const,
    created_at: new Date(publication.atMs).toISOString(),
    customer_id: publication.customer,
    tracking_id: null,
    source_id: publication.sourceId,
    channel: about.channel,
    result: 'SUCCESS' as const,
    voucher,
    vouchers_id: publication.vouchers.map(({ id }) => id),
  };
  return c.json(view, 200, replayed(again));
});

clientWallet.all('/client/v1/vouchers', onlyMethods('GET, OPTIONS'));
clientWallet.all('/client/v1/publish', onlyMethods('POST, OPTIONS'));

async function walletOf(world: World, { visitor }: Client): Promise<Voucher[]> {
  if (visitor.customer === null)
    throw new VoucherError('unauthorized', "The hub's session is missing in Authorization.");
  const told = await following(world, visitor.customer, (id) =>
    customersOf(world.env, world.shop.id, id).wallet(id, nowOf(world)),
  );
  return (told?.vouchers ?? []).filter(({ held }) => held?.removed !== true);
}

function ownView(voucher: Voucher, { shop }: Client) {
  const { holder_id: _, is_referral_code: __, ...shown } = voucherView(voucher, shop.settings.currency);
  return shown;
}

function doneOf(result: PublishResult): Extract<PublishResult, { state: 'published' }> {
  if (result.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (result.state === 'published') return result;
  if (result.why !== null) throw refusedAs(result.why, '');
  const { refusal } = result;
  if (refusal === 'duplicate_source_id' || refusal === 'no_voucher_suitable_for_publication')
    throw new VoucherError(refusal, 'The campaign has no code to give.');
  throw new VoucherError('voucher_cannot_be_published', 'It was refused.');
}
