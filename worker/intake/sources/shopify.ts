/** Shopify's webhook topics as customer events. Pure; the signature was verified before. */

import type { CustomerEvent, Identifier } from '../../domain/event.ts';
import { emailOf } from '../../domain/identifier.ts';
import { idOf, type JsonObject, objectOf, objectsOf, textOf } from '../../domain/json.ts';
import type { OrderFact } from '../../domain/order-facts.ts';
import type { Delivery } from '../../routing/deliver.ts';
import { instantOf } from './shopify-json.ts';
import { fulfilmentOf, snapshotOf } from './shopify-order.ts';
import { refundOf } from './shopify-refund.ts';

export interface Webhook {
  topic: string;
  /** The event's id; equal for every delivery and every subscription of the same event. */
  eventId: string;
  triggeredAtMs: number | null;
  receivedAtMs: number;
  payload: JsonObject;
  currency: string;
}

const NAMES: Readonly<Record<string, string>> = {
  'orders/create': 'Placed Order',
  'orders/paid': 'Paid Order',
  'orders/updated': 'Updated Order',
  'orders/cancelled': 'Cancelled Order',
  'refunds/create': 'Refunded Order',
  'fulfillments/create': 'Fulfilled Order',
  'fulfillments/update': 'Updated Fulfilment',
  'customers/create': 'Created Customer',
  'customers/update': 'Updated Customer',
};

/** The event and who it is about; null for a topic that is not read here or a payload that names nothing. */
export function mapWebhook(webhook: Webhook): Delivery | null {
  const name = NAMES[webhook.topic];
  if (name === undefined || !Object.hasOwn(NAMES, webhook.topic)) return null;
  if (webhook.topic.startsWith('customers/')) return customerDelivery(webhook, name);
  const fact = factOf(webhook);
  return fact === null ? null : orderDelivery(webhook, name, fact);
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
      paid: topic === 'orders/paid',
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

function orderDelivery(webhook: Webhook, name: string, fact: OrderFact): Delivery {
  const { payload } = webhook;
  const orderId = fact.kind === 'order' ? fact.order.orderId : fact.orderId;
  const identifiers: Identifier[] = [{ kind: 'order', value: orderId }];
  if (fact.kind !== 'order')
    return {
      subject: { identifiers, trust: 'server' },
      event: eventOf(webhook, name, { order_id: orderId }, fact),
    };
  const customer = objectOf(payload, 'customer');
  identifiers.push(
    ...customerIdentifiers(customer, emailOf(payload) ?? emailOf({ email: payload.contact_email ?? null })),
  );
  const properties = orderProperties(fact, payload);
  const event = eventOf(webhook, name, properties, fact);
  return {
    subject: { identifiers, trust: 'server' },
    event: { ...event, traits: customerTraits(customer, emailOf(payload)) },
  };
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
  };
}

function customerDelivery(webhook: Webhook, name: string): Delivery | null {
  const identifiers = customerIdentifiers(webhook.payload, null);
  if (identifiers.length === 0) return null;
  const properties = {
    tags: textOf(webhook.payload, 'tags'),
    state: textOf(webhook.payload, 'state'),
  };
  const event = eventOf(webhook, name, properties, null);
  return {
    subject: { identifiers, trust: 'server' },
    event: { ...event, traits: customerTraits(webhook.payload, null) },
  };
}

function customerIdentifiers(customer: JsonObject, orderEmail: string | null): Identifier[] {
  const id = idOf(customer, 'id');
  const email = emailOf(customer) ?? orderEmail;
  const identifiers: Identifier[] = [];
  if (id !== null) identifiers.push({ kind: 'shopify', value: id });
  if (email !== null) identifiers.push({ kind: 'email', value: email });
  return identifiers;
}

function customerTraits(customer: JsonObject, orderEmail: string | null): JsonObject | null {
  const traits: JsonObject = {};
  const id = idOf(customer, 'id');
  if (id !== null) traits.shopifyId = id;
  const email = emailOf(customer) ?? orderEmail;
  if (email !== null) traits.email = email;
  const names: [string, string][] = [
    ['first_name', 'firstName'],
    ['last_name', 'lastName'],
    ['phone', 'phone'],
  ];
  for (const [theirs, ours] of names) {
    const value = textOf(customer, theirs);
    if (value !== null) traits[ours] = value;
  }
  return Object.keys(traits).length === 0 ? null : traits;
}

function eventOf(webhook: Webhook, name: string, properties: JsonObject, fact: OrderFact | null): CustomerEvent {
  const said = webhook.triggeredAtMs ?? instantOf(webhook.payload, 'updated_at') ?? webhook.receivedAtMs;
  return {
    key: `shopify:${webhook.topic}:${webhook.eventId}`,
    source: 'shopify',
    trust: 'server',
    name,
    occurredAtMs: Math.max(0, Math.min(said, webhook.receivedAtMs)),
    receivedAtMs: webhook.receivedAtMs,
    properties,
    traits: null,
    fact,
  };
}
