/**
 * Shopify's order and fulfilment payloads as facts. Amounts are the shop's money (`shop_money`). Field meanings:
 * shopify.dev, REST Admin API, Order / Fulfillment.
 */
import { idOf, type JsonObject, objectOf, objectsOf, textOf } from '../../domain/json.ts';
import { toMinor } from '../../domain/money.ts';
import {
  type CarrierWord,
  codesNamed,
  type Fulfilment,
  type OrderLine,
  type OrderSnapshot,
  type Parcel,
} from '../../domain/order-facts.ts';
import { httpsOrNull, instantOf, shopCurrency, shopMinor } from './shopify-json.ts';
import { takenBack } from './shopify-refund.ts';

/** The order without its refunds: Shopify's `current_*` amounts shrink with a refund, so what it took is added again. */
export function snapshotOf(order: JsonObject, fallbackCurrency: string, now: number): OrderSnapshot | null {
  const orderId = idOf(order, 'id');
  if (orderId === null) return null;
  const currency = shopCurrency(order) ?? fallbackCurrency;
  const lines = objectsOf(order, 'line_items').map((line) => lineOf(line, currency));
  const back = takenBack(objectsOf(order, 'refunds'), currency);
  const current = shopMinor(order, 'current_subtotal_price', currency);
  const subtotal = current === null ? shopMinor(order, 'subtotal_price', currency) : current + back.netMinor;
  const currentDiscount = shopMinor(order, 'current_total_discounts', currency);
  const currentTax = shopMinor(order, 'current_total_tax', currency);
  const shipping = objectsOf(order, 'shipping_lines');
  return {
    orderId,
    name: textOf(order, 'name') ?? `#${orderId}`,
    placedAtMs: instantOf(order, 'processed_at') ?? instantOf(order, 'created_at') ?? now,
    updatedAtMs: instantOf(order, 'updated_at') ?? instantOf(order, 'created_at') ?? now,
    currency,
    test: order.test === true,
    cancelledAtMs: instantOf(order, 'cancelled_at'),
    refunded: order.financial_status === 'refunded',
    taxesIncluded: order.taxes_included === true,
    subtotalMinor: subtotal ?? sum(lines.map((line) => line.netMinor)),
    discountMinor:
      currentDiscount === null
        ? (shopMinor(order, 'total_discounts', currency) ?? 0)
        : currentDiscount + back.discountMinor,
    taxMinor: currentTax === null ? (shopMinor(order, 'total_tax', currency) ?? 0) : currentTax + back.taxMinor,
    shippingMinor: shippingOf(order, shipping, currency),
    shippingTaxMinor: sum(shipping.map((line) => taxOf(line, currency))),
    totalMinor: shopMinor(order, 'total_price', currency) ?? 0,
    ...codesNamed(objectsOf(order, 'discount_codes').map((one) => textOf(one, 'code'))),
    lines,
  };
}

function lineOf(line: JsonObject, currency: string): OrderLine {
  const quantity = Number.isSafeInteger(line.quantity) ? Number(line.quantity) : 0;
  // a line names product, variant and SKU; its collections and tags are in no webhook of an order
  const variantId = idOf(line, 'variant_id');
  const gross = (shopMinor(line, 'price', currency) ?? 0) * quantity;
  return {
    lineId: idOf(line, 'id') ?? '',
    productId: idOf(line, 'product_id'),
    ...(variantId === null ? {} : { variantId }),
    sku: textOf(line, 'sku'),
    title: textOf(line, 'title') ?? textOf(line, 'name') ?? '',
    variantTitle: textOf(line, 'variant_title'),
    quantity,
    netMinor: Math.max(0, gross - discountOf(line, currency)),
    taxMinor: taxOf(line, currency),
    giftCard: line.gift_card === true,
    imageUrl: httpsOrNull(textOf(line, 'image_url')),
    url: null,
  };
}

/** Shares of all discounts, the order's included; older payloads only tell the line's own. */
function discountOf(line: JsonObject, currency: string): number {
  const shares = objectsOf(line, 'discount_allocations');
  if (shares.length > 0) return sum(shares.map((share) => shopMinor(share, 'amount', currency) ?? 0));
  return shopMinor(line, 'total_discount', currency) ?? 0;
}

function taxOf(line: JsonObject, currency: string): number {
  return sum(objectsOf(line, 'tax_lines').map((tax) => shopMinor(tax, 'price', currency) ?? 0));
}

function shippingOf(order: JsonObject, lines: JsonObject[], currency: string): number {
  const discounted = lines.map(
    (line) => shopMinor(line, 'discounted_price', currency) ?? shopMinor(line, 'price', currency) ?? 0,
  );
  if (lines.length > 0) return sum(discounted);
  return toMinor(objectOf(objectOf(order, 'total_shipping_price_set'), 'shop_money').amount, currency) ?? 0;
}

const CARRIER_WORDS = new Set([
  'label_printed',
  'confirmed',
  'in_transit',
  'out_for_delivery',
  'attempted_delivery',
  'ready_for_pickup',
  'delivered',
  'failure',
]);

/** Other words of Shopify's for steps that have one here (FulfillmentEventStatus). */
const SAME_STEP: Readonly<Record<string, string>> = {
  label_purchased: 'label_printed',
  carrier_picked_up: 'in_transit',
  delayed: 'in_transit',
  picked_up: 'delivered',
};

/** A fulfilment event as the carrier's word; null for a status that is none of its steps. */
export function carrierWordOf(event: JsonObject, atMs: number): CarrierWord | null {
  const fulfilmentId = idOf(event, 'fulfillment_id');
  const said = textOf(event, 'status')?.toLowerCase() ?? '';
  const status = Object.hasOwn(SAME_STEP, said) ? (SAME_STEP[said] ?? said) : said;
  return fulfilmentId === null || !CARRIER_WORDS.has(status) ? null : { fulfilmentId, status, atMs };
}

export function fulfilmentOf(fulfilment: JsonObject): Fulfilment | null {
  const fulfilmentId = idOf(fulfilment, 'id');
  if (fulfilmentId === null) return null;
  const word = textOf(fulfilment, 'shipment_status');
  const status = word !== null && CARRIER_WORDS.has(word) ? word : null;
  const pieces = objectsOf(fulfilment, 'line_items').map((line) => [
    idOf(line, 'id') ?? '',
    Number(line.quantity) || 0,
  ]);
  return {
    fulfilmentId,
    updatedAtMs: instantOf(fulfilment, 'updated_at') ?? instantOf(fulfilment, 'created_at') ?? 0,
    cancelled: fulfilment.status === 'cancelled',
    parcels: parcelsOf(fulfilment, status),
    pieces: Object.fromEntries(pieces),
  };
}

function parcelsOf(fulfilment: JsonObject, status: string | null): Parcel[] {
  const numbers = texts(fulfilment, 'tracking_numbers', 'tracking_number');
  const urls = texts(fulfilment, 'tracking_urls', 'tracking_url');
  const company = textOf(fulfilment, 'tracking_company');
  return Array.from({ length: Math.max(numbers.length, urls.length, status === null ? 0 : 1) }, (_, at) => ({
    company,
    number: numbers[at] ?? null,
    url: httpsOrNull(urls[at] ?? null),
    status,
  }));
}

function texts(from: JsonObject, many: string, one: string): string[] {
  const list = from[many];
  if (Array.isArray(list) && list.length > 0) return list.filter((text) => typeof text === 'string');
  const single = textOf(from, one);
  return single === null ? [] : [single];
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
