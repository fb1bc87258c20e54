/**
 * Segment's e-commerce events (spec v2) as facts about an order. Amounts are decimal numbers there; an order's
 * `subtotal` is after discounts, before tax and shipping.
 */
import type { Trust } from '../domain/event.ts';
import { isPlain, LONGEST_ID } from '../domain/identifier.ts';
import { idOf, type Json, type JsonObject, objectsOf, textOf } from '../domain/json.ts';
import { ratio, toMinor } from '../domain/money.ts';
import {
  codesNamed,
  LONGEST_LINE_NAME,
  MOST_NAMES,
  type OrderFact,
  type OrderLine,
  type OrderSnapshot,
  type Refund,
  type RefundLine,
} from '../domain/order-facts.ts';
import type { EventReason } from '../wire/event-reasons.ts';

export interface OrderSender {
  trust: Trust;
  ownsOrders: boolean;
  currency: string;
  occurredAtMs: number;
  messageId: string;
}

/** A fact with its order's id, or no fact and, where one might have been expected, the reason. */
export type OrderReading = { fact: OrderFact; orderId: string; note: null } | { fact: null; note: EventReason | null };

const ORDER_EVENTS = new Set(['Placed Order', 'Updated Order', 'Refunded Order', 'Cancelled Order']);

/** Whether an event tells of an order that somebody else tells of: it shows, and counts for nothing. */
export function isAside(name: string, { ownsOrders }: Pick<OrderSender, 'ownsOrders'>): boolean {
  return !ownsOrders && ORDER_EVENTS.has(name);
}

export function orderFactOf(name: string, properties: JsonObject, sender: OrderSender): OrderReading {
  if (!ORDER_EVENTS.has(name)) return { fact: null, note: null };
  if (sender.trust !== 'server') return { fact: null, note: 'untrusted_source' };
  if (!sender.ownsOrders) return { fact: null, note: 'orders_owned_by_shopify' };
  const orderId = idOf(properties, 'order_id') ?? idOf(properties, 'orderId');
  if (orderId === null || orderId.length > LONGEST_ID || !isPlain(orderId)) return { fact: null, note: 'no_order_id' };
  const fact = factOf(name, orderId, properties, sender);
  return fact === null ? { fact: null, note: 'no_amount' } : { fact, orderId, note: null };
}

function factOf(name: string, orderId: string, properties: JsonObject, sender: OrderSender): OrderFact | null {
  if (name === 'Cancelled Order') return { kind: 'cancellation', orderId, atMs: sender.occurredAtMs };
  if (name === 'Refunded Order') return { kind: 'refund', orderId, refund: refundOf(properties, sender) };
  const order = snapshotOf(orderId, properties, sender);
  return order === null
    ? null
    : {
        kind: 'order',
        paid: name === 'Placed Order',
        order,
        refunds: [],
        fulfilments: [],
      };
}

function snapshotOf(orderId: string, properties: JsonObject, sender: OrderSender): OrderSnapshot | null {
  const currency = textOf(properties, 'currency')?.toUpperCase() ?? sender.currency;
  const money = (name: string) => toMinor(properties[name], currency);
  const gross = objectsOf(properties, 'products').map((product) => lineOf(product, currency));
  const shippingMinor = money('shipping') ?? 0;
  const taxMinor = money('tax') ?? 0;
  const discountMinor = money('discount') ?? 0;
  const grossMinor = gross.reduce((sum, line) => sum + line.netMinor, 0);
  const total = money('total');
  const fromTotal = total === null ? null : total - shippingMinor - taxMinor;
  const fromLines = gross.length > 0 ? grossMinor - discountMinor : null;
  // the spec's own samples tell `revenue` now before and now after the discount; a total is always after it
  const told = money('subtotal') ?? fromTotal ?? money('revenue') ?? fromLines;
  if (told === null) return null;
  const subtotalMinor = Math.max(0, told);
  const totalMinor = total ?? subtotalMinor + shippingMinor + taxMinor;
  if (!Number.isSafeInteger(totalMinor)) return null;
  return {
    orderId,
    name: textOf(properties, 'order_name') ?? `#${orderId}`,
    placedAtMs: sender.occurredAtMs,
    updatedAtMs: sender.occurredAtMs,
    currency,
    test: properties.test === true,
    cancelledAtMs: null,
    silentOnCancellation: true,
    refunded: false,
    taxesIncluded: false,
    subtotalMinor,
    discountMinor,
    taxMinor,
    shippingMinor,
    shippingTaxMinor: 0,
    totalMinor,
    ...codesNamed(couponsIn(properties)),
    lines: afterDiscounts(gross, subtotalMinor),
  };
}

