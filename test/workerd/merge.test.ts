/** Customers who turn out to be one: everything moves, once, and nothing that anybody still calls by the old name is lost. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { handOver } from '../../worker/customers/hand-over.ts';
import { START } from '../../worker/customers/moving.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import { call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const order = (orderId: string, euros: number) => ({
  order_id: orderId,
  subtotal: euros,
  total: euros,
  currency: 'EUR',
});

async function customer(shop: TestShop, ref: string) {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}`)).body;
}

async function timeline(shop: TestShop, ref: string): Promise<{ kind: string; name: string; carriedFrom: string }[]> {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}/timeline?limit=200`)).body.items;
}

async function names(shop: TestShop, ref: string): Promise<string[]> {
  const rows = await timeline(shop, ref);
  return rows.flatMap((row) => (row.kind === 'event' ? [row.name] : [])).reverse();
}

function merge(shop: TestShop, loser: string, into: string) {
  return shop.admin('POST', `/admin/v1/customers/${loser}/merge`, { into });
}

function give(shop: TestShop, ref: string, points: number, key: string) {
  const headers = { 'Idempotency-Key': key };
  return shop.admin('POST', `/admin/v1/customers/${ref}/points`, { points, reason: 'x' }, headers);
}

async function pair(shop: TestShop): Promise<[string, string]> {
  const [a, b] = [newUser(), newUser()];
  await shop.batch(track(a, 'A'), track(b, 'B'));
  return [a, b];
}

/** INV-3 over the API: the journal's entries add up to the balance, each following from the one before. */
async function audit(shop: TestShop, ref: string): Promise<number> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/${ref}/points?limit=200`);
  let balance = 0;
  for (const entry of [...body.items].reverse()) {
    balance += entry.points;
    expect(entry.balanceAfter).toBe(balance);
  }
  expect((await customer(shop, ref)).points.balance).toBe(balance);
  return balance;
}

describe('a merge by hand', () => {
  it('INV-3: adds up points, lots, orders and timeline, and the old id leads to all of it', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    await shop.batch(track(a, 'Order Completed', order('oa', 80)), track(b, 'Order Completed', order('ob', 30)));
    const [loser, survivor] = [await customer(shop, `user:${a}`), await customer(shop, `user:${b}`)];
    const merged = await merge(shop, `user:${a}`, `user:${b}`);
    expect([merged.status, merged.body]).toEqual([200, { customer: survivor.id }]);
    const now = await customer(shop, loser.id);
    expect(now).toMatchObject({
      id: survivor.id,
      orders: 2,
      formerIds: [loser.id],
      points: { balance: 110, lifetime: 110 },
    });
    expect(await names(shop, `user:${a}`)).toEqual(['B', 'Placed Order', 'A', 'Placed Order']);
    expect(await audit(shop, loser.id)).toBe(110);
    const rows = await timeline(shop, survivor.id);
    expect(rows.map((row) => row.carriedFrom)).toEqual([null, loser.id, loser.id, null, null]);
  });

  it('INV-4: a refund of a carried order takes its own lot, and what is spent next runs out first', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    await shop.batch(track(a, 'Order Completed', order('oa', 80)));
    const soon = Date.now() + 86_400_000;
    await shop.admin('POST', `/admin/v1/customers/user:${b}/points`, { points: 50, reason: 'x', expiresAtMs: soon });
    await merge(shop, `user:${a}`, `user:${b}`);
    await shop.batch(track(a, 'Order Refunded', { order_id: 'oa', total: 20, currency: 'EUR' }));
    const taken = await give(shop, `user:${b}`, -60, newUser());
    expect(taken.body.entry.lots.map((lot: { points: number }) => lot.points)).toEqual([-50, -10]);
    expect(await audit(shop, `user:${b}`)).toBe(50);
  });

  it('INV-3: points of the one pay what the other owes', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    await shop.batch(track(a, 'Order Completed', order('oa', 80)));
    await give(shop, `user:${a}`, -70, newUser());
    await shop.batch(track(a, 'Order Refunded', { order_id: 'oa', total: 80, currency: 'EUR' }));
    expect((await customer(shop, `user:${a}`)).points).toMatchObject({ balance: -70, debt: 70 });
    await give(shop, `user:${b}`, 100, newUser());
    await merge(shop, `user:${a}`, `user:${b}`);
    expect((await customer(shop, `user:${b}`)).points).toMatchObject({ balance: 30, debt: 0 });
    expect((await give(shop, `user:${b}`, -31, newUser())).status).toBe(422);
    expect((await give(shop, `user:${b}`, -30, newUser())).status).toBe(200);
    expect(await audit(shop, `user:${b}`)).toBe(0);
  });

  it('INV-2: what either was told before stays without effect, and a key gets its first answer', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    const placed = track(a, 'Order Completed', order('oa', 80));
    await shop.batch(placed);
    await give(shop, `user:${b}`, 500, newUser());
    const first = await give(shop, `user:${a}`, 7, 'given');
    await merge(shop, `user:${a}`, `user:${b}`);
    await shop.batch(placed);
    const again = await give(shop, `user:${a}`, 7, 'given');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await give(shop, `user:${a}`, 8, 'given')).status).toBe(422);
    expect((await customer(shop, `user:${b}`)).points.balance).toBe(587);
  });

  it('INV-2: of two operations under one key each gets its own first answer, through further merges too', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    const [c] = await pair(shop);
    const first = [await give(shop, `user:${a}`, 7, 'welcome'), await give(shop, `user:${b}`, 9, 'welcome')];
    await give(shop, `user:${c}`, 11, 'welcome');
    await merge(shop, `user:${a}`, `user:${b}`);
    await merge(shop, `user:${b}`, `user:${c}`);
    const again = [await give(shop, `user:${a}`, 7, 'welcome'), await give(shop, `user:${b}`, 9, 'welcome')];
    expect(again.map(({ status, body }) => [status, body])).toEqual(first.map(({ body }) => [200, body]));
    expect((await give(shop, `user:${a}`, 8, 'welcome')).status).toBe(422);
    expect(await audit(shop, `user:${c}`)).toBe(27);
  });

  it('ends in chains and in cycles, and every id leads to the last survivor', async () => {
    const shop = await makeShop();
    const users = [newUser(), newUser(), newUser(), newUser(), newUser(), newUser()];
    await shop.batch(...users.map((user) => track(user, user)));
    const ids = await Promise.all(users.map(async (user) => (await customer(shop, `user:${user}`)).id));
    for (let at = 0; at + 1 < ids.length; at += 1) expect((await merge(shop, ids[at], ids[at + 1])).status).toBe(200);
    const last = ids.at(-1);
    for (const id of ids) expect((await customer(shop, id)).id).toBe(last);
    expect((await merge(shop, ids[5], ids[0])).body).toEqual({ customer: last });
    expect([...(await names(shop, ids[0]))].sort()).toEqual([...users].sort());
  });

  it('both ways at once ends with one customer', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    const [one, two] = await Promise.all([
      merge(shop, `user:${a}`, `user:${b}`),
      merge(shop, `user:${b}`, `user:${a}`),
    ]);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body).toEqual(two.body);
    expect([...(await names(shop, `user:${a}`))].sort()).toEqual(['A', 'B']);
  });

  it('refuses what nobody knows, and bad fields', async () => {
    const shop = await makeShop();
    const [a] = await pair(shop);
    expect((await merge(shop, `user:${a}`, 'user:nobody')).status).toBe(404);
    expect((await merge(shop, 'user:nobody', `user:${a}`)).status).toBe(404);
    expect((await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: 5 })).status).toBe(400);
    expect((await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: 'x', by: 'y' })).status).toBe(400);
  });

  it('INV-8: leaves one profile and one owner of each order in the lists', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    await shop.batch(track(a, 'Order Completed', order('oa', 80)));
    await eventually(async () => ((await shop.admin('GET', '/admin/v1/orders')).body.items.length === 1 ? true : null));
    await merge(shop, `user:${a}`, `user:${b}`);
    const { id } = await customer(shop, `user:${b}`);
    const listed = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/customers')).body;
      return items.length === 1 && items[0].balance === 80 ? items : null;
    });
    expect(listed.map((one: { id: string }) => one.id)).toEqual([id]);
    const owned = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/orders')).body;
      return items[0]?.customer === id ? items : null;
    });
    expect(owned).toHaveLength(1);
  });

  it('moves a history of more rows than one call carries, in their order', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    const many = Array.from({ length: 1_300 }, (_, at) => ({ ...track(a, `E${at}`), messageId: `m${at}` }));
    await shop.batch(...many);
    await give(shop, `user:${a}`, 9, newUser());
    await merge(shop, `user:${a}`, `user:${b}`);
    const { id, seq } = await customer(shop, `user:${b}`);
    expect(seq).toBe(1 + 1_303 + 0);
    const stored = await runInDurableObject(
      env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`)),
      (_, state) => ({
        events: state.storage.sql
          .exec("SELECT name FROM journal WHERE customer = ? AND kind = 'event' ORDER BY seq", id)
          .toArray()
          .map((row) => row.name),
        arriving: state.storage.sql.exec('SELECT COUNT(*) AS n FROM arriving').one().n,
      }),
    );
    expect(stored).toEqual({ events: ['B', 'A', ...many.map((_, at) => `E${at}`)], arriving: 0 });
    await shop.batch(...many.slice(0, 700));
    expect((await customer(shop, `user:${b}`)).seq).toBe(seq);
  });
});

