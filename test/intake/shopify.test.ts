import { describe, expect, test } from 'vitest';
import { DEFAULT_BASE } from '../../worker/domain/earning/base.ts';
import { baseMinor, refundedMinor } from '../../worker/domain/earning/standing.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import { emptyOrder, foldFact } from '../../worker/domain/order.ts';
import type { OrderFact, OrderSnapshot } from '../../worker/domain/order-facts.ts';
import { mapWebhook } from '../../worker/intake/sources/shopify.ts';
import { parseExact } from '../../worker/intake/sources/shopify-json.ts';
import type { Webhook } from '../../worker/intake/sources/shopify-webhook.ts';
import type { Delivery } from '../../worker/routing/deliver.ts';
import { isPublishedAbsent, published, readBytes } from './published.ts';

const RECEIVED = Date.UTC(2026, 0, 15, 12);

function parsed(json: string): JsonObject {
  const payload = parseExact(new TextEncoder().encode(json));
  if (payload === null) throw new Error('no JSON object');
  return payload;
}

function mapped(topic: string, payload: JsonObject, changes: Partial<Webhook> = {}): Delivery {
  const webhook = { topic, eventId: 'e1', triggeredAtMs: null, receivedAtMs: RECEIVED, payload, currency: 'USD' };
  const delivery = mapWebhook({ ...webhook, ...changes });
  if (delivery === null) throw new Error(`${topic} was not read`);
  return delivery;
}

function factIn(topic: string, payload: JsonObject): OrderFact {
  const { fact } = mapped(topic, payload).event;
  if (fact === null) throw new Error('no fact');
  return fact;
}

function orderIn(payload: JsonObject, topic = 'orders/updated') {
  const fact = factIn(topic, payload);
  if (fact.kind !== 'order') throw new Error('no order');
  return fact;
}

function refundIn(payload: JsonObject) {
  const fact = factIn('refunds/create', { order_id: 1, ...payload });
  if (fact.kind !== 'refund') throw new Error('no refund');
  return fact.refund;
}

/** An amount as Shopify tells it twice: in the shop's money and in the shopper's. */
function money(shop: string, shopper = shop, currency = 'USD'): JsonObject {
  return {
    shop_money: { amount: shop, currency_code: 'USD' },
    presentment_money: { amount: shopper, currency_code: currency },
  };
}

function order(changes: JsonObject = {}): JsonObject {
  return {
    id: 1001,
    name: '#1001',
    currency: 'USD',
    created_at: '2026-01-10T10:00:00Z',
    updated_at: '2026-01-10T10:00:00Z',
    email: 'ann@example.com',
    financial_status: 'paid',
    subtotal_price: '100.00',
    total_price: '100.00',
    line_items: [{ id: 11, title: 'Thing', quantity: 2, price: '50.00' }],
    ...changes,
  };
}

function refundTransaction(amount: string, changes: JsonObject = {}): JsonObject {
  return { kind: 'refund', status: 'success', amount, currency: 'USD', ...changes };
}

