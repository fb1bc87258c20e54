/** What may be asked of the files that hold all points of a shop. */
import { z } from '@hono/zod-openapi';

const after = z.string().min(1).max(100).describe('A customer id: only those that come after it, by id');
const limit = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'must be a whole number from 1')
  .transform(Number)
  .refine((most) => most <= 10_000, 'must be at most 10000')
  .describe(
    'Ends after so many customers; the header `X-Next-After` then says where to go on, and is missing on the last file. ' +
      'Default: all of them',
  );
const instant = z
  .string()
  .min(1)
  .max(40)
  .describe('ISO 8601, or milliseconds since 1970; without a zone it is where the shop is');

export const StretchQuery = z.strictObject({ after: after.optional(), limit: limit.optional() });
export const LedgerQuery = StretchQuery.extend({
  from: instant.optional().describe('Only what took effect at this instant or after it'),
  to: instant.optional().describe('Only what took effect before this instant'),
});
export const OpeningsQuery = z.strictObject({});
