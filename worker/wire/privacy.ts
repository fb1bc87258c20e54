/** What the merchant's API says of privacy requests. */
import { z } from '@hono/zod-openapi';
import { ErasureSummary } from './erasures.ts';
import { page } from './parts.ts';

export const PrivacyRequestSummary = z
  .object({
    id: z.string(),
    kind: z
      .enum(['access', 'erasure', 'shop_erasure'])
      .describe('A copy of one customer’s data, the erasure of one, or of all that the platform told'),
    source: z.string(),
    reference: z.string().nullable().describe("The source's own number of it"),
    state: z.enum(['open', 'done']),
    requestedAtMs: z.int(),
    receivedAtMs: z.int(),
    dueAtMs: z.int().describe('30 days after it was asked'),
    finishedAtMs: z.int().nullable(),
    subject: z
      .object({ shopifyId: z.string().nullable(), email: z.string().nullable(), phone: z.string().nullable() })
      .nullable()
      .describe('Who it is about, as the source says; null: the whole shop'),
    orderCount: z.int(),
  })
  .openapi('PrivacyRequestSummary');
export const PrivacyRequestList = page(PrivacyRequestSummary).openapi('PrivacyRequestList');
export const PrivacyRequest = PrivacyRequestSummary.extend({
  orders: z.array(z.string()).describe('The orders it names'),
}).openapi('PrivacyRequest');

export const CarriedOut = z
  .object({
    request: PrivacyRequestSummary,
    erasures: z.array(ErasureSummary).describe('None: nobody was known by it'),
  })
  .openapi('CarriedOut');
