/**
 * Shopify's refunds as facts, on their own or inside an order. What went back is what successful refund transactions moved:
 * the lines say only what it was for. Field meanings: shopify.dev, REST Admin API, Refund / Transaction.
 */
import { idOf, type JsonObject, objectOf, objectsOf, textOf } from '../../domain/json.ts';
import { ratio, toMinor } from '../../domain/money.ts';
import type { Refund, RefundLine } from '../../domain/order-facts.ts';
import { instantOf, shopMinor } from './shopify-json.ts';

/** `order` is the payload that holds the refund, where it is told inside one. */
export function refundOf(refund: JsonObject, currency: string, order: JsonObject = {}): Refund | null {
  const refundId = idOf(refund, 'id');
  if (refundId === null) return null;
  const pairs = [...moneySets(refund), objectOf(order, 'total_price_set')];
  const shipping = shippingBack(refund, currency);
  return {
    refundId,
    atMs: instantOf(refund, 'processed_at') ?? instantOf(refund, 'created_at') ?? 0,
    lines: objectsOf(refund, 'refund_line_items').map((line) => refundLineOf(line, currency)),
    shippingMinor: shipping.netMinor + shipping.taxMinor,
    moneyMinor: sum(objectsOf(refund, 'transactions').map((one) => moneyOf(one, currency, pairs))),
  };
}

/** What refunds took out of an order's `current_*` amounts. */
export function takenBack(refunds: JsonObject[], currency: string) {
  const lines = refunds.flatMap((refund) => objectsOf(refund, 'refund_line_items'));
  const told = lines.map((line) => refundLineOf(line, currency));
  const gross = lines.map((line, at) => {
    const price = shopMinor(objectOf(line, 'line_item'), 'price', currency);
    return price === null ? (told[at]?.netMinor ?? 0) : price * (told[at]?.quantity ?? 0);
  });
  const netMinor = sum(told.map((line) => line.netMinor ?? 0));
  const shippingTaxMinor = sum(refunds.map((refund) => shippingBack(refund, currency).taxMinor));
  return {
    netMinor,
    discountMinor: Math.max(0, sum(gross) - netMinor),
    taxMinor: sum(told.map((line) => line.taxMinor)) + shippingTaxMinor,
  };
}

function refundLineOf(line: JsonObject, currency: string): RefundLine {
  return {
    lineId: idOf(line, 'line_item_id') ?? '',
    quantity: Number.isSafeInteger(line.quantity) ? Number(line.quantity) : 0,
    netMinor: shopMinor(line, 'subtotal', currency) ?? 0,
    taxMinor: shopMinor(line, 'total_tax', currency) ?? 0,
    giftCard: objectOf(line, 'line_item').gift_card === true,
  };
}

/** Told as an adjustment of kind `shipping_refund` (negative amounts) or, by newer versions, as refunded shipping lines. */
function shippingBack(refund: JsonObject, currency: string): { netMinor: number; taxMinor: number } {
  const lines = objectsOf(refund, 'refund_shipping_lines');
  const [net, told] =
    lines.length > 0
      ? ['subtotal_amount', lines]
      : ['amount', objectsOf(refund, 'order_adjustments').filter((one) => one.kind === 'shipping_refund')];
  const total = (name: string) => Math.abs(sum(told.map((one) => shopMinor(one, name, currency) ?? 0)));
  return { netMinor: total(net), taxMinor: total('tax_amount') };
}

/**
 * A transaction is in the currency the shopper paid in. Where that is not the shop's, the amounts told in both give the
 * rate; without any, the amount stays open until the order tells the refund again.
 */
function moneyOf(transaction: JsonObject, currency: string, pairs: JsonObject[]): number {
  if (transaction.kind !== 'refund' || transaction.status !== 'success') return 0;
  const paidIn = textOf(transaction, 'currency') ?? currency;
  if (paidIn === currency) return Math.max(0, shopMinor(transaction, 'amount', currency) ?? 0);
  const amountIn = (money: JsonObject, code: string) => Math.abs(toMinor(money.amount, code) ?? 0);
  const told = pairs.filter((pair) => objectOf(pair, 'presentment_money').currency_code === paidIn);
  const paid = sum(told.map((pair) => amountIn(objectOf(pair, 'presentment_money'), paidIn)));
  const shop = sum(told.map((pair) => amountIn(objectOf(pair, 'shop_money'), currency)));
  return paid > 0 ? ratio(amountIn(transaction, paidIn), shop, paid, 'half-up') : 0;
}

/** Every amount of the refund that is told in the shop's and in the shopper's currency. */
function moneySets(refund: JsonObject): JsonObject[] {
  const parts = ['refund_line_items', 'refund_shipping_lines', 'order_adjustments'].flatMap((name) =>
    objectsOf(refund, name),
  );
  const names = ['subtotal_set', 'total_tax_set', 'subtotal_amount_set', 'amount_set', 'tax_amount_set'];
  return parts.flatMap((part) => names.map((name) => objectOf(part, name)));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
