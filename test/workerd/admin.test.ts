/** The admin API: keys, settings, lists, and what it refuses. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { call, eventually, makeCopies, makeShop, NEW_SHOP, newUser, OPERATOR, type TestShop, track } from './shop.ts';

describe('shops', () => {
  it('are made by the operator alone, once per Idempotency-Key', async () => {
    await makeShop();
    expect((await call('POST', '/admin/v1/shops', NEW_SHOP)).status).toBe(401);
    expect((await call('POST', '/admin/v1/shops', NEW_SHOP, { Authorization: 'Bearer wrong' })).status).toBe(401);
    const headers = { ...OPERATOR, 'Idempotency-Key': crypto.randomUUID() };
    const [first, again] = [
      await call('POST', '/admin/v1/shops', NEW_SHOP, headers),
      await call('POST', '/admin/v1/shops', NEW_SHOP, headers),
    ];
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await call('POST', '/admin/v1/shops', { ...NEW_SHOP, name: 'Other' }, headers)).body.key).toBe(
      'idempotency_mismatch',
    );
  });

  it.each([
    ['name', ''],
    ['currency', 'euro'],
    ['timeZone', 'Mars/Base'],
    ['locale', 'not a tag'],
    ['mode', 'demo'],
    ['origins', ['https://x.example/path']],
    ['layout', 'x'],
    ['colour', 'red'],
  ])('INV-14: refuse a bad %s and name it', async (field, value) => {
    await makeShop();
    const { status, body } = await call('POST', '/admin/v1/shops', { ...NEW_SHOP, [field]: value }, OPERATOR);
    expect(status).toBe(400);
    expect(body.errors[0].field.split('.')[0]).toBe(field);
    expect(body.errors[0].rule).not.toBe('');
  });
});

describe('keys', () => {
  it('are stored as hashes only', async () => {
    const shop = await makeShop();
    const stored = await runInDurableObject(env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`)), (_, state) =>
      JSON.stringify(state.storage.sql.exec('SELECT * FROM api_key').toArray()),
    );
    for (const key of Object.values(shop.keys)) expect(stored).not.toContain(key.split('_')[2]);
  });

  it('stay good for the overlap of a rotation and end with it', async () => {
    const shop = await makeShop();
    const old = (await shop.admin('GET', '/admin/v1/keys')).body.items.find(
      (key: { kind: string }) => key.kind === 'write',
    );
    const made = await shop.admin('POST', `/admin/v1/keys/${old.id}/rotate`, { overlapSeconds: 1 });
    const send = (writeKey: string) => call('POST', '/v1/track', { writeKey, userId: 'u', event: 'x' });
    expect([(await send(shop.keys.write)).status, (await send(made.body.secret)).status]).toEqual([200, 200]);
    await eventually(async () => ((await send(shop.keys.write)).status === 401 ? true : null), 3_000);
    expect((await send(made.body.secret)).status).toBe(200);
  });

  it('are refused at once where they are revoked, and cannot revoke themselves', async () => {
    const shop = await makeShop();
    const { items } = (await shop.admin('GET', '/admin/v1/keys')).body;
    const idOf = (kind: string) => items.find((key: { kind: string }) => key.kind === kind).id;
    expect((await shop.admin('DELETE', `/admin/v1/keys/${idOf('write')}`)).status).toBe(204);
    expect((await call('POST', '/v1/track', { writeKey: shop.keys.write, userId: 'u', event: 'x' })).status).toBe(401);
    expect((await shop.admin('DELETE', `/admin/v1/keys/${idOf('secret')}`)).body.key).toBe('conflict');
  });

  it('do no more than their scopes', async () => {
    const shop = await makeShop();
    const { secret } = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes: ['customers'] })).body;
    const narrow = { Authorization: `Bearer ${secret}` };
    expect((await call('GET', '/admin/v1/customers', undefined, narrow)).status).toBe(200);
    for (const path of ['/admin/v1/shop', '/admin/v1/programme', '/admin/v1/keys']) {
      expect((await call('GET', path, undefined, narrow)).body.key, path).toBe('insufficient_scope');
    }
    expect((await shop.admin('POST', '/admin/v1/keys', { kind: 'write', scopes: ['points'] })).status).toBe(400);
  });

  it.each(['publishable', 'write'] as const)('of the kind %s open no admin route', async (kind) => {
    const shop = await makeShop();
    const headers = { Authorization: `Bearer ${shop.keys[kind]}` };
    expect((await call('GET', '/admin/v1/customers', undefined, headers)).status).toBe(403);
  });
});

describe('a request whose first run died before it answered', () => {
  /** As a crash between the work and `finish` leaves it, half a minute later. */
  const forgetAnswer = (shop: string, key: string) =>
    runInDurableObject(env.SHOP.get(env.SHOP.idFromName(`shop:${shop}`)), (_, { storage }) => {
      storage.sql.exec("UPDATE answered SET status = 0, body = '', at_ms = at_ms - 31000 WHERE key = ?", key);
    });

  it('INV-2: answers the same shop with the same keys, and they work', async () => {
    await makeCopies();
    const key = crypto.randomUUID();
    const make = () => call('POST', '/admin/v1/shops', NEW_SHOP, { ...OPERATOR, 'Idempotency-Key': key });
    const first = await make();
    await forgetAnswer(first.body.shop.id, key);
    const again = await make();
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([201, null, first.body]);
    const headers = { Authorization: `Bearer ${again.body.keys.secret}` };
    expect((await call('GET', '/admin/v1/shop', undefined, headers)).status).toBe(200);
    const other = await call('POST', '/admin/v1/shops', NEW_SHOP, { ...OPERATOR, 'Idempotency-Key': `${key}2` });
    expect(other.body.keys.secret.split('_')[2]).not.toBe(first.body.keys.secret.split('_')[2]);
  });

  it.each([
    ['/admin/v1/keys', { kind: 'write' }],
    ['/admin/v1/identity-keys', { algorithm: 'HS256' }],
    ['/admin/v1/keys/{write}/rotate', { overlapSeconds: 0 }],
  ])('INV-2: POST %s makes one key, the same one', async (route, body) => {
    const shop = await makeShop();
    const { items } = (await shop.admin('GET', '/admin/v1/keys')).body;
    const write = items.find((key: { kind: string }) => key.kind === 'write').id;
    const path = route.replace('{write}', write);
    const list = path.startsWith('/admin/v1/keys') ? '/admin/v1/keys' : path;
    const before = (await shop.admin('GET', list)).body.items.length;
    const make = () => shop.admin('POST', path, body, { 'Idempotency-Key': 'k' });
    const first = await make();
    await forgetAnswer(shop.id, 'k');
    const again = await make();
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([201, null, first.body]);
    expect((await shop.admin('GET', list)).body.items).toHaveLength(before + 1);
  });

  it('does not wait for a D1 that hangs', async () => {
    const shop = await makeShop();
    const object = env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`));
    const hangs = { bind: () => ({ run: () => new Promise(() => {}) }) };
    await runInDurableObject(object, (instance) => {
      Reflect.set(instance, 'env', { DB: { prepare: () => hangs } });
    });
    const startedAt = Date.now();
    expect((await shop.admin('PATCH', '/admin/v1/shop', { name: 'Next' })).body.name).toBe('Next');
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });
});

describe('a key that may make keys', () => {
  it('gives nobody more than it may do itself, by a new key or by rotating a wider one', async () => {
    const shop = await makeShop();
    const scopes = ['keys', 'customers'];
    const { secret } = (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes })).body;
    const narrow = { Authorization: `Bearer ${secret}` };
    const make = (body: object) => call('POST', '/admin/v1/keys', body, narrow);
    const { items } = (await shop.admin('GET', '/admin/v1/keys')).body;
    const widest = items.find((key: { scopes: string[] }) => key.scopes.includes('points')).id;
    const refused = [
      await make({ kind: 'secret' }),
      await make({ kind: 'secret', scopes: ['customers', 'points'] }),
      await call('POST', `/admin/v1/keys/${widest}/rotate`, {}, narrow),
    ];
    expect(refused.map(({ status, body }) => [status, body.key])).toEqual(Array(3).fill([403, 'insufficient_scope']));
    expect((await shop.admin('GET', '/admin/v1/keys')).body.items).toEqual(items);
    for (const body of [{ kind: 'secret', scopes }, { kind: 'write' }]) expect((await make(body)).status).toBe(201);
  });
});

describe('before a body is read', () => {
  it('refuses who brings no bearer, whatever the body is', async () => {
    await makeCopies();
    for (const headers of [{}, { Authorization: 'Basic eDo=' }, { Authorization: 'Bearer' }]) {
      const answer = await call('POST', '/admin/v1/shops', '{', headers as Record<string, string>);
      expect([answer.status, answer.body.key]).toEqual([401, 'unauthorized']);
    }
  });

  it('refuses more than 64 kB', async () => {
    const shop = await makeShop();
    const answer = await shop.admin('PATCH', '/admin/v1/shop', { name: 'x'.repeat(64 * 1024) });
    expect([answer.status, answer.body.key]).toEqual([400, 'payload_too_large']);
  });
});

describe('another shop', () => {
  it('INV-10: sees none of this one, whatever id it names', async () => {
    const [mine, theirs] = [await makeShop(), await makeShop()];
    const user = newUser();
    await mine.batch(track(user, 'X'));
    const { id } = (await mine.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    const keys = (await mine.admin('GET', '/admin/v1/keys')).body.items;
    const points = { points: 1, reason: 'x' };
    const tries: [string, string, unknown?][] = [
      ['GET', `/admin/v1/customers/${id}`],
      ['GET', `/admin/v1/customers/user:${user}`],
      ['GET', `/admin/v1/customers/${id}/timeline`],
      ['GET', `/admin/v1/customers/${id}/points`],
      ['POST', `/admin/v1/customers/${id}/points`, points],
      ['DELETE', `/admin/v1/keys/${keys[0].id}`],
      ['POST', `/admin/v1/keys/${keys[0].id}/rotate`, {}],
    ];
    for (const [method, path, body] of tries) expect((await theirs.admin(method, path, body)).status, path).toBe(404);
    expect((await theirs.admin('GET', `/admin/v1/customers?q=${user}`)).body.items).toEqual([]);
    expect((await mine.admin('GET', `/admin/v1/customers/${id}`)).body.points.balance).toBe(0);
  });
});

describe('points by hand', () => {
  async function someone(shop: TestShop): Promise<string> {
    const user = newUser();
    await shop.batch(track(user, 'X'));
    return `/admin/v1/customers/user:${user}`;
  }

  it.each([0, 1.5, 1e21, '5', null, 1_000_000_001])('INV-14: refuse %j points, and nothing changes', async (points) => {
    const shop = await makeShop();
    const path = await someone(shop);
    const answer = await shop.admin('POST', `${path}/points`, { points, reason: 'x' });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'points']);
    expect((await shop.admin('GET', path)).body).toMatchObject({ seq: 1, points: { balance: 0 } });
  });

  it('INV-14: refuse NaN, unknown fields, a missing or over-long reason and a past expiry', async () => {
    const shop = await makeShop();
    const path = await someone(shop);
    const bad = [
      '{"points":NaN,"reason":"x"}',
      { points: 1 },
      { points: 1, reason: ' ' },
      { points: 1, reason: 'y'.repeat(201) },
    ];
    for (const body of [...bad, { points: 1, reason: 'x', more: 1 }, { points: 1, reason: 'x', expiresAtMs: 1 }]) {
      expect((await shop.admin('POST', `${path}/points`, body)).status, JSON.stringify(body)).toBe(400);
    }
    expect((await shop.admin('GET', path)).body.seq).toBe(1);
  });

  it('INV-2: one effect per key; another body is 422; a refusal is answered again as it was', async () => {
    const shop = await makeShop();
    const path = await someone(shop);
    const give = (points: number, key: string) =>
      shop.admin('POST', `${path}/points`, { points, reason: 'x' }, { 'Idempotency-Key': key });
    const [first, again] = [await give(10, '"a"'), await give(10, 'a')];
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect((await give(11, 'a')).body.key).toBe('idempotency_mismatch');
    expect((await give(-11, 'b')).body.key).toBe('insufficient_points');
    await give(50, 'c');
    expect((await give(-11, 'b')).body.key).toBe('insufficient_points');
    expect((await shop.admin('GET', path)).body.points.balance).toBe(60);
  });

  it('INV-4: are taken soonest-expiring first', async () => {
    const shop = await makeShop();
    const path = await someone(shop);
    const days = (count: number) => Date.now() + count * 86_400_000;
    await shop.admin('POST', `${path}/points`, { points: 10, reason: 'never' });
    await shop.admin('POST', `${path}/points`, { points: 10, reason: 'late', expiresAtMs: days(9) });
    const soon = await shop.admin('POST', `${path}/points`, { points: 10, reason: 'soon', expiresAtMs: days(2) });
    const taken = await shop.admin('POST', `${path}/points`, { points: -15, reason: 'take' });
    expect(taken.body.entry.lots.map((lot: { points: number }) => lot.points)).toEqual([-10, -5]);
    expect(taken.body.entry.lots[0].lot).toBe(soon.body.entry.lots[0].lot);
  });

  it('come out exact where 40 requests take from the same 100 points at once', async () => {
    const shop = await makeShop();
    const path = await someone(shop);
    await shop.admin('POST', `${path}/points`, { points: 100, reason: 'start' });
    const takes = await Promise.all(
      Array.from({ length: 40 }, () => shop.admin('POST', `${path}/points`, { points: -7, reason: 'race' })),
    );
    expect(takes.filter((answer) => answer.status === 200)).toHaveLength(14);
    expect((await shop.admin('GET', path)).body.points.balance).toBe(2);
  });
});

describe('lists', () => {
  it('page without gap or repeat, by balance, and refuse a cursor they did not make', async () => {
    const shop = await makeShop();
    const run = newUser();
    const users = Array.from({ length: 7 }, (_, at) => `${run}-${at}`);
    await shop.batch(...users.map((user) => track(user, 'X')));
    for (const [at, user] of users.entries())
      await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points: 1 + (at % 3), reason: 'x' });
    const seen: { userId: string; balance: number }[] = [];
    let cursor = '';
    do {
      const { body } = await shop.admin('GET', `/admin/v1/customers?sort=balance&limit=2${cursor}`);
      seen.push(...body.items);
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen.map((one) => one.userId).sort()).toEqual([...users].sort());
    expect(seen.map((one) => one.balance)).toEqual([3, 3, 2, 2, 1, 1, 1].sort((a, b) => b - a));
    for (const bad of ['x', btoa('{}'), btoa('{"sort":"id","value":0,"customer":"a"}')]) {
      expect((await shop.admin('GET', `/admin/v1/customers?sort=balance&cursor=${bad}`)).body.key).toBe(
        'invalid_cursor',
      );
    }
    for (const limit of ['0', '-1', '1.5', 'x', '201']) {
      expect((await shop.admin('GET', `/admin/v1/customers?limit=${limit}`)).status, limit).toBe(400);
    }
  });

  it('search starts of e-mails and of words of names, and whole ids; patterns mean nothing', async () => {
    const shop = await makeShop();
    const user = newUser();
    const traits = { email: `Zoë.${user}@Example.com`, firstName: 'Änne', lastName: "O'Neil" };
    await shop.batch({ type: 'identify', userId: user, traits, messageId: 'i' });
    const find = async (q: string) =>
      (await shop.admin('GET', `/admin/v1/customers?q=${encodeURIComponent(q)}`)).body.items.length;
    await eventually(async () => ((await find(user)) === 1 ? true : null));
    expect(await Promise.all(['zoë.', 'änne', "o'neil", 'Änne O', '%', '_', 'neil', "' OR 1=1 --"].map(find))).toEqual([
      1, 1, 1, 1, 0, 0, 0, 0,
    ]);
  });

  it('the points journal pages newest first, each entry with the balance after it', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'X'));
    const path = `/admin/v1/customers/user:${user}/points`;
    for (let points = 1; points <= 5; points += 1) await shop.admin('POST', path, { points, reason: 'x' });
    const first = await shop.admin('GET', `${path}?limit=3`);
    const second = await shop.admin('GET', `${path}?limit=3&cursor=${first.body.nextCursor}`);
    const all = [...first.body.items, ...second.body.items];
    expect(all.map((entry: { balanceAfter: number }) => entry.balanceAfter)).toEqual([15, 10, 6, 3, 1]);
    expect(second.body.nextCursor).toBeNull();
  });
});

describe('settings', () => {
  it('points run out by the calendar of the shop, and a day that no month has is refused', async () => {
    const shop = await makeShop({ mode: 'test', timeZone: 'Europe/Berlin' });
    const user = newUser();
    await shop.admin('POST', '/admin/v1/clock', { toMs: Date.UTC(2040, 0, 31, 12) });
    const expiry = { kind: 'period', unit: 'month', quantity: 1 };
    const written = await shop.admin('PUT', '/admin/v1/programme', { order: { points: 1, perMinor: 100 }, expiry });
    expect(written.body.programme.expiry).toEqual({ ...expiry, until: 'day' });
    await shop.batch(track(user, 'Order Completed', { order_id: user, subtotal: 7, total: 7, currency: 'EUR' }));
    const { points } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    expect(points.nextExpiry).toEqual({ points: 7, atMs: Date.UTC(2040, 1, 29, 23) });
    const refused = async (body: object) => {
      const { status, body: said } = await shop.admin('PUT', '/admin/v1/programme', { order: null, ...body });
      return [status, said.errors?.[0].field];
    };
    expect(await refused({ expiry: { kind: 'date', month: 4, day: 31 } })).toEqual([400, 'expiry.day']);
    expect(await refused({ expiry: { ...expiry, unit: 'year', quantity: 101 } })).toEqual([400, 'expiry.quantity']);
    expect(await refused({ expiry, expiresAfterDays: 5 })).toEqual([400, 'expiresAfterDays']);
  });

  it('a programme is live for the next order, and orders already earned keep the rule of their day', async () => {
    const shop = await makeShop();
    const user = newUser();
    const order = (id: string) => ({ order_id: id, subtotal: 100, total: 100, currency: 'EUR' });
    await shop.batch(track(user, 'Order Completed', order('a')));
    const programme = { order: { points: 5, perMinor: 100 }, worth: null };
    const written = await shop.admin('PUT', '/admin/v1/programme', programme);
    expect(written.body.programme.order.base).toEqual({
      afterDiscounts: true,
      tax: false,
      shipping: false,
      giftCards: false,
    });
    await shop.batch(track(user, 'Order Completed', order('b')), track(user, 'Order Refunded', { order_id: 'a' }));
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/points`);
    expect(body.items.map((entry: { points: number }) => entry.points)).toEqual([-100, 500, 100]);
  });

  it('INV-14: refuse a link that could run script, an unknown field, and an empty change', async () => {
    const shop = await makeShop();
    for (const change of [
      { links: { privacy: 'javascript:alert(1)' } },
      { links: { terms: '//evil.example' } },
      { links: { applyCode: 'https://my.shop/discount/' } },
      { links: { applyCode: 'https://my.shop/{code}/{code}' } },
      { links: { applyCode: 'https://{code}.evil.example/' } },
      { links: { applyCode: 'http://my.shop/discount/{code}' } },
      { links: { applyCode: 'javascript:alert("{code}")' } },
      { points: 1 },
      {},
    ]) {
      expect((await shop.admin('PATCH', '/admin/v1/shop', change)).status, JSON.stringify(change)).toBe(400);
    }
    const changed = await shop.admin('PATCH', '/admin/v1/shop', { links: { privacy: '/privacy' } });
    expect(changed.body.links).toEqual({
      signIn: null,
      createAccount: null,
      account: null,
      privacy: '/privacy',
      terms: null,
      applyCode: null,
    });
  });
});

