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
  not_supported: [501, 'Not supported'],
  duplicate_found: [409, 'Duplicate resource key'],
  already_rolled_back: [400, 'Already rolled back'],
  campaign_not_active: [400, 'Campaign is not active'],
  customer_rules_violated: [400, 'Customer does not match validation rules'],
  duplicated_redeemables: [400, 'Duplicated redeemables'],
  gift_amount_exceeded: [400, 'Gift amount exceeded'],
  invalid_amount: [400, 'Invalid amount'],
  invalid_balance: [400, 'Invalid balance'],
  invalid_code_config: [400, 'Invalid code config'],
  invalid_customer: [400, 'Invalid customer'],
  invalid_gift: [400, 'Invalid gift'],
  invalid_order: [400, 'Invalid order'],
  invalid_redeemables: [400, 'Invalid redeemables'],
  invalid_redemption: [400, 'Invalid redemption'],
  invalid_redemption_parent: [400, 'Invalid redemption parent'],
  invalid_rollback_params: [400, 'Invalid rollback params'],
  metadata_validation_failed: [400, 'Metadata validation failed'],
  missing_amount: [400, 'Missing amount'],
  missing_customer: [400, 'Missing customer'],
  missing_order: [400, 'Missing order'],
  missing_order_items: [400, 'Missing order items'],
  duplicate_source_id: [400, 'Duplicate source id'],
  too_many_vouchers_requested: [400, 'Too many vouchers requested'],
  voucher_cannot_be_published: [400, 'Voucher cannot be published'],
  multiple_requests: [400, 'Multiple requests'],
  no_voucher_suitable_for_publication: [400, 'No voucher suitable for publication'],
  not_found: [404, 'Resource not found'],
  order_rules_violated: [400, 'Order does not match validation rules'],
  quantity_exceeded: [400, 'Quantity exceeded'],
  redemption_rules_violated: [400, 'Redemption does not match validation rules'],
  referrer_not_permitted_to_redeem: [400, 'Referrer is not permitted to redeem own code'],
  voucher_already_published: [400, 'Voucher already published'],
  voucher_disabled: [400, 'Voucher is disabled'],
  voucher_expired: [400, 'Voucher expired'],
  voucher_not_active: [400, 'Voucher is not active yet'],
  voucher_not_active_now: [400, 'Voucher is not active now'],
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
    error: z.object({ message: z.string() }).optional().describe("The merchant's own words for the shopper"),
  })
  .openapi('VoucherError');
export type VoucherErrorBody = z.infer<typeof VoucherErrorBody>;
