/** Custom events and metadata schemas as Voucherify's clients write and read them. */
import { z } from '@hono/zod-openapi';
import { VoucherCustomer } from './voucher-customers.ts';
import { VoucherMetadata } from './voucher-vouchers.ts';

const Code = z.looseObject({ code: z.string().max(200).optional() });

export const TrackEvent = z
  .looseObject({
    event: z.string().min(1).max(255),
    customer: VoucherCustomer,
    metadata: VoucherMetadata.nullish(),
    referral: Code.nullish().describe('Not read'),
    loyalty: Code.nullish().describe('Not read'),
  })
  .openapi('VoucherTrack');
export type TrackEvent = z.infer<typeof TrackEvent>;

export const TrackedEvent = z
  .object({
    object: z.literal('event'),
    type: z.string(),
    customer: z.object({ id: z.string(), object: z.literal('customer') }),
    referral: z.null(),
    loyalty: z.null(),
  })
  .openapi('VoucherTracked');

const Property = z.object({
  type: z.enum(['string', 'number', 'boolean', 'date', 'datetime', 'object']),
  array: z.boolean(),
  optional: z.boolean(),
});
export const MetadataSchema = z
  .object({
    id: z.string(),
    related_object: z.string().describe('What it is of; `custom_event` with `name`'),
    name: z.string().optional(),
    properties: z.record(z.string(), Property),
    allow_defined_only: z.boolean().describe('What differs is refused'),
    created_at: z.string(),
    updated_at: z.string().nullable(),
    object: z.literal('metadata_schema'),
  })
  .openapi('VoucherMetadataSchema');
export type MetadataSchema = z.infer<typeof MetadataSchema>;

export const MetadataSchemaList = z
  .object({
    object: z.literal('list'),
    data_ref: z.literal('schemas'),
    schemas: z.array(MetadataSchema),
    total: z.int(),
  })
  .openapi('VoucherMetadataSchemaList');
