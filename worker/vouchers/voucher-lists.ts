/** The lists of vouchers and campaigns for voucher clients, answered from the copies. */
import { createRoute } from '@hono/zod-openapi';
import { codeKey } from '../domain/vouchers/codes.ts';
import { json } from '../http/answers.ts';
import { listCampaigns, listVouchers } from '../projection/voucher-lists.ts';
import * as wire from '../wire/voucher-lists.ts';
import { campaignView } from './campaign-view.ts';
import { voucherRefusals, voucherRoute, voucherRoutes } from './group.ts';
import { ofCampaign, ofCustomer } from './list-names.ts';
import { type FilterFields, listQuery, oneOf, queryOf, within } from './list-query.ts';
import { toListedVoucher, toRecord } from './listed.ts';
import { voucherView } from './voucher-view.ts';

export const voucherLists = voucherRoutes();

const BENEFITS = { GIFT_VOUCHER: 'gift', DISCOUNT_VOUCHER: 'discount' };
const TIMES: FilterFields = {
  created_at: { field: 'created_at', kind: 'instant' },
  updated_at: { field: 'updated_at', kind: 'instant' },
  start_date: { field: 'start_date', kind: 'instant' },
  expiration_date: { field: 'expiration_date', kind: 'instant' },
};
const VOUCHER_FIELDS: FilterFields = {
  ...TIMES,
  id: { field: 'id', kind: 'text' },
  code: { field: 'code', kind: 'code' },
  campaign: { field: 'campaign', kind: 'text' },
  campaign_id: { field: 'campaign_id', kind: 'text' },
  category: { field: 'category', kind: 'text' },
  type: { field: 'type', kind: BENEFITS },
  voucher_type: { field: 'type', kind: BENEFITS },
  active: { field: 'active', kind: 'flag' },
  holder_id: { field: 'holder_id', kind: 'text' },
  customer_id: { field: 'holder_id', kind: 'text' },
};

const DESCRIPTION =
  'Narrowed as the clients write it: `created_at[after]=…`, `filters[code][conditions][$is]=…`, ' +
  '`filters[junction]=or`. It may lag behind a write for a moment.';

const list = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/vouchers',
  summary: 'Vouchers, a page of them',
  description: DESCRIPTION,
  request: { query: wire.documented(wire.VoucherQuery) },
  responses: { 200: json(wire.VoucherList, 'A page'), ...voucherRefusals },
});
voucherLists.openapi(list, async (c) => {
  const { shop } = c.get('caller');
  const asked = queryOf(c.req.url, wire.VoucherQuery);
  const must = [
    ...(await ofCampaign(c.env, shop.id, asked.campaign)),
    ...(await ofCustomer(c.env, shop.id, { name: asked.customer, field: 'holder_id' })),
    ...oneOf('campaign_id', asked.campaign_id),
    ...oneOf('category', asked.category),
    ...oneOf('code', asked.code === undefined ? undefined : codeKey(asked.code)),
    ...within('created_at', asked.created_at),
    ...within('updated_at', asked.updated_at),
  ];
  const { rows, total } = await listVouchers(c.env.DB, listQuery(shop.id, asked, { fields: VOUCHER_FIELDS, must }));
  const { currency, timeZone } = shop.settings;
  const views = rows.map((row) => {
    const { voucher, campaign } = toListedVoucher(row, currency);
    return voucherView(voucher, currency, { campaign, timeZone });
  });
  return c.json({ object: 'list' as const, data_ref: 'vouchers' as const, vouchers: views, total }, 200);
});

const KINDS = { DISCOUNT_COUPONS: 'discount', GIFT_VOUCHERS: 'gift' };
const CAMPAIGN_FIELDS: FilterFields = {
  ...TIMES,
  id: { field: 'id', kind: 'text' },
  name: { field: 'name', kind: 'text' },
  campaign_type: { field: 'campaign_type', kind: KINDS },
  type: { field: 'type', kind: { STATIC: 'static', AUTO_UPDATE: 'auto_update', STANDALONE: 'standalone' } },
  active: { field: 'active', kind: 'flag' },
  category: { field: 'category', kind: 'text' },
};

const campaigns = createRoute({
  ...voucherRoute('programme'),
  method: 'get',
  path: '/v1/campaigns',
  summary: 'Campaigns, a page of them',
  description: DESCRIPTION,
  request: { query: wire.documented(wire.CampaignQuery) },
  responses: { 200: json(wire.CampaignList, 'A page'), ...voucherRefusals },
});
voucherLists.openapi(campaigns, async (c) => {
  const { shop } = c.get('caller');
  const asked = queryOf(c.req.url, wire.CampaignQuery);
  const type = asked.campaign_type;
  const must = oneOf('campaign_type', type === undefined ? undefined : (KINDS[type as keyof typeof KINDS] ?? ''));
  const { rows, total } = await listCampaigns(c.env.DB, listQuery(shop.id, asked, { fields: CAMPAIGN_FIELDS, must }));
  const views = rows.map(({ body }) => campaignView(toRecord(body), shop.settings.currency));
  return c.json({ object: 'list' as const, data_ref: 'campaigns' as const, campaigns: views, total }, 200);
});
