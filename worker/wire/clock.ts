/** What the merchant's API says of a test shop's clock. */
import { z } from '@hono/zod-openapi';

/** The platform knows no alarms after this, and no points run out later. */
export const LATEST_MS = Date.UTC(2189, 0, 1) - 1;

export const Clock = z
  .object({
    nowMs: z.int().describe("The shop's instant"),
    frozen: z.boolean().describe('false: it still runs with real time; from the first POST on it moves by POSTs alone'),
    status: z.enum(['ready', 'advancing']),
    jobId: z.string().nullable().describe('The job that advances it'),
  })
  .openapi('Clock');

export const ClockAdvance = z
  .strictObject({
    toMs: z.int().min(0).max(LATEST_MS, 'must be before the year 2189').optional().describe('The instant to reach'),
    by: z
      .string()
      .max(40)
      .optional()
      .describe('Or how far from now, as an ISO 8601 duration: P1D, P2Y, PT36H; PT0S only stops the clock'),
  })
  .refine(({ toMs, by }) => (toMs === undefined) !== (by === undefined), 'needs one of toMs and by')
  .openapi('ClockAdvance');