describe('somebody who dies half-way', () => {
  const steps = ['begun', 'frozen', 'staged', 'adopted'] as const;

  it.each(steps)('INV-7: leaves a merge that was %s to whoever comes next, and nothing counts twice', async (step) => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    await give(shop, `user:${a}`, 40, 'k');
    const [loser, survivor] = [(await customer(shop, `user:${a}`)).id, (await customer(shop, `user:${b}`)).id];
    await stopAfter(shop, step, { loser, survivor });
    expect((await shop.batch(track(a, 'Later'))).status).toBe(200);
    expect((await give(shop, `user:${a}`, 40, 'k')).headers.get('idempotent-replayed')).toBe('true');
    expect((await customer(shop, loser)).points.balance).toBe(40);
    // one that nobody was turned away by yet waits for the Directory
    if (step === 'begun')
      await runDurableObjectAlarm(env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`)));
    expect(await names(shop, survivor)).toEqual(['B', 'A', 'Later']);
    expect(await directoryOf(env, shop.id).moves([loser])).toEqual([]);
  });

  it.each(steps)('INV-9: the Directory itself ends one that was %s and that nobody asks for', async (step) => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    const [loser, survivor] = [(await customer(shop, `user:${a}`)).id, (await customer(shop, `user:${b}`)).id];
    await stopAfter(shop, step, { loser, survivor });
    const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`));
    expect(await runDurableObjectAlarm(directory)).toBe(true);
    await runDurableObjectAlarm(directory);
    expect(await directoryOf(env, shop.id).moves([loser])).toEqual([]);
    expect(await names(shop, survivor)).toEqual(['B', 'A']);
  });

  async function stopAfter(shop: TestShop, step: (typeof steps)[number], ids: { loser: string; survivor: string }) {
    const move = { ...ids, trust: 'server' as const };
    await directoryOf(env, shop.id).merge({ ...move, reason: 'merchant' }, Date.now());
    const about = { ...move, shop: shop.id, version: 1 };
    if (step === 'begun') return;
    const part = await customersOf(env, shop.id, ids.loser).leave({ ...about, from: START });
    if (step === 'frozen' || part.kind === 'refused') return;
    const staged = { ...part, rest: null };
    await customersOf(env, shop.id, ids.survivor).adopt({ ...about, part: step === 'staged' ? staged : part });
  }

  it('INV-2: two who carry out the same merge at once do it once', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    await give(shop, `user:${a}`, 40, 'k');
    const [loser, survivor] = [(await customer(shop, `user:${a}`)).id, (await customer(shop, `user:${b}`)).id];
    const move = { loser, survivor, trust: 'server' as const };
    const directory = directoryOf(env, shop.id);
    await directory.merge({ ...move, reason: 'merchant' }, Date.now());
    await Promise.all([1, 2, 3].map(() => handOver(env, { id: shop.id, version: 1 }, move, directory)));
    expect(await audit(shop, survivor)).toBe(40);
    expect(await names(shop, survivor)).toEqual(['B', 'A']);
  });
});

