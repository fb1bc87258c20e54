/** Validations, redemptions and rollbacks as Voucherify's clients write and read them. Amounts are hundredths. */
import { z } from '@hono/zod-openapi';
import { VoucherCustomer } from './voucher-customers.ts';
import { Amount, Voucher, VoucherMetadata } from './voucher-vouchers.ts';

const Name = z.string().min(1).max(300);
const MOST_ITEMS = 500;
const MOST_REDEEMABLES = 30;

const Item = z.looseObject({
  source_id: Name.optional(),
  product_id: Name.optional(),
  sku_id: Name.optional(),
  quantity: z.int().min(1).max(1_000_000).default(1),
  price: Amount.optional(),
  amount: Amount.optional(),
  metadata: VoucherMetadata.optional(),
});
export const VoucherOrder = z.looseObject({
  id: Name.optional(),
  source_id: Name.nullish(),
  amount: Amount.optional(),
  items: z.array(Item).max(MOST_ITEMS).optional(),
  metadata: VoucherMetadata.optional(),
});
export type VoucherOrder = z.infer<typeof VoucherOrder>;

const UNITS = ['NANOSECONDS', 'MICROSECONDS', 'MILLISECONDS', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS'] as const;
export const VoucherSession = z.strictObject({
  type: z.literal('LOCK').default('LOCK'),
  key: z.string().min(1).max(200).optional(),
  ttl: z.int().min(1).max(10_000_000).optional(),
  ttl_unit: z.enum(UNITS).default('DAYS'),
});
export type VoucherSession = z.infer<typeof VoucherSession>;

const Gift = z.strictObject({ credits: z.int().min(1).max(100_000_000_000) });
/** What answers are to tell more of. `order` is told of anyway. */
const EXPANDS = ['order', 'redeemable', 'redemption', 'category'] as const;
export type Expand = (typeof EXPANDS)[number];
const Options = z.strictObject({ expand: z.array(z.enum(EXPANDS)).max(10).default([]) });

const asked = {
  customer: VoucherCustomer.nullish(),
  order: VoucherOrder.nullish(),
  metadata: VoucherMetadata.nullish(),
  session: VoucherSession.nullish(),
  tracking_id: z.string().max(300).nullish(),
};

export const AskOne = z.strictObject({ ...asked, gift: Gift.nullish() }).openapi('VoucherAskOne');
const Redeemable = z.strictObject({
  object: z.literal('voucher'),
  id: z.string().min(1).max(200),
  gift: Gift.nullish(),
});
export const AskStack = z
  .strictObject({
    ...asked,
    redeemables: z.array(Redeemable).min(1).max(MOST_REDEEMABLES),
    options: Options.nullish(),
  })
  .openapi('VoucherAskStack');
export type AskOne = z.infer<typeof AskOne>;
export type AskStack = z.infer<typeof AskStack>;

export const RollBack = z
  .strictObject({
    customer: VoucherCustomer.nullish(),
    order: VoucherOrder.nullish(),
    amount: z
      .int()
      .min(1)
      .max(100_000_000_000)
      .nullish()
      .describe('Of what a gift card paid alone: this much goes back; absent: all that has not gone back yet'),
  })
  .openapi('VoucherRollBack');
/** Clients that send no body name the amount here. What is not known is refused: left aside, all of it would go back. */
export const RollBackQuery = z.strictObject({
  reason: z.string().max(500).optional(),
  tracking_id: z.string().max(300).optional(),
  amount: z
    .string()
    .regex(/^[1-9]\d{0,11}$/, 'must be a positive whole number')
    .transform(Number)
    .optional(),
});

export const Redemption = z
  .looseObject({
    id: z.string(),
    object: z.enum(['redemption', 'redemption_rollback']),
    date: z.string(),
    customer_id: z.string().nullable(),
    tracking_id: z.null(),
    amount: z.int().optional(),
    result: z.enum(['SUCCESS', 'FAILURE']),
    status: z.enum(['SUCCEEDED', 'FAILED', 'ROLLED_BACK']),
    redemption: z.string().optional(),
    voucher: Voucher.nullable(),
  })
  .openapi('VoucherRedemption');
export type Redemption = z.infer<typeof Redemption>;

export const Redemptions = z
  .looseObject({ redemptions: z.array(Redemption), parent_redemption: z.looseObject({ id: z.string() }).optional() })
  .openapi('VoucherRedemptions');
export const Rollbacks = z
  .looseObject({
    rollbacks: z.array(Redemption),
    parent_rollback: z.looseObject({ id: z.string(), redemption: z.string() }),
  })
  .openapi('VoucherRollbacks');
export const Validation = z.looseObject({ valid: z.boolean() }).openapi('VoucherValidation');
