/** What points can be spent on. */
import { z } from '@hono/zod-openapi';

export const RewardProgramme = z.strictObject({}).openapi('RewardProgramme');
