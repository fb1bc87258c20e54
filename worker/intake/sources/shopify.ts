/** Shopify's webhook topics as customer events. Pure; the signature was verified before. */

import type { CustomerEvent, Identifier } from '../../domain/event.ts';
import { emailOf } from '../../domain/identifier.ts';
import { idOf, type JsonObject, objectOf, objectsOf, textOf } from '../../domain/json.ts';
import type { OrderFact } from '../../domain/order-facts.ts';
import type { Delivery } from '../../routing/deliver.ts';
import { checkoutDelivery } from './shopify-checkout.ts';
import {
  consentDelivery,
  customerDelivery,
  customerIdentifiers,
  customerTraits,
  deletedDelivery,
} from './shopify-customer.ts';
import { instantOf } from './shopify-json.ts';
import { carrierWordOf, fulfilmentOf, snapshotOf } from './shopify-order.ts';
import { referralOf } from './shopify-referral.ts';
import { refundOf } from './shopify-refund.ts';
import { eventOf, occurredAt, type Webhook } from './shopify-webhook.ts';

/** An order says that it was paid in every webhook about it; the one of that topic may be lost. */
const PAID = new Set(['paid', 'partially_refunded', 'refunded']);

type Mapper = (webhook: Webhook, name: string) => Delivery | null;

/** Every topic that becomes an event of a customer: the event's name, and who reads it. */
const TOPICS: Readonly<Record<string, readonly [string, Mapper]>> = {
  'orders/create': ['Placed Order', orderDelivery],
  'orders/paid': ['Paid Order', orderDelivery],
  'orders/updated': ['Updated Order', orderDelivery],
  'orders/edited': ['Edited Order', editDelivery],
  'orders/cancelled': ['Cancelled Order', orderDelivery],
  'refunds/create': ['Refunded Order', orderDelivery],
  'fulfillments/create': ['Fulfilled Order', orderDelivery],
  'fulfillments/update': ['Updated Fulfilment', orderDelivery],
  'fulfillment_events/create': ['Tracked Parcel', trackingDelivery],
  'customers/create': ['Created Customer', customerDelivery],
  'customers/update': ['Updated Customer', customerDelivery],
  'customers/delete': ['Deleted Customer', deletedDelivery],
  'customers_email_marketing_consent/update': ['Updated Consent', consentDelivery],
  'customers_marketing_consent/update': ['Updated Consent', consentDelivery],
  'checkouts/create': ['Started Checkout', checkoutDelivery],
  'checkouts/update': ['Updated Checkout', checkoutDelivery],
};

/** What makes nobody a customer: it is told of one we know, or of none. */
const OF_KNOWN_ONLY = new Set(['customers/delete']);

export type Mapping =
  | { kind: 'delivery'; delivery: Delivery; ofKnownOnly: boolean }
  | { kind: 'refused'; reason: 'topic_not_read' | 'names_nobody' };

/** The event and who it is about. Pure: the same webhook always maps to the same. */
export function readWebhook(webhook: Webhook): Mapping {
  const topic = Object.hasOwn(TOPICS, webhook.topic) ? TOPICS[webhook.topic] : undefined;
  if (topic === undefined) return { kind: 'refused', reason: 'topic_not_read' };
  const [name, map] = topic;
  const delivery = map(webhook, name);
  if (delivery === null) return { kind: 'refused', reason: 'names_nobody' };
  return { kind: 'delivery', delivery, ofKnownOnly: OF_KNOWN_ONLY.has(webhook.topic) };
}

/** As `readWebhook`; null for a topic that is not read here or a payload that names nothing. */
export function mapWebhook(webhook: Webhook): Delivery | null {
  const mapping = readWebhook(webhook);
  return mapping.kind === 'delivery' ? mapping.delivery : null;
}