describe('while both are told of things', () => {
  it('INV-1: nothing is lost and nothing counts twice', async () => {
    const shop = await makeShop();
    const [a, b] = await pair(shop);
    const told = Array.from({ length: 60 }, (_, at) => track(at % 2 === 0 ? a : b, `E${at}`));
    const sent = told.map((message) => shop.batch(message));
    const points = Array.from({ length: 10 }, (_, at) => give(shop, `user:${at % 2 === 0 ? a : b}`, 1, `p${at}`));
    const merged = merge(shop, `user:${a}`, `user:${b}`);
    const statuses = (await Promise.all([...sent, ...points, merged])).map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await Promise.all(told.map((message) => shop.batch(message)));
    const all = (await names(shop, `user:${a}`)).filter((name) => name.startsWith('E'));
    expect([...all].sort()).toEqual(told.map((_, at) => `E${at}`).sort());
    expect(await audit(shop, `user:${b}`)).toBe(10);
  });
});

describe('an anonymous history', () => {
  it('case 42: joins the customer whom a server names with it, orders and all', async () => {
    const shop = await makeShop();
    const [user, anonymousId] = [newUser(), newUser()];
    await shop.batch(track(user, 'Known'));
    await shop.batch(
      { type: 'track', anonymousId, event: 'Looked', messageId: 'l' },
      { type: 'track', anonymousId, event: 'Order Completed', properties: order('guest', 25), messageId: 'o' },
    );
    await shop.batch({ type: 'identify', userId: user, anonymousId, messageId: 'i' });
    expect(await names(shop, `user:${user}`)).toEqual(['Known', 'Looked', 'Placed Order', 'Identified']);
    expect((await customer(shop, `anonymous:${anonymousId}`)).points.balance).toBe(25);
    await shop.batch({ type: 'track', anonymousId, event: 'Looked', messageId: 'l' });
    expect(await names(shop, `user:${user}`)).toHaveLength(4);
  });

  it('joins before what came later in the same batch, so that the last word stands', async () => {
    const shop = await makeShop();
    const [userId, anonymousId] = [newUser(), newUser()];
    await shop.batch(track(userId, 'Known'), { type: 'track', anonymousId, event: 'Looked', messageId: 'l' });
    await shop.batch(
      { type: 'identify', userId, anonymousId, traits: { plan: 'free' }, messageId: '1' },
      { type: 'identify', userId, traits: { plan: 'pro' }, messageId: '2' },
      track(userId, 'Last'),
    );
    expect((await customer(shop, `user:${userId}`)).traits.plan).toBe('pro');
    expect((await names(shop, `user:${userId}`)).slice(-3)).toEqual(['Identified', 'Identified', 'Last']);
  });

  it('joins by a browser’s word where there is nothing to take, and not where there is', async () => {
    const shop = await makeShop();
    const [user, plain, rich] = [newUser(), newUser(), newUser()];
    const browser = (...batch: object[]) => call('POST', '/v1/batch', { batch, writeKey: shop.keys.publishable });
    await shop.batch(track(user, 'Known'));
    await browser({ type: 'track', anonymousId: plain, event: 'Looked' });
    await browser({ type: 'track', anonymousId: rich, event: 'Looked' });
    await give(shop, `anonymous:${rich}`, 50, newUser());
    await browser({ type: 'identify', userId: user, anonymousId: plain });
    await browser({ type: 'identify', userId: user, anonymousId: rich });
    expect(await names(shop, `user:${user}`)).toEqual(['Known', 'Looked', 'Identified', 'Identified']);
    expect((await customer(shop, `anonymous:${plain}`)).id).toBe((await customer(shop, `user:${user}`)).id);
    expect((await customer(shop, `anonymous:${rich}`)).points.balance).toBe(50);
    expect((await customer(shop, `user:${user}`)).points.balance).toBe(0);
    await shop.batch({ type: 'identify', userId: user, anonymousId: rich, messageId: 's' });
    expect((await customer(shop, `user:${user}`)).points.balance).toBe(50);
  });

  it('INV-10: a browser joins no two customers whom the shop knows', async () => {
    const shop = await makeShop();
    const [a, b, anonymousId] = [newUser(), newUser(), newUser()];
    await shop.batch(track(a, 'A', {}, { anonymousId }), track(b, 'B'));
    await call('POST', '/v1/batch', {
      batch: [
        { type: 'identify', userId: b, anonymousId },
        { type: 'alias', userId: b, previousId: a },
      ],
      writeKey: shop.keys.publishable,
    });
    expect((await customer(shop, `user:${a}`)).id).not.toBe((await customer(shop, `user:${b}`)).id);
  });
});

