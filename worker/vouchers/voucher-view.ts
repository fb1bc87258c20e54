/** A voucher as Voucherify's clients read it. */

import type { Campaign } from '../domain/vouchers/campaign.ts';
import { SHIPPING_PRODUCT } from '../domain/vouchers/cart.ts';
import { type Discount, EVERY_ITEM } from '../domain/vouchers/discount.ts';
import { datesOf } from '../domain/vouchers/valid-at.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Voucher as View } from '../wire/voucher-vouchers.ts';
import { hundredthsOf } from './amounts.ts';
import { applicableView, validityView } from './terms-view.ts';

export const EFFECT_NAMES = {
  order: 'APPLY_TO_ORDER',
  items: 'APPLY_TO_ITEMS',
  items_by_quantity: 'APPLY_TO_ITEMS_BY_QUANTITY',
  items_proportionally: 'APPLY_TO_ITEMS_PROPORTIONALLY',
  items_proportionally_by_quantity: 'APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY',
} as const;

/** What a voucher has from elsewhere: dates that are its campaign's as long as it has none of its own. */
export interface VoucherContext {
  campaign: Campaign | null;
  timeZone: string;
}

/** `currency`: the shop's. `context` null: nothing is known but the voucher itself. */
export function voucherView(voucher: Voucher, currency: string, context: VoucherContext | null = null): View {
  const { id, code, benefit, category, limit, redeemed } = voucher;
  const campaign = context?.campaign ?? null;
  const { startsAtMs, endsAtMs } = context === null ? voucher : datesOf(voucher, campaign, context.timeZone);
  const isGift = benefit.kind === 'gift';
  const spent = isGift ? { redeemed_amount: hundredthsOf(benefit.gift.redeemedMinor, benefit.gift.currency) } : {};
  return {
    id,
    code,
    campaign: campaign?.name ?? null,
    campaign_id: voucher.campaign,
    category,
    type: isGift ? 'GIFT_VOUCHER' : 'DISCOUNT_VOUCHER',
    discount: isGift ? null : discountView(benefit.discount, currency),
    gift: giftView(voucher),
    start_date: dateOf(startsAtMs),
    expiration_date: dateOf(endsAtMs),
    ...validityView(voucher.validity ?? campaign?.validity ?? null),
    ...applicableView(benefit.kind === 'gift' ? EVERY_ITEM : benefit.applicable),
    redemption: {
      quantity: limit,
      redeemed_quantity: redeemed,
      ...spent,
      object: 'list',
      url: `/v1/vouchers/${encodeURIComponent(code)}/redemptions?page=1&limit=10`,
    },
    active: voucher.active,
    additional_info: voucher.title,
    metadata: voucher.metadata,
    validation_rules_assignments: assignmentsView(voucher),
    is_referral_code: false,
    holder_id: voucher.holder,
    created_at: new Date(voucher.createdAtMs).toISOString(),
    updated_at: new Date(voucher.updatedAtMs).toISOString(),
    object: 'voucher',
  };
}

/** Of rules that were assigned to this very voucher. */
function assignmentsView({ id, rules }: Voucher): View['validation_rules_assignments'] {
  const about = {
    related_object_id: id,
    related_object_type: 'voucher',
    object: 'validation_rules_assignment',
  } as const;
  return {
    object: 'list',
    data_ref: 'data',
    data: rules.map((rule_id) => ({ rule_id, ...about })),
    total: rules.length,
  };
}

/** null: it is no gift card. */
export function giftView({ benefit }: Voucher): View['gift'] {
  if (benefit.kind !== 'gift') return null;
  const { amountMinor, subtractedMinor, balanceMinor, currency } = benefit.gift;
  return {
    amount: hundredthsOf(amountMinor, currency),
    subtracted_amount: hundredthsOf(subtractedMinor, currency),
    balance: hundredthsOf(balanceMinor, currency),
    effect: benefit.effect === 'order' ? 'APPLY_TO_ORDER' : 'APPLY_TO_ITEMS',
  };
}

export function discountView(discount: Discount, currency: string): Record<string, string | number> {
  const amount = (minor: number) => hundredthsOf(minor, currency);
  switch (discount.kind) {
    case 'amount':
      return { type: 'AMOUNT', amount_off: amount(discount.amountMinor), effect: EFFECT_NAMES[discount.effect] };
    case 'percent': {
      const { hundredths, capMinor, effect } = discount;
      const cap = capMinor === null ? {} : { amount_limit: amount(capMinor) };
      return { type: 'PERCENT', percent_off: hundredths / 100, ...cap, effect: EFFECT_NAMES[effect] };
    }
    case 'fixed':
      return { type: 'FIXED', fixed_amount: amount(discount.priceMinor), effect: EFFECT_NAMES[discount.effect] };
    case 'product': {
      const { quantity, productId, effect } = discount;
      const name = effect === 'add_missing' ? 'ADD_MISSING_ITEMS' : 'ADD_NEW_ITEMS';
      return { type: 'UNIT', unit_off: quantity, unit_type: productId, effect: name };
    }
    case 'shipping':
      return { type: 'UNIT', unit_off: 1, unit_type: SHIPPING_PRODUCT, effect: 'ADD_MISSING_ITEMS' };
  }
}

function dateOf(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString();
}
