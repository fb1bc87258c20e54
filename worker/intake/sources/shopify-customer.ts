/** Shopify's customers: who they are, what their profile says, and what they consented to. */

import type { Identifier } from '../../domain/event.ts';
import { emailOf, phoneOf } from '../../domain/identifier.ts';
import { idOf, type JsonObject, textOf } from '../../domain/json.ts';
import type { Delivery } from '../../routing/deliver.ts';
import { marketingConsents } from './shopify-consent.ts';
import { instantOf } from './shopify-json.ts';
import { eventOf, occurredAt, type Webhook } from './shopify-webhook.ts';

/** As many as Shopify keeps. */
const MOST_TAGS = 250;

/** `customers/create` and `customers/update`: the whole profile. */
export function customerDelivery(webhook: Webhook, name: string): Delivery | null {
  const { payload } = webhook;
  const identifiers = customerIdentifiers(payload, null);
  if (identifiers.length === 0) return null;
  const properties = { tags: textOf(payload, 'tags'), state: textOf(payload, 'state') };
  const profileAtMs = instantOf(payload, 'updated_at') ?? occurredAt(webhook);
  // a profile is told again for any reason: what it says without a time neither re-grants nor withdraws by being repeated
  const undated = { grantedAtMs: instantOf(payload, 'created_at'), withdrawnAtMs: profileAtMs, neverAtMs: null };
  const consents = marketingConsents(payload, undated);
  const traits = withAccount(payload, customerTraits(payload, null));
  const event = { ...eventOf(webhook, name, properties), traits, profileAtMs };
  return {
    subject: { identifiers, trust: 'server' },
    event: consents.length === 0 ? event : { ...event, consents },
  };
}

/** Only the whole profile tells tags and whether there is an account: an order's customer may lack either. */
function withAccount(payload: JsonObject, traits: JsonObject | null): JsonObject | null {
  const tags = typeof payload.tags === 'string' ? payload.tags.split(',').map((tag) => tag.trim()) : null;
  const state = textOf(payload, 'state');
  const told: JsonObject = {
    ...(tags === null ? {} : { tags: tags.filter((tag) => tag !== '').slice(0, MOST_TAGS) }),
    ...(state === null ? {} : { accountState: state }),
  };
  return Object.keys(told).length === 0 ? traits : { ...traits, ...told };
}

/** `customers_email_marketing_consent/update`, `customers_marketing_consent/update` (SMS): the change itself. */
export function consentDelivery(webhook: Webhook, name: string): Delivery | null {
  const { payload } = webhook;
  const id = idOf(payload, 'customer_id') ?? idOf(payload, 'id');
  // nothing here says whether the address was verified; it names somebody only where nothing better does
  const email = id === null ? emailOf({ email: payload.email_address ?? payload.email ?? null }) : null;
  const identifiers: Identifier[] = [];
  if (id !== null) identifiers.push({ kind: 'shopify', value: id });
  if (email !== null) identifiers.push({ kind: 'email', value: email });
  if (identifiers.length === 0) return null;
  const now = occurredAt(webhook);
  const consents = marketingConsents(payload, { grantedAtMs: now, withdrawnAtMs: now, neverAtMs: now });
  const event = eventOf(webhook, name, {});
  return {
    subject: { identifiers, trust: 'server' },
    event: consents.length === 0 ? event : { ...event, consents },
  };
}

/** `customers/delete`: gone from Shopify, not from here; erasing is `customers/redact`. */
export function deletedDelivery(webhook: Webhook, name: string): Delivery | null {
  const id = idOf(webhook.payload, 'id');
  if (id === null) return null;
  const identifiers: Identifier[] = [{ kind: 'shopify', value: id }];
  return { subject: { identifiers, trust: 'server' }, event: eventOf(webhook, name, {}) };
}

/** An e-mail that the account's owner never confirmed could be anybody's: it names nobody, and claims no guest's orders. */
export function customerIdentifiers(customer: JsonObject, orderEmail: string | null): Identifier[] {
  const id = idOf(customer, 'id');
  const email = customer.verified_email === false ? null : (emailOf(customer) ?? orderEmail);
  const phone = phoneOf(textOf(customer, 'phone'));
  const identifiers: Identifier[] = [];
  if (id !== null) identifiers.push({ kind: 'shopify', value: id });
  if (email !== null) identifiers.push({ kind: 'email', value: email });
  if (phone !== null) identifiers.push({ kind: 'phone', value: phone });
  return identifiers;
}

export function customerTraits(customer: JsonObject, orderEmail: string | null): JsonObject | null {
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
