/** The errors of the voucher API, in the one shape that Voucherify's clients read. */
import { z } from '@hono/zod-openapi';

/** key -> HTTP status and what it says, where the routes refuse by themselves. A key never changes its meaning. */
export const VOUCHER_ERRORS = {
  invalid_query_params: [400, 'Invalid query parameters'],
  invalid_payload: [400, 'Invalid payload'],
  page_over_limit: [400, 'Page over limit'],
  unauthorized: [401, 'Unauthorized'],
  insufficient_scope: [403, 'Forbidden'],
  resource_not_found: [404, 'Resource not found'],
} as const satisfies Record<string, readonly [number, string]>;

export type VoucherErrorKey = keyof typeof VOUCHER_ERRORS;

export const VoucherErrorBody = z
  .object({
    code: z.int().describe('The HTTP status'),
    key: z.string(),
    message: z.string(),
    details: z.string(),
    request_id: z.string(),
    resource_id: z.string().optional().describe('What was not found'),
    resource_type: z.string().optional(),
  })
  .openapi('VoucherError');
export type VoucherErrorBody = z.infer<typeof VoucherErrorBody>;
