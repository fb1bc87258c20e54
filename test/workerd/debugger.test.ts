/** The event log: what is kept of what arrived, who may read it, and how it is searched and followed. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectShopify, debuggerObject, inFull, logged } from './event-log.ts';
import { call, eventually, makeCopies, makeShop, newUser, type TestShop, track } from './shop.ts';

// the tests wait for the log side by side, each with a shop of its own
beforeAll(makeCopies);

const messageOf = (id: string, more: object = {}) => ({ type: 'track', event: 'X', messageId: id, ...more });

async function list(shop: TestShop, query = '') {
  return (await shop.admin('GET', `/admin/v1/events?${query}`)).body;
}

const idsOf = (items: { messageId: string }[]) => items.map((one) => one.messageId);

describe.concurrent('an event', () => {
  it('is kept as it was received and as it was stored, with the customer it reached', async () => {
    const shop = await makeShop();
    const user = newUser();
    const message = track(user, 'Order Completed', { order_id: 'o', subtotal: 10, currency: 'EUR' });
    await shop.batch(message);
    const customer = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
    const event = await inFull(shop, `customer=${customer}`);
    expect(JSON.parse(event.raw)).toEqual(message);
    expect(event).toMatchObject({
      source: 'segment',
      trust: 'server',
      type: 'track',
      name: 'Placed Order',
      sentName: 'Order Completed',
      verdict: 'recorded',
      reason: null,
      customer,
      count: 1,
      rawTruncated: false,
      normalised: { name: 'Placed Order', trust: 'server', fact: { kind: 'order', paid: true } },
    });
  });

  it('that came twice is a duplicate the second time', async () => {
    const shop = await makeShop();
    const message = track(newUser(), 'X');
    await shop.batch(message, message);
    await logged(shop, 'verdict=duplicate');
    expect((await list(shop)).items.map((one: { verdict: string }) => one.verdict)).toEqual(['duplicate', 'recorded']);
  });

  it('is kept without the write key it came with', async () => {
    const shop = await makeShop();
    const { write } = shop.keys;
    await call('POST', '/v1/track', {
      ...messageOf('m', { userId: newUser() }),
      writeKey: write,
      note: `see ${write}`,
    });
    await call('POST', '/v1/track', `{"writeKey":"${write}", broken`);
    await logged(shop, 'reason=invalid_json');
    const raws = await Promise.all(
      (await list(shop)).items.map(
        async ({ id }: { id: string }) => (await shop.admin('GET', `/admin/v1/events/${id}`)).body.raw,
      ),
    );
    expect(raws.map((raw) => [raw.includes('wk_…'), raw.includes(write)])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it('of a webhook is kept with the digits it was sent with', async () => {
    const shop = await makeShop();
    const send = await connectShopify(shop);
    await send('customers/create', '{"id":90071992547409931,"email":"a@b.example"}');
    const event = await inFull(shop, 'source=shopify');
    expect(event).toMatchObject({ verdict: 'recorded', type: 'customers/create', sentName: 'Created Customer' });
    expect(event.raw).toBe('{"id":90071992547409931,"email":"a@b.example"}');
  });

  it('is cut at 32 K characters where it is longer, and says so', async () => {
    const shop = await makeShop();
    const send = await connectShopify(shop);
    await send('products/update', { text: 'ü'.repeat(200_000) });
    const event = await inFull(shop, 'reason=topic_not_read');
    expect([event.raw.length, event.rawTruncated, event.normalised]).toEqual([32_768, true, null]);
  });
});

describe.concurrent('what was refused before it was read', () => {
  it('is shown with its reason and what was sent: no JSON, the wrong shape, too large', async () => {
    const shop = await makeShop();
    await shop.segment('/v1/batch', '{"batch":[');
    await shop.segment('/v1/batch', { batch: 'no' });
    await shop.segment('/v1/track', { text: 'y'.repeat(40_000) });
    const reasons = ['invalid_json', 'invalid_request', 'payload_too_large'];
    const found = await Promise.all(reasons.map((reason) => inFull(shop, `reason=${reason}`)));
    expect(found.map(({ verdict, type, raw, trust }) => ({ verdict, type, raw, trust }))).toEqual([
      { verdict: 'refused', type: 'batch', raw: '{"batch":[', trust: null },
      { verdict: 'refused', type: 'batch', raw: '{"batch":"no"}', trust: null },
      { verdict: 'refused', type: 'track', raw: '', trust: null },
    ]);
  });

  it('is shown where the key is of this shop: revoked, or of the wrong kind; in the body too', async () => {
    const shop = await makeShop();
    const made = (await shop.admin('POST', '/admin/v1/keys', { kind: 'write' })).body;
    await shop.admin('DELETE', `/admin/v1/keys/${made.key.id}`);
    await call('POST', '/v1/track', { ...messageOf('m'), writeKey: made.secret });
    await call('POST', '/v1/track', messageOf('m'), { Authorization: `Basic ${btoa(`${shop.keys.secret}:`)}` });
    await logged(shop, 'reason=unauthorized');
    await logged(shop, 'reason=secret_key_refused');
    expect((await list(shop)).items).toHaveLength(2);
  });

  it('is nobody’s where the key is made up, and makes no log', async () => {
    const shop = await makeShop();
    const made = `${shop.keys.write.slice(0, -1)}${shop.keys.write.endsWith('0') ? '1' : '0'}`;
    expect((await call('POST', '/v1/track', { ...messageOf('m'), writeKey: made })).status).toBe(401);
    await shop.batch(track(newUser(), 'after'));
    await logged(shop, 'name=after');
    expect((await list(shop)).items).toHaveLength(1);
  });

  it('is shown for an origin that is not on the list', async () => {
    const shop = await makeShop({ origins: ['https://good.example'] });
    const body = { ...messageOf('m', { anonymousId: 'a' }), writeKey: shop.keys.publishable };
    await call('POST', '/v1/track', body, { Origin: 'https://evil.example' });
    expect(await logged(shop, 'verdict=refused')).toMatchObject({ reason: 'origin_not_allowed', type: 'track' });
  });

  it('is shown for a webhook that is signed wrongly, and for one that is no JSON', async () => {
    const shop = await makeShop();
    const send = await connectShopify(shop);
    await send('orders/paid', { id: 1 }, 'another secret');
    await send('orders/paid', 'no json');
    expect(await inFull(shop, 'reason=invalid_signature')).toMatchObject({ type: 'orders/paid', raw: '{"id":1}' });
    expect(await inFull(shop, 'reason=invalid_json')).toMatchObject({ source: 'shopify', raw: 'no json' });
  });

  it('is counted, not told one by one, where it comes in numbers', async () => {
    const shop = await makeShop();
    await shop.admin('PATCH', '/admin/v1/shop', { ingestPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => shop.batch(track(newUser(), 'X'))));
    const limited = answers.filter(({ status }) => status === 429).length;
    const line = await logged(shop, 'reason=rate_limited');
    expect([line.count, limited > 20]).toEqual([limited, true]);
    const broken = await makeShop();
    await Promise.all(Array.from({ length: 50 }, () => broken.segment('/v1/batch', '{')));
    await logged(broken, 'reason=invalid_json');
    const { items } = await list(broken);
    expect([items.length, items.reduce((sum: number, one: { count: number }) => sum + one.count, 0)]).toEqual([20, 50]);
  });
});

describe.concurrent('the list', () => {
  it('keeps the last 1,000 of 1,001, however they came, and pages them without gap or repeat', async () => {
    const shop = await makeShop();
    const user = newUser();
    const sendMany = (from: number, to: number) =>
      shop.batch(...Array.from({ length: to - from }, (_, at) => messageOf(`m${from + at}`, { userId: user })));
    await sendMany(0, 400);
    await logged(shop, 'text=m399');
    await sendMany(400, 1_001);
    await logged(shop, 'text=m1000');
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await list(shop, `limit=300${cursor}`);
      seen.push(...idsOf(page.items));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, at) => `m${1_000 - at}`));
    const ids = await Promise.all([1, 2].map(async (id) => (await shop.admin('GET', `/admin/v1/events/${id}`)).status));
    expect(ids).toEqual([404, 200]);
  });

  it('lets go of whole pages that are out of the last 1,000, and of no other', async () => {
    const shop = await makeShop();
    const page = { events: 600, heads: JSON.stringify(Array.from({ length: 600 }, () => null)), bodies: '' };
    for (let flush = 0; flush < 4; flush += 1) await debuggerObject(shop).keep([page], []);
    const kept = await runInDurableObject(debuggerObject(shop), (_, { storage }) =>
      storage.sql.exec('SELECT last FROM page ORDER BY last').toArray(),
    );
    expect(kept.map((row) => row.last)).toEqual([1_800, 2_400]);
  });

  it('is searched by verdict, reason, source, trust, name, customer and text, each and together', async () => {
    const shop = await makeShop();
    const send = await connectShopify(shop);
    const [a, b] = [newUser(), newUser()];
    await shop.batch(track(a, 'Alpha', { word: 'Ünïcode needle' }), track(b, 'Beta'), messageOf('nobody'));
    await call('POST', '/v1/batch', { batch: [track(b, 'Alpha')], writeKey: shop.keys.publishable });
    await send('customers/create', { id: 5, email: 'x@y.example' });
    await logged(shop, 'source=shopify');
    await logged(shop, 'trust=browser');
    const customer = (await shop.admin('GET', `/admin/v1/customers/user:${a}`)).body.id;
    const counts = {
      '': 5,
      'verdict=refused': 1,
      'reason=no_user_anon_id': 1,
      'source=shopify': 1,
      'trust=browser': 1,
      'name=Alpha': 2,
      'name=alpha': 0,
      'name=Alpha&trust=server': 1,
      [`customer=${customer}`]: 1,
      [`text=${encodeURIComponent('ünïcode NEEDLE')}`]: 1,
      'text=%25': 0,
    };
    const found = await Promise.all(Object.keys(counts).map(async (query) => (await list(shop, query)).items.length));
    expect(found).toEqual(Object.values(counts));
  });

  it('refuses a bad query with the field and the rule', async () => {
    const shop = await makeShop();
    const bad = ['limit=0', 'limit=1001', 'limit=1.5', 'verdict=no', 'nope=1', 'name=', 'cursor=x', 'text='];
    const answers = await Promise.all(bad.map((query) => shop.admin('GET', `/admin/v1/events?${query}`)));
    expect(answers.map(({ status, body }) => [status, body.errors?.[0]?.field ?? body.key])).toEqual([
      [400, 'limit'],
      [400, 'limit'],
      [400, 'limit'],
      [400, 'verdict'],
      [400, 'nope'],
      [400, 'name'],
      [400, 'invalid_cursor'],
      [400, 'text'],
    ]);
    const ids = ['0', '-1', '1.5', '1e21', 'x', '%00'];
    const statuses = await Promise.all(
      ids.map(async (id) => (await shop.admin('GET', `/admin/v1/events/${id}`)).status),
    );
    expect(statuses).toEqual(ids.map(() => 400));
  });

  it('is read with a secret key that has the scope events, and no other', async () => {
    const shop = await makeShop();
    const make = async (scopes: string[]) =>
      (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes })).body.secret;
    const keys = [await make(['customers', 'settings']), shop.keys.write, await make(['events'])];
    const paths = ['/admin/v1/events', '/admin/v1/events/1', '/admin/v1/events/live', '/admin/v1/event-schemas'];
    const statuses = await Promise.all(
      keys.map((key) =>
        Promise.all(
          paths.map(async (path) => (await call('GET', path, undefined, { Authorization: `Bearer ${key}` })).status),
        ),
      ),
    );
    expect(statuses).toEqual([
      [403, 403, 403, 403],
      [403, 403, 403, 403],
      [200, 404, 200, 200],
    ]);
  });

  it('INV-10: is of one shop alone', async () => {
    const [mine, theirs] = [await makeShop(), await makeShop()];
    await mine.batch(track(newUser(), 'Mine'));
    await theirs.batch(track(newUser(), 'Theirs'), track(newUser(), 'Theirs'));
    const { id } = await logged(theirs, 'name=Theirs');
    await logged(mine, 'name=Mine');
    expect((await list(mine)).items.map((one: { name: string }) => one.name)).toEqual(['Mine']);
    expect((await mine.admin('GET', `/admin/v1/events/${id}`)).status).toBe(404);
    const schemas = (await mine.admin('GET', '/admin/v1/event-schemas')).body.items;
    expect(schemas.map((one: { event: string }) => one.event)).toEqual(['Mine']);
  });

  it('INV-13: reads of a shop that had no event make nothing', async () => {
    const shop = await makeShop();
    expect(await list(shop)).toMatchObject({ items: [], nextCursor: null });
    await shop.admin('GET', '/admin/v1/event-schemas');
    await shop.admin('DELETE', '/admin/v1/event-schemas/1');
    await shop.admin('GET', `/admin/v1/events/live?wait=0&after=${(await list(shop)).liveCursor}`);
    await debuggerObject(shop).forget({ customers: ['x'], identifiers: ['y'] });
    const tables = await runInDurableObject(debuggerObject(shop), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });
});

describe.concurrent('live', () => {
  const live = async (shop: TestShop, after: string, more = '') =>
    (await shop.admin('GET', `/admin/v1/events/live?after=${after}${more}`)).body;

  it('begins at now, waits for what comes, and goes on where it stopped', async () => {
    const shop = await makeShop();
    await shop.batch(messageOf('before', { userId: newUser() }));
    await logged(shop, 'text=before');
    const begun = (await shop.admin('GET', '/admin/v1/events/live')).body;
    expect(begun).toEqual({ items: [], cursor: expect.any(String), missed: 0 });
    const waiting = live(shop, begun.cursor);
    await shop.batch(messageOf('first', { userId: newUser() }), messageOf('second', { userId: newUser() }));
    const arrived = await waiting;
    expect(idsOf(arrived.items)).toEqual(['first', 'second']);
    // a reader that paused finds what it has not seen, and nothing twice
    expect(idsOf((await live(shop, begun.cursor, '&limit=1')).items)).toEqual(['first']);
    expect((await live(shop, arrived.cursor, '&wait=0')).items).toEqual([]);
  });

  it('waits for what its filter wants, and passes over the rest', async () => {
    const shop = await makeShop();
    const { liveCursor } = await list(shop);
    const waiting = live(shop, liveCursor, '&verdict=refused');
    await shop.batch(messageOf('good', { userId: newUser() }));
    await logged(shop, 'text=good');
    await shop.batch(messageOf('bad'));
    expect(idsOf((await waiting).items)).toEqual(['bad']);
  });

  it('answers with nothing, and a cursor beyond what it looked at, when its time is over', async () => {
    const shop = await makeShop();
    const { liveCursor } = await list(shop);
    expect(await live(shop, liveCursor, '&wait=1')).toEqual({ items: [], cursor: liveCursor, missed: 0 });
    await shop.batch(messageOf('good', { userId: newUser() }));
    await logged(shop, 'text=good');
    const answer = await live(shop, liveCursor, '&verdict=blocked&wait=0');
    expect(answer.items).toEqual([]);
    expect((await live(shop, answer.cursor, '&wait=0')).items).toEqual([]);
  });

  it('says how many events went by unseen', async () => {
    const shop = await makeShop();
    const user = newUser();
    const { liveCursor } = await list(shop);
    for (const part of ['a', 'b']) {
      await shop.batch(...Array.from({ length: 700 }, (_, at) => messageOf(`${part}${at}`, { userId: user })));
      await logged(shop, `text=${part}699`);
    }
    const answer = await live(shop, liveCursor, '&limit=1');
    expect([idsOf(answer.items), answer.missed]).toEqual([['a400'], 400]);
  });

  it('refuses a wait that is too long and a cursor it did not make', async () => {
    const shop = await makeShop();
    for (const wait of ['21', '-1', '1.5', 'x']) {
      expect((await shop.admin('GET', `/admin/v1/events/live?after=x&wait=${wait}`)).body.errors[0].field).toBe('wait');
    }
    expect((await shop.admin('GET', '/admin/v1/events/live?after=x')).body.key).toBe('invalid_cursor');
  });
});

it.concurrent('hostile messages are shown, and break nothing: odd names, broken characters, __proto__, depth', async () => {
  const shop = await makeShop();
  const user = newUser();
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const names = ['__proto__', 'constructor', '\u0000nul', 'a\\"b', '\u2028', '🙂'.repeat(100)];
  await shop.batch(
    ...names.map((name, at) => ({ ...track(user, name, { [name]: { [name]: 1 } }), messageId: `n${at}` })),
  );
  await shop.segment(
    '/v1/batch',
    `{"batch":[{"type":"track","event":"\\ud800","userId":"${user}","messageId":"lone"}]}`,
  );
  await shop.segment('/v1/batch', `{"batch":[{"type":"track","event":"deep","userId":"u","properties":${deep}}]}`);
  await logged(shop, 'text=lone');
  await logged(shop, 'reason=too_deep');
  const { items } = await list(shop);
  const whole = await Promise.all(items.map(({ id }: { id: string }) => shop.admin('GET', `/admin/v1/events/${id}`)));
  expect(whole.map(({ status }) => status)).toEqual(items.map(() => 200));
  expect(whole.find(({ body }) => body.messageId === 'n0')?.body).toMatchObject({
    name: '__proto__',
    verdict: 'recorded',
  });
  const schemas = (await shop.admin('GET', '/admin/v1/event-schemas?limit=200')).body.items;
  // the one with a control in its name was refused, as was the half of a character
  expect(schemas).toHaveLength(names.length - 1);
  await Promise.all(
    schemas.map(async ({ id }: { id: string }) =>
      expect((await shop.admin('GET', `/admin/v1/event-schemas/${id}`)).status).toBe(200),
    ),
  );
});

describe.concurrent('a customer who is to be forgotten', () => {
  it('leaves no event and no sample, refused ones and those that only mention it included; others stay', async () => {
    const shop = await makeShop();
    const [gone, kept] = [newUser(), newUser()];
    const email = `${gone}@example.com`;
    await shop.batch(
      track(gone, 'Mine', { secret: 'x' }),
      { type: 'identify', userId: gone, traits: { email: email.toUpperCase() } },
      track(kept, 'Theirs', { secret: 'y' }),
      messageOf('refused', { traits: { email } }),
    );
    await shop.segment('/v1/batch', `{"email":"${email}", broken`);
    await logged(shop, 'reason=invalid_json');
    await logged(shop, 'name=Theirs');
    const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${gone}`)).body;
    const forgotten = await debuggerObject(shop).forget({ customers: [id], identifiers: [gone, email] });
    const left = await list(shop);
    expect([forgotten, left.items.map((one: { name: string }) => one.name)]).toEqual([4, ['Theirs']]);
    expect(JSON.parse((await inFull(shop, 'name=Theirs')).raw).properties).toEqual({ secret: 'y' });
    const stored = await runInDurableObject(debuggerObject(shop), (_, { storage }) =>
      JSON.stringify([
        storage.sql.exec('SELECT * FROM page').toArray(),
        storage.sql.exec('SELECT * FROM event_schema').toArray(),
      ]),
    );
    expect([stored.includes(gone), stored.toLowerCase().includes(email), stored.includes(kept)]).toEqual([
      false,
      false,
      true,
    ]);
    // the numbers go on as before
    await shop.batch(track(kept, 'Next'));
    await eventually(async () => ((await list(shop)).items.length === 2 ? true : null));
  });
});
