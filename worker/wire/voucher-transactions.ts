/** What moved the money of a gift card, as Voucherify's clients read it. Amounts are hundredths. */
import { z } from '@hono/zod-openapi';

const balance = z.looseObject({
  type: z.literal('gift_voucher'),
  total: z.int().describe('All that was ever put on it'),
  amount: z.int().describe('Signed'),
  object: z.literal('balance'),
  balance: z.int().describe('Afterwards'),
  related_object: z.object({ id: z.string(), type: z.literal('voucher') }),
});

export const Transaction = z
  .object({
    id: z.string(),
    source_id: z.string().nullable(),
    voucher_id: z.string(),
    campaign_id: z.string().nullable(),
    source: z.literal('API').nullable(),
    reason: z.string().nullable(),
    type: z.enum(['CREDITS_REDEMPTION', 'CREDITS_REFUND', 'CREDITS_ADDITION', 'CREDITS_REMOVAL']),
    details: z.looseObject({ balance }),
    related_transaction_id: z.string().nullable(),
    created_at: z.string(),
  })
  .openapi('VoucherTransaction');
export type Transaction = z.infer<typeof Transaction>;

const whole = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);

export const TransactionQuery = z.object({
  limit: whole.refine((limit) => limit <= 100, 'must be at most 100').default(10),
  page: whole.default(1),
  starting_after_id: z.string().max(300).optional(),
  order: z
    .enum(['id', '-id', 'created_at', '-created_at'])
    .default('-id')
    .describe('By time; a dash: the newest first'),
});

export const TransactionList = z
  .object({
    object: z.literal('list'),
    data_ref: z.literal('data'),
    data: z.array(Transaction),
    has_more: z.boolean(),
    more_starting_after: z.string().optional(),
  })
  .openapi('VoucherTransactionList');