describe('a guest known by e-mail', () => {
  it('is claimed when a server names the account with that e-mail, and not where the e-mail is denied', async () => {
    const shop = await makeShop();
    const [user, other, email] = [newUser(), newUser(), `${newUser()}@example.com`];
    await shop.batch(track(user, 'A'), track(other, 'B'));
    const context = { traits: { email } };
    await shop.batch({
      ...{ type: 'track', anonymousId: newUser(), event: 'Order Completed', messageId: 'o', context },
      properties: order('guest', 60),
    });
    await shop.batch({ type: 'identify', userId: other, traits: { email, emailVerified: false }, messageId: '1' });
    expect((await customer(shop, `user:${other}`)).points.balance).toBe(0);
    await shop.batch({ type: 'identify', userId: user, traits: { email }, messageId: '2' });
    expect((await customer(shop, `user:${user}`)).points.balance).toBe(60);
    expect((await customer(shop, `email:${email}`)).id).toBe((await customer(shop, `user:${user}`)).id);
  });

  it('case 42: by Segment’s rule a second user id demotes the e-mail and makes another customer', async () => {
    const shop = await makeShop();
    const [a, b, email] = [newUser(), newUser(), `${newUser()}@example.com`];
    await shop.batch({ type: 'identify', userId: a, traits: { email }, messageId: '1' });
    await shop.batch({ type: 'identify', userId: b, traits: { email }, messageId: '2' });
    const two = await customer(shop, `user:${b}`);
    expect(two.identifiers).toEqual([{ kind: 'user', value: b }]);
    expect((await customer(shop, `email:${email}`)).id).toBe((await customer(shop, `user:${a}`)).id);
  });
});

