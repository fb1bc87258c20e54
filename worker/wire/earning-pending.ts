/** Points that wait, as the merchant sees and decides on them. */
import { z } from '@hono/zod-openapi';
import { page } from './parts.ts';

export const PendingPoints = z
  .object({
    id: z.int(),
    points: z.int(),
    rule: z.object({ id: z.string(), name: z.string() }).nullable(),
    orderId: z.string().nullable(),
    sinceMs: z.int().describe('When they were earned'),
    releasesAtMs: z.int().nullable().describe('When they can be spent by themselves; null: somebody has to say so'),
  })
  .openapi('PendingPoints');
export const PendingPointsList = page(PendingPoints).openapi('PendingPointsList');

export const PendingDecision = z
  .strictObject({
    reason: z.string().trim().min(1).max(200).nullable().default(null).describe('Only the merchant sees it'),
  })
  .openapi('PendingDecision');

export const PendingDecided = z
  .object({
    customer: z.string(),
    pending: z.int(),
    points: z.int(),
    action: z.enum(['approve', 'void']),
    balance: z.int().nullable().describe('After it; null where nothing was added'),
  })
  .openapi('PendingDecided');