describe('the Shopify source', () => {
  const path = '/admin/v1/sources/shopify';
  const source = (secret: string) => ({ domain: 'beans.myshopify.com', secret });

  it('INV-2: is disconnected once per Idempotency-Key, and every retry is answered as the first', async () => {
    const shop = await makeShop();
    await shop.admin('PUT', path, source('a secret of the app'));
    const drop = (key: string) => shop.admin('DELETE', path, undefined, { 'Idempotency-Key': key });
    expect([(await drop('a')).status, (await drop('a')).status, (await drop('b')).status]).toEqual([204, 204, 404]);
  });

  it('keeps the secret before, where the one in force is put again', async () => {
    const shop = await makeShop();
    const object = env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`));
    const stored = () =>
      runInDurableObject(object, (_, { storage }) => storage.sql.exec('SELECT * FROM secret ORDER BY name').toArray());
    await shop.admin('PUT', path, source('a secret of the app'));
    await shop.admin('PUT', path, source('the next secret'));
    const before = await stored();
    expect((await shop.admin('PUT', path, source('the next secret'))).status).toBe(200);
    expect(before).toHaveLength(2);
    expect(await stored()).toEqual(before);
  });
});

it('a change of one link keeps what another isolate made of the others a moment ago', async () => {
  const shop = await makeShop();
  await shop.admin('GET', '/admin/v1/shop');
  await runInDurableObject(env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`)), (object) =>
    object.change({ links: { privacy: '/privacy' } }, 'another isolate'),
  );
  const changed = await shop.admin('PATCH', '/admin/v1/shop', { links: { terms: '/terms' } });
  expect(changed.body.links).toMatchObject({ privacy: '/privacy', terms: '/terms' });
});

it('the OpenAPI document is 3.1, names every admin route, and every reference in it leads somewhere', async () => {
  await makeShop();
  const { body } = await call('GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/admin/v1/customers/{ref}/points', '/hub/v1/session', '/v1/batch']),
  );
  for (const [, name = ''] of JSON.stringify(body).matchAll(/#\/components\/schemas\/([^"]+)/g)) {
    expect(body.components.schemas).toHaveProperty(name);
  }
});

it('an address that is nothing here is 404 in the one problem shape', async () => {
  const answer = await call('GET', '/nothing');
  expect([answer.status, answer.body.key, answer.headers.get('content-type')]).toEqual([
    404,
    'not_found',
    'application/problem+json',
  ]);
});

it('INV-14: a body of another type than JSON is refused, and says so', async () => {
  const shop = await makeShop();
  const answer = await shop.admin('POST', '/admin/v1/keys', '{"kind":"write"}', { 'Content-Type': 'text/plain' });
  expect([answer.status, answer.body.errors]).toEqual([
    400,
    [{ field: 'Content-Type', rule: 'must be application/json' }],
  ]);
});