it('the segments of a user id are those of whom it names by now, also right after it was told of', async () => {
  const shop = await makeShop();
  const [a, b] = await pair(shop);
  const segmentsOf = async (user: string) =>
    (await shop.admin('GET', `/admin/v1/customers/user:${user}/segments`)).body;
  const into = (await segmentsOf(b)).customer;
  expect(into).not.toBe((await segmentsOf(a)).customer);
  await merge(shop, `user:${a}`, `user:${b}`);
  expect((await segmentsOf(a)).customer).toBe(into);
  await shop.admin('POST', `/admin/v1/customers/user:${b}/erase`);
  expect(await eventually(async () => ((await segmentsOf(a)).key === 'not_found' ? 'nobody' : null))).toBe('nobody');
  await shop.batch({ ...track(a, 'Back'), messageId: newUser() });
  expect((await segmentsOf(a)).customer).not.toBe(into);
});

it('an alias of a server makes two user ids one', async () => {
  const shop = await makeShop();
  const [a, b] = await pair(shop);
  await give(shop, `user:${a}`, 5, newUser());
  await shop.batch({ type: 'alias', userId: b, previousId: a, messageId: 'x' });
  expect((await customer(shop, `user:${a}`)).points.balance).toBe(5);
  expect(await names(shop, `user:${b}`)).toEqual(['B', 'A', 'Aliased']);
});
