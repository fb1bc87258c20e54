/** A voucher as Voucherify's clients read it. */
import type { Discount } from '../domain/vouchers/discount.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Voucher as View } from '../wire/voucher-vouchers.ts';
import { hundredthsOf } from './amounts.ts';

export const EFFECT_NAMES = {
  order: 'APPLY_TO_ORDER',
  items: 'APPLY_TO_ITEMS',
  items_by_quantity: 'APPLY_TO_ITEMS_BY_QUANTITY',
  items_proportionally: 'APPLY_TO_ITEMS_PROPORTIONALLY',
  items_proportionally_by_quantity: 'APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY',
} as const;

/** `currency`: the shop's. */
export function voucherView(voucher: Voucher, currency: string): View {
  const { id, code, benefit, category, limit, redeemed } = voucher;
  const isGift = benefit.kind === 'gift';
  const spent = isGift ? { redeemed_amount: hundredthsOf(benefit.gift.redeemedMinor, benefit.gift.currency) } : {};
  return {
    id,
    code,
    campaign_id: voucher.campaign,
    category,
    type: isGift ? 'GIFT_VOUCHER' : 'DISCOUNT_VOUCHER',
    discount: isGift ? null : discountView(benefit.discount, currency),
    gift: giftView(voucher),
    start_date: dateOf(voucher.startsAtMs),
    expiration_date: dateOf(voucher.endsAtMs),
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
    is_referral_code: false,
    holder_id: voucher.holder,
    created_at: new Date(voucher.createdAtMs).toISOString(),
    updated_at: new Date(voucher.updatedAtMs).toISOString(),
    object: 'voucher',
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
      return { type: 'UNIT', unit_off: 1, unit_type: 'prod_5h1pp1ng', effect: 'ADD_MISSING_ITEMS' };
  }
}

function dateOf(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString();
}
