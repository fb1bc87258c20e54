/** How many points an order stands at by one rule: a pure function of its facts and the rule of its day, so every fact may come twice. */
import { ratio } from '../money.ts';
import type { Order } from '../order.ts';
import type { OrderSnapshot, Refund } from '../order-facts.ts';
import type { OrderRule } from '../programme.ts';
import type { EarningBase, Selection } from './base.ts';
import { asksByName, type Counted, countsLine, countsRefunded } from './counted-lines.ts';
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
  return { earned, clawed: clawedOf(order, { base: rule.base, select: null }, earned) };
}

/** What refunds and a cancellation take back of points that an order earned; all parts together everything. */
export function clawedOf({ snapshot, cancelledAtMs, refunds }: Order, counted: Counted, earned: number): number {
  if (snapshot === null || earned === 0) return 0;
  if (cancelledAtMs !== null || snapshot.refunded) return earned;
  const base = baseMinor(snapshot, counted.base, counted.select);
  const refunded = refundedMinor(snapshot, refunds, counted.base, counted.select);
  return refunded >= base ? earned : ratio(earned, refunded, base);
}

/** The part of an order that earns, in minor units, refunds left aside. Never negative. */
export function baseMinor(order: OrderSnapshot, base: EarningBase, select: Selection | null = null): number {
  const lines = linesBase(order, { base, select });
  // shipping is no thing that could be asked for by name
  if (select !== null && lines <= 0) return 0;
  const shipping = base.shipping ? shippingBase(order, base) : 0;
  return Math.max(0, lines + shipping);
}

function linesBase(order: OrderSnapshot, { base, select }: Counted): number {
  const giftCards = base.giftCards ? [] : order.lines.filter((line) => line.giftCard);
  const discounts = base.afterDiscounts ? 0 : order.discountMinor;
  const goods = order.subtotalMinor - sum(giftCards.map((line) => line.netMinor)) + discounts;
  const goodsTax = order.taxMinor - order.shippingTaxMinor - sum(giftCards.map((line) => line.taxMinor));
  const all = goods + taxShift(goodsTax, order.taxesIncluded, base);
  return select === null ? all : Math.min(Math.max(0, all), selectedBase(order, { base, select }));
}

/** The lines that are asked for, with their part of a discount and of a tax that are told of the order alone. */
function selectedBase(order: OrderSnapshot, counted: Counted): number {
  const { base, select } = counted;
  const { lines } = order;
  if (lines.length === 0) return select !== null && asksByName(select) ? 0 : Number.MAX_SAFE_INTEGER;
  const chosen = lines.filter((line) => countsLine(line, counted));
  const net = sum(chosen.map((line) => line.netMinor));
  const part = { of: net, in: sum(lines.map((line) => line.netMinor)) };
  const discounts = base.afterDiscounts ? 0 : partOf(order.discountMinor, part);
  const toldTax = sum(lines.map((line) => line.taxMinor));
  const tax =
    toldTax > 0
      ? sum(chosen.map((line) => line.taxMinor))
      : partOf(Math.max(0, order.taxMinor - order.shippingTaxMinor), part);
  return Math.max(0, net + discounts + taxShift(tax, order.taxesIncluded, base));
}

function partOf(amount: number, part: { of: number; in: number }): number {
  return part.in > 0 ? ratio(amount, Math.max(0, part.of), part.in) : 0;
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
export function refundedMinor(
  order: OrderSnapshot,
  refunds: Refund[],
  base: EarningBase,
  select: Selection | null = null,
): number {
  const whole = baseMinor(order, base, select);
  if (refunds.some(isWholeOrder)) return whole;
  const counted = { base, select };
  const priced = priceRefunds(order, refunds);
  if (order.totalMinor > 0 && sum(priced.map((refund) => refund.moneyMinor)) >= order.totalMinor) return whole;
  const loose = priced.filter((refund) => refund.worthMinor === 0);
  const looseMoney = sum(loose.map((refund) => Math.max(0, refund.moneyMinor - refund.shippingMinor)));
  const fromMoney = order.totalMinor > 0 ? ratio(whole, looseMoney, order.totalMinor) : 0;
  const afterDiscounts = sum(priced.map((refund) => linesShare(order, refund, counted)));
  const fromLines = base.afterDiscounts ? afterDiscounts : beforeDiscounts(order, afterDiscounts, counted);
  return Math.min(whole, fromMoney + fromLines + shippingBack(order, priced, base));
}

function linesShare(order: OrderSnapshot, refund: PricedRefund, counted: Counted): number {
  const { worthMinor } = refund;
  if (worthMinor === 0) return 0;
  const lines = refund.lines.filter((line) => countsRefunded(order, line, counted));
  const eligible = sum(lines.map((line) => line.netMinor + taxShift(line.taxMinor, order.taxesIncluded, counted.base)));
  const paid = Math.max(0, refund.moneyMinor - refund.shippingMinor);
  return paid >= worthMinor ? eligible : ratio(Math.max(0, eligible), paid, worthMinor);
}

/** Refund lines are told after discounts; where discounts earn too, their share of the base is that much larger. */
function beforeDiscounts(order: OrderSnapshot, net: number, { base, select }: Counted): number {
  const after = linesBase(order, { base: { ...base, afterDiscounts: true }, select });
  return after > 0 ? ratio(Math.max(0, net), Math.max(0, linesBase(order, { base, select })), after) : 0;
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
