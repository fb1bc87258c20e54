/** What the merchant's API says of erasures. */
import { z } from '@hono/zod-openapi';
import { page } from './parts.ts';

const OWNERS = ['customers', 'vouchers', 'copies', 'events', 'requests'] as const;

export const ErasureSummary = z
  .object({
    id: z.string(),
    customer: z.string().describe('The id they had; it leads to nobody any more'),
    state: z
      .enum(['waiting', 'going', 'done'])
      .describe('waiting: a merge with the customer ends first; going: the owners below are forgetting them'),
    requestedAtMs: z.int(),
    erasedAtMs: z
      .int()
      .nullable()
      .describe('What occurred before is dropped, later events start a new customer; null: it has not begun'),
    finishedAtMs: z.int().nullable(),
    owners: z.array(z.object({ owner: z.enum(OWNERS), state: z.enum(['open', 'done']) })),
    lateEvents: z.int().describe('Events of theirs that came afterwards and were dropped'),
  })
  .openapi('ErasureSummary');
export const ErasureList = page(ErasureSummary).openapi('ErasureList');
export const Erasure = ErasureSummary.extend({
  late: z
    .array(z.object({ name: z.string(), atMs: z.int(), recordedAtMs: z.int() }))
    .describe('The last 100 of those, the newest first: their names and times alone'),
}).openapi('Erasure');
