/** Many vouchers in one request, and the work that such a request starts, as Voucherify's clients write and read them. */
import { z } from '@hono/zod-openapi';
import { CreateVoucher, VoucherMetadata } from './voucher-vouchers.ts';

/** A request holds as many as fit into 10 MB, and no more than this. */
export const MOST_LINES = 100_000;
export const LARGEST_FILE = 10 * 1024 * 1024;

const code = z.string().min(1).max(200);

/** Each is held against its own schema, and told by itself where it breaks it. */
const items = z
  .array(z.looseObject({}).openapi({ type: 'object' }))
  .min(1)
  .max(MOST_LINES);
export const VoucherImport = items.openapi('VoucherImport');
export const CodeImport = items.openapi('VoucherCodeImport');

export const CodeImportItem = z.strictObject({
  code,
  active: z.boolean().nullish(),
  additional_info: z.string().max(1_000).nullish(),
  metadata: VoucherMetadata.nullish(),
  ...CreateVoucher.pick({ category: true, start_date: true, expiration_date: true, redemption: true }).shape,
});
export type CodeImportItem = z.infer<typeof CodeImportItem>;

export const MetadataUpdate = z
  .strictObject({ codes: z.array(code).min(1).max(MOST_LINES), metadata: VoucherMetadata })
  .openapi('VoucherMetadataUpdate');
export const BulkUpdate = z
  .array(z.strictObject({ code, metadata: VoucherMetadata }))
  .min(1)
  .max(MOST_LINES)
  .openapi('VoucherBulkUpdate');

export const FileForm = z.object({ file: z.any().openapi({ type: 'string', format: 'binary' }) });

export const AsyncActionStarted = z.object({ async_action_id: z.string() }).openapi('VoucherAsyncActionStarted');

export const AsyncAction = z
  .object({
    id: z.string(),
    type: z.string(),
    status: z.enum(['ACCEPTED', 'IN_PROGRESS', 'DONE', 'FAILED', 'CANCELED']),
    operation_status: z.enum(['SUCCESS', 'FAILED']).nullable().describe('null: it goes on'),
    progress: z.int().describe('Of 100'),
    result: z
      .looseObject({
        message: z.string(),
        done_count: z.int(),
        failed_count: z.int(),
        failed: z.array(z.looseObject({ line: z.int() })).describe('The first 100 that were refused, with the rule'),
      })
      .nullable(),
    created_at: z.string(),
    updated_at: z.string().nullable(),
    object: z.literal('async_action'),
  })
  .openapi('VoucherAsyncAction');
export type AsyncAction = z.infer<typeof AsyncAction>;

const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1')
  .transform(Number)
  .refine((one) => one <= 100, 'must be at most 100')
  .default(10);
export const AsyncActionQuery = z.object({
  limit,
  end_date: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 date')
    .optional()
    .describe('Those that were begun by then'),
});
export const AsyncActionList = z
  .object({
    object: z.literal('list'),
    data_ref: z.literal('async_actions'),
    async_actions: z.array(AsyncAction.omit({ result: true })),
    has_more: z.boolean(),
  })
  .openapi('VoucherAsyncActionList');
