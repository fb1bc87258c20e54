/** Orders, refunds and parcels as Shopify's webhooks carry them (2026-07), with the fields that receivers are known to trip over. */
import { CURRENCY } from './catalogue.ts';
import {
  discountOf,
  lineTax,
  lineTotal,
  type Order,
  type OrderLine,
  productOf,
  type Refund,
  refundedOf,
  subtotalOf,
  taxOf,
  taxWithin,
  totalOf,
} from './order.ts';
import { allocationsOf, applicationOf, decimal, gid, moneySet, taxLines } from './payload-money.ts';
import { findShopper, type Shopper } from './shoppers.ts';

/** BigInts become bare JSON numbers: the ids are beyond 2^53 and the platform writes them unquoted. */
export function toJson(payload: unknown): string {
  const marked = JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? `\u0001${value}` : value));
  return marked.replace(/"\\u0001(\d+)"/g, '$1');
}

export function orderPayload(order: Order) {
  const id = BigInt(order.id);
  const shopper = findShopper(order.shopper ?? undefined);
  return {
    id,
    admin_graphql_api_id: gid('Order', id),
    app_id: 580111,
    name: `#${order.number}`,
    number: order.number - 1000,
    order_number: order.number,
    token: order.token,
    test: false,
    confirmed: true,
    email: order.email,
    contact_email: order.email,
    phone: null,
    note: null,
    tags: '',
    source_name: 'web',
    customer_locale: 'en-IE',
    created_at: order.placedAtIso,
    processed_at: order.placedAtIso,
    updated_at: latestChange(order),
    cancelled_at: order.cancelledAtIso,
    cancel_reason: order.cancelledAtIso === null ? null : 'customer',
    closed_at: null,
    order_status_url: null,
    payment_gateway_names: (order.codes?.giftMinor ?? 0) > 0 ? ['gift_card', 'bogus'] : ['bogus'],
    ...statusOf(order),
    ...moneyOf(order),
    ...(shopper !== null && { customer: customerPayload(shopper) }),
    line_items: order.lines.map((line) => linePayload(order, line)),
    shipping_lines: order.shippingMinor === 0 ? [] : [shippingLine(order)],
    discount_codes: (order.codes?.codes ?? []).map((code) => ({
      code,
      amount: decimal(discountOf(order)),
      type: 'fixed_amount',
    })),
    discount_applications: discountOf(order) === 0 ? [] : [applicationOf(order)],
    fulfillments: order.fulfilment === null ? [] : [fulfilmentPayload(order)],
    refunds: order.refunds.map((refund) => refundPayload(order, refund)),
  };
}

/** Without the fields of an order: what `customers/create` carries. */
export const customerPayload = (shopper: Shopper) => ({
  id: shopper.id,
  admin_graphql_api_id: gid('Customer', shopper.id),
  email: shopper.email,
  first_name: shopper.firstName,
  last_name: shopper.lastName,
  phone: shopper.phone,
  state: 'enabled',
  verified_email: true,
  tax_exempt: false,
  tags: '',
  currency: CURRENCY,
  created_at: '2026-03-02T09:00:00Z',
  updated_at: '2026-03-02T09:00:00Z',
  email_marketing_consent: consentPayload(shopper.emailConsent),
  sms_marketing_consent:
    shopper.phone === null ? null : { ...consentPayload(shopper.smsConsent), consent_collected_from: 'SHOPIFY' },
});

const consentPayload = (state: Shopper['emailConsent']) => ({
  state,
  opt_in_level: 'single_opt_in',
  consent_updated_at: '2026-03-02T09:00:00Z',
});

const statusOf = (order: Order) => ({
  financial_status:
    refundedOf(order) === 0 ? 'paid' : refundedOf(order) < totalOf(order) ? 'partially_refunded' : 'refunded',
  fulfillment_status: order.fulfilment === null ? null : 'fulfilled',
});

function moneyOf(order: Order) {
  const kept = order.lines.filter((line) => line.refundId === null);
  const [subtotal, total, tax] = [subtotalOf(order), totalOf(order), taxOf(order)];
  const discount = discountOf(order);
  const current = {
    subtotal: subtotalOf({ lines: kept }),
    total: total - refundedOf(order),
    discount: discountOf({ lines: kept }),
  };
  const currentTax = taxOf({ ...order, lines: kept });
  return {
    currency: CURRENCY,
    presentment_currency: CURRENCY,
    taxes_included: true,
    subtotal_price: decimal(subtotal),
    subtotal_price_set: moneySet(subtotal),
    total_line_items_price: decimal(subtotal + discount),
    total_line_items_price_set: moneySet(subtotal + discount),
    total_discounts: decimal(discount),
    total_discounts_set: moneySet(discount),
    total_shipping_price_set: moneySet(order.shippingMinor),
    total_tax: decimal(tax),
    total_tax_set: moneySet(tax),
    tax_lines: taxLines(tax),
    total_price: decimal(total),
    total_price_set: moneySet(total),
    total_outstanding: '0.00',
    current_subtotal_price: decimal(current.subtotal),
    current_subtotal_price_set: moneySet(current.subtotal),
    current_total_price: decimal(current.total),
    current_total_price_set: moneySet(current.total),
    current_total_tax: decimal(currentTax),
    current_total_tax_set: moneySet(currentTax),
    current_total_discounts: decimal(current.discount),
    current_total_discounts_set: moneySet(current.discount),
  };
}

