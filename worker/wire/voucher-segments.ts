/** Segments as Voucherify's clients ask for them and read them. */
import { z } from '@hono/zod-openapi';
import { SegmentDefinition } from './segment-definition.ts';

const SEGMENT_ORDERS = [
  'created_at',
  '-created_at',
  'updated_at',
  '-updated_at',
  'name',
  '-name',
  'id',
  '-id',
] as const;
export type SegmentOrder = (typeof SEGMENT_ORDERS)[number];

const count = z.string().regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1');
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 date');

export const CREATED_BEFORE = 'filters[created_at][conditions][$before]';
export const CREATED_AFTER = 'filters[created_at][conditions][$after]';

/** What is not known here is left aside, as these clients expect. */
export const VoucherSegmentQuery = z.object({
  limit: count
    .transform(Number)
    .refine((limit) => limit <= 100, 'must be at most 100')
    .default(10)
    .describe('1 to 100'),
  page: count.transform(Number).default(1).describe('From 1'),
  order: z.enum(SEGMENT_ORDERS).default('-created_at').describe('A dash before it: descending'),
  [CREATED_BEFORE]: instant.optional(),
  [CREATED_AFTER]: instant.optional(),
});

const object = z.literal('segment');

export const VoucherSegment = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: z.string().describe('ISO 8601'),
    updated_at: z.string().nullable().describe('null: never'),
    metadata: z.object({}),
    type: z.literal('auto-update').describe('All are live, and tell who enters and leaves'),
    initial_sync_status: z
      .enum(['IN_PROGRESS', 'DONE'])
      .describe('In progress while customers are held against changed definitions'),
    filter: z.object({}).describe('Always empty: what it asks for stands in `definition`'),
    definition: SegmentDefinition,
    object,
  })
  .openapi('VoucherSegment');
export type VoucherSegment = z.infer<typeof VoucherSegment>;

const VoucherSegmentName = z.object({ id: z.string(), name: z.string(), object });
export type VoucherSegmentName = z.infer<typeof VoucherSegmentName>;

function listed<T extends z.ZodType>(item: T) {
  return z.object({ object: z.literal('list'), data_ref: z.literal('data'), data: z.array(item), total: z.int() });
}

export const VoucherSegmentList = listed(VoucherSegment).openapi('VoucherSegmentList');
export const VoucherCustomerSegments = listed(VoucherSegmentName).openapi('VoucherCustomerSegments');
