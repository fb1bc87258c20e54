/** What a client says of a voucher, read into our own terms. */
import type { Discount, Effect } from '../domain/vouchers/discount.ts';
import { EVERY_ITEM } from '../domain/vouchers/discount.ts';
import { newGift } from '../domain/vouchers/gift.ts';
import type { VoucherChange } from '../domain/vouchers/held-request.ts';
import type { Benefit, Voucher } from '../domain/vouchers/voucher.ts';
import type { VoucherDraft } from '../publishing/make-voucher.ts';
import type { ChangeVoucher, CreateVoucher, VoucherDiscount } from '../wire/voucher-vouchers.ts';
import { minorOf } from './amounts.ts';
import { VoucherError } from './errors.ts';

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
    validity: null,
    limit: redemption?.quantity ?? null,
    limitPerCustomer: null,
    rules: [],
    title: additional_info ?? null,
    metadata,
  };
}

function benefitOf({ type, discount, gift }: CreateVoucher, currency: string): Benefit {
  if (type === 'GIFT_VOUCHER') {
    if (gift === undefined) throw new VoucherError('invalid_payload', 'gift is required for a GIFT_VOUCHER');
    if (discount !== undefined) throw new VoucherError('invalid_payload', 'discount is not for a GIFT_VOUCHER');
    const effect = gift.effect === 'APPLY_TO_ORDER' ? 'order' : 'items';
    return { kind: 'gift', gift: newGift(currency, minorOf(gift.amount, currency, 'gift.amount')), effect };
  }
  if (discount === undefined) throw new VoucherError('invalid_payload', 'discount is required for a DISCOUNT_VOUCHER');
  if (gift !== undefined) throw new VoucherError('invalid_payload', 'gift is not for a DISCOUNT_VOUCHER');
  return { kind: 'discount', discount: discountOf(discount, currency), applicable: EVERY_ITEM };
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
  }
}

/** Absent fields stay as they are, null takes them away; metadata is joined with what there is. */
export function changeOf(wanted: ChangeVoucher, voucher: Voucher): VoucherChange {
  const { category, start_date, expiration_date, active, additional_info, metadata } = wanted;
  const change: VoucherChange = {
    ...(category === undefined ? {} : { category }),
    ...(start_date === undefined ? {} : { startsAtMs: instantOf(start_date) }),
    ...(expiration_date === undefined ? {} : { endsAtMs: instantOf(expiration_date) }),
    ...(active === undefined ? {} : { active }),
    ...(additional_info === undefined ? {} : { title: additional_info }),
    ...(metadata === undefined ? {} : { metadata: { ...voucher.metadata, ...metadata } }),
  };
  const { startsAtMs, endsAtMs } = { ...voucher, ...change };
  checkDates(startsAtMs, endsAtMs);
  return change;
}

function checkDates(startsAtMs: number | null, endsAtMs: number | null): void {
  if (startsAtMs !== null && endsAtMs !== null && endsAtMs <= startsAtMs)
    throw new VoucherError('invalid_payload', 'expiration_date must be after start_date');
}

function instantOf(text: string | null | undefined): number | null {
  return text == null ? null : Date.parse(text);
}
