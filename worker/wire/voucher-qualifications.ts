/** Qualifications as Voucherify's clients ask for them and read them. */
import { z } from '@hono/zod-openapi';
import { VoucherCustomer } from './voucher-customers.ts';
import { VoucherOrder } from './voucher-redemptions.ts';
import { VoucherMetadata } from './voucher-vouchers.ts';

export const SCENARIOS = [
  'ALL',
  'CUSTOMER_WALLET',
  'AUDIENCE_ONLY',
  'PRODUCTS',
  'PRODUCTS_DISCOUNT',
  'PROMOTION_STACKS',
  'PRODUCTS_BY_CUSTOMER',
  'PRODUCTS_DISCOUNT_BY_CUSTOMER',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

const instant = z.string().refine((one) => !Number.isNaN(Date.parse(one)), 'must be an ISO 8601 date');
const MOST = 50;

const Options = z.looseObject({
  limit: z.int().min(1).max(MOST).default(5),
  starting_after: instant.optional(),
  sorting_rule: z.enum(['BEST_DEAL', 'LEAST_DEAL', 'DEFAULT']).default('DEFAULT'),
  expand: z.array(z.enum(['redeemable', 'category', 'validation_rules'])).default([]),
  filters: z.record(z.string(), z.json()).optional().openapi({ type: 'object' }),
});

const asked = {
  customer: VoucherCustomer.nullish(),
  order: VoucherOrder.nullish(),
  metadata: VoucherMetadata.nullish(),
  tracking_id: z.string().max(300).nullish(),
};

export const Qualify = z
  .looseObject({
    ...asked,
    mode: z.enum(['BASIC', 'ADVANCED']).optional(),
    scenario: z.enum(SCENARIOS).default('ALL'),
    options: Options.default({ limit: 5, sorting_rule: 'DEFAULT', expand: [] }),
  })
  .openapi('VoucherQualify');
export type Qualify = z.infer<typeof Qualify>;

/** The older way to ask, of vouchers or of campaigns. */
export const Examine = z.looseObject(asked).openapi('VoucherExamine');
export const ExamineQuery = z.object({
  audienceRulesOnly: z.enum(['true', 'false']).default('false'),
  order: z.enum(['created_at', '-created_at', 'updated_at', '-updated_at']).default('-created_at'),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((one) => one <= 100, 'must be at most 100')
    .default(10),
});

const Redeemable = z.looseObject({
  id: z.string(),
  object: z.literal('voucher'),
  created_at: z.string(),
  result: z.looseObject({}),
});
export const Qualification = z
  .looseObject({
    redeemables: z.object({
      object: z.literal('list'),
      data_ref: z.literal('data'),
      data: z.array(Redeemable),
      total: z.int(),
      has_more: z.boolean(),
      more_starting_after: z.string().optional(),
    }),
  })
  .openapi('VoucherQualification');

export const Examined = z
  .object({
    object: z.literal('list'),
    data_ref: z.literal('data'),
    data: z.array(z.looseObject({ id: z.string() })),
    total: z.int(),
  })
  .openapi('VoucherExamined');
