/** The lists that Voucherify's clients ask for. Queries have brackets: `created_at[after]=…`, `filters[code][conditions][$is]=…`. */
import { z } from '@hono/zod-openapi';
import { Campaign, ListedPublication } from './voucher-publications.ts';
import { Redemption } from './voucher-redemptions.ts';
import { Voucher } from './voucher-vouchers.ts';

export const MOST_PAGES = 1_000;

const whole = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 date');
const name = z.string().min(1).max(300);

const paged = {
  limit: whole.refine((limit) => limit <= 100, 'must be at most 100').default(10),
  page: whole.default(1),
};

const Times = z.strictObject({ after: instant.optional(), before: instant.optional() });
const Value = z.union([z.string().max(1_000), z.array(z.string().max(1_000)).min(1).max(100)]);
const Conditions = z.strictObject({ conditions: z.record(z.string(), Value) });
export const ListFilters = z.record(z.string().max(200), z.union([z.enum(['and', 'AND', 'or', 'OR']), Conditions]));
export type ListFilters = z.infer<typeof ListFilters>;

/** Of these fields, up or, with a dash before it, down. */
function ordered(...fields: string[]) {
  const both = fields.flatMap((field) => [field, `-${field}`]);
  return z
    .string()
    .refine((order) => both.includes(order), `must be one of ${both.join(', ')}`)
    .default('-created_at');
}

/** How a query is documented, whose brackets no schema of one parameter holds. */
export function documented(query: z.ZodObject) {
  const parameters = Object.entries(query.shape).map(([name, field]) => {
    const said = field instanceof z.ZodType ? (field.description ?? '') : '';
    return [name, z.string().optional().describe(said)] as const;
  });
  return z.looseObject(Object.fromEntries(parameters));
}

export const VoucherQuery = z.object({
  ...paged,
  campaign: name.optional().describe('Its name or id'),
  campaign_id: name.optional(),
  category: name.optional(),
  customer: name.optional().describe('Our id or the source_id: whose they are'),
  code: name.optional(),
  created_at: Times.optional(),
  updated_at: Times.optional(),
  order: ordered('created_at', 'updated_at', 'type', 'code', 'campaign', 'category'),
  filters: ListFilters.optional(),
});

export const CampaignQuery = z.object({
  ...paged,
  campaign_type: z
    .enum(['DISCOUNT_COUPONS', 'GIFT_VOUCHERS', 'PROMOTION', 'REFERRAL_PROGRAM', 'LOYALTY_PROGRAM'])
    .optional(),
  order: ordered('created_at', 'updated_at', 'name', 'type'),
  filters: ListFilters.optional(),
});

export const RedemptionQuery = z.object({
  ...paged,
  result: z.enum(['SUCCESS', 'FAILURE', 'Success', 'Failure-1']).optional(),
  campaign: name.optional(),
  customer: name.optional(),
  created_at: Times.optional(),
  order: ordered('created_at', 'id'),
  filters: ListFilters.optional(),
});

export const PublicationQuery = z.object({
  ...paged,
  campaign: name.optional(),
  customer: name.optional(),
  voucher: name.optional(),
  result: z.enum(['SUCCESS', 'FAILURE']).optional(),
  voucher_type: z.enum(['GIFT', 'DISCOUNT', 'LOYALTY_CARD', 'LUCKY_DRAW']).optional(),
  is_referral_code: z.enum(['true', 'false']).optional(),
  source_id: name.optional(),
  order: ordered('created_at', 'id', 'voucher_code', 'tracking_id', 'customer_id', 'channel'),
  filters: ListFilters.optional(),
});

const total = z.int().describe('At most 100,000 are counted');
const list = z.literal('list');

export const VoucherList = z
  .object({ object: list, data_ref: z.literal('vouchers'), vouchers: z.array(Voucher), total })
  .openapi('VoucherList');

export const CampaignList = z
  .object({ object: list, data_ref: z.literal('campaigns'), campaigns: z.array(Campaign), total })
  .openapi('VoucherCampaignList');

export const PublicationList = z
  .object({ object: list, data_ref: z.literal('publications'), publications: z.array(ListedPublication), total })
  .openapi('VoucherPublicationList');

export const RedemptionList = z
  .object({ object: list, data_ref: z.literal('redemptions'), redemptions: z.array(Redemption), total })
  .openapi('VoucherRedemptionList');

export const RedemptionsOfVoucher = z
  .looseObject({
    object: list,
    data_ref: z.literal('redemption_entries'),
    redemption_entries: z.array(Redemption),
    quantity: z.int().nullable(),
    redeemed_quantity: z.int(),
    redeemed_amount: z.int().optional(),
    total,
  })
  .openapi('VoucherRedemptionsOfVoucher');
