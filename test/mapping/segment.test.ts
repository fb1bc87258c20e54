import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Trust } from '../../worker/domain/event.ts';
import { type Mapped, mapMessage, type Sender } from '../../worker/mapping/segment.ts';
import { orderFactOf } from '../../worker/mapping/segment-order.ts';
import { isPublishedAbsent, published, readJson } from '../intake/published.ts';

const RECEIVED = Date.UTC(2026, 0, 15, 12);
const SECOND = 1000;
const DAY = 86_400_000;

function sender(changes: Partial<Sender> = {}): Sender {
  return { trust: 'server', receivedAtMs: RECEIVED, sentAt: undefined, ownsOrders: true, currency: 'USD', ...changes };
}

function message(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'track', event: 'Tried', userId: 'u1', messageId: 'm1', ...changes };
}

function mapped(changes: Record<string, unknown>, by = sender()): Exclude<Mapped, { refused: string }> {
  const answer = mapMessage(message(changes), by);
  if ('refused' in answer) throw new Error(`refused: ${answer.refused}`);
  return answer;
}

function refusalOf(changes: Record<string, unknown>): string | null {
  const answer = mapMessage(message(changes), sender());
  return 'refused' in answer ? answer.refused : null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

describe('a message', () => {
  const event = {
    key: 's:m1',
    source: 'segment',
    trust: 'server',
    occurredAtMs: RECEIVED,
    receivedAtMs: RECEIVED,
    fact: null,
  };
  const fromUser = { identifiers: [{ kind: 'user', value: 'u1' }], trust: 'server' };
  const profile = { userId: 'u1' };

  test.each([
    ['track', { event: 'Tried', properties: { a: 1 } }, { name: 'Tried', properties: { a: 1 }, traits: profile }],
    [
      'identify',
      { traits: { first_name: 'Ann', size: 38 } },
      {
        name: 'Identified',
        properties: {},
        traits: { first_name: 'Ann', firstName: 'Ann', size: 38, userId: 'u1' },
      },
    ],
    [
      'page',
      { name: 'Home', category: 'Shop', properties: { path: '/' } },
      { name: 'Viewed Page', properties: { path: '/', name: 'Home', category: 'Shop' }, traits: profile },
    ],
    ['screen', { name: 'Cart' }, { name: 'Viewed Screen', properties: { name: 'Cart' }, traits: profile }],
    [
      'group',
      { groupId: 'g1', traits: { plan: 'pro' } },
      { name: 'Joined Group', properties: { plan: 'pro', groupId: 'g1' }, traits: profile },
    ],
    ['alias', { previousId: 'u1' }, { name: 'Aliased', properties: { previousId: 'u1' }, traits: profile }],
  ])('of type %s becomes one event', (type, told, expected) => {
    expect(mapMessage({ type, userId: 'u1', messageId: 'm1', ...told }, sender())).toEqual({
      subject: fromUser,
      event: { ...event, ...expected },
      note: null,
    });
  });

  test('keeps the key of its trust apart: a browser cannot use up a server’s message id', () => {
    const keyOf = (trust: 'server' | 'browser') => mapped({}, sender({ trust })).event.key;
    expect([keyOf('server'), keyOf('browser')]).toEqual(['s:m1', 'b:m1']);
  });

  test('has a key of its own where it brings none', () => {
    const keys = [1, 2].map(() => mapped({ messageId: undefined }).event.key);
    expect(new Set(keys).size).toBe(2);
  });

  test('may spell it message_id', () => {
    expect(mapped({ messageId: undefined, message_id: 'm2' }).event.key).toBe('s:m2');
  });

  test.each([
    ['not_an_object', null],
    ['not_an_object', 'track'],
    ['not_an_object', [message()]],
    ['unknown_type', message({ type: 'delete' })],
    ['unknown_type', message({ type: undefined })],
    ['message_id_too_long', message({ messageId: 'm'.repeat(101) })],
    ['no_event_name', message({ event: undefined })],
    ['no_event_name', message({ event: '' })],
    ['no_event_name', message({ event: 7 })],
    ['no_event_name', message({ event: 'e'.repeat(256) })],
    ['id_too_long', message({ userId: 'u'.repeat(256) })],
    ['id_too_long', message({ anonymousId: 'a'.repeat(256) })],
    ['no_user_anon_id', message({ userId: undefined })],
    ['no_user_anon_id', message({ userId: { id: 1 } })],
  ])('is refused by itself with the reason %s', (refused, told) => {
    expect(mapMessage(told, sender())).toEqual({ refused });
  });

  test('may be as long as the limits say', () => {
    expect(refusalOf({ messageId: 'm'.repeat(100), event: 'e'.repeat(255), userId: 'u'.repeat(255) })).toBeNull();
  });

  test('never makes the mapping throw, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('track', 'identify', 'group', 'page', 'alias'), (any, type) => {
        const told = { ...message({ type }), properties: any, traits: any, context: any, timestamp: any, sentAt: any };
        const answer = mapMessage(told, sender());
        if (!('refused' in answer)) expect(answer.event.occurredAtMs).toBeLessThanOrEqual(RECEIVED);
        mapMessage(any, sender());
        mapMessage({ ...message(), userId: any, anonymousId: any, messageId: any, event: any }, sender());
      }),
      { numRuns: 500 },
    );
  });
});

