/**
 * Shopify's checkouts. The token names one: `checkout_id` left these payloads in March 2026. What is typed into a checkout
 * is nobody's proof, so it finds a customer and changes no profile.
 */

import type { Identifier } from '../../domain/event.ts';
import { emailOf } from '../../domain/identifier.ts';
import { idOf, type JsonObject, objectOf, objectsOf, textOf } from '../../domain/json.ts';
import type { Delivery } from '../../routing/deliver.ts';
import { httpsOrNull } from './shopify-json.ts';
import { referralOf } from './shopify-referral.ts';
import { eventOf, type Webhook } from './shopify-webhook.ts';

const LONGEST_TOKEN = 100;

export function checkoutDelivery(webhook: Webhook, name: string): Delivery | null {
  const { payload, topic } = webhook;
  const token = textOf(payload, 'token') ?? textOf(payload, 'cart_token');
  const identifier = buyerOf(payload);
  if (token === null || token.length > LONGEST_TOKEN || identifier === null) return null;
  const properties = propertiesOf(payload, token);
  // a checkout is told again at every keystroke of its buyer: equal content is one event
  const content = topic === 'checkouts/create' ? 'started' : digestOf(JSON.stringify(properties));
  const event = eventOf(webhook, name, properties);
  return {
    subject: { identifiers: [identifier], trust: 'server' },
    event: { ...event, key: `shopify:checkout:${token}:${content}` },
  };
}

/** One identifier only: an e-mail typed next to a customer must not become that customer's. */
function buyerOf(payload: JsonObject): Identifier | null {
  const id = idOf(objectOf(payload, 'customer'), 'id');
  if (id !== null) return { kind: 'shopify', value: id };
  const email = emailOf(payload);
  return email === null ? null : { kind: 'email', value: email };
}

function propertiesOf(payload: JsonObject, token: string): JsonObject {
  return {
    checkout_token: token,
    cart_token: textOf(payload, 'cart_token'),
    currency: textOf(payload, 'currency'),
    total: textOf(payload, 'total_price'),
    subtotal: textOf(payload, 'subtotal_price'),
    discount_codes: objectsOf(payload, 'discount_codes').flatMap((one) => textOf(one, 'code') ?? []),
    completed_at: textOf(payload, 'completed_at'),
    checkout_url: httpsOrNull(textOf(payload, 'abandoned_checkout_url')),
    products: objectsOf(payload, 'line_items').map((line) => ({
      product_id: idOf(line, 'product_id'),
      variant_id: idOf(line, 'variant_id'),
      sku: textOf(line, 'sku'),
      name: textOf(line, 'title') ?? textOf(line, 'presentment_title'),
      quantity: Number.isSafeInteger(line.quantity) ? Number(line.quantity) : 0,
      price: textOf(line, 'price'),
    })),
    ...referralOf(payload),
  };
}

/** FNV-1a of 64 bits: tells contents of one checkout apart, and protects nothing. */
function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(36);
}
