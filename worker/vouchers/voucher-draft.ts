/** What a client says of a voucher, read into our own terms. */
import { SHIPPING_PRODUCT } from '../domain/vouchers/cart.ts';
import { areTurned } from '../domain/vouchers/change.ts';
import { sameCode } from '../domain/vouchers/codes.ts';
import type { Discount, Effect } from '../domain/vouchers/discount.ts';
import { newGift } from '../domain/vouchers/gift.ts';
import type { VoucherChange } from '../domain/vouchers/held-request.ts';
import type { Benefit, Voucher } from '../domain/vouchers/voucher.ts';
import type { VoucherDraft } from '../publishing/make-voucher.ts';
import type { ChangeVoucher, CreateVoucher, VoucherDiscount } from '../wire/voucher-vouchers.ts';
import { hundredthsOf, minorOf } from './amounts.ts';
import { VoucherError } from './errors.ts';
import { applicableOf, saysValidity, validityOf } from './terms-draft.ts';

/** A refusal names the field. */
export function draftOf(wanted: CreateVoucher, currency: string): VoucherDraft {
  const { category = null, start_date, expiration_date, redemption, active, additional_info, metadata } = wanted;
  const [startsAtMs, endsAtMs] = [instantOf(start_date), instantOf(expiration_date)];
  checkDates(startsAtMs, endsAtMs);
  return {
    campaign: null,
    category,
    benefit: benefitOf(wanted, currency),
    origin: { kind: 'manual' },
    holderOnly: false,
    active,
    startsAtMs,
    endsAtMs,
    validity: validityOf(wanted),
    limit: redemption?.quantity ?? null,
    limitPerCustomer: null,
    rules: wanted.validation_rules ?? [],
    title: additional_info ?? null,
    metadata,
  };
}

function benefitOf(wanted: CreateVoucher, currency: string): Benefit {
  const { type, discount, gift } = wanted;
  if (type === 'GIFT_VOUCHER') {
    if (gift === undefined) throw new VoucherError('invalid_payload', 'gift is required for a GIFT_VOUCHER');
    if (discount !== undefined) throw new VoucherError('invalid_payload', 'discount is not for a GIFT_VOUCHER');
    const effect = gift.effect === 'APPLY_TO_ORDER' ? 'order' : 'items';
    return { kind: 'gift', gift: newGift(currency, minorOf(gift.amount, currency, 'gift.amount')), effect };
  }
  if (discount === undefined) throw new VoucherError('invalid_payload', 'discount is required for a DISCOUNT_VOUCHER');
  if (gift !== undefined) throw new VoucherError('invalid_payload', 'gift is not for a DISCOUNT_VOUCHER');
  return { kind: 'discount', discount: discountOf(discount, currency), applicable: applicableOf(wanted) };
}

const EFFECTS: Record<Extract<VoucherDiscount, { type: 'AMOUNT' }>['effect'], Effect> = {
  APPLY_TO_ORDER: 'order',
  APPLY_TO_ITEMS: 'items',
  APPLY_TO_ITEMS_BY_QUANTITY: 'items_by_quantity',
  APPLY_TO_ITEMS_PROPORTIONALLY: 'items_proportionally',
  APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY: 'items_proportionally_by_quantity',
};

function discountOf(discount: VoucherDiscount, currency: string): Discount {
  switch (discount.type) {
    case 'AMOUNT': {
      const amountMinor = minorOf(discount.amount_off, currency, 'discount.amount_off');
      return { kind: 'amount', amountMinor, effect: EFFECTS[discount.effect] };
    }
    case 'PERCENT': {
      const { percent_off, amount_limit, effect } = discount;
      const capMinor = amount_limit == null ? null : minorOf(amount_limit, currency, 'discount.amount_limit');
      const where = effect === 'APPLY_TO_ORDER' ? 'order' : 'items';
      return { kind: 'percent', hundredths: Math.round(percent_off * 100), capMinor, effect: where };
    }
    case 'FIXED': {
      const priceMinor = minorOf(discount.fixed_amount, currency, 'discount.fixed_amount');
      return { kind: 'fixed', priceMinor, effect: discount.effect === 'APPLY_TO_ORDER' ? 'order' : 'items' };
    }
    case 'UNIT': {
      const { unit_type, unit_off, effect, sku } = discount;
      if (unit_type === SHIPPING_PRODUCT) return { kind: 'shipping' };
      const about = { productId: unit_type, variantId: sku?.id ?? null, quantity: unit_off };
      return { kind: 'product', ...about, effect: effect === 'ADD_NEW_ITEMS' ? 'add_new' : 'add_missing' };
    }
  }
}

/** Absent fields stay as they are, null takes them away. Whoever keeps the voucher decides whether that can be. */
export function changeOf(wanted: ChangeVoucher, voucher: Voucher): VoucherChange {
  const { category, start_date, expiration_date, active, additional_info, metadata } = wanted;
  checkSame(wanted, voucher);
  return {
    ...(category === undefined ? {} : { category }),
    ...(start_date === undefined ? {} : { startsAtMs: instantOf(start_date) }),
    ...(expiration_date === undefined ? {} : { endsAtMs: instantOf(expiration_date) }),
    ...(saysValidity(wanted) ? { validity: validityOf(wanted) } : {}),
    ...(active === undefined ? {} : { active }),
    ...(additional_info === undefined ? {} : { title: additional_info }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Clients send along what they read: what cannot change must be what it is. */
function checkSame({ code, gift, validation_rules_assignments }: ChangeVoucher, voucher: Voucher): void {
  const { code: own, benefit } = voucher;
  if (code !== undefined && !sameCode(code, own)) throw new VoucherError('invalid_payload', 'code cannot be changed');
  const amount = benefit.kind === 'gift' ? hundredthsOf(benefit.gift.amountMinor, benefit.gift.currency) : null;
  if (gift !== undefined && gift.amount !== amount)
    throw new VoucherError('invalid_payload', 'gift.amount is changed by the balance of the voucher');
  checkRules(validation_rules_assignments, voucher.rules);
}

export function checkRules(said: ChangeVoucher['validation_rules_assignments'], rules: readonly string[]): void {
  const named = new Set(said?.data.map(({ rule_id }) => rule_id));
  if (said !== undefined && (named.size !== rules.length || rules.some((rule) => !named.has(rule))))
    throw new VoucherError('invalid_payload', 'validation_rules_assignments are changed by validation_rules');
}

export function checkDates(startsAtMs: number | null, endsAtMs: number | null): void {
  if (areTurned(startsAtMs, endsAtMs))
    throw new VoucherError('invalid_payload', 'expiration_date must be after start_date');
}

export function instantOf(text: string | null | undefined): number | null {
  return text == null ? null : Date.parse(text);
}
