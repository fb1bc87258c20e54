/** The tiers, what counts towards them, how long one is kept. */
import { z } from '@hono/zod-openapi';

export const TierProgramme = z.strictObject({}).openapi('TierProgramme');