function linePayload(order: Order, line: OrderLine) {
  const product = productOf(line);
  const id = BigInt(line.id);
  const isKept = line.refundId === null;
  return {
    id,
    admin_graphql_api_id: gid('LineItem', id),
    product_id: product.productId,
    variant_id: product.variantId,
    product_exists: true,
    title: product.title,
    variant_title: product.variant,
    name: product.variant === null ? product.title : `${product.title} - ${product.variant}`,
    vendor: 'Fern & Kettle',
    sku: product.slug.toUpperCase(),
    quantity: line.quantity,
    current_quantity: isKept ? line.quantity : 0,
    fulfillable_quantity: isKept && order.fulfilment === null ? line.quantity : 0,
    fulfillment_status: order.fulfilment === null ? null : 'fulfilled',
    fulfillment_service: product.isGiftCard ? 'gift_card' : 'manual',
    requires_shipping: !product.isGiftCard,
    gift_card: product.isGiftCard,
    taxable: !product.isGiftCard,
    grams: product.grams,
    price: decimal(line.unitMinor),
    price_set: moneySet(line.unitMinor),
    total_discount: '0.00',
    total_discount_set: moneySet(0),
    discount_allocations: allocationsOf(line),
    tax_lines: taxLines(lineTax(line)),
    duties: [],
    properties: [],
  };
}

const shippingLine = (order: Order) => ({
  id: BigInt(order.id) + 1n,
  title: 'Tracked post',
  code: 'tracked',
  source: 'shopify',
  price: decimal(order.shippingMinor),
  price_set: moneySet(order.shippingMinor),
  discounted_price: decimal(order.shippingMinor),
  discounted_price_set: moneySet(order.shippingMinor),
  discount_allocations: [],
  tax_lines: taxLines(taxWithin(order.shippingMinor)),
});

export function refundPayload(order: Order, refund: Refund) {
  const id = BigInt(refund.id);
  const lines = order.lines.filter((line) => refund.lineIds.includes(line.id));
  const worth = subtotalOf({ lines }) + refund.shippingMinor;
  return {
    id,
    admin_graphql_api_id: gid('Refund', id),
    order_id: BigInt(order.id),
    created_at: refund.atIso,
    processed_at: refund.atIso,
    note: null,
    restock: true,
    user_id: null,
    duties: [],
    order_adjustments: refund.shippingMinor === 0 ? [] : [shippingAdjustment(order, refund)],
    refund_line_items: lines.map((line, index) => refundLine(order, line, id + BigInt(index + 10))),
    transactions: [transaction(order, refund, worth)],
  };
}

/** `subtotal` and `total_tax` are JSON numbers here and decimal strings everywhere else; so it is at the platform. */
const refundLine = (order: Order, line: OrderLine, id: bigint) => ({
  id,
  line_item_id: BigInt(line.id),
  location_id: 68_920_557_901n,
  quantity: line.quantity,
  restock_type: order.fulfilment === null ? 'cancel' : 'return',
  subtotal: lineTotal(line) / 100,
  subtotal_set: moneySet(lineTotal(line)),
  total_tax: lineTax(line) / 100,
  total_tax_set: moneySet(lineTax(line)),
  line_item: linePayload(order, line),
});

const shippingAdjustment = (order: Order, refund: Refund) => ({
  id: BigInt(refund.id) + 1n,
  kind: 'shipping_refund',
  reason: 'Shipping refund',
  order_id: BigInt(order.id),
  refund_id: BigInt(refund.id),
  amount: decimal(-refund.shippingMinor),
  amount_set: moneySet(-refund.shippingMinor),
  tax_amount: '0.00',
  tax_amount_set: moneySet(0),
});

const transaction = (order: Order, refund: Refund, minor: number) => ({
  id: BigInt(refund.id) + 2n,
  order_id: BigInt(order.id),
  parent_id: BigInt(order.id) + 3n,
  kind: 'refund',
  status: 'success',
  gateway: 'bogus',
  amount: decimal(minor),
  currency: CURRENCY,
  test: false,
  created_at: refund.atIso,
  processed_at: refund.atIso,
});

export function fulfilmentPayload(order: Order) {
  const { fulfilment } = order;
  if (fulfilment === null) throw new Error('nothing was shipped');
  const id = BigInt(fulfilment.id);
  const url = `https://track.example.com/?n=${fulfilment.trackingNumber}`;
  return {
    id,
    admin_graphql_api_id: gid('Fulfillment', id),
    order_id: BigInt(order.id),
    name: `#${order.number}.1`,
    status: 'success',
    service: 'manual',
    created_at: fulfilment.atIso,
    updated_at: new Date().toISOString(),
    shipment_status: fulfilment.delivered ? 'delivered' : null,
    tracking_company: 'An Post',
    tracking_number: fulfilment.trackingNumber,
    tracking_numbers: [fulfilment.trackingNumber],
    tracking_url: url,
    tracking_urls: [url],
    line_items: order.lines.map((line) => linePayload(order, line)),
  };
}

function latestChange(order: Order): string {
  const times = [
    order.placedAtIso,
    order.cancelledAtIso,
    order.fulfilment?.atIso,
    ...order.refunds.map((one) => one.atIso),
  ];
  return (
    times
      .filter((time) => typeof time === 'string')
      .sort()
      .at(-1) ?? order.placedAtIso
  );
}
