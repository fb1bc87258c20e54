/** Campaigns and publications as Voucherify's clients write and read them. Amounts are hundredths. */
import { z } from '@hono/zod-openapi';
import { VoucherCustomer } from './voucher-customers.ts';
import { Validities } from './voucher-terms.ts';
import { ChangeVoucher, CreateVoucher, Voucher, VoucherMetadata } from './voucher-vouchers.ts';

const MOST_CODES = 50;
const MOST_VOUCHERS = 100_000;

const Codes = z.strictObject({
  ...CreateVoucher.pick({ code: true, type: true, discount: true, gift: true, redemption: true }).shape,
  ...CreateVoucher.pick({ code_config: true, applicable_to: true, inapplicable_to: true }).shape,
  is_referral_code: z.literal(false).optional(),
});

const Description = z.string().max(1_000).nullish();
const Live = z.string().max(100).nullish().describe('ISO 8601, such as P24D, from the publication of a code');
const Type = z.enum(['STATIC', 'AUTO_UPDATE', 'STANDALONE']);

export const CreateCampaign = z
  .strictObject({
    name: z.string().min(1).max(200),
    campaign_type: z.enum(['DISCOUNT_COUPONS', 'GIFT_VOUCHERS']).default('DISCOUNT_COUPONS'),
    type: Type.default('AUTO_UPDATE').describe('STANDALONE: one code that anybody may use'),
    description: Description,
    auto_join: z.literal(false).optional(),
    use_voucher_metadata_schema: z.boolean().optional(),
    join_once: z.boolean().default(false),
    vouchers_count: z.int().min(0).max(MOST_VOUCHERS).default(0),
    voucher: Codes,
    activity_duration_after_publishing: Live,
    ...Validities.shape,
    metadata: VoucherMetadata.default({}),
    ...CreateVoucher.pick({ category: true, start_date: true, expiration_date: true, active: true }).shape,
    ...CreateVoucher.pick({ validation_rules: true }).shape,
  })
  .openapi('VoucherCampaignCreate');
export type CreateCampaign = z.infer<typeof CreateCampaign>;

/** A whole campaign may be sent back: what cannot be changed must be what it is. */
export const ChangeCampaign = z
  .looseObject({
    name: z.string().max(200).optional(),
    campaign_type: z.enum(['DISCOUNT_COUPONS', 'GIFT_VOUCHERS']).optional(),
    type: Type.optional(),
    description: Description,
    join_once: z.boolean().optional(),
    active: z.boolean().optional(),
    archived: z.boolean().optional(),
    activity_duration_after_publishing: Live,
    ...Validities.shape,
    metadata: VoucherMetadata.optional().describe('Joined with what there is'),
    ...CreateVoucher.pick({ category: true, start_date: true, expiration_date: true }).shape,
    ...ChangeVoucher.pick({ validation_rules: true, validation_rules_assignments: true }).shape,
    voucher: z.unknown().optional().describe('What its codes give cannot be changed: it must be what it is'),
  })
  .openapi('VoucherCampaignUpdate');
export type ChangeCampaign = z.infer<typeof ChangeCampaign>;

export const Campaign = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    campaign_type: z.enum(['DISCOUNT_COUPONS', 'GIFT_VOUCHERS']),
    type: z.enum(['STATIC', 'AUTO_UPDATE', 'STANDALONE']),
    vouchers_count: z.int(),
    vouchers_generation_status: z.enum(['IN_PROGRESS', 'DONE', 'FAILED']),
    active: z.boolean(),
    join_once: z.boolean(),
    object: z.literal('campaign'),
  })
  .openapi('VoucherCampaign');
export type Campaign = z.infer<typeof Campaign>;

/** What is the code's own; the rest is as the campaign says. */
export const AddVoucher = z
  .strictObject({
    metadata: VoucherMetadata.nullish(),
    ...CreateVoucher.pick({ category: true, redemption: true, additional_info: true }).shape,
  })
  .openapi('VoucherCampaignVoucher');

export const AddVouchersQuery = z.object({
  vouchers_count: z.coerce.number().pipe(z.int().min(1).max(MOST_VOUCHERS)).default(1),
});

const name = z.string().min(1).max(200);
export const Publish = z
  .strictObject({
    voucher: name.optional().describe('A code'),
    campaign: z
      .strictObject({ id: name.optional(), name: name.optional(), count: z.int().min(1).max(MOST_CODES).default(1) })
      .optional(),
    customer: VoucherCustomer,
    source_id: name.nullish(),
    channel: z.string().max(100).nullish(),
    metadata: VoucherMetadata.nullish(),
  })
  .openapi('VoucherPublish');

export const PublishQuery = z.object({ join_once: z.enum(['true', 'false']).default('false') });

export const Publication = z
  .looseObject({
    id: z.string(),
    object: z.literal('publication'),
    customer_id: z.string(),
    result: z.literal('SUCCESS'),
    voucher: Voucher.optional(),
    vouchers_id: z.array(z.string()),
  })
  .openapi('VoucherPublication');

export const ListedPublication = z
  .looseObject({
    id: z.string(),
    object: z.literal('publication'),
    customer_id: z.string(),
    result: z.enum(['SUCCESS', 'FAILURE']),
    vouchers_id: z.array(z.string()),
  })
  .openapi('VoucherListedPublication');
export type ListedPublication = z.infer<typeof ListedPublication>;
