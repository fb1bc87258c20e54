/**
 * Shopify's compliance topics as privacy requests. Payloads: shopify.dev, Privacy law compliance. The keys say when two
 * deliveries are one request, for a request must neither be lost nor carried out twice.
 */
import { emailOf } from '../../domain/identifier.ts';
import { idOf, type JsonObject, objectOf, textOf } from '../../domain/json.ts';
import { dueAt, type PrivacyKind, type PrivacyRequest } from '../../domain/privacy.ts';
import { occurredAt, type Webhook } from './shopify-webhook.ts';

const KINDS: Readonly<Record<string, PrivacyKind>> = {
  'customers/data_request': 'access',
  'customers/redact': 'erasure',
  'shop/redact': 'shop_erasure',
};

export interface Asked {
  /** Equal for every delivery of the same request; the request's id derives from it. */
  key: string;
  request: Omit<PrivacyRequest, 'id'>;
}

/** null for any other topic. */
export function privacyRequestOf(webhook: Webhook): Asked | null {
  const { topic, payload, receivedAtMs } = webhook;
  const kind = Object.hasOwn(KINDS, topic) ? KINDS[topic] : undefined;
  if (kind === undefined) return null;
  const customer = objectOf(payload, 'customer');
  const reference = idOf(objectOf(payload, 'data_request'), 'id');
  const subject = {
    shopifyId: idOf(customer, 'id'),
    email: emailOf(customer),
    phone: textOf(customer, 'phone'),
  };
  const orders = idsOf(payload, kind === 'access' ? 'orders_requested' : 'orders_to_redact');
  const requestedAtMs = webhook.triggeredAtMs === null ? receivedAtMs : occurredAt(webhook);
  const request = {
    kind,
    source: 'shopify',
    reference,
    requestedAtMs,
    receivedAtMs,
    dueAtMs: dueAt(requestedAtMs),
    state: 'open' as const,
    finishedAtMs: null,
    subject: kind === 'shop_erasure' ? null : subject,
    orders,
  };
  return { key: `${topic} ${keyOf(webhook, request)}`, request };
}

/** By its own number, else by customer and orders; a person without an id, or a shop, may well be named again later. */
function keyOf(webhook: Webhook, { reference, subject, orders }: Asked['request']): string {
  if (reference !== null) return `number ${reference}`;
  const id = subject?.shopifyId ?? null;
  return id === null ? `event ${webhook.eventId}` : `customer ${id} ${orders.toSorted().join(' ')}`;
}

function idsOf(payload: JsonObject, field: string): string[] {
  const list = payload[field];
  return Array.isArray(list) ? list.flatMap((value) => idOf({ value }, 'value') ?? []) : [];
}
