/** The lists of redemptions, with rollbacks among them, and of publications, for voucher clients: answered from the copies. */
import { createRoute } from '@hono/zod-openapi';
import { codeKey } from '../domain/vouchers/codes.ts';
import { json } from '../http/answers.ts';
import { listPublications, listUses } from '../projection/use-lists.ts';
import { vouchersByKey } from '../projection/voucher-lists.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import * as wire from '../wire/voucher-lists.ts';
import type { Redemption } from '../wire/voucher-redemptions.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { ofCampaign, ofCustomer } from './list-names.ts';
import { type FilterFields, listQuery, oneOf, queryOf, within } from './list-query.ts';
import { type ListedUse, toListedPublication, toListedUse, toListedVoucher, toRecord } from './listed.ts';
import { type ListedCode, publicationView } from './publication-view.ts';
import { redemptionView, rollbackView } from './redemption-view.ts';
import { voucherView } from './voucher-view.ts';

export const useLists = voucherRoutes();

const NAMED: FilterFields = {
  id: { field: 'id', kind: 'text' },
  campaign_id: { field: 'campaign_id', kind: 'text' },
  campaign_name: { field: 'campaign_name', kind: 'text' },
  campaign: { field: 'campaign_name', kind: 'text' },
  customer_id: { field: 'customer_id', kind: 'text' },
  voucher_code: { field: 'voucher_code', kind: 'code' },
  code: { field: 'voucher_code', kind: 'code' },
  created_at: { field: 'created_at', kind: 'instant' },
  date: { field: 'created_at', kind: 'instant' },
  result: { field: 'result', kind: { SUCCESS: 0, FAILURE: 1 } },
};
const USE_FIELDS: FilterFields = {
  ...NAMED,
  failure_code: { field: 'failure_code', kind: 'text' },
  object: { field: 'object', kind: { redemption: 'redemption', redemption_rollback: 'rollback' } },
};
const PUBLICATION_FIELDS: FilterFields = {
  ...NAMED,
  source_id: { field: 'source_id', kind: 'text' },
  channel: { field: 'channel', kind: 'text' },
  voucher_type: { field: 'voucher_type', kind: { GIFT_VOUCHER: 'gift', DISCOUNT_VOUCHER: 'discount' } },
};
/** As the query names them. */
const VOUCHER_TYPES = { GIFT: 'gift', DISCOUNT: 'discount', LOYALTY_CARD: '', LUCKY_DRAW: '' };

const redemptions = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/redemptions',
  summary: 'Redemptions and rollbacks, a page of them',
  description: 'Refused ones as well. It may lag behind a write for a moment.',
  request: { query: wire.documented(wire.RedemptionQuery) },
  responses: { 200: json(wire.RedemptionList, 'A page'), ...voucherRefusals },
});
useLists.openapi(redemptions, async (c) => {
  const { shop } = c.get('caller');
  const asked = queryOf(c.req.url, wire.RedemptionQuery);
  const must = [
    ...(await ofCampaign(c.env, shop.id, asked.campaign)),
    ...(await ofCustomer(c.env, shop.id, { name: asked.customer, field: 'customer_id' })),
    ...oneOf('result', asked.result === undefined ? undefined : Number(asked.result.toUpperCase().startsWith('FAIL'))),
    ...within('created_at', asked.created_at),
  ];
  const { rows, total } = await listUses(c.env.DB, listQuery(shop.id, asked, { fields: USE_FIELDS, must }));
  const views = rows.map((row) => useView(toListedUse(row), shop));
  return c.json({ object: 'list' as const, data_ref: 'redemptions' as const, redemptions: views, total }, 200);
});

function useView({ redemption, rollback, voucher, campaign }: ListedUse, { settings }: ShopSnapshot): Redemption {
  const { currency, timeZone } = settings;
  const view =
    rollback === null
      ? redemptionView(redemption, null, currency)
      : rollbackView({ redemption, rollback, voucher: null }, currency);
  return { ...view, voucher: voucher === null ? null : voucherView(voucher, currency, { campaign, timeZone }) };
}

const publications = createRoute({
  ...voucherRoute('points'),
  method: 'get',
  path: '/v1/publications',
  summary: 'Publications, a page of them',
  description: 'Those that came to nothing as well. It may lag behind a write for a moment.',
  request: { query: wire.documented(wire.PublicationQuery) },
  responses: { 200: json(wire.PublicationList, 'A page'), ...voucherRefusals },
});
useLists.openapi(publications, async (c) => {
  const { shop } = c.get('caller');
  const asked = queryOf(c.req.url, wire.PublicationQuery);
  const { result, voucher, voucher_type, is_referral_code } = asked;
  const must = [
    ...(await ofCampaign(c.env, shop.id, asked.campaign)),
    ...(await ofCustomer(c.env, shop.id, { name: asked.customer, field: 'customer_id' })),
    ...oneOf('voucher_code', voucher === undefined ? undefined : codeKey(voucher)),
    ...oneOf('voucher_type', voucher_type === undefined ? undefined : VOUCHER_TYPES[voucher_type]),
    ...oneOf('source_id', asked.source_id),
    ...oneOf('result', result === undefined ? undefined : Number(result === 'FAILURE')),
    // codes for friends are given to nobody by a publication
    ...(is_referral_code === 'true' ? oneOf('id', '') : []),
  ];
  const query = listQuery(shop.id, asked, { fields: PUBLICATION_FIELDS, must });
  const { rows, total } = await listPublications(c.env.DB, query);
  const given = rows.map(({ body, campaign }) => ({
    publication: toListedPublication(body),
    campaign: campaign === null ? null : toRecord(campaign).campaign,
  }));
  const keys = given.flatMap(({ publication }) => publication.codes.map(codeKey));
  const codes = await codesOf(c.env.DB, shop, keys);
  const views = given.map(({ publication, campaign }) => publicationView(publication, { campaign, codes, shop }));
  return c.json({ object: 'list' as const, data_ref: 'publications' as const, publications: views, total }, 200);
});

/** What lists know of these codes, by their normal form. */
async function codesOf(db: D1Database, shop: ShopSnapshot, keys: string[]): Promise<Map<string, ListedCode>> {
  const rows = keys.length === 0 ? [] : await vouchersByKey(db, shop.id, keys);
  const { currency } = shop.settings;
  return new Map(rows.map((row) => [codeKey(row.code), toListedVoucher(row, currency)]));
}
