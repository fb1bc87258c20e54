/** What earns points besides the base rate of orders: rules, limits, bonus campaigns, waiting periods. */
import { z } from '@hono/zod-openapi';

export const EarningProgramme = z.strictObject({}).openapi('EarningProgramme');