/** `coupon` of the order and of its products, as the spec has it. */
function couponsIn(properties: JsonObject): (string | null)[] {
  return [properties, ...objectsOf(properties, 'products')].map((one) => textOf(one, 'coupon'));
}

function lineOf(product: JsonObject, currency: string): OrderLine {
  const quantity = Number.isSafeInteger(product.quantity) ? Math.max(0, Number(product.quantity)) : 1;
  return {
    lineId: idOf(product, 'product_id') ?? idOf(product, 'sku') ?? '',
    productId: idOf(product, 'product_id'),
    ...variantOf(product),
    sku: idOf(product, 'sku'),
    ...namesOf(product),
    title: textOf(product, 'name') ?? textOf(product, 'sku') ?? '',
    variantTitle: textOf(product, 'variant'),
    quantity,
    netMinor: Math.max(0, (toMinor(product.price, currency) ?? 0) * quantity),
    taxMinor: 0,
    giftCard: product.gift_card === true,
    imageUrl: textOf(product, 'image_url'),
    url: textOf(product, 'url'),
  };
}

function variantOf(product: JsonObject): Pick<OrderLine, 'variantId'> {
  const variantId = idOf(product, 'variant_id') ?? idOf(product, 'variantId');
  return variantId === null ? {} : { variantId };
}

/** The spec's `category`, and what shops add to it; tags as a list, or as one text with commas. */
function namesOf(product: JsonObject): Pick<OrderLine, 'collections' | 'tags'> {
  const collections = [...textsOf(product.category), ...textsOf(product.collections)];
  const tags = textsOf(product.tags).flatMap((text) => text.split(','));
  return {
    ...(collections.length === 0 ? {} : { collections: bounded(collections) }),
    ...(tags.length === 0 ? {} : { tags: bounded(tags) }),
  };
}

function textsOf(value: Json | undefined): string[] {
  const all = Array.isArray(value) ? value : [value ?? null];
  return all.filter((one) => typeof one === 'string');
}

function bounded(names: string[]): string[] {
  const told = names.map((name) => name.trim()).filter((name) => name !== '' && name.length <= LONGEST_LINE_NAME);
  return [...new Set(told)].slice(0, MOST_NAMES);
}

/** Prices are told before the order's discount; the lines take their share of it, and still add up to the cent. */
function afterDiscounts(lines: OrderLine[], subtotalMinor: number): OrderLine[] {
  const gross = lines.reduce((sum, line) => sum + line.netMinor, 0);
  if (gross === 0 || gross === subtotalMinor) return lines;
  let before = 0;
  let given = 0;
  return lines.map((line) => {
    before += line.netMinor;
    const upTo = ratio(subtotalMinor, before, gross, 'half-up');
    const netMinor = upTo - given;
    given = upTo;
    return { ...line, netMinor };
  });
}

/** Without products and total the whole order went back (Segment's spec: send the order_id alone). */
function refundOf(properties: JsonObject, sender: OrderSender): Refund {
  const currency = textOf(properties, 'currency')?.toUpperCase() ?? sender.currency;
  const lines = objectsOf(properties, 'products').map((product): RefundLine => {
    const line = lineOf(product, currency);
    return {
      lineId: line.lineId,
      quantity: line.quantity,
      netMinor: null,
      taxMinor: 0,
      giftCard: line.giftCard,
    };
  });
  return {
    refundId: idOf(properties, 'refund_id') ?? sender.messageId,
    atMs: sender.occurredAtMs,
    lines,
    shippingMinor: 0,
    moneyMinor: moneyBack(properties, currency),
  };
}

function moneyBack(properties: JsonObject, currency: string): number | null {
  const total = toMinor(properties.total, currency);
  return total === null ? null : Math.max(0, total);
}
