/** Customers as Voucherify's clients write and read them. */
import { z } from '@hono/zod-openapi';
import { VoucherMetadata } from './voucher-vouchers.ts';

const text = (most: number) => z.string().max(most).nullish();
const Name = z.string().min(1).max(255);

const Address = z.looseObject({
  city: text(255),
  state: text(255),
  line_1: text(255),
  line_2: text(255),
  country: text(255),
  postal_code: text(255),
});

/** What clients say of a customer; what else they send along is not read. */
const Said = z.looseObject({
  name: text(255),
  description: text(1_000),
  email: text(255),
  phone: text(255),
  birthday: text(40),
  birthdate: text(40),
  address: Address.nullish(),
  metadata: VoucherMetadata.nullish(),
});

/** As it comes with a redemption, a validation or a publication. */
export const VoucherCustomer = z.looseObject({
  ...Said.shape,
  id: z.string().min(1).max(300).optional(),
  source_id: Name.nullish(),
});

export type VoucherCustomer = z.infer<typeof VoucherCustomer>;

export const CustomerWrite = z
  .looseObject({ ...Said.shape, id: Name.optional(), source_id: Name.nullish() })
  .openapi('VoucherCustomerWrite');
export type CustomerWrite = z.infer<typeof CustomerWrite>;

const MOST_BULK = 100_000;
export const CustomerBulk = z
  .array(z.looseObject({ ...Said.shape, source_id: Name }))
  .min(1)
  .max(MOST_BULK)
  .openapi('VoucherCustomerBulk');
export const CustomerMetadata = z
  .looseObject({ source_ids: z.array(Name).min(1).max(MOST_BULK), metadata: VoucherMetadata })
  .openapi('VoucherCustomerMetadata');

const count = z.int();
const Summary = z.object({
  redemptions: z.object({
    total_redeemed: count,
    total_failed: count,
    total_succeeded: count,
    total_rolled_back: count,
    total_rollback_failed: count,
    total_rollback_succeeded: count,
    gift: z.object({ redeemed_amount: count, amount_to_go: count }),
    loyalty_card: z.object({ redeemed_points: count, points_to_go: count }),
  }),
  orders: z.object({
    total_amount: count,
    total_count: count,
    average_amount: count,
    last_order_amount: count,
    last_order_date: z.string().nullable(),
  }),
});

const shown = z.string().nullable();
export const Customer = z
  .object({
    id: z.string(),
    source_id: shown,
    name: shown,
    description: shown,
    email: shown,
    phone: shown,
    birthday: shown,
    birthdate: shown,
    address: z.record(z.string(), z.json().openapi({ type: 'string' })).nullable(),
    metadata: z.record(z.string(), z.json().openapi({ type: 'object' })),
    summary: Summary.describe('Of the 1,000 newest orders, and of the vouchers that the customer holds'),
    loyalty: z.object({ points: count, referred_customers: count, campaigns: z.object({}) }),
    referrals: z.object({ total: count, campaigns: z.array(z.object({})) }),
    system_metadata: z.object({}),
    created_at: z.string(),
    updated_at: z.string().nullable(),
    object: z.literal('customer'),
  })
  .openapi('VoucherCustomer');
export type Customer = z.infer<typeof Customer>;

/** What a page hears of whom it told of. */
export const ClientCustomer = z
  .object({ id: z.string(), source_id: z.string(), object: z.literal('customer') })
  .openapi('VoucherClientCustomer');

const whole = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);
const limit = whole.refine((one) => one <= 100, 'must be at most 100').default(10);
const instant = z.string().refine((one) => !Number.isNaN(Date.parse(one)), 'must be an ISO 8601 date');

export const CustomerQuery = z.object({
  limit,
  page: whole.default(1),
  email: z.string().max(255).optional(),
  name: z.string().max(255).optional(),
  order: z.enum(['created_at', '-created_at']).default('-created_at'),
  starting_after: instant.optional().describe('`created_at` of the last one of the page before'),
  'created_at[before]': instant.optional(),
  'created_at[after]': instant.optional(),
});
export type CustomerQuery = z.infer<typeof CustomerQuery>;

export const CustomerList = z
  .object({
    object: z.literal('list'),
    data_ref: z.literal('customers'),
    customers: z.array(Customer),
    total: count,
    has_more: z.boolean(),
  })
  .openapi('VoucherCustomerList');

/** The client reads the name as it is misspelt. */
export const PermanentDeletion = z
  .object({
    id: z.string(),
    created_at: z.string(),
    related_object_id: z.string(),
    related_object: z.literal('customer'),
    status: z.enum(['DONE', 'IN_PROGRESS']),
    data_json: z.object({
      events: count,
      customer_events: count,
      daily_events: count,
      segments: count,
      orders: count,
      order_events: count,
      customer: z.literal(1),
    }),
    object: z.literal('pernament_deletion'),
  })
  .openapi('VoucherPermanentDeletion');
export type PermanentDeletion = z.infer<typeof PermanentDeletion>;

export const ActivityQuery = z.object({
  limit,
  order: z.enum(['created_at', '-created_at']).default('-created_at'),
  starting_after_id: z.string().max(100).optional(),
  type: z.string().max(255).optional(),
  category: z.enum(['ACTION', 'EFFECT']).optional(),
  campaign_id: z.string().max(255).optional(),
  start_date: instant.optional(),
  end_date: instant.optional(),
});
export type ActivityQuery = z.infer<typeof ActivityQuery>;

const Activity = z.looseObject({ id: z.string(), type: z.string(), created_at: z.string(), category: z.string() });
const listed = { object: z.literal('list'), data_ref: z.literal('data'), has_more: z.boolean() };
export const ActivityList = z
  .object({ ...listed, data: z.array(Activity), more_starting_after: z.string().optional() })
  .openapi('VoucherActivityList');

export const RedeemableQuery = z.object({
  limit,
  order: z.enum(['created_at', '-created_at', 'id', '-id']).default('-created_at'),
  starting_after_id: z.string().max(100).optional(),
});
const Redeemable = z.looseObject({ id: z.string(), redeemable_id: z.string(), redeemable_object: z.string() });
export const RedeemableList = z
  .object({ ...listed, data: z.array(Redeemable), total: count, more_starting_after: z.string().optional() })
  .openapi('VoucherRedeemableList');
