/** Learned schemas and event rules, from what arrives to what is stored. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Lesson } from '../../worker/debugger/note.ts';
import { connectShopify, debuggerObject, inFull, logged, schemaOf } from './event-log.ts';
import { call, eventually, makeCopies, makeShop, newUser, type TestShop, track } from './shop.ts';

beforeAll(makeCopies);

const put = (shop: TestShop, rule: object) => shop.admin('PUT', '/admin/v1/event-rules', rule);
const block = (event: string, source = 'all') => ({ event, source, action: { kind: 'block' } });
const price = { path: 'price', type: 'number', required: true, nullable: false };
const schema = (event: string, mode: string, properties: object[] = [price]) => ({
  event,
  action: { kind: 'schema', mode, properties },
});

async function namesOf(shop: TestShop, user: string): Promise<string[]> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
  return (body.items ?? []).map((one: { name: string }) => one.name).reverse();
}

describe.concurrent('a learned schema', () => {
  it('tells properties, types and drift of what came, with the last sample and whose it is', async () => {
    const shop = await makeShop();
    const user = newUser();
    const last = track(user, 'Viewed', { price: '12,50' });
    await shop.batch(
      track(user, 'Viewed', { price: 1, products: [{ sku: 'a' }] }),
      track(user, 'Viewed', { price: 2.5 }),
      last,
    );
    const { id: _, ...learned } = await schemaOf(shop, 'Viewed', 3);
    const customer = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
    expect({ ...learned, sample: JSON.parse(learned.sample) }).toEqual({
      source: 'segment',
      trust: 'server',
      event: 'Viewed',
      events: 3,
      firstMs: expect.any(Number),
      lastMs: learned.firstMs,
      properties: [
        { path: 'price', events: 3, types: { integer: 1, number: 1, text: 1 }, vanished: false },
        { path: 'products', events: 1, types: { list: 1 }, vanished: false },
        { path: 'products[]', events: 1, types: { object: 1 }, vanished: false },
        { path: 'products[].sku', events: 1, types: { text: 1 }, vanished: false },
      ],
      otherProperties: 0,
      drift: [
        { id: 1, kind: 'new_type', path: 'price', type: 'text', before: ['integer', 'number'], atMs: learned.firstMs },
      ],
      sample: last,
      sampleCustomer: customer,
    });
  });

  it('is of the name before aliases, of one source and one trust, and of traits where it is an identify call', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Order Completed', { total: 1 }), {
      type: 'identify',
      userId: user,
      traits: { plan: 'x' },
    });
    await call('POST', '/v1/batch', { batch: [track(user, 'Order Completed')], writeKey: shop.keys.publishable });
    await logged(shop, 'trust=browser');
    await logged(shop, 'name=Identified');
    const { items } = (await shop.admin('GET', '/admin/v1/event-schemas')).body;
    expect(
      items.map((one: { event: string; trust: string; properties: number }) => [one.event, one.trust, one.properties]),
    ).toEqual(
      expect.arrayContaining([
        ['Identified', 'server', 2],
        ['Order Completed', 'server', 1],
        ['Order Completed', 'browser', 0],
      ]),
    );
  });

  it('learns nothing from what was not stored, nor twice from what came twice', async () => {
    const shop = await makeShop();
    const message = track(newUser(), 'Once', { a: 1 });
    await shop.batch(message, message, { type: 'track', event: 'Once', properties: { b: 1 } });
    await logged(shop, 'verdict=refused');
    const learned = await schemaOf(shop, 'Once', 1);
    expect([learned.events, learned.properties.map((one: { path: string }) => one.path)]).toEqual([1, ['a']]);
  });

  it('is found by part of its name, by source and by drift, and paged by name', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(
      ...['b1', 'a', 'b2', 'B3'].map((name) => track(user, name, { x: 1 })),
      track(user, 'a', { x: 'y' }),
    );
    await schemaOf(shop, 'a', 2);
    const list = async (query: string) => (await shop.admin('GET', `/admin/v1/event-schemas?${query}`)).body;
    const names = (page: { items: { event: string }[] }) => page.items.map((one) => one.event);
    const first = await list('limit=3');
    expect([names(first), names(await list(`limit=3&cursor=${first.nextCursor}`))]).toEqual([
      ['B3', 'a', 'b1'],
      ['b2'],
    ]);
    expect([names(await list('q=b')), names(await list('drifting=true')), names(await list('source=shopify'))]).toEqual(
      [['B3', 'b1', 'b2'], ['a'], []],
    );
    expect((await shop.admin('GET', '/admin/v1/event-schemas?drifting=1')).body.errors[0].field).toBe('drifting');
  });

  it('loses a drift notice that is dismissed, and everything where it is dropped', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'E', { x: 1 }), track(user, 'E', { x: 'y' }));
    const { id } = await schemaOf(shop, 'E', 2);
    const path = `/admin/v1/event-schemas/${id}`;
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    expect((await shop.admin('POST', `${path}/drift/1/dismiss`, undefined, key)).body.drift).toEqual([]);
    expect((await shop.admin('POST', `${path}/drift/1/dismiss`, undefined, key)).body.drift).toEqual([]);
    expect((await shop.admin('POST', `${path}/drift/1/dismiss`)).status).toBe(404);
    expect((await shop.admin('DELETE', path)).status).toBe(204);
    expect((await shop.admin('GET', path)).status).toBe(404);
  });

  it('keeps 1,000 names, 500 of them from browsers, and counts the events of others', async () => {
    const shop = await makeShop();
    const lesson = (trust: 'server' | 'browser', name: string): Lesson => {
      const observation = { events: 2, firstMs: 1, lastMs: 2, properties: [], overflow: 0 };
      return { source: 'segment', trust, name, observation, sample: '{}', customer: null };
    };
    const many = (trust: 'server' | 'browser', count: number) =>
      Array.from({ length: count }, (_, at) => lesson(trust, `${trust}${at}`));
    await debuggerObject(shop).keep([], many('browser', 510));
    await debuggerObject(shop).keep([], many('server', 501));
    await debuggerObject(shop).keep([], [lesson('server', 'server1'), lesson('browser', 'browser1')]);
    const { unnamed } = (await shop.admin('GET', '/admin/v1/event-schemas')).body;
    const trusts = (await debuggerObject(shop).schemas(null, {}, 2_000)).rows.map((row) => row.trust);
    expect([unnamed, trusts.filter((one) => one === 'browser').length, trusts.length]).toEqual([22, 500, 1_000]);
  });

  it('bounds an event of thousands of properties', async () => {
    const shop = await makeShop();
    const wide = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`${at}`, 1]));
    await shop.batch(track(newUser(), 'Wide', wide));
    const learned = await schemaOf(shop, 'Wide', 1);
    expect([learned.properties.length, learned.otherProperties]).toEqual([300, 2_700]);
  });
});

describe.concurrent('a rule', () => {
  it('that blocks: the event is answered 200 and never stored, and the log says so', async () => {
    const shop = await makeShop();
    const user = newUser();
    expect((await put(shop, block('Noise'))).body).toEqual(block('Noise'));
    expect((await shop.batch(track(user, 'Noise'), track(user, 'Signal'))).body).toEqual({ success: true });
    expect(await logged(shop, 'verdict=blocked')).toMatchObject({
      sentName: 'Noise',
      reason: 'blocked_by_rule',
      customer: null,
    });
    expect(await namesOf(shop, user)).toEqual(['Signal']);
  });

  it('that renames: before aliases, so that a name of a shop’s own becomes an order', async () => {
    const shop = await makeShop();
    const user = newUser();
    await put(shop, { event: 'order_done', source: 'segment', action: { kind: 'rename', to: 'Order Completed' } });
    await shop.batch(track(user, 'order_done', { order_id: 'o', subtotal: 30, currency: 'EUR' }));
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points.balance).toBe(30);
    const event = await inFull(shop, 'name=order_done');
    expect(event).toMatchObject({
      verdict: 'renamed',
      reason: 'renamed_by_rule',
      name: 'Placed Order',
      sentName: 'order_done',
    });
    expect(JSON.parse(event.raw).event).toBe('order_done');
    expect((await schemaOf(shop, 'Order Completed', 1)).events).toBe(1);
  });

  it('that renames reaches calls without a name, and what a shop platform sends', async () => {
    const shop = await makeShop();
    const send = await connectShopify(shop);
    const user = newUser();
    await put(shop, { event: 'Viewed Page', action: { kind: 'rename', to: 'Seen' } });
    await put(shop, {
      event: 'Created Customer',
      source: 'shopify',
      action: { kind: 'rename', to: 'Application Opened' },
    });
    await shop.batch({ type: 'page', userId: user, name: 'Home' });
    expect((await send('customers/create', { id: 77, email: `${user}@x.example` })).body).toEqual({
      verdict: 'renamed',
    });
    expect(await namesOf(shop, user)).toEqual(['Seen']);
    const { body } = await shop.admin('GET', '/admin/v1/customers/shopify:77/timeline');
    expect(body.items.map((one: { name: string }) => one.name)).toEqual(['Opened App']);
    expect(await logged(shop, 'source=shopify')).toMatchObject({ name: 'Opened App', sentName: 'Created Customer' });
  });

  it('that warns: the event is stored, and the log says what differs', async () => {
    const shop = await makeShop();
    const user = newUser();
    await put(shop, schema('Viewed', 'warn'));
    await shop.batch(track(user, 'Viewed', { price: 'x' }), track(user, 'Viewed', { price: 1 }));
    expect(await logged(shop, 'verdict=warned')).toMatchObject({
      reason: 'schema_mismatch',
      differences: [{ path: 'price', rule: 'must be a number, not a text' }],
    });
    expect(await namesOf(shop, user)).toEqual(['Viewed', 'Viewed']);
  });

  it('that refuses: the sender is answered 200, the event is not stored, and nobody is made of it', async () => {
    const shop = await makeShop();
    const user = newUser();
    await put(shop, schema('Viewed', 'refuse'));
    expect((await shop.batch(track(user, 'Viewed', { price: null }))).status).toBe(200);
    expect(await logged(shop, 'verdict=refused')).toMatchObject({
      name: 'Viewed',
      reason: 'schema_mismatch',
      differences: [{ path: 'price', rule: 'must not be null' }],
    });
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).status).toBe(404);
  });

  it('about orders of the shop platform only warns: anything else is refused with the reason', async () => {
    const shop = await makeShop();
    for (const rule of [
      block('Placed Order', 'shopify'),
      block('Order Completed'),
      schema('Refunded Order', 'refuse'),
    ]) {
      const { status, body } = await put(shop, rule);
      expect([status, body.errors]).toEqual([
        400,
        [
          {
            field: 'event',
            rule: 'carries the facts of an order: it can be warned about, not renamed, blocked or refused',
          },
        ],
      ]);
    }
    const send = await connectShopify(shop);
    await put(shop, schema('Paid Order', 'warn'));
    const times = { created_at: '2026-05-04T12:00:00Z', updated_at: '2026-05-04T12:00:00Z' };
    const money = { current_subtotal_price: '10.00', subtotal_price: '10.00', total_price: '10.00', currency: 'EUR' };
    const order = { id: 1, name: '#1', ...money, ...times, line_items: [], refunds: [], customer: { id: 4 } };
    expect((await send('orders/paid', order)).body).toEqual({ verdict: 'warned' });
    expect((await shop.admin('GET', '/admin/v1/customers/shopify:4')).body.points.balance).toBe(10);
  });

  it('is listed by name, replaced by its like, dropped once, and kept by a retry', async () => {
    const shop = await makeShop();
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    await put(shop, block('b'));
    await put(shop, block('a'));
    await put(shop, { event: 'a', action: { kind: 'rename', to: 'c' } });
    const first = (await shop.admin('GET', '/admin/v1/event-rules?limit=1')).body;
    const second = (await shop.admin('GET', `/admin/v1/event-rules?limit=1&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items, second.nextCursor]).toEqual([
      { event: 'a', source: 'all', action: { kind: 'rename', to: 'c' } },
      block('b'),
      null,
    ]);
    const drop = (event: string) => shop.admin('DELETE', `/admin/v1/event-rules?event=${event}`, undefined, key);
    expect([(await drop('b')).status, (await drop('b')).status, (await drop('a')).status]).toEqual([204, 204, 422]);
    expect((await shop.admin('DELETE', '/admin/v1/event-rules?event=b')).status).toBe(404);
  });

  it('two of which are put at once are both kept', async () => {
    const shop = await makeShop();
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((event) => put(shop, block(event))));
    expect((await shop.admin('GET', '/admin/v1/event-rules')).body.items).toHaveLength(5);
  });

  it.each([
    ['', { event: '' }, 'event'],
    ['x'.repeat(256), {}, 'event'],
    ['a\u0000b', {}, 'event'],
    ['a', { source: 'woocommerce' }, 'source'],
    ['a', { action: { kind: 'delete' } }, 'action.kind'],
    ['a', { action: { kind: 'block', now: true } }, 'action.now'],
    ['a', { action: { kind: 'rename' } }, 'action.to'],
    ['a', { action: { kind: 'rename', to: 'a' } }, 'action.to'],
    ['a', { action: { kind: 'schema', mode: 'drop', properties: [] } }, 'action.mode'],
    [
      'a',
      { action: { kind: 'schema', mode: 'warn', properties: [{ path: 'a..b', type: 'text' }] } },
      'action.properties.0.path',
    ],
    [
      'a',
      { action: { kind: 'schema', mode: 'warn', properties: [{ path: 'a', type: 'string' }] } },
      'action.properties.0.type',
    ],
    ['a', { action: { kind: 'schema', mode: 'warn', properties: [price, price] } }, 'action.properties'],
    ['a', { extra: 1 }, 'extra'],
  ])('that is wrong is refused and changes nothing: %j %j', async (event, more, field) => {
    const shop = await makeShop();
    const { status, body } = await put(shop, { ...block('a'), event, ...more });
    expect([status, body.errors[0].field]).toEqual([400, field]);
    expect((await shop.admin('GET', '/admin/v1/event-rules')).body.items).toEqual([]);
  });

  it('needs the scope settings', async () => {
    const shop = await makeShop();
    const { secret } = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes: ['events'] })).body;
    const as = { Authorization: `Bearer ${secret}` };
    expect((await call('PUT', '/admin/v1/event-rules', block('a'), as)).status).toBe(403);
    expect((await call('POST', '/admin/v1/event-schemas/1/fix', { mode: 'warn' }, as)).status).toBe(403);
  });

  it('of one shop says nothing of another’s events', async () => {
    const [mine, theirs] = [await makeShop(), await makeShop()];
    const user = newUser();
    await put(mine, block('X'));
    await theirs.batch(track(user, 'X'));
    expect(await namesOf(theirs, user)).toEqual(['X']);
  });
});

it('a schema is fixed from what was learned, in one call, and holds for the next event', async () => {
  const shop = await makeShop();
  const user = newUser();
  await shop.batch(
    track(user, 'Rated', { stars: 5, at: '2026-05-04', tags: ['a'] }),
    track(user, 'Rated', { stars: 4.5, at: '2026-05-05' }),
  );
  const { id } = await schemaOf(shop, 'Rated', 2);
  const fixed = await shop.admin('POST', `/admin/v1/event-schemas/${id}/fix`, { mode: 'refuse' });
  const properties = [
    { path: 'stars', type: 'number', required: true, nullable: false },
    { path: 'at', type: 'date-time', required: true, nullable: false },
    { path: 'tags', type: 'list', required: false, nullable: false },
    { path: 'tags[]', type: 'text', required: false, nullable: false },
  ];
  expect(fixed.body).toEqual({
    event: 'Rated',
    source: 'segment',
    action: { kind: 'schema', mode: 'refuse', properties },
  });
  expect((await put(shop, fixed.body)).status).toBe(200);
  await shop.batch(track(user, 'Rated', { stars: 'five', tags: [1] }));
  const refused = await logged(shop, 'verdict=refused');
  expect(refused.differences.map((one: { path: string }) => one.path)).toEqual(['stars', 'at', 'tags[]']);
  expect((await shop.admin('POST', '/admin/v1/event-schemas/99/fix', { mode: 'warn' })).status).toBe(404);
  const versions = await eventually(async () => (await shop.admin('GET', '/admin/v1/shop')).body.version);
  expect(versions).toBe(3);
});