describe('a webhook', () => {
  test('of a topic that is not read is nothing', () => {
    const webhook = { eventId: 'e', triggeredAtMs: null, receivedAtMs: 0, currency: 'USD' };
    const payload = order({ order_id: 1 });
    const topics = ['orders/edited', 'customers/merge', 'app/uninstalled', '', 'constructor', '__proto__'];
    expect(topics.map((topic) => mapWebhook({ ...webhook, topic, payload }))).toEqual(topics.map(() => null));
  });

  test.each(['orders/create', 'refunds/create', 'fulfillments/create', 'customers/create'])(
    '%s that names nothing is nothing',
    (topic) => {
      const webhook = { topic, eventId: 'e', triggeredAtMs: null, receivedAtMs: 0, currency: 'USD' };
      expect(mapWebhook({ ...webhook, payload: {} })).toBeNull();
      expect(mapWebhook({ ...webhook, payload: { id: {}, order_id: [], email: '' } })).toBeNull();
    },
  );

  test.each([
    ['orders/create', 'Placed Order'],
    ['orders/paid', 'Paid Order'],
    ['orders/updated', 'Updated Order'],
    ['orders/cancelled', 'Cancelled Order'],
  ])('%s is %s, and the order is paid where it says so, whatever the topic', (topic, name) => {
    const { event } = mapped(topic, order());
    expect({ name: event.name, key: event.key }).toEqual({ name, key: `shopify:${topic}:e1` });
    const paid = (status: string | null) => {
      const { fact } = mapped(topic, order({ financial_status: status })).event;
      return fact?.kind === 'order' && fact.paid;
    };
    const yes = ['paid', 'partially_refunded', 'refunded'].map(paid);
    const no = ['pending', 'authorized', 'partially_paid', 'voided', null].map(paid);
    expect([yes, no]).toEqual([Array(3).fill(true), Array(5).fill(topic === 'orders/paid')]);
  });

  test('happened when it was triggered, else when its object changed, and never later than now', () => {
    const at = (changes: Partial<Webhook>, payload = order()) =>
      mapped('orders/updated', payload, changes).event.occurredAtMs;
    expect(at({ triggeredAtMs: RECEIVED - 5 })).toBe(RECEIVED - 5);
    expect(at({})).toBe(Date.UTC(2026, 0, 10, 10));
    expect(at({ triggeredAtMs: RECEIVED + 5 })).toBe(RECEIVED);
    expect(at({}, order({ updated_at: null }))).toBe(RECEIVED);
  });

  test('that cancels without saying when cancels now', () => {
    expect(orderIn(order(), 'orders/cancelled').order.cancelledAtMs).toBe(RECEIVED);
    const said = order({ cancelled_at: '2026-01-11T00:00:00Z' });
    expect(orderIn(said, 'orders/cancelled').order.cancelledAtMs).toBe(Date.UTC(2026, 0, 11));
  });
});

