/** What Voucherify's browser client sends, where it differs from what its server client does: a validation stands in a query. */
import { z } from '@hono/zod-openapi';
import { AskOne, VoucherSession } from './voucher-redemptions.ts';
import { VoucherMetadata } from './voucher-vouchers.ts';

/** A query has texts only. */
const Whole = z
  .string()
  .regex(/^-?\d{1,15}$/, 'must be a whole number')
  .transform(Number);
const Name = z.string().min(1).max(300);
const MOST_ITEMS = 500;

const Item = z.looseObject({
  source_id: Name.optional(),
  product_id: Name.optional(),
  sku_id: Name.optional(),
  quantity: Whole.optional(),
  price: Whole.optional(),
  amount: Whole.optional(),
});
const Items = z.array(Item).max(MOST_ITEMS);

export const ClientValidation = z
  .looseObject({
    code: z.string().trim().min(1).max(200),
    amount: Whole.optional(),
    item: Items.optional(),
    items: Items.optional(),
    metadata: VoucherMetadata.optional(),
    order: z.looseObject({ metadata: VoucherMetadata.optional() }).optional(),
    customer: z.looseObject({ source_id: Name.optional() }).optional(),
    session_type: z.literal('LOCK').optional(),
    session_key: z.string().min(1).max(200).optional(),
    session_ttl: Whole.optional(),
    session_ttl_unit: VoucherSession.shape.ttl_unit.optional(),
  })
  .transform(({ code, amount, item, items, metadata, order, customer, ...session }) => {
    const lines = item ?? items;
    const isOrder = amount !== undefined || lines !== undefined;
    return {
      code,
      asked: {
        customer,
        metadata,
        ...(isOrder ? { order: { amount, items: lines, metadata: order?.metadata } } : {}),
        ...(session.session_type === undefined ? {} : { session: sessionIn(session) }),
      },
    };
  })
  .transform(({ code, asked }, context) => {
    const read = AskOne.safeParse(asked);
    if (read.success) return { code, asked: read.data };
    for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });

interface SessionQuery {
  session_key?: string | undefined;
  session_ttl?: number | undefined;
  session_ttl_unit?: VoucherSession['ttl_unit'] | undefined;
}

function sessionIn({ session_key, session_ttl, session_ttl_unit }: SessionQuery) {
  return { type: 'LOCK' as const, key: session_key, ttl: session_ttl, ttl_unit: session_ttl_unit };
}

export const ClientRedeemQuery = z.object({ code: z.string().trim().min(1).max(200) });

export const ClientPublishQuery = z.object({
  campaign: z.string().trim().min(1).max(200).describe('Its name or id'),
  join_once: z.enum(['true', 'false']).optional(),
});

export const ClientPublish = z
  .looseObject({
    customer: z.looseObject({ source_id: z.string().min(1).max(255) }),
    channel: z.string().max(100).nullish(),
    source_id: Name.nullish(),
    metadata: VoucherMetadata.nullish(),
  })
  .openapi('VoucherClientPublish');

/** The query of a validation, as documentation: bracketed names are read by hand. */
export const ClientValidationQuery = z.object({
  code: z.string().describe('The voucher'),
  amount: z.string().optional().describe('Of the order, in hundredths'),
  tracking_id: z.string().optional().describe('Not read'),
  session_type: z.string().optional().describe('`LOCK`: keep a use, for at most a day'),
  session_key: z.string().optional(),
});

export const ClientVoucherQuery = z.object({
  campaign: z.string().max(200).optional(),
  category: z.string().max(100).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((one) => one <= 100, 'must be at most 100')
    .default(10),
  page: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1')
    .transform(Number)
    .default(1),
});
const ClientVoucher = z.looseObject({ code: z.string(), active: z.boolean(), object: z.literal('voucher') });
export const ClientVoucherList = z
  .object({
    object: z.literal('list'),
    data_ref: z.literal('vouchers'),
    vouchers: z.array(ClientVoucher),
    total: z.int(),
  })
  .openapi('VoucherClientList');
