/** What bringing a friend brings, and what keeps it honest. */
import { z } from '@hono/zod-openapi';

export const ReferralProgramme = z.strictObject({}).openapi('ReferralProgramme');
