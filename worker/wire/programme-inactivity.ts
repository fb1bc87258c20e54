/** When a whole balance runs out because nothing happened, and the notices before points run out. */
import { z } from '@hono/zod-openapi';

export const InactivityProgramme = z.strictObject({}).openapi('InactivityProgramme');
