/** Who is who: a browser is shared, an order is owned once, and nothing told of a customer who waits is lost. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import firstDirectory from '../../migrations/directory/0001_directory.sql';
import { START } from '../../worker/customers/moving.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import { call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const order = (orderId: string, euros = 80) => ({ order_id: orderId, subtotal: euros, total: euros, currency: 'EUR' });

async function customer(shop: TestShop, ref: string) {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}`)).body;
}

function fromBrowser(shop: TestShop, ...batch: object[]) {
  return call('POST', '/v1/batch', { batch, writeKey: shop.keys.publishable });
}

describe('a browser that two people share', () => {
  it('INV-10: does not hand what the first one earned to the second, when a browser names them', async () => {
    const shop = await makeShop();
    const [anonymousId, two] = [newUser(), newUser()];
    await shop.batch({ type: 'identify', anonymousId, traits: { email: `${anonymousId}@example.com` } });
    await shop.batch({ type: 'track', anonymousId, event: 'Order Completed', properties: order('g1') });
    await fromBrowser(shop, { type: 'identify', userId: two, anonymousId });
    expect((await customer(shop, `anonymous:${anonymousId}`)).points.balance).toBe(80);
    expect((await customer(shop, `user:${two}`)).points.balance).toBe(0);
  });

  it('INV-10: does not either where nobody named the first one, but they ordered', async () => {
    const shop = await makeShop();
    const [anonymousId, two] = [newUser(), newUser()];
    await shop.batch({ type: 'track', anonymousId, event: 'Order Completed', properties: order('g2') });
    await fromBrowser(shop, { type: 'identify', userId: two, anonymousId });
    expect((await customer(shop, `user:${two}`)).points.balance).toBe(0);
  });

  it('INV-10: does not either where a server names the second one', async () => {
    const shop = await makeShop();
    const [anonymousId, one, two] = [newUser(), newUser(), newUser()];
    await shop.batch({ type: 'identify', anonymousId, traits: { email: `${one}@example.com` } });
    await shop.batch({ type: 'identify', anonymousId, userId: two, traits: { email: `${two}@example.com` } });
    expect((await customer(shop, `user:${two}`)).id).not.toBe((await customer(shop, `email:${one}@example.com`)).id);
  });

  it('ties its own history to whom it names, where there is nothing to take', async () => {
    const shop = await makeShop();
    const [anonymousId, userId] = [newUser(), newUser()];
    await fromBrowser(shop, { type: 'track', anonymousId, event: 'Looked' });
    await fromBrowser(shop, { type: 'identify', userId, anonymousId });
    expect((await customer(shop, `user:${userId}`)).id).toBe((await customer(shop, `anonymous:${anonymousId}`)).id);
  });
});

it('a browser sets no id of its own on a profile, and fills no list of customers', async () => {
  const shop = await makeShop();
  const user = newUser();
  await fromBrowser(shop, {
    type: 'identify',
    userId: user,
    traits: { userId: 'somebody', shopifyId: '7', city: 'Ghent' },
  });
  expect((await customer(shop, `user:${user}`)).traits).toEqual({ city: 'Ghent' });
  await shop.batch({ type: 'identify', userId: `${user}-known`, messageId: 'k' });
  await eventually(async () =>
    (await shop.admin('GET', `/admin/v1/customers?q=${user}-known`)).body.items.length > 0 ? true : null,
  );
  expect((await shop.admin('GET', '/admin/v1/customers')).body.items).toHaveLength(1);
});

it('an order belongs to whom it was first named with, whoever else it is told of', async () => {
  const shop = await makeShop();
  const [a, b] = [newUser(), newUser()];
  await shop.batch(track(a, 'X'), track(b, 'X'));
  await shop.batch(track(a, 'Order Completed', order('same')));
  await shop.batch(track(b, 'Order Completed', order('same')));
  const balances = await Promise.all([a, b].map(async (user) => (await customer(shop, `user:${user}`)).points.balance));
  expect(balances).toEqual([80, 0]);
});

it('an order’s owner gets no name that came beside somebody else’s', async () => {
  const shop = await makeShop();
  const [a, b, anonymousId] = [newUser(), newUser(), newUser()];
  const email = `${b}@example.com`;
  await shop.batch(track(a, 'Order Completed', order('theirs')), track(b, 'X'));
  await shop.batch(track(b, 'Order Completed', order('theirs'), { anonymousId, context: { traits: { email } } }));
  await shop.batch({ type: 'identify', userId: b, anonymousId, traits: { email }, messageId: 'i' });
  const refs = [`user:${b}`, `email:${email}`, `anonymous:${anonymousId}`];
  const ids = await Promise.all(refs.map(async (ref) => (await customer(shop, ref)).id));
  expect(new Set(ids)).toEqual(new Set([ids[0]]));
  expect(ids[0]).not.toBe((await customer(shop, `user:${a}`)).id);
});

it('a Directory whose tables are older than merges is read as it is', async () => {
  const shop = await makeShop();
  const user = newUser();
  const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`));
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec(`CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT; ${firstDirectory}`);
    storage.sql.exec('INSERT INTO schema_version (version) VALUES (1)');
    storage.sql.exec("INSERT INTO identifier VALUES ('user', ?, 'a-old', 'server', 1)", user);
    storage.sql.exec("INSERT INTO customer VALUES ('a-old', 1, NULL)");
  });
  expect(await directoryOf(env, shop.id).find([{ kind: 'user', value: user }])).toBe('a-old');
  expect(await directoryOf(env, shop.id).moves(['a-old'])).toEqual([]);
  await shop.batch(track(user, 'X'));
  expect((await customer(shop, `user:${user}`)).id).toBe('a-old');
});

describe('a customer that only an order number names', () => {
  async function waiting(shop: TestShop, orderId: string) {
    const subject = { identifiers: [{ kind: 'order' as const, value: orderId }], trust: 'server' as const };
    const call = { layout: 'shared' as const, nowMs: 1, subjects: [subject] };
    const answer = await directoryOf(env, shop.id).resolve(call);
    return 'resolved' in answer ? (answer.resolved[0]?.customer ?? '') : '';
  }

  function refund(orderId: string, key: string, money = 2_000) {
    const fact = {
      kind: 'refund' as const,
      orderId,
      refund: { refundId: key, atMs: 1, lines: [], shippingMinor: 0, moneyMinor: money },
    };
    const about = { source: 'segment', trust: 'server' as const, name: 'Refunded Order', properties: {}, traits: null };
    return { kind: 'event' as const, event: { key, occurredAtMs: 1, receivedAtMs: 1, ...about, fact } };
  }

  it('INV-1: loses nothing that arrives after it was handed over, even before anything was told of it', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'X'));
    const id = await waiting(shop, 'late');
    await shop.batch(track(user, 'Order Completed', order('late', 100)));
    const groups = [{ customer: id, known: false, inputs: [refund('late', 'r')] }];
    const told = await customersOf(env, shop.id, id).record({ shop: shop.id, version: 1, groups, waitMs: 0 });
    expect(told.groups).toEqual([{ moved: (await customer(shop, `user:${user}`)).id }]);
  });

  it('INV-7: is handed over in the end, where somebody died half-way', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'X'));
    const id = await waiting(shop, 'half');
    const groups = [{ customer: id, known: false, inputs: [refund('half', 'first')] }];
    await customersOf(env, shop.id, id).record({ shop: shop.id, version: 1, groups, waitMs: 0 });
    const survivor = (await customer(shop, `user:${user}`)).id;
    await directoryOf(env, shop.id).merge({ loser: id, survivor, trust: 'server', reason: 'test' }, 1);
    const call = { shop: shop.id, version: 1, loser: id, survivor, trust: 'server' as const, from: START };
    await customersOf(env, shop.id, id).leave(call);
    // the Directory was never told; a refund that names nothing but the order comes next
    const message = { type: 'track', event: 'Order Refunded', anonymousId: newUser(), messageId: 'm' };
    expect(
      (await shop.batch({ ...message, properties: { order_id: 'half', total: 10, currency: 'EUR' } })).status,
    ).toBe(200);
    await shop.batch(track(user, 'Order Completed', order('half', 100)));
    expect((await customer(shop, 'order:half')).id).toBe(survivor);
    expect((await customer(shop, `user:${user}`)).points.balance).toBe(70);
  });

  it('goes to one of two who claim it at once, and the order earns once', async () => {
    const shop = await makeShop();
    const [a, b] = [newUser(), newUser()];
    await shop.batch(track(a, 'X'), track(b, 'X'));
    const id = await waiting(shop, 'both');
    const groups = [{ customer: id, known: false, inputs: [refund('both', 'r', 1_000)] }];
    await customersOf(env, shop.id, id).record({ shop: shop.id, version: 1, groups, waitMs: 0 });
    await Promise.all([a, b].map((user) => shop.batch(track(user, 'Order Completed', order('both')))));
    const balances = await Promise.all(
      [a, b].map(async (user) => (await customer(shop, `user:${user}`)).points.balance),
    );
    expect([...balances].sort((x, y) => x - y)).toEqual([0, 70]);
  });

  it('INV-2: takes points given by hand along, with their keys', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'X'));
    await waiting(shop, 'gift');
    const give = () =>
      shop.admin(
        'POST',
        '/admin/v1/customers/order:gift/points',
        { points: 50, reason: 'x' },
        { 'Idempotency-Key': 'k' },
      );
    expect((await give()).status).toBe(200);
    await shop.batch(track(user, 'Order Completed', order('gift', 10)));
    expect((await give()).headers.get('idempotent-replayed')).toBe('true');
    expect((await customer(shop, `user:${user}`)).points.balance).toBe(60);
  });
});

it('finding somebody reads as many rows among a thousand as among ten', async () => {
  const shop = await makeShop();
  const named = (user: string) => ({ type: 'identify', userId: user, anonymousId: `a-${user}`, messageId: newUser() });
  const object = env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`));
  const rows = () => runInDurableObject(object, (instance) => instance.rowsRead);
  const people = async (count: number) => {
    await shop.batch(...Array.from({ length: count }, () => named(newUser())));
    const reads: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const [known, before] = [newUser(), await rows()];
      await shop.batch(named(known));
      await shop.batch({ ...named(known), traits: { email: `${known}@example.com` } });
      reads.push((await rows()) - before);
    }
    // its alarm may look for open moves in between
    return Math.min(...reads);
  };
  const among = await people(10);
  // whoever comes last in an index is found one row sooner
  expect(await people(1_000)).toBeLessThanOrEqual(among + 1);
});

describe('people whom a browser makes up', () => {
  const flood = (shop: TestShop, count: number, from: string) =>
    call(
      'POST',
      '/v1/batch',
      {
        batch: Array.from({ length: count }, () => ({ type: 'track', anonymousId: newUser(), event: 'X' })),
        writeKey: shop.keys.publishable,
      },
      { 'CF-Connecting-IP': from },
    );
  const known = (shop: TestShop) => directoryOf(env, shop.id).page('', 10_000);

  it('INV-13: are made no faster than an address may, and one that is refused makes nobody', async () => {
    const shop = await makeShop();
    const answers = await Promise.all(Array.from({ length: 12 }, () => flood(shop, 10, '192.0.2.1')));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(7);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await known(shop)).length).toBe(10 * (12 - refused.length));
    expect((await flood(shop, 41, '192.0.2.3')).status).toBe(429);
    expect((await flood(shop, 40, '192.0.2.2')).status).toBe(200);
  });

  it('keep nobody from being heard who is known already, nor the shop’s own server', async () => {
    const shop = await makeShop();
    const user = newUser();
    const seen = { type: 'track', anonymousId: user, event: 'X' };
    await call('POST', '/v1/batch', { batch: [seen], writeKey: shop.keys.publishable }, { 'CF-Connecting-IP': '::1' });
    await Promise.all(Array.from({ length: 8 }, () => flood(shop, 10, '::1')));
    const again = { batch: [{ ...seen, messageId: newUser() }], writeKey: shop.keys.publishable };
    expect((await call('POST', '/v1/batch', again, { 'CF-Connecting-IP': '::1' })).status).toBe(200);
    const servers = Array.from({ length: 300 }, () => track(newUser(), 'X'));
    expect((await shop.batch(...servers)).status).toBe(200);
  });
});

describe('hostile events', () => {
  const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

  it('nested too deep are refused by themselves, and copies go on', async () => {
    const shop = await makeShop();
    const user = newUser();
    const sent = await shop.batch(
      track(user, 'Deep', deep(1_100)),
      track(user, 'Deeper', deep(3_000)),
      track(user, 'Fine', deep(20)),
    );
    expect(sent.status).toBe(200);
    const found = await eventually(
      async () => (await shop.admin('GET', `/admin/v1/customers?q=${user}`)).body.items[0] ?? null,
    );
    expect(found.userId).toBe(user);
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items.map((one: { name: string }) => one.name)).toEqual(['Fine']);
  });

  it('with halves of characters or controls for ids are refused', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'A', {}, { messageId: '\ud800x' }), track(`${user}\u0000`, 'B'), track(user, 'C'));
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
    expect(body.items.map((one: { name: string }) => one.name)).toEqual(['C']);
  });

  it('whose shared context holds a profile do not store it once for each', async () => {
    const shop = await makeShop();
    const users = Array.from({ length: 20 }, () => newUser());
    const batch = users.map((userId) => ({ type: 'identify', userId }));
    await shop.segment('/v1/batch', { batch, context: { locale: 'de', traits: { big: 'y'.repeat(20_000) } } });
    expect((await customer(shop, `user:${users[7]}`)).traits).toEqual({ userId: users[7] });
  });

  it('of 90 customers with names of 15,000 characters reach the copy, cut', async () => {
    const shop = await makeShop();
    const run = newUser();
    const batch = Array.from({ length: 30 }, (_, at) => ({
      type: 'identify',
      userId: `${run}-${at}`,
      traits: { name: 'ö'.repeat(7_000) },
    }));
    for (let part = 0; part < 3; part += 1) await shop.batch(...batch.slice(part * 10, part * 10 + 10));
    const found = await eventually(
      async () => (await shop.admin('GET', `/admin/v1/customers?q=${run}-29`)).body.items[0] ?? null,
    );
    expect(found.name).toHaveLength(255);
  });
});

it('INV-8: a backlog longer than one page loses no order and no name', async () => {
  const shop = await makeShop();
  const user = newUser();
  const plain = Array.from({ length: 2_200 }, (_, at) => ({
    type: 'track',
    userId: user,
    event: 'X',
    messageId: `${at}`,
  }));
  const late = [
    { type: 'identify', userId: user, traits: { firstName: 'Late' }, messageId: 'i' },
    track(user, 'Order Completed', order('last', 30)),
  ];
  expect((await shop.batch(...plain, ...late)).status).toBe(200);
  const copy = await eventually(
    async () => (await shop.admin('GET', '/admin/v1/customers?q=late')).body.items[0] ?? null,
    8_000,
  );
  expect(copy).toMatchObject({ name: 'Late', balance: 30, orders: 1 });
  expect((await shop.admin('GET', '/admin/v1/orders')).body.items).toHaveLength(1);
});

it('an updated order stays one row in the list, at the date it was placed', async () => {
  const shop = await makeShop();
  const user = newUser();
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  await shop.batch(track(user, 'Order Completed', order('u', 10), { timestamp: at(60) }));
  await eventually(async () => ((await shop.admin('GET', '/admin/v1/orders')).body.items.length === 1 ? true : null));
  await shop.batch(track(user, 'Order Updated', order('u', 12), { timestamp: at(5) }));
  const rows = await eventually(async () => {
    const { items } = (await shop.admin('GET', '/admin/v1/orders')).body;
    return items.some((one: { points: number }) => one.points === 12) ? items : null;
  });
  expect(rows).toHaveLength(1);
  expect(Date.now() - rows[0].placedAtMs).toBeGreaterThan(50 * 60_000);
});

it('due work that fails is tried later and later, not at once for ever', async () => {
  const shop = await makeShop();
  const user = newUser();
  await shop.batch(track(user, 'X'));
  const { id } = await customer(shop, `user:${user}`);
  await shop.admin('POST', `/admin/v1/customers/${id}/points`, {
    points: 5,
    reason: 'x',
    expiresAtMs: Date.now() + 200,
  });
  const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
  await runInDurableObject(object, (_, state) => {
    state.storage.sql.exec("CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'broken'); END");
  });
  await scheduler.wait(300);
  const alarm = await runInDurableObject(object, async (instance, state) => {
    await instance.alarm?.();
    return state.storage.getAlarm();
  });
  expect(alarm).toBeGreaterThan(Date.now() + 50);
  await runInDurableObject(object, (_, state) => void state.storage.sql.exec('DROP TRIGGER broken'));
  await eventually(async () => ((await customer(shop, id)).seq === 3 ? true : null), 5_000);
});
