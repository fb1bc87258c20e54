/** What a birthday brings. */
import { z } from '@hono/zod-openapi';

export const BirthdayProgramme = z.strictObject({}).openapi('BirthdayProgramme');
