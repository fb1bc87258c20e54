/** Who takes part: everybody, or whoever joins; and who never does. */
import { z } from '@hono/zod-openapi';

export const MemberProgramme = z.strictObject({}).openapi('MemberProgramme');
