/** Campaigns and publications as Voucherify's clients write and read them. Amounts are hundredths. */
import { z } from '@hono/zod-openapi';
import { VoucherCustomer } from './voucher-redemptions.ts';
import { CreateVoucher, Voucher, VoucherMetadata } from './voucher-vouchers.ts';

const MOST_CODES = 50;
const MOST_VOUCHERS = 100_000;

const Codes = z.strictObject({
  ...CreateVoucher.pick({ type: true, discount: true, gift: true, redemption: true, code_config: true }).shape,
});

export const CreateCampaign = z
  .strictObject({
    name: z.string().min(1).max(200),
    campaign_type: z.enum(['DISCOUNT_COUPONS', 'GIFT_VOUCHERS']).default('DISCOUNT_COUPONS'),
    type: z.enum(['STATIC', 'AUTO_UPDATE']).default('AUTO_UPDATE'),
    join_once: z.boolean().default(false),
    vouchers_count: z.int().min(0).max(MOST_VOUCHERS).default(0),
    voucher: Codes,
    metadata: VoucherMetadata.default({}),
    ...CreateVoucher.pick({ category: true, start_date: true, expiration_date: true, active: true }).shape,
  })
  .openapi('VoucherCampaignCreate');
export type CreateCampaign = z.infer<typeof CreateCampaign>;

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