function factOf({ topic, payload, currency, receivedAtMs }: Webhook): OrderFact | null {
  if (topic.startsWith('orders/')) {
    const order = snapshotOf(payload, currency, receivedAtMs);
    if (order === null) return null;
    const refunds = objectsOf(payload, 'refunds').flatMap((refund) => refundOf(refund, order.currency, payload) ?? []);
    const fulfilments = objectsOf(payload, 'fulfillments').flatMap((one) => fulfilmentOf(one) ?? []);
    const cancelledAtMs = topic === 'orders/cancelled' ? (order.cancelledAtMs ?? receivedAtMs) : order.cancelledAtMs;
    return {
      kind: 'order',
      paid: topic === 'orders/paid' || PAID.has(textOf(payload, 'financial_status') ?? ''),
      order: { ...order, cancelledAtMs },
      refunds,
      fulfilments,
    };
  }
  const orderId = idOf(payload, 'order_id');
  if (orderId === null) return null;
  if (topic === 'refunds/create') {
    const refund = refundOf(payload, currency);
    return refund === null ? null : { kind: 'refund', orderId, refund };
  }
  const fulfilment = fulfilmentOf(payload);
  return fulfilment === null ? null : { kind: 'fulfilment', orderId, fulfilment };
}

/** `orders/edited` names lines and pieces only; the `orders/updated` that follows carries the amounts. */
function editDelivery(webhook: Webhook, name: string): Delivery | null {
  const edit = objectOf(webhook.payload, 'order_edit');
  const orderId = idOf(edit, 'order_id');
  if (orderId === null) return null;
  const lines = objectOf(edit, 'line_items');
  const changed = (field: string) =>
    objectsOf(lines, field).map((line) => ({ line_id: idOf(line, 'id'), quantity: Number(line.delta) || 0 }));
  const properties = { order_id: orderId, additions: changed('additions'), removals: changed('removals') };
  return aboutOrder(orderId, eventOf(webhook, name, properties));
}

/** What the carrier says of one parcel; at the time it happened, however late it is told. */
function trackingDelivery(webhook: Webhook, name: string): Delivery | null {
  const { payload, receivedAtMs } = webhook;
  const orderId = idOf(payload, 'order_id');
  if (orderId === null) return null;
  const happened = instantOf(payload, 'happened_at') ?? occurredAt(webhook);
  const occurredAtMs = Math.max(0, Math.min(happened, receivedAtMs));
  const word = carrierWordOf(payload, occurredAtMs);
  const properties = {
    order_id: orderId,
    fulfillment_id: idOf(payload, 'fulfillment_id'),
    status: textOf(payload, 'status'),
    message: textOf(payload, 'message'),
  };
  const fact: OrderFact | null = word === null ? null : { kind: 'carrier', orderId, word };
  return aboutOrder(orderId, { ...eventOf(webhook, name, properties), occurredAtMs, fact });
}

function aboutOrder(orderId: string, event: CustomerEvent): Delivery {
  return { subject: { identifiers: [{ kind: 'order', value: orderId }], trust: 'server' }, event };
}

function orderDelivery(webhook: Webhook, name: string): Delivery | null {
  const fact = factOf(webhook);
  if (fact === null) return null;
  const { payload } = webhook;
  if (fact.kind !== 'order') {
    return aboutOrder(fact.orderId, { ...eventOf(webhook, name, { order_id: fact.orderId }), fact });
  }
  const customer = objectOf(payload, 'customer');
  const email = emailOf(payload) ?? emailOf({ email: payload.contact_email ?? null });
  const identifiers: Identifier[] = [
    { kind: 'order', value: fact.order.orderId },
    ...customerIdentifiers(customer, email),
  ];
  const traits = customerTraits(customer, emailOf(payload));
  const event = { ...eventOf(webhook, name, orderProperties(fact, payload)), fact, traits };
  if (traits === null) return { subject: { identifiers, trust: 'server' }, event };
  const profileAtMs = instantOf(customer, 'updated_at') ?? event.occurredAtMs;
  return { subject: { identifiers, trust: 'server' }, event: { ...event, profileAtMs } };
}

/** What a merchant wants to see of an order in a timeline; the rest is with the order itself. */
function orderProperties(fact: Extract<OrderFact, { kind: 'order' }>, payload: JsonObject): JsonObject {
  const { order } = fact;
  return {
    order_id: order.orderId,
    name: order.name,
    currency: order.currency,
    total: textOf(payload, 'total_price'),
    subtotal: textOf(payload, 'current_subtotal_price') ?? textOf(payload, 'subtotal_price'),
    financial_status: textOf(payload, 'financial_status'),
    source_name: textOf(payload, 'source_name'),
    discount_codes: objectsOf(payload, 'discount_codes').flatMap((one) => textOf(one, 'code') ?? []),
    products: order.lines.map((line) => ({
      product_id: line.productId,
      sku: line.sku,
      name: line.title,
      quantity: line.quantity,
    })),
    ...referralOf(payload),
  };
}
