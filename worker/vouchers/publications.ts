/** Publications for voucher clients: a code, or codes of a campaign, become a customer's own. */
import { createRoute } from '@hono/zod-openapi';
import { boundedBody } from '../http/admission.ts';
import { body, json } from '../http/answers.ts';
import { onlyMethods } from '../http/method.ts';
import { type PublishResult, publishCode, publishFrom } from '../publishing/publish.ts';
import { campaignSettled, codeSettled } from '../publishing/settled.ts';
import { ProblemError } from '../wire/problem.ts';
import * as wire from '../wire/voucher-publications.ts';
import { campaignId } from './campaigns.ts';
import { notFound, noVoucher, refusedAs, VoucherError } from './errors.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { contextOf, customerOf, namedOf, replayed, worldOf } from './request.ts';
import { voucherView } from './voucher-view.ts';

export const publications = voucherRoutes();
publications.use('/v1/publications', boundedBody(64 * 1024));

const publish = createRoute({
  ...voucherRoute('points'),
  method: 'post',
  path: '/v1/publications',
  summary: 'Give a customer a code',
  description:
    'One that is named, or up to 50 of a campaign. A customer whom nobody knows becomes one. Send an Idempotency-Key: a retry gives ' +
    'nothing more and gets the same codes.',
  request: { query: wire.PublishQuery, body: body(wire.Publish) },
  responses: { 200: json(wire.Publication, 'What was given'), ...voucherRefusals },
});
publications.openapi(publish, async (c) => {
  const { shop } = c.get('caller');
  const { voucher, campaign, customer: named, source_id, channel, metadata } = c.req.valid('json');
  if ((voucher === undefined) === (campaign === undefined))
    throw new VoucherError('invalid_payload', 'name either voucher or campaign');
  const world = await worldOf(c, shop);
  const customer = await customerOf(world, named);
  if (customer === null) throw new VoucherError('missing_customer', 'customer.id or customer.source_id is required');
  const about = { customer, sourceId: source_id ?? null, channel: channel ?? 'API', metadata: metadata ?? {} };
  const wanted = { ...about, distribution: null, holderOnly: false, ...(await namedOf(c)) };
  const joinOnce = c.req.valid('query').join_once === 'true';
  const from = campaign === undefined ? null : await campaignId(world, campaign.id ?? campaign.name ?? '');
  const result =
    from === null
      ? await publishCode(world, wanted, voucher ?? '')
      : await publishFrom(world, wanted, { campaign: from, count: campaign?.count ?? 1, joinOnce });
  const { publication, again } = doneOf(result, { code: voucher ?? null, campaign: from });
  const views = await Promise.all(
    publication.vouchers.map(async (one) => voucherView(one, shop.settings.currency, await contextOf(world, one))),
  );
  const [first] = views;
  const view = {
    id: publication.id,
    object: 'publication' as const,
    created_at: new Date(publication.atMs).toISOString(),
    customer_id: publication.customer,
    customer: { id: publication.customer, object: 'customer' },
    tracking_id: null,
    source_id: publication.sourceId,
    channel: channel ?? 'API',
    metadata: metadata ?? {},
    result: 'SUCCESS' as const,
    ...(first !== undefined && views.length === 1 ? { voucher: first } : { vouchers: views }),
    vouchers_id: views.map(({ id }) => id),
  };
  const { campaign: of } = publication;
  const known = of === null ? codeSettled(world, voucher ?? '') : campaignSettled(world, of);
  return c.json(view, 200, { 'X-Projected': String(await known), ...replayed(again) });
});

publications.all('/v1/publications', onlyMethods('GET, HEAD, POST'));

function doneOf(
  result: PublishResult,
  { code, campaign }: { code: string | null; campaign: string | null },
): Extract<PublishResult, { state: 'published' }> {
  if (result.state === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (result.state === 'published') return result;
  const { refusal, why } = result;
  switch (refusal) {
    case 'refused':
      if (why !== null) throw refusedAs(why, code ?? '');
      throw new VoucherError('voucher_cannot_be_published', 'It was refused');
    case 'not_found':
      throw campaign === null ? noVoucher(code ?? '') : notFound('campaign', campaign);
    case 'mismatch':
      throw new ProblemError('idempotency_mismatch');
    case 'not_ready':
      throw new VoucherError('no_voucher_suitable_for_publication', 'The codes of the campaign are still being made');
    case 'voided':
      throw new VoucherError('voucher_cannot_be_published', 'It came to nothing when it was first asked for');
    default:
      throw new VoucherError(refusal, why?.details ?? 'The campaign has no code to give');
  }
}