describe('who a message is about', () => {
  test.each([
    ['email', { id: ' A@Example.com ', type: 'email' }, { kind: 'email', value: 'a@example.com' }],
    ['phone', { id: '+49 (30) 123-4567', type: 'phone' }, { kind: 'phone', value: '+49301234567' }],
    ['another', { id: 'x-7', type: 'crm' }, { kind: 'external', value: 'crm:x-7' }],
    ['the shop’s', { id: 12, type: 'shopify_customer_id' }, { kind: 'shopify', value: '12' }],
    ['an encoded', { id: 'x', type: 'crm', encoding: 'md5' }, null],
    ['an account’s', { id: 'x', type: 'crm', collection: 'accounts' }, null],
    ['a blocked', { id: 'null', type: 'crm' }, null],
  ])('%s external id names from a server, and nobody from a browser', (_, id, expected) => {
    const told = { type: 'track', event: 'X', userId: 'u1', context: { externalIds: [id] } };
    const named = (trust: Trust) => mapped(told, sender({ trust })).subject.identifiers.slice(1);
    expect([named('server'), named('browser')]).toEqual([expected === null ? [] : [expected], []]);
  });

  test('an alias names the id before: as a browser’s from anyone, as a user’s from a server', () => {
    const told = { type: 'alias', userId: 'u1', previousId: 'old' };
    const identifiers = [
      { kind: 'user', value: 'u1' },
      { kind: 'anonymous', value: 'old' },
    ];
    expect(mapped(told, sender({ trust: 'server' })).subject).toEqual({
      identifiers,
      trust: 'server',
      formerly: 'old',
    });
    expect(mapped(told, sender({ trust: 'browser' })).subject).toEqual({ identifiers, trust: 'browser' });
  });

  test.each(['emailVerified', 'email_verified', 'verified_email'])('an e-mail that %s denies names nobody', (field) => {
    const told = { type: 'identify', userId: 'u1', traits: { email: 'a@example.com', [field]: false } };
    expect(mapped(told, sender({ trust: 'server' })).subject.identifiers).toEqual([{ kind: 'user', value: 'u1' }]);
  });

  test('is told by its user id, its e-mail and its anonymous id', () => {
    const told = { userId: 'u1', anonymousId: 'a1', context: { traits: { email: ' Ann@Example.COM ' } } };
    expect(mapped(told).subject).toEqual({
      trust: 'server',
      identifiers: [
        { kind: 'user', value: 'u1' },
        { kind: 'email', value: 'ann@example.com' },
        { kind: 'anonymous', value: 'a1' },
      ],
    });
  });

  test('a browser’s e-mail names nobody', () => {
    const told = { type: 'identify', userId: 'u1', anonymousId: 'a1', traits: { email: 'ann@example.com' } };
    expect(mapped(told, sender({ trust: 'browser' })).subject).toEqual({
      trust: 'browser',
      identifiers: [
        { kind: 'user', value: 'u1' },
        { kind: 'anonymous', value: 'a1' },
      ],
    });
  });

  test.each([
    '0',
    '000',
    '-',
    '--',
    '0-0',
    '-1',
    'null',
    'NULL',
    'undefined',
    'anonymous',
    'Anonymous',
    '[object Object]',
    '',
    ' ',
    '\t\n',
    ' null ',
    ' 0 ',
    0,
    -1,
  ])('case 43: %j is nobody', (id) => {
    expect(mapped({ userId: id, anonymousId: 'a1' }).subject.identifiers).toEqual([{ kind: 'anonymous', value: 'a1' }]);
    expect(mapped({ userId: id, anonymousId: 'a1' }).event.traits).toBeNull();
    expect(refusalOf({ userId: undefined, anonymousId: id })).toBe('no_user_anon_id');
  });

  test.each([
    ['00a', '00a'],
    ['-10', '-10'],
    ['nullable', 'nullable'],
    [' u1 ', 'u1'],
    [42, '42'],
  ])('%j is %s', (id, value) => {
    const { subject, event } = mapped({ userId: id });
    expect(subject.identifiers).toEqual([{ kind: 'user', value }]);
    expect(event.traits).toEqual({ userId: value });
  });

  test.each(['ann', 'ann@', '@example.com', 'a b@example.com', 'a@b@c', `${'a'.repeat(250)}@example.com`, 7, null])(
    '%j is no e-mail address',
    (email) => {
      expect(mapped({ context: { traits: { email } } }).subject.identifiers).toEqual([{ kind: 'user', value: 'u1' }]);
    },
  );
});

