/** A gift card's transactions as a file, as Voucherify's clients ask for it. */
import { z } from '@hono/zod-openapi';

export const TRANSACTION_FIELDS = [
  'id',
  'campaign_id',
  'voucher_id',
  'type',
  'source_id',
  'reason',
  'source',
  'balance',
  'amount',
  'related_transaction_id',
  'created_at',
  'details',
] as const;
const ORDERS = ['created_at', '-created_at'] as const;

export const ExportWanted = z
  .strictObject({
    parameters: z
      .strictObject({
        order: z.enum(ORDERS).default('-created_at'),
        fields: z.array(z.enum(TRANSACTION_FIELDS)).min(1).max(TRANSACTION_FIELDS.length).optional(),
      })
      .optional(),
  })
  .openapi('VoucherExportWanted');

/** What an export's id says of it: the voucher's code, the order, the fields, when it was asked for. */
export const ExportName = z.tuple([
  z.string().min(1).max(200),
  z.enum(ORDERS),
  z.array(z.enum(TRANSACTION_FIELDS)).min(1).max(TRANSACTION_FIELDS.length),
  z.int().min(0),
]);
export type ExportName = z.infer<typeof ExportName>;

export const Export = z
  .object({
    id: z.string(),
    object: z.literal('export'),
    created_at: z.string(),
    status: z.enum(['SCHEDULED', 'DONE']),
    channel: z.literal('API'),
    exported_object: z.literal('voucher_transactions'),
    parameters: z.object({
      order: z.string(),
      fields: z.array(z.string()),
      filters: z.object({ voucher_id: z.object({ conditions: z.object({ $in: z.array(z.string()) }) }) }),
    }),
    result: z.object({ url: z.string().describe('CSV; read with the same keys') }).nullable(),
    user_id: z.null(),
  })
  .openapi('VoucherExport');
export type Export = z.infer<typeof Export>;
