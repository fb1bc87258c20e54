/** Shopify's topics beside orders and refunds: consent, checkouts, edits, tracking, merges, and what is owed by law. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../worker/domain/json.ts';
import { mapWebhook, readWebhook } from '../../worker/intake/sources/shopify.ts';
import { parseExact } from '../../worker/intake/sources/shopify-json.ts';
import { mergeOf } from '../../worker/intake/sources/shopify-merge.ts';
import { privacyRequestOf } from '../../worker/intake/sources/shopify-privacy.ts';
import type { Webhook } from '../../worker/intake/sources/shopify-webhook.ts';
import type { Delivery } from '../../worker/routing/deliver.ts';
import { isPublishedAbsent, published, readBytes } from './published.ts';

const RECEIVED = Date.UTC(2026, 0, 15, 12);
const DAY = 86_400_000;

function webhook(topic: string, payload: JsonObject, changes: Partial<Webhook> = {}): Webhook {
  return { topic, eventId: 'e1', triggeredAtMs: null, receivedAtMs: RECEIVED, payload, currency: 'USD', ...changes };
}

function mapped(topic: string, payload: JsonObject, changes: Partial<Webhook> = {}): Delivery {
  const delivery = mapWebhook(webhook(topic, payload, changes));
  if (delivery === null) throw new Error(`${topic} was not read`);
  return delivery;
}

function consentsIn(topic: string, payload: JsonObject, changes: Partial<Webhook> = {}) {
  return (mapped(topic, payload, changes).event.consents ?? []).map((one) => {
    return [one.channel, one.kind === 'state' ? one.state : one.kind, one.atMs];
  });
}

const at = (text: string) => new Date(text).getTime();

describe('a consent of Shopify’s', () => {
  test.each([
    ['subscribed', 'subscribed'],
    ['SUBSCRIBED', 'subscribed'],
    ['pending', 'pending'],
    ['unsubscribed', 'unsubscribed'],
    ['redacted', 'unsubscribed'],
    ['not_subscribed', 'never_subscribed'],
  ])('%s is %s, at its own time, with what proves it', (state, ours) => {
    const consent = { state, opt_in_level: 'confirmed_opt_in', consent_updated_at: '2026-01-10T10:00:00Z' };
    const { subject, event } = mapped('customers_email_marketing_consent/update', {
      customer_id: 7,
      email_address: 'Ann@Example.com',
      email_marketing_consent: consent,
    });
    // whether the address was verified is not said here: it must not lead to somebody else
    expect(subject.identifiers).toEqual([{ kind: 'shopify', value: '7' }]);
    expect(event).toMatchObject({ name: 'Updated Consent', traits: null, fact: null });
    expect(event.consents).toEqual([
      {
        kind: 'state',
        channel: 'email',
        state: ours,
        atMs: at('2026-01-10T10:00:00Z'),
        source: 'shopify',
        proof: { optInLevel: 'confirmed_opt_in' },
      },
    ]);
  });

  test.each(['invalid', '', 'toString', null, 7])('with the state %j says nothing', (state) => {
    const payload = { id: 7, sms_marketing_consent: { state, consent_updated_at: '2026-01-10T10:00:00Z' } };
    expect(consentsIn('customers_marketing_consent/update', payload)).toEqual([]);
  });

  test('of its own topic without a time is of when the topic was told', () => {
    const payload = { id: 7, sms_marketing_consent: { state: 'not_subscribed' } };
    const triggeredAtMs = RECEIVED - 5;
    expect(consentsIn('customers_marketing_consent/update', payload, { triggeredAtMs })).toEqual([
      ['sms', 'never_subscribed', triggeredAtMs],
    ]);
  });

  test('in a profile without a time never re-grants by being told again', () => {
    const times = { created_at: '2025-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' };
    const told = (state: string) =>
      consentsIn('customers/update', { id: 7, ...times, email_marketing_consent: { state } });
    expect(told('subscribed')).toEqual([['email', 'subscribed', at(times.created_at)]]);
    expect(told('unsubscribed')).toEqual([['email', 'unsubscribed', at(times.updated_at)]]);
    expect(told('not_subscribed')).toEqual([]);
  });

  test('in the older form counts where the newer one is not told', () => {
    const older = { id: 7, accepts_marketing: true, accepts_marketing_updated_at: '2026-01-02T00:00:00Z' };
    expect(consentsIn('customers/update', older)).toEqual([['email', 'subscribed', at('2026-01-02T00:00:00Z')]]);
    expect(consentsIn('customers/update', { ...older, accepts_marketing: false })).toEqual([
      ['email', 'never_subscribed', at('2026-01-02T00:00:00Z')],
    ]);
    const both = {
      ...older,
      email_marketing_consent: { state: 'unsubscribed', consent_updated_at: '2026-01-03T00:00:00Z' },
    };
    expect(consentsIn('customers/update', both)).toEqual([['email', 'unsubscribed', at('2026-01-03T00:00:00Z')]]);
  });
});

describe('an edit of an order', () => {
  test('names its lines and pieces on the timeline of the order, and states no fact', () => {
    const lines = { additions: [{ id: 21, delta: 1 }], removals: [{ id: 11, delta: 2 }] };
    const { subject, event } = mapped('orders/edited', { order_edit: { order_id: 1001, line_items: lines } });
    expect(subject).toEqual({ identifiers: [{ kind: 'order', value: '1001' }], trust: 'server' });
    expect(event).toMatchObject({
      name: 'Edited Order',
      fact: null,
      properties: {
        order_id: '1001',
        additions: [{ line_id: '21', quantity: 1 }],
        removals: [{ line_id: '11', quantity: 2 }],
      },
    });
  });
});

describe('a parcel on its way', () => {
  const told = { order_id: 1001, fulfillment_id: 31, status: 'in_transit', happened_at: '2026-01-10T10:00:00Z' };

  test('is a carrier’s word at the time it happened', () => {
    const { event } = mapped('fulfillment_events/create', told);
    expect(event.fact).toEqual({
      kind: 'carrier',
      orderId: '1001',
      word: { fulfilmentId: '31', status: 'in_transit', atMs: at('2026-01-10T10:00:00Z') },
    });
    expect(event.occurredAtMs).toBe(at('2026-01-10T10:00:00Z'));
  });

  test.each([
    ['label_purchased', 'label_printed'],
    ['picked_up', 'delivered'],
    ['DELAYED', 'in_transit'],
    ['failure', 'failure'],
  ])('%s is the step %s', (status, step) => {
    expect(mapped('fulfillment_events/create', { ...told, status }).event.fact).toMatchObject({
      word: { status: step },
    });
  });

  test('of a step nobody knows is told on the timeline alone', () => {
    const { event } = mapped('fulfillment_events/create', { ...told, status: 'teleported' });
    expect([event.fact, event.properties.status]).toEqual([null, 'teleported']);
  });
});

describe('a checkout', () => {
  const checkout = {
    id: 5,
    token: 'tok',
    cart_token: 'cart',
    email: 'Ann@Example.com',
    phone: '+16136120707',
    currency: 'USD',
    total_price: '20.00',
    line_items: [{ product_id: 9, title: 'Thing', quantity: 2, price: '10.00' }],
    updated_at: '2026-01-10T10:00:00Z',
  };

  test('is named by its token, finds its buyer and changes no profile', () => {
    const { subject, event } = mapped('checkouts/create', checkout);
    expect(subject).toEqual({ identifiers: [{ kind: 'email', value: 'ann@example.com' }], trust: 'server' });
    expect(event).toMatchObject({ key: 'shopify:checkout:tok:started', name: 'Started Checkout', traits: null });
    expect(event.properties).toMatchObject({ checkout_token: 'tok', total: '20.00' });
    expect(JSON.stringify(event)).not.toContain('+1613');
  });

  test('of a customer is that customer’s, whatever e-mail was typed', () => {
    const { subject } = mapped('checkouts/update', { ...checkout, customer: { id: 7, email: 'other@example.com' } });
    expect(subject.identifiers).toEqual([{ kind: 'shopify', value: '7' }]);
  });

  test('told again with the same content is the same event, with other content another', () => {
    const key = (changes: JsonObject) =>
      mapped('checkouts/update', { ...checkout, ...changes }, { eventId: crypto.randomUUID() }).event.key;
    const same = key({ updated_at: '2026-01-10T10:00:05Z', note: 'x' });
    expect(key({})).toBe(same);
    expect(key({ total_price: '30.00' })).not.toBe(same);
    expect(key({ token: 'other' })).not.toBe(same);
  });

  test.each([[{ email: null }], [{ token: null, cart_token: null }]])('with %j names nobody', (changes) => {
    expect(readWebhook(webhook('checkouts/create', { ...checkout, ...changes }))).toEqual({
      kind: 'refused',
      reason: 'names_nobody',
    });
  });
});

describe('a merge', () => {
  const merge = {
    admin_graphql_api_customer_kept_id: 'gid://shopify/Customer/706405506930370084',
    admin_graphql_api_customer_deleted_id: 'gid://shopify/Customer/706405506930370085',
    status: 'COMPLETED',
  };

  test('names the kept and the deleted customer, digit for digit, and how it ended', () => {
    expect(mergeOf(merge)).toEqual({
      keptId: '706405506930370084',
      deletedId: '706405506930370085',
      status: 'completed',
    });
  });

  test.each([
    [{ admin_graphql_api_customer_kept_id: null }],
    [{ admin_graphql_api_customer_kept_id: merge.admin_graphql_api_customer_deleted_id }],
    [{ admin_graphql_api_customer_deleted_id: 'gid://shopify/Order/1' }],
    [{ admin_graphql_api_customer_deleted_id: 7 }],
  ])('with %j is none', (changes) => {
    expect(mergeOf({ ...merge, ...changes })).toBeNull();
  });
});

describe('a privacy request', () => {
  const redact = { shop_id: 1, customer: { id: 7, email: 'Ann@Example.com', phone: '555' }, orders_to_redact: [3, 2] };

  test('is owed 30 days after Shopify asked, and says who it is about', () => {
    const asked = privacyRequestOf(webhook('customers/redact', redact, { triggeredAtMs: RECEIVED - DAY }));
    expect(asked).toEqual({
      key: 'customers/redact customer 7 2 3',
      request: {
        kind: 'erasure',
        source: 'shopify',
        reference: null,
        requestedAtMs: RECEIVED - DAY,
        receivedAtMs: RECEIVED,
        dueAtMs: RECEIVED + 29 * DAY,
        state: 'open',
        finishedAtMs: null,
        subject: { shopifyId: '7', email: 'ann@example.com', phone: '555' },
        orders: ['3', '2'],
      },
    });
  });

  test('is the same by its number, or by customer and orders; a shop’s and a nameless one’s by their event', () => {
    const key = (topic: string, payload: JsonObject, eventId = 'e1') =>
      privacyRequestOf(webhook(topic, payload, { eventId }))?.key;
    const asked = { customer: { id: 7 }, orders_requested: [], data_request: { id: 9999 } };
    expect(key('customers/data_request', asked)).toBe(key('customers/data_request', asked, 'e2'));
    expect(key('customers/redact', redact)).toBe(
      key('customers/redact', { ...redact, orders_to_redact: [2, 3] }, 'e2'),
    );
    expect(key('customers/redact', redact)).not.toBe(key('customers/redact', { ...redact, orders_to_redact: [2] }));
    expect(key('shop/redact', {}, 'e1')).not.toBe(key('shop/redact', {}, 'e2'));
    const nameless = { customer: { email: 'a@example.com' } };
    expect(key('customers/redact', nameless, 'e1')).not.toBe(key('customers/redact', nameless, 'e2'));
  });

  test('is none under any other topic', () => {
    expect(privacyRequestOf(webhook('customers/update', redact))).toBeNull();
    expect(privacyRequestOf(webhook('toString', redact))).toBeNull();
  });
});

describe.skipIf(isPublishedAbsent)(published, () => {
  const read = (file: string): JsonObject => {
    const payload = parseExact(readBytes(`shopify/${file}.json`));
    if (payload === null) throw new Error('no JSON object');
    return payload;
  };

  test.each([
    ['checkouts_create.docs-sample', 'checkouts/create', 'shopify', '603851970716743400'],
    ['orders_edited.docs-sample', 'orders/edited', 'order', '820982911946154508'],
    ['fulfillment_events_create.docs-sample', 'fulfillment_events/create', 'order', '820982911946154508'],
    ['customers_delete.docs-sample', 'customers/delete', 'shopify', '706405506930370084'],
    [
      'customers_email_marketing_consent_update.docs-sample',
      'customers_email_marketing_consent/update',
      'shopify',
      '706405506930370084',
    ],
  ])('%s finds %s %s %s', (file, topic, kind, value) => {
    expect(mapped(topic, read(file)).subject.identifiers).toEqual([{ kind, value }]);
  });

  test('the empty consent says nothing, the older form says subscribed', () => {
    const empty = read('customers_email_marketing_consent_update.docs-sample');
    expect(consentsIn('customers_email_marketing_consent/update', empty)).toEqual([]);
    expect(consentsIn('customers/create', read('customers_create.docs-sample'))).toEqual([
      ['email', 'subscribed', at('2021-12-31T19:00:00-05:00')],
    ]);
  });

  test('the failed merge is read as failed', () => {
    expect(mergeOf(read('customers_merge.docs-sample'))).toEqual({ keptId: '1', deletedId: '2', status: 'failed' });
  });

  test.each([
    [
      'customers_data_request',
      'customers/data_request',
      { kind: 'access', reference: '9999', orders: ['299938', '280263', '220458'] },
    ],
    [
      'customers_redact',
      'customers/redact',
      { kind: 'erasure', reference: null, orders: ['299938', '280263', '220458'] },
    ],
    ['shop_redact', 'shop/redact', { kind: 'shop_erasure', reference: null, orders: [], subject: null }],
  ])('%s is a privacy request', (file, topic, about) => {
    expect(privacyRequestOf(webhook(topic, read(file)))?.request).toMatchObject(about);
  });
});
