/** What the programme gives by itself: for entering a tier, for a birthday. */
import { z } from '@hono/zod-openapi';

export const programmeId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, - and _, and begin with a letter or a digit');

export const Bonus = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('points'), points: z.int().min(1).max(1_000_000_000) }),
    z.strictObject({
      kind: z.literal('reward'),
      reward: programmeId.describe('The id of one of the rewards of the programme'),
    }),
  ])
  .openapi('Bonus');
