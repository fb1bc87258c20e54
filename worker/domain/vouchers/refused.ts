/** Why a voucher cannot be used, changed or given: one closed list of keys, which are the field's (Voucherify's) own. */
import type { JsonObject } from '../json.ts';

const MESSAGES = {
  already_rolled_back: 'already rolled back',
  campaign_not_active: 'campaign is not active',
  customer_rules_violated: 'customer does not match validation rules',
  duplicated_redeemables: 'duplicated redeemables',
  gift_amount_exceeded: 'gift amount exceeded',
  invalid_amount: 'invalid amount',
  invalid_balance: 'invalid balance',
  invalid_code_config: 'invalid code config',
  invalid_customer: 'invalid customer',
  invalid_gift: 'invalid gift',
  invalid_order: 'invalid order',
  invalid_payload: 'invalid payload',
  invalid_redemption: 'invalid redemption',
  invalid_redemption_parent: 'invalid redemption parent',
  invalid_rollback_params: 'invalid rollback params',
  missing_amount: 'missing amount',
  missing_customer: 'missing customer',
  missing_order: 'missing order',
  missing_order_items: 'missing order items',
  multiple_requests: 'multiple requests',
  not_found: 'resource not found',
  order_rules_violated: 'order does not match validation rules',
  quantity_exceeded: 'quantity exceeded',
  redemption_rules_violated: 'redemption does not match validation rules',
  referrer_not_permitted_to_redeem: 'referrer is not permitted to redeem own code',
  voucher_already_published: 'voucher already published',
  voucher_disabled: 'voucher is disabled',
  voucher_expired: 'voucher expired',
  voucher_not_active: 'voucher is not active yet',
  voucher_not_active_now: 'voucher is not active now',
} as const;

export type VoucherKey = keyof typeof MESSAGES;

export interface Refused {
  key: VoucherKey;
  /** The same for every refusal with this key. */
  message: string;
  /** What it was this time, in words for a developer. Names no code and no person. */
  details: string;
  /** The merchant's own words for the shopper, where the rule that failed carries some. */
  ownMessage: string | null;
  /** The limits in question, for machines: `{ left: 700, asked: 1800 }`. */
  facts: JsonObject;
}

export function refused(key: VoucherKey, details: string, more: Partial<Pick<Refused, 'ownMessage' | 'facts'>> = {}) {
  return { refused: refusal(key, details, more) };
}

export function refusal(
  key: VoucherKey,
  details: string,
  { ownMessage = null, facts = {} }: Partial<Pick<Refused, 'ownMessage' | 'facts'>> = {},
): Refused {
  return { key, message: MESSAGES[key], details, ownMessage, facts };
}
