/** How many points an order stands at: a pure function of its facts and the rule of its day, so every fact may come twice. */
import { ratio } from '../money.ts';
import type { Order } from '../order.ts';
import type { OrderSnapshot, Refund } from '../order-facts.ts';
import type { EarningBase, OrderRule } from '../programme.ts';
import { isWholeOrder, type PricedRefund, priceRefunds } from './refund-worth.ts';

/** What the order has earned in all, and what of it refunds or a cancellation take back. `clawed` is never above `earned`. */
export interface Standing {
  earned: number;
  clawed: number;
}

export function standingOf(order: Order, rule: OrderRule): Standing {
  const { snapshot } = order;
  if (snapshot === null) return { earned: 0, clawed: 0 };
  const base = baseMinor(snapshot, rule.base);
  const earned = base > 0 ? ratio(base, rule.points, rule.perMinor, rule.rounding) : 0;
  if (order.cancelledAtMs !== null || snapshot.refunded) return { earned, clawed: earned };
  const refunded = refundedMinor(snapshot, order.refunds, rule.base);
  return {
    earned,
    clawed: refunded >= base ? earned : ratio(earned, refunded, base),
  };
}

/** The part of an order that earns, in minor units, refunds left aside. Never negative. */
export function baseMinor(order: OrderSnapshot, base: EarningBase): number {
  const shipping = base.shipping ? shippingBase(order, base) : 0;
  return Math.max(0, linesBase(order, base) + shipping);
}

function linesBase(order: OrderSnapshot, base: EarningBase): number {
  const giftCards = base.giftCards ? [] : order.lines.filter((line) => line.giftCard);
  const discounts = base.afterDiscounts ? 0 : order.discountMinor;
  const goods = order.subtotalMinor - sum(giftCards.map((line) => line.netMinor)) + discounts;
  const goodsTax = order.taxMinor - order.shippingTaxMinor - sum(giftCards.map((line) => line.taxMinor));
  return goods + taxShift(goodsTax, order.taxesIncluded, base);
}

function shippingBase(order: OrderSnapshot, base: EarningBase): number {
  return order.shippingMinor + taxShift(order.shippingTaxMinor, order.taxesIncluded, base);
}

/** Tax to add to prices that lack it, or to take from prices that hold it. */
function taxShift(tax: number, taxesIncluded: boolean, base: EarningBase): number {
  if (taxesIncluded === base.tax) return 0;
  return base.tax ? tax : -tax;
}

/**
 * How much of the base went back. A refund with lines counts those lines, scaled down where less money went back than
 * they are worth; one without lines counts its money in proportion; shipping counts only where shipping earns.
 */
export function refundedMinor(order: OrderSnapshot, refunds: Refund[], base: EarningBase): number {
  const whole = baseMinor(order, base);
  if (refunds.some(isWholeOrder)) return whole;
  const priced = priceRefunds(order, refunds);
  if (order.totalMinor > 0 && sum(priced.map((refund) => refund.moneyMinor)) >= order.totalMinor) return whole;
  const loose = priced.filter((refund) => refund.worthMinor === 0);
  const looseMoney = sum(loose.map((refund) => Math.max(0, refund.moneyMinor - refund.shippingMinor)));
  const fromMoney = order.totalMinor > 0 ? ratio(whole, looseMoney, order.totalMinor) : 0;
  const afterDiscounts = sum(priced.map((refund) => linesShare(order, refund, base)));
  const fromLines = base.afterDiscounts ? afterDiscounts : beforeDiscounts(order, afterDiscounts, base);
  return Math.min(whole, fromMoney + fromLines + shippingBack(order, priced, base));
}

function linesShare(order: OrderSnapshot, refund: PricedRefund, base: EarningBase): number {
  const { worthMinor } = refund;
  if (worthMinor === 0) return 0;
  const counted = refund.lines.filter((line) => base.giftCards || !line.giftCard);
  const eligible = sum(counted.map((line) => line.netMinor + taxShift(line.taxMinor, order.taxesIncluded, base)));
  const paid = Math.max(0, refund.moneyMinor - refund.shippingMinor);
  return paid >= worthMinor ? eligible : ratio(Math.max(0, eligible), paid, worthMinor);
}

/** Refund lines are told after discounts; where discounts earn too, their share of the base is that much larger. */
function beforeDiscounts(order: OrderSnapshot, net: number, base: EarningBase): number {
  const after = linesBase(order, { ...base, afterDiscounts: true });
  return after > 0 ? ratio(Math.max(0, net), Math.max(0, linesBase(order, base)), after) : 0;
}

/** Refunded shipping is told with its tax, which earns only where tax does. */
function shippingBack(order: OrderSnapshot, refunds: PricedRefund[], base: EarningBase): number {
  const charged = order.shippingMinor + (order.taxesIncluded ? 0 : order.shippingTaxMinor);
  if (!base.shipping || charged <= 0) return 0;
  const back = Math.min(charged, sum(refunds.map((refund) => refund.shippingMinor)));
  return ratio(Math.max(0, shippingBase(order, base)), back, charged);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