describe('when it happened', () => {
  const at = (told: Record<string, unknown>, by: Partial<Sender> = {}) => mapped(told, sender(by)).event.occurredAtMs;

  test('is corrected by what the sender’s clock says too much', () => {
    // the clock is a day fast: sent "tomorrow", ten seconds after it happened
    const told = { timestamp: iso(RECEIVED + DAY), sentAt: iso(RECEIVED + DAY + 10 * SECOND) };
    expect(at(told)).toBe(RECEIVED - 10 * SECOND);
  });

  test('takes sentAt from the batch where the message has none', () => {
    const told = { timestamp: iso(RECEIVED - DAY) };
    expect(at(told, { sentAt: iso(RECEIVED - DAY + SECOND) })).toBe(RECEIVED - SECOND);
    expect(at({ ...told, sentAt: iso(RECEIVED - DAY + 2 * SECOND) }, { sentAt: iso(RECEIVED) })).toBe(
      RECEIVED - 2 * SECOND,
    );
  });

  test('is what an import says where nothing says when it was sent', () => {
    expect(at({ timestamp: iso(RECEIVED - 400 * DAY) })).toBe(RECEIVED - 400 * DAY);
  });

  test('is what the client first said: originalTimestamp comes before timestamp', () => {
    const told = { timestamp: iso(RECEIVED), originalTimestamp: iso(RECEIVED - 5 * SECOND), sentAt: iso(RECEIVED) };
    expect(at(told)).toBe(RECEIVED - 5 * SECOND);
  });

  test.each([
    ['no time', {}],
    ['no time, though sent', { sentAt: iso(RECEIVED - DAY) }],
    ['no real time', { timestamp: 'yesterday', sentAt: iso(RECEIVED) }],
    ['a time of another type', { timestamp: { at: 1 }, sentAt: iso(RECEIVED) }],
    ['the future', { timestamp: iso(RECEIVED + DAY) }],
    ['later than it was sent', { timestamp: iso(RECEIVED), sentAt: iso(RECEIVED - DAY) }],
  ])('is now where it tells %s', (_, told) => {
    expect(at(told)).toBe(RECEIVED);
  });

  test('is never before 1970', () => {
    expect(at({ timestamp: '1600-01-01T00:00:00Z' })).toBe(0);
  });

  test('is no part of the key: the same message later has the same key', () => {
    const keys = [RECEIVED, RECEIVED + DAY].map((receivedAtMs) => mapped({}, sender({ receivedAtMs })).event.key);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('the profile', () => {
  test('takes names over in both spellings and lets the told one win', () => {
    const traits = { first_name: 'Ann', last_name: 'Lee', lastName: 'Leigh' };
    expect(mapped({ type: 'identify', traits }).event.traits).toEqual({
      first_name: 'Ann',
      firstName: 'Ann',
      last_name: 'Lee',
      lastName: 'Leigh',
      userId: 'u1',
    });
  });

  test('takes the ids a server vouches for from any message, a browser’s from none', () => {
    const told = { context: { traits: { email: 'Ann@example.com', plan: 'pro' } } };
    expect(mapped(told).event.traits).toEqual({ email: 'ann@example.com', userId: 'u1' });
    expect(mapped(told, sender({ trust: 'browser' })).event.traits).toBeNull();
  });

  test('is not reached by __proto__', () => {
    const told = JSON.parse('{"type":"identify","userId":"u1","traits":{"__proto__":{"admin":true},"a":1}}');
    const answer = mapMessage(told, sender());
    const traits = 'refused' in answer ? null : answer.event.traits;
    expect(Object.getPrototypeOf(traits)).toBe(Object.prototype);
    expect((traits as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe('an order event', () => {
  const order = { order_id: 'o1', total: 27.5, subtotal: 22.5, shipping: 3, tax: 2, discount: 2.5, currency: 'usd' };
  const completed = (changes: Record<string, unknown> = {}) => ({
    event: 'Order Completed',
    properties: { ...order, ...changes },
  });
  const factOf = (told: Record<string, unknown>, by = sender()) => mapped(told, by).event.fact;
  const orderOf = (changes: Record<string, unknown> = {}) => {
    const fact = factOf(completed(changes));
    return fact?.kind === 'order' ? fact.order : null;
  };

  test('from a server of the shop whose orders these are is a fact, and names the order', () => {
    const { subject, event, note } = mapped(completed());
    expect(note).toBeNull();
    expect(subject.identifiers).toEqual([
      { kind: 'user', value: 'u1' },
      { kind: 'order', value: 'o1' },
    ]);
    expect(event.name).toBe('Placed Order');
    expect(event.fact).toEqual({
      kind: 'order',
      paid: true,
      refunds: [],
      fulfilments: [],
      order: {
        orderId: 'o1',
        name: '#o1',
        placedAtMs: RECEIVED,
        updatedAtMs: RECEIVED,
        currency: 'USD',
        test: false,
        cancelledAtMs: null,
        silentOnCancellation: true,
        refunded: false,
        taxesIncluded: false,
        subtotalMinor: 2250,
        discountMinor: 250,
        taxMinor: 200,
        shippingMinor: 300,
        shippingTaxMinor: 0,
        totalMinor: 2750,
        lines: [],
      },
    });
  });

  test.each([
    ['untrusted_source', sender({ trust: 'browser' }), {}],
    ['orders_owned_by_shopify', sender({ ownsOrders: false }), {}],
    ['no_order_id', sender(), { order_id: undefined }],
    ['no_order_id', sender(), { order_id: '' }],
    ['no_order_id', sender(), { order_id: 'o'.repeat(256) }],
    ['no_amount', sender(), { total: undefined, subtotal: undefined }],
    ['no_amount', sender(), { total: '27,50', subtotal: 'free' }],
  ])('only shows in the timeline, noted as %s', (note, by, changes) => {
    const answer = mapped(completed(changes), by);
    expect({ note: answer.note, fact: answer.event.fact, name: answer.event.name }).toEqual({
      note,
      fact: null,
      name: 'Placed Order',
    });
    expect(answer.subject.identifiers.some((one) => one.kind === 'order')).toBe(false);
  });

  test.each(['Checkout Started', 'Product Viewed', 'Coupon Applied', 'Tried'])(
    '%s is none, and wants no note',
    (event) => {
      expect(mapped({ event, properties: order })).toMatchObject({ note: null, event: { name: event, fact: null } });
    },
  );

  test.each([
    ['Order Completed', { kind: 'order', paid: true }],
    ['Placed Order', { kind: 'order', paid: true }],
    ['Order Updated', { kind: 'order', paid: false }],
    ['Order Cancelled', { kind: 'cancellation', atMs: RECEIVED }],
    ['Order Canceled', { kind: 'cancellation', atMs: RECEIVED }],
    ['Order Refunded', { kind: 'refund', orderId: 'o1' }],
  ])('%s states %j', (event, fact) => {
    expect(factOf({ event, properties: order })).toMatchObject(fact);
  });

  test('may give its id as a number', () => {
    expect(orderOf({ order_id: 1234 })?.orderId).toBe('1234');
  });

  test.each([
    ['the subtotal', {}, 2250],
    ['else the total without shipping and tax', { subtotal: undefined, revenue: 25 }, 2250],
    ['else the revenue', { subtotal: undefined, total: undefined, revenue: 22.5 }, 2250],
    [
      'else the lines without the discount',
      { subtotal: undefined, total: undefined, products: [{ price: 19 }, { price: 3, quantity: 2 }] },
      2250,
    ],
    ['nothing where that is less than nothing', { subtotal: -3 }, 0],
  ])('earns on %s', (_, changes, subtotalMinor) => {
    expect(orderOf(changes)?.subtotalMinor).toBe(subtotalMinor);
  });

  test.each([
    [59.9, 'EUR', 5990],
    [0.1 + 0.2, 'EUR', 30],
    [1.005, 'EUR', 101],
    ['12.50', 'EUR', 1250],
    [12_300, 'KRW', 12_300],
    [12.345, 'KWD', 12_345],
  ])('reads %j %s without a float', (subtotal, currency, minor) => {
    expect(orderOf({ subtotal, currency })).toMatchObject({ subtotalMinor: minor, currency });
  });

  test('is in the shop’s currency where it names none', () => {
    const fact = factOf(completed({ currency: undefined, subtotal: 12_300 }), sender({ currency: 'KRW' }));
    expect(fact).toMatchObject({ order: { currency: 'KRW', subtotalMinor: 12_300 } });
  });

  test('spreads the discount over its lines to the cent', () => {
    const products = [
      { product_id: 'a', price: 10, quantity: 1 },
      { product_id: 'b', price: 10, quantity: 1 },
      { product_id: 'c', price: 10, quantity: 1 },
    ];
    const lines = orderOf({ subtotal: 20, products })?.lines.map((line) => line.netMinor);
    expect(lines?.reduce((sum, net) => sum + net, 0)).toBe(2000);
    expect(lines?.every((net) => Math.abs(net - 2000 / 3) < 1)).toBe(true);
  });

  test.each([
    { products: [{ product_id: 'a', price: 90_000_000_000_000, quantity: 9_000_000_000_000_000 }] },
    { products: [{ product_id: 'a', price: 1e21, quantity: 1 }] },
    { total: undefined, subtotal: 90_071_992_547_409, shipping: 90_071_992_547_409 },
  ])('holds no amount past what integers hold: %j', (changes) => {
    const order = orderOf(changes);
    const amounts =
      order === null ? [] : [order.subtotalMinor, order.totalMinor, ...order.lines.map((line) => line.netMinor)];
    expect(amounts.every(Number.isSafeInteger)).toBe(true);
  });

  test('Order Refunded names its lines by product at the price of the order, and its money', () => {
    const properties = {
      order_id: 'o1',
      refund_id: 'r1',
      total: 30,
      products: [{ product_id: 'a', price: 19, quantity: 2 }, { sku: 'b' }],
    };
    const line = { netMinor: null, taxMinor: 0, giftCard: false };
    expect(factOf({ event: 'Order Refunded', properties })).toEqual({
      kind: 'refund',
      orderId: 'o1',
      refund: {
        refundId: 'r1',
        atMs: RECEIVED,
        lines: [
          { ...line, lineId: 'a', quantity: 2 },
          { ...line, lineId: 'b', quantity: 1 },
        ],
        shippingMinor: 0,
        moneyMinor: 3000,
      },
    });
  });

  test('Order Refunded with nothing but the order gives everything back, once per message', () => {
    expect(factOf({ event: 'Order Refunded', properties: { order_id: 'o1' } })).toEqual({
      kind: 'refund',
      orderId: 'o1',
      refund: { refundId: 'm1', atMs: RECEIVED, lines: [], shippingMinor: 0, moneyMinor: null },
    });
  });
});

describe.skipIf(isPublishedAbsent)(published, () => {
  const told = (file: string) => ({ userId: 'u1', messageId: file, ...readJson(`segment/${file}.json`) });
  const factIn = (file: string) => mapped(told(file)).event.fact;

  test.each([
    ['order_completed', 'Placed Order'],
    ['order_updated', 'Updated Order'],
    ['order_refunded', 'Refunded Order'],
    ['order_cancelled', 'Cancelled Order'],
    ['checkout_started', 'Checkout Started'],
    ['coupon_applied', 'Coupon Applied'],
    ['coupon_denied', 'Coupon Denied'],
    ['coupon_entered', 'Coupon Entered'],
    ['coupon_removed', 'Coupon Removed'],
    ['product_added', 'Product Added'],
    ['product_reviewed', 'Product Reviewed'],
    ['product_viewed', 'Product Viewed'],
  ])('%s is kept whole as %s', (file, name) => {
    const { event } = mapped(told(file));
    expect({ name: event.name, properties: event.properties }).toEqual({
      name,
      properties: readJson(`segment/${file}.json`).properties,
    });
  });

  test('the full envelope happened when its own formula says', () => {
    const envelope = readJson('segment/track.full-envelope.json');
    const receivedAtMs = Date.parse(String(envelope.receivedAt));
    const by = sender({ trust: 'browser', receivedAtMs });
    expect(mapMessage(envelope, by)).toEqual({
      note: null,
      subject: {
        trust: 'browser',
        identifiers: [
          { kind: 'user', value: 'AiUGstSDIg' },
          { kind: 'anonymous', value: '23adfd82-aa0f-45a7-a756-24f2a7a4c895' },
        ],
      },
      event: {
        key: 'b:ajs-f8ca1e4de5024d9430b3928bd8ac6b96',
        source: 'segment',
        trust: 'browser',
        name: 'Course Clicked',
        // the envelope's own `timestamp`, which Segment computed from the other three
        occurredAtMs: Date.parse(String(envelope.timestamp)),
        receivedAtMs,
        properties: { title: 'Intro to Analytics' },
        traits: null,
        fact: null,
      },
    });
  });

  test('an order’s lines take their share of its discount: 19.00 and 6.00 of 25.00 become 22.50', () => {
    const fact = factIn('order_completed');
    expect(fact?.kind === 'order' ? fact.order.lines.map(({ lineId, netMinor }) => [lineId, netMinor]) : null).toEqual([
      ['507f1f77bcf86cd799439011', (1900 * 2250) / 2500],
      ['505bd76785ebb509fc183733', (600 * 2250) / 2500],
    ]);
  });

  test('an order’s lines say what rules ask for: variant, collections and tags, a bounded number of them', () => {
    const many = Array.from({ length: 40 }, (_, at) => `t${at}`);
    const products = [
      { product_id: 'p', variant_id: 7, category: 'Shoes', collections: ['New', 'Shoes', 5], tags: 'red, , soft' },
      { product_id: 'q', category: 'x'.repeat(101), tags: many },
      { product_id: 'r' },
    ];
    const sender = { trust: 'server' as const, ownsOrders: true, currency: 'USD', occurredAtMs: 0, messageId: 'm' };
    const { fact } = orderFactOf('Placed Order', { order_id: 'o', subtotal: 5, products }, sender);
    const lines = fact?.kind === 'order' ? fact.order.lines : [];
    expect(lines.map(({ variantId, collections, tags }) => [variantId, collections, tags])).toEqual([
      ['7', ['Shoes', 'New'], ['red', 'soft']],
      [undefined, [], many.slice(0, 20)],
      [undefined, undefined, undefined],
    ]);
  });

  test('the same order completed and updated has the same base, though the samples’ revenue differs', () => {
    const [completed, updated] = ['order_completed', 'order_updated'].map((file) => {
      const fact = factIn(file);
      return fact?.kind === 'order' ? { ...fact.order } : null;
    });
    expect(updated).toEqual(completed);
  });
});