describe('a payload', () => {
  test('keeps whole numbers above 2^53 digit for digit, as text', () => {
    const ids = ['9007199254740993', '820982911946154508', '-9007199254740993'];
    expect(parsed(`{"big":[${ids.join(',')}],"nested":{"id":${ids[1]}}}`)).toEqual({
      big: ids,
      nested: { id: ids[1] },
    });
  });

  test('keeps every other number as it is', () => {
    expect(parsed('{"n":[9007199254740991,-1,0,195.66,1e3,1.0]}')).toEqual({
      n: [9007199254740991, -1, 0, 195.66, 1000, 1],
    });
  });

  test.each(['', '{', '[]', '"x"', 'null', '7', '{"a":01}'])('%j is refused', (json) => {
    expect(parseExact(new TextEncoder().encode(json))).toBeNull();
  });

  test('that is no UTF-8 is refused', () => {
    expect(parseExact(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
  });

  test('gives nobody the powers of __proto__', () => {
    const payload = parsed('{"id":1,"__proto__":{"email":"x@example.com"}}');
    expect(mapped('customers/create', payload).subject.identifiers).toEqual([{ kind: 'shopify', value: '1' }]);
  });
});

describe('who an order is of', () => {
  test('not whose address Shopify calls unverified', () => {
    const typed = { id: 7, email: 'ann@example.com', verified_email: false };
    const only = [{ kind: 'shopify', value: '7' }];
    expect(mapped('customers/create', typed).subject.identifiers).toEqual(only);
    const placed = who({ email: 'ann@example.com', customer: typed }).identifiers;
    expect(placed.filter(({ kind }) => kind !== 'order')).toEqual(only);
  });

  const who = (changes: JsonObject) => mapped('orders/create', order(changes)).subject;

  test('its customer, by the shop’s id and the e-mail', () => {
    const customer = { id: 7, email: 'Bob@Example.com', first_name: 'Bob', phone: '+1' };
    expect(who({ customer })).toEqual({
      trust: 'server',
      identifiers: [
        { kind: 'order', value: '1001' },
        { kind: 'shopify', value: '7' },
        { kind: 'email', value: 'bob@example.com' },
      ],
    });
    expect(mapped('orders/create', order({ customer })).event.traits).toEqual({
      shopifyId: '7',
      email: 'bob@example.com',
      firstName: 'Bob',
      phone: '+1',
    });
  });

  test('a guest’s e-mail where there is no customer', () => {
    expect(who({}).identifiers).toEqual([
      { kind: 'order', value: '1001' },
      { kind: 'email', value: 'ann@example.com' },
    ]);
  });

  test('the contact’s e-mail where the order has none', () => {
    expect(who({ email: '', contact_email: 'c@example.com' }).identifiers).toContainEqual({
      kind: 'email',
      value: 'c@example.com',
    });
  });

  test('nobody yet where a guest left no e-mail: only its number names it', () => {
    const { subject, event } = mapped('orders/create', order({ email: '' }));
    expect(subject.identifiers).toEqual([{ kind: 'order', value: '1001' }]);
    expect(event.traits).toBeNull();
  });
});

describe('an order', () => {
  test('is told in the shop’s money, not in the shopper’s', () => {
    const payload = order({
      currency: 'USD',
      subtotal_price: '15000',
      subtotal_price_set: money('100.00', '15000', 'JPY'),
      total_price_set: money('110.00', '16500', 'JPY'),
      total_tax_set: money('10.00', '1500', 'JPY'),
      total_discounts_set: money('5.00', '750', 'JPY'),
      line_items: [
        {
          id: 11,
          quantity: 1,
          price_set: money('105.00', '15750', 'JPY'),
          discount_allocations: [{ amount_set: money('5.00', '750', 'JPY') }],
          tax_lines: [{ price_set: money('10.00', '1500', 'JPY') }],
        },
      ],
    });
    expect(orderIn(payload).order).toMatchObject({
      currency: 'USD',
      subtotalMinor: 10_000,
      totalMinor: 11_000,
      taxMinor: 1000,
      discountMinor: 500,
      lines: [{ netMinor: 10_000, taxMinor: 1000 }],
    });
  });

  test('whose discount has no code shows no empty code', () => {
    const discount_codes = [
      { code: '', amount: '5.00' },
      { code: 'TENOFF', amount: '10.00' },
    ];
    expect(mapped('orders/create', order({ discount_codes })).event.properties.discount_codes).toEqual(['TENOFF']);
  });

  test.each([
    ['the cart’s attribute', { note_attributes: [{ name: 'ref', value: ' ABCD ' }] }, 'ABCD'],
    ['one that the checkout does not show', { note_attributes: [{ name: '_referral_code', value: 'ABCD' }] }, 'ABCD'],
    ['the first page', { landing_site: '/products/tea?utm_source=x&ref=ABCD#top' }, 'ABCD'],
    [
      'the attribute rather than the first page',
      { landing_site: '/?ref=OLD', note_attributes: [{ name: 'referralCode', value: 'NEW' }] },
      'NEW',
    ],
    ['nothing that is too long', { landing_site: `/?ref=${'A'.repeat(256)}` }, undefined],
    [
      'nothing that is no text',
      { landing_site: 5, note_attributes: [null, 'ref', { name: 'ref', value: {} }] },
      undefined,
    ],
    ['no other attribute', { landing_site: null, note_attributes: [{ name: 'gift', value: 'ref' }] }, undefined],
  ])('names who referred by %s', (_, told, ref) => {
    for (const topic of ['orders/create', 'orders/paid', 'checkouts/create'])
      expect(mapped(topic, order({ token: 't', ...told })).event.properties.ref).toBe(ref);
  });

  test('links only to https images', () => {
    const line_items = ['https://x.example/a.png', 'http://x.example/a.png', 'javascript:alert(1)', 'nonsense'].map(
      (image_url) => ({ id: 11, quantity: 1, price: '1.00', image_url }),
    );
    expect(orderIn(order({ line_items })).order.lines.map((line) => line.imageUrl)).toEqual([
      'https://x.example/a.png',
      null,
      null,
      null,
    ]);
  });

  test('that is older than what is known never wins', () => {
    const newer = orderIn(order({ updated_at: '2026-01-12T10:00:00Z', current_subtotal_price: '80.00' }));
    const older = orderIn(order({ updated_at: '2026-01-11T10:00:00Z' }), 'orders/paid');
    const folded = [newer, older].reduce((known, fact) => foldFact(known, fact, RECEIVED), emptyOrder('1001'));
    expect(folded).toMatchObject({ paidAtMs: RECEIVED, snapshot: { subtotalMinor: 8000 } });
  });
});

describe('an order with refunds inside', () => {
  const line = { gift_card: false, price: '50.00' };
  const back = {
    id: 5,
    created_at: '2026-01-11T10:00:00Z',
    refund_line_items: [{ line_item_id: 11, quantity: 1, subtotal: 46, total_tax: 4.2, line_item: line }],
    transactions: [refundTransaction('50.20')],
  };
  const whole = {
    subtotal_price: '92.00',
    total_tax: '9.45',
    total_discounts: '8.00',
    total_price: '111.45',
    taxes_included: false,
    shipping_lines: [{ price: '10.00', tax_lines: [{ price: '1.05' }] }],
    line_items: [
      {
        id: 11,
        quantity: 2,
        price: '50.00',
        tax_lines: [{ price: '8.40' }],
        discount_allocations: [{ amount: '8.00' }],
      },
    ],
  };
  const before = order({
    ...whole,
    current_subtotal_price: '92.00',
    current_total_tax: '9.45',
    current_total_discounts: '8.00',
  });

  test('is the same order as before: what the refund took out of its current amounts is added again', () => {
    const after = order({
      ...whole,
      refunds: [back],
      current_subtotal_price: '46.00',
      current_total_tax: '5.25',
      current_total_discounts: '4.00',
    });
    expect(orderIn(after).order).toEqual(orderIn(before).order);
  });

  test.each([
    ['as an adjustment', { order_adjustments: [{ kind: 'shipping_refund', amount: '-10.00', tax_amount: '-1.05' }] }],
    ['as lines', { refund_shipping_lines: [{ subtotal_amount_set: money('10.00'), tax_amount_set: money('1.05') }] }],
    [
      'as both',
      {
        order_adjustments: [{ kind: 'shipping_refund', amount: '-10.00', tax_amount: '-1.05' }],
        refund_shipping_lines: [{ subtotal_amount_set: money('10.00'), tax_amount_set: money('1.05') }],
      },
    ],
  ])('is the same order where shipping went back, told %s, and shipping counts once', (_, told) => {
    const refund = { id: 6, created_at: '2026-01-11T10:00:00Z', transactions: [refundTransaction('11.05')], ...told };
    const after = order({
      ...whole,
      refunds: [refund],
      current_subtotal_price: '92.00',
      current_total_tax: '8.40',
      current_total_discounts: '8.00',
    });
    const fact = orderIn(after);
    expect(fact.order).toEqual(orderIn(before).order);
    expect(fact.refunds.map(({ shippingMinor, moneyMinor }) => ({ shippingMinor, moneyMinor }))).toEqual([
      { shippingMinor: 1105, moneyMinor: 1105 },
    ]);
  });

  test('is smaller where it was edited as well', () => {
    const after = order({ ...whole, refunds: [back], current_subtotal_price: '20.00' });
    expect(orderIn(after).order.subtotalMinor).toBe(2000 + 4600);
  });
});

describe('a refund', () => {
  test('gave back what its successful refund transactions moved', () => {
    const transactions = [
      refundTransaction('20.00'),
      refundTransaction('5.50'),
      refundTransaction('7.00', { status: 'pending' }),
      refundTransaction('9.00', { status: 'failure' }),
      refundTransaction('11.00', { kind: 'capture' }),
    ];
    expect(refundIn({ id: 5, transactions }).moneyMinor).toBe(2550);
  });

  test('gave back nothing yet where no money moved', () => {
    expect(refundIn({ id: 5, transactions: [] }).moneyMinor).toBe(0);
  });

  test('paid in the shopper’s currency counts in the shop’s, at the rate of its own amounts', () => {
    const payload = {
      id: 5,
      refund_line_items: [
        {
          line_item_id: 11,
          quantity: 1,
          subtotal_set: money('40.00', '6000', 'JPY'),
          total_tax_set: money('4.00', '600', 'JPY'),
        },
      ],
      transactions: [refundTransaction('3300', { currency: 'JPY' })],
    };
    // half of 44.00
    expect(refundIn(payload).moneyMinor).toBe(2200);
  });

  test('paid in the shopper’s currency without lines counts at the rate of its order, once that tells it', () => {
    const refund = { id: 5, transactions: [refundTransaction('3300', { currency: 'JPY' })] };
    expect(refundIn(refund).moneyMinor).toBe(0);
    const payload = order({ total_price_set: money('110.00', '16500', 'JPY'), refunds: [refund] });
    expect(orderIn(payload).refunds.map((one) => one.moneyMinor)).toEqual([2200]);
  });

  test('says of its lines what they cost and whether they are gift cards', () => {
    const refund_line_items = [
      { line_item_id: 11, quantity: 2, subtotal: 195.66, total_tax: 3.98, line_item: { gift_card: true } },
      { line_item_id: 12, quantity: 1, subtotal: '10.00' },
    ];
    expect(refundIn({ id: 5, refund_line_items }).lines).toEqual([
      { lineId: '11', quantity: 2, netMinor: 19_566, taxMinor: 398, giftCard: true },
      { lineId: '12', quantity: 1, netMinor: 1000, taxMinor: 0, giftCard: false },
    ]);
  });
});

describe('a fulfilment', () => {
  const fulfilmentIn = (payload: JsonObject) => {
    const fact = factIn('fulfillments/update', { id: 9, order_id: 1, ...payload });
    if (fact.kind !== 'fulfilment') throw new Error('no fulfilment');
    return fact.fulfilment;
  };

  test('has a parcel for each tracking number, with its own link', () => {
    const payload = {
      tracking_company: 'UPS',
      tracking_numbers: ['1', '2'],
      tracking_urls: ['https://ups.example/1', 'http://ups.example/2'],
      shipment_status: 'in_transit',
    };
    expect(fulfilmentIn(payload).parcels).toEqual([
      { company: 'UPS', number: '1', url: 'https://ups.example/1', status: 'in_transit' },
      { company: 'UPS', number: '2', url: null, status: 'in_transit' },
    ]);
  });

  test.each([
    ['in_transit', 'in_transit'],
    ['delivered', 'delivered'],
    ['teleported', null],
    [null, null],
  ])('a carrier’s %s is %s', (shipment_status, status) => {
    expect(fulfilmentIn({ tracking_number: '1', shipment_status }).parcels).toEqual([
      { company: null, number: '1', url: null, status },
    ]);
  });

  test('without tracking has no parcel, unless a carrier has said something', () => {
    expect(fulfilmentIn({}).parcels).toEqual([]);
    expect(fulfilmentIn({ shipment_status: 'delivered' }).parcels).toEqual([
      { company: null, number: null, url: null, status: 'delivered' },
    ]);
  });

  test('counts pieces by line and knows when it is cancelled', () => {
    const line_items = [
      { id: 11, quantity: 2 },
      { id: 12, quantity: 1 },
    ];
    expect(fulfilmentIn({ line_items, status: 'cancelled' })).toMatchObject({
      pieces: { 11: 2, 12: 1 },
      cancelled: true,
    });
  });
});

describe.skipIf(isPublishedAbsent)(published, () => {
  const read = (file: string): JsonObject => {
    const payload = parseExact(readBytes(`shopify/${file}.json`));
    if (payload === null) throw new Error(`${file} is no JSON object`);
    return payload;
  };
  const text = (file: string) => new TextDecoder().decode(readBytes(`shopify/${file}.json`));
  const instant = (iso: string) => new Date(iso).getTime();

  const ORDER = 'orders_create.docs-sample';
  const REFUNDED = 'orders_updated.partially_refunded.rest-sample';

  test.each([
    [ORDER, 'orders/create'],
    [REFUNDED, 'orders/updated'],
    ['refunds_create.docs-sample', 'refunds/create'],
    ['refunds_create.money-without-line-value.rest-sample', 'refunds/create'],
    ['refunds_create.with-transactions.rest-sample', 'refunds/create'],
    ['fulfillments_create.docs-sample', 'fulfillments/create'],
    ['fulfillments_create.tracking.rest-sample', 'fulfillments/update'],
    ['customers_create.docs-sample', 'customers/create'],
    ['customers_update.rest-sample', 'customers/update'],
  ])('%s: every id it maps stands in the bytes, digit for digit', (file, topic) => {
    const { subject, event } = mapped(topic, read(file));
    const ids = subject.identifiers.filter((one) => !['email', 'phone'].includes(one.kind)).map((one) => one.value);
    const inFact = JSON.stringify(event.fact ?? {}).matchAll(
      /"(?:lineId|refundId|orderId|productId|fulfilmentId)":"(\d+)"/g,
    );
    const all = [...ids, ...[...inFact].map(([, id]) => id ?? '')];
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter((id) => !new RegExp(`: ${id}[,\\s]`).test(text(file)))).toEqual([]);
  });

  test('the order is read whole', () => {
    const line = {
      productId: '632910392',
      variantId: '808950810',
      sku: 'IPOD2008PINK',
      title: 'IPod Nano - 8GB',
      variantTitle: null,
      quantity: 1,
      netMinor: 19_900,
      taxMinor: 0,
      giftCard: false,
      imageUrl: null,
      url: null,
    };
    const at = instant('2021-12-31T19:00:00-05:00');
    const expected: OrderSnapshot = {
      orderId: '820982911946154508',
      name: '#9999',
      placedAtMs: at,
      updatedAtMs: at,
      currency: 'USD',
      test: true,
      cancelledAtMs: at,
      refunded: false,
      taxesIncluded: false,
      subtotalMinor: 39_800,
      discountMinor: 0,
      taxMinor: 0,
      shippingMinor: 1000,
      shippingTaxMinor: 0,
      totalMinor: 38_800,
      lines: [
        { ...line, lineId: '866550311766439020' },
        { ...line, lineId: '141249953214522974' },
      ],
    };
    expect(mapped('orders/create', read(ORDER))).toEqual({
      subject: {
        trust: 'server',
        identifiers: [
          { kind: 'order', value: '820982911946154508' },
          { kind: 'shopify', value: '115310627314723954' },
          { kind: 'email', value: 'john@example.com' },
        ],
      },
      event: {
        key: 'shopify:orders/create:e1',
        source: 'shopify',
        trust: 'server',
        name: 'Placed Order',
        occurredAtMs: at,
        receivedAtMs: RECEIVED,
        properties: {
          order_id: '820982911946154508',
          name: '#9999',
          currency: 'USD',
          total: '388.00',
          subtotal: '398.00',
          financial_status: 'voided',
          source_name: 'web',
          discount_codes: [],
          products: Array(2).fill({
            product_id: '632910392',
            sku: 'IPOD2008PINK',
            name: 'IPod Nano - 8GB',
            quantity: 1,
          }),
        },
        traits: { shopifyId: '115310627314723954', email: 'john@example.com', firstName: 'John', lastName: 'Smith' },
        fact: { kind: 'order', paid: false, order: expected, refunds: [], fulfilments: [] },
        profileAtMs: at,
      },
    });
  });

  test('the partly refunded order has the amounts it had before the refund', () => {
    const { order, refunds, fulfilments } = orderIn(read(REFUNDED));
    // three lines of 199.00 less 3.34, 3.33 and 3.33, each with 3.98 of tax
    expect(order).toMatchObject({
      subtotalMinor: 3 * 19_900 - 1000,
      discountMinor: 1000,
      taxMinor: 3 * 398,
      totalMinor: 59_894,
      refunded: false,
      cancelledAtMs: null,
    });
    expect(order.lines.map(({ netMinor, taxMinor }) => [netMinor, taxMinor])).toEqual([
      [19_566, 398],
      [19_567, 398],
      [19_567, 398],
    ]);
    expect(refunds.map((one) => [one.refundId, one.moneyMinor])).toEqual([['509562969', 20_900]]);
    expect(fulfilments.map((one) => one.parcels)).toEqual([
      [
        {
          company: 'USPS',
          number: '1Z1234512345123456',
          url: 'https://tools.usps.com/go/TrackConfirmAction_input?qtc_tLabels1=1Z1234512345123456',
          status: null,
        },
      ],
    ]);
  });

  test('its refund takes the part of its lines that was paid back: 209.00 of 399.29', () => {
    const { order } = orderIn(read(REFUNDED));
    const fact = factIn('refunds/create', read('refunds_create.with-transactions.rest-sample'));
    const refunds = fact.kind === 'refund' ? [fact.refund] : [];
    expect(refunds.flatMap((one) => one.lines.map(({ netMinor, taxMinor }) => [netMinor, taxMinor]))).toEqual([
      [19_566, 398],
      [19_567, 398],
    ]);
    const share = Number((BigInt(19_566 + 19_567) * 20_900n) / 39_929n);
    expect(refundedMinor(order, refunds, DEFAULT_BASE)).toBe(share);
  });

  test('money without line value counts in proportion to the order: 41.94 of 598.94', () => {
    const { order } = orderIn(read(REFUNDED));
    const fact = factIn('refunds/create', read('refunds_create.money-without-line-value.rest-sample'));
    const refunds = fact.kind === 'refund' ? [fact.refund] : [];
    expect(refunds.map((one) => one.moneyMinor)).toEqual([4194]);
    const share = Number((BigInt(baseMinor(order, DEFAULT_BASE)) * 4194n) / 59_894n);
    expect(refundedMinor(order, refunds, DEFAULT_BASE)).toBe(share);
  });

  test('a refund without transactions gave nothing back yet', () => {
    expect(refundIn(read('refunds_create.docs-sample'))).toMatchObject({ moneyMinor: 0, atMs: 0 });
  });

  test.each([
    ['fulfillments_create.docs-sample', '1z827wk74630'],
    ['fulfillments_create.tracking.rest-sample', '1Z001985YW99744790'],
  ])('%s has its tracking link though its shipment status is null', (file, number) => {
    const fact = factIn('fulfillments/create', read(file));
    expect(fact.kind === 'fulfilment' ? fact.fulfilment.parcels : null).toEqual([
      {
        company: 'UPS',
        number,
        url: `https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums=${number}`,
        status: null,
      },
    ]);
  });

  test('a customer is known by the shop’s id, the e-mail and the phone, and says what they consented to', () => {
    const { subject, event } = mapped('customers/update', read('customers_update.rest-sample'));
    expect(subject).toEqual({
      trust: 'server',
      identifiers: [
        { kind: 'shopify', value: '207119551' },
        { kind: 'email', value: 'bob.norman@mail.example.com' },
        { kind: 'phone', value: '+16136120707' },
      ],
    });
    expect(event).toEqual({
      key: 'shopify:customers/update:e1',
      source: 'shopify',
      trust: 'server',
      name: 'Updated Customer',
      occurredAtMs: instant('2025-04-02T11:25:58-05:00'),
      receivedAtMs: RECEIVED,
      properties: { tags: 'Léon, Noël', state: 'disabled' },
      traits: {
        shopifyId: '207119551',
        email: 'bob.norman@mail.example.com',
        firstName: 'Bob',
        lastName: 'Norman',
        phone: '+16136120707',
        tags: ['Léon', 'Noël'],
        accountState: 'disabled',
      },
      fact: null,
      profileAtMs: instant('2025-04-02T11:25:58-05:00'),
      consents: [
        {
          kind: 'state',
          channel: 'email',
          state: 'never_subscribed',
          atMs: instant('2004-06-13T11:57:11-04:00'),
          source: 'shopify',
          proof: {},
        },
        {
          kind: 'state',
          channel: 'sms',
          state: 'never_subscribed',
          atMs: instant('2024-01-01T07:00:00-05:00'),
          source: 'shopify',
          proof: { optInLevel: 'single_opt_in', method: 'OTHER' },
        },
      ],
    });
  });

  test.each([
    'app_uninstalled.docs-sample',
    'checkouts_create.docs-sample',
    'customers_merge.docs-sample',
    'orders_edited.docs-sample',
    'gift_card.rest-sample',
    'shop_redact',
  ])('%s under any topic that is read does not throw', (file) => {
    const topics = ['orders/create', 'refunds/create', 'fulfillments/create', 'customers/update'];
    const webhook = { eventId: 'e', triggeredAtMs: null, receivedAtMs: RECEIVED, payload: read(file), currency: 'USD' };
    expect(topics.map((topic) => typeof mapWebhook({ ...webhook, topic }))).toEqual(topics.map(() => 'object'));
  });
});
