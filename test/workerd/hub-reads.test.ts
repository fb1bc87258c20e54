/** What a bearer opens through the whole worker, and that nobody sees what is another's. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSession } from '../../worker/shops/session-token.ts';
import type { Activity, ActivityPage, HubView, OrderDetail, OrderPage } from '../../worker/wire/hub.ts';
import {
  ask,
  bearer,
  customerIn,
  everything,
  get,
  makeShop,
  placeOrders,
  post,
  prepare,
  problem,
  send,
  session,
  token,
  walk,
} from './hub-shop.ts';

const READS = ['me', 'orders', 'orders/o1', 'activity', 'rewards', 'earning', 'vouchers', 'vouchers/v_1/moves'].map(
  (path) => `/hub/v1/${path}`,
);

beforeAll(prepare);
afterEach(() => {
  vi.useRealTimers();
});

describe('the bearer', () => {
  it('reads the view as of now, and ends after fifteen minutes', async () => {
    const shop = await makeShop();
    const { body } = await session(shop, { sub: 'u1' });
    const mine = body.session?.token ?? '';
    await placeOrders(shop, 'u1', [{ id: 'o1', total: 12.5 }]);
    const me = await get<HubView>('/hub/v1/me', mine);
    expect(me.body).toMatchObject({
      session: null,
      customer: { points: { balance: 12 }, orders: { items: [{ id: 'o1' }] } },
    });
    expect(me.headers.get('cache-control')).toBe('no-store');
    vi.useFakeTimers({ toFake: ['Date'], now: (body.session?.expiresAtMs ?? 0) - 1_000 });
    expect((await get('/hub/v1/me', mine)).status).toBe(200);
    vi.setSystemTime(body.session?.expiresAtMs ?? 0);
    expect(await get('/hub/v1/me', mine)).toMatchObject({ status: 401, body: problem('unauthorized') });
  });

  it('is required, and nothing else will do', async () => {
    const shop = await makeShop();
    const proof = await token(shop, { sub: 'u1' });
    for (const path of READS) {
      expect(await ask(path)).toMatchObject({ status: 401, body: problem('unauthorized') });
      for (const key of [proof, shop.keys.publishable, shop.keys.secret, 'x'])
        expect((await get(path, key)).status).toBe(401);
    }
  });

  it('INV-13 of nobody creates nobody', async () => {
    const shop = await makeShop();
    const made = { shop: shop.id, customer: '0-nobody', proof: 'merchant_jwt' as const };
    const { token } = await makeSession(env.ROOT_SECRET, made, Date.now());
    const before = await everything();
    for (const path of READS) {
      expect((await get(path, token)).status).toBe(401);
    }
    expect((await post('/hub/v1/wallet', { cart: null }, { authorization: `Bearer ${token}` })).status).toBe(401);
    expect(await everything()).toEqual(before);
    const nowhere = await makeSession(env.ROOT_SECRET, { ...made, shop: 'shp_gone' }, Date.now());
    expect((await get('/hub/v1/me', nowhere.token)).status).toBe(401);
  });

  it('INV-10 reads one shopper of one shop, whatever else a request names', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    await placeOrders(shop, 'ada', [{ id: 'of-ada', total: 10 }]);
    await placeOrders(shop, 'bob', [{ id: 'of-bob', total: 20 }]);
    await placeOrders(other, 'ada', [{ id: 'elsewhere', total: 30 }]);
    const ada = await bearer(shop, 'ada');
    expect((await get<OrderDetail>('/hub/v1/orders/of-ada', ada)).body).toMatchObject({ id: 'of-ada', points: 10 });
    for (const id of ['of-bob', 'elsewhere', 'nothing', 'of-ada%20']) {
      expect(await get(`/hub/v1/orders/${id}`, ada)).toMatchObject({ status: 404, body: problem('not_found') });
    }
    const query = `?customer=bob&sub=bob&shop=${other.id}`;
    const list = await get<OrderPage>(`/hub/v1/orders${query}`, ada, { 'x-customer': 'bob' });
    expect(list.body.items.map((one) => one.id)).toEqual(['of-ada']);
    const elsewhere = await bearer(other, 'ada');
    expect((await get('/hub/v1/orders/of-ada', elsewhere)).status).toBe(404);
  });

  it('follows a customer who has moved', async () => {
    const shop = await makeShop();
    await placeOrders(shop, 'new', [
      { id: 'o1', total: 10 },
      { id: 'o2', total: 10 },
    ]);
    const [old, survivor] = [await bearer(shop, 'old'), await bearer(shop, 'new')];
    await send('POST', `/admin/v1/customers/${customerIn(old)}/merge`, shop.keys.secret, {
      into: customerIn(survivor),
    });
    expect((await get<HubView>('/hub/v1/me', old)).body.customer?.points.balance).toBe(20);
    expect((await get<OrderDetail>('/hub/v1/orders/o1', old)).status).toBe(200);
    const page = await get<OrderPage>('/hub/v1/orders?limit=1', old);
    const next = await get<OrderPage>(`/hub/v1/orders?limit=1&cursor=${page.body.nextCursor}`, old);
    expect([...page.body.items, ...next.body.items].map((one) => one.id)).toEqual(['o2', 'o1']);
    expect((await get<ActivityPage>('/hub/v1/activity', old)).body.items).toHaveLength(2);
    expect(customerIn(await bearer(shop, 'old'))).toBe(customerIn(survivor));
  });
});

describe('the lists', () => {
  it('page through every order and every entry once, newest first', async () => {
    const shop = await makeShop();
    await placeOrders(
      shop,
      'u1',
      Array.from({ length: 12 }, (_, index) => ({ id: `o${index}`, total: index + 1 })),
    );
    const mine = await bearer(shop, 'u1');
    const first = (await get<HubView>('/hub/v1/me', mine)).body.customer;
    expect(first?.activity).toHaveLength(5);
    expect(first?.orders.items).toHaveLength(10);
    const orders = await walk<OrderPage['items'][number]>('/hub/v1/orders?limit=5', mine);
    expect(orders.map((one) => one.id)).toEqual(Array.from({ length: 12 }, (_, index) => `o${11 - index}`));
    const entries = await walk<Activity>('/hub/v1/activity?limit=5', mine);
    expect(entries.map((one) => one.points)).toEqual(Array.from({ length: 12 }, (_, index) => 12 - index));
    expect(entries[0]).toEqual({
      id: '12.0',
      atMs: expect.any(Number),
      kind: 'earned',
      points: 12,
      balanceAfter: 78,
      orderName: orders[0]?.name,
      title: null,
      occasion: null,
      reason: null,
    });
    const rest = await get<OrderPage>(`/hub/v1/orders?cursor=${first?.orders.nextCursor}`, mine);
    expect(rest.body).toMatchObject({ items: [{ id: 'o1' }, { id: 'o0' }], nextCursor: null });
  });

  it("show the merchant's reason of an adjustment, and keep the note to the merchant", async () => {
    const shop = await makeShop();
    await placeOrders(shop, 'u1', [{ id: 'o1', total: 10 }]);
    const change = { points: 5, reason: 'Birthday', note: 'asked twice' };
    await send('POST', '/admin/v1/customers/user:u1/points', shop.keys.secret, change);
    const answer = await get<ActivityPage>('/hub/v1/activity', await bearer(shop, 'u1'));
    expect(answer.body.items[0]).toMatchObject({ kind: 'adjusted', points: 5, balanceAfter: 15, reason: 'Birthday' });
    expect(JSON.stringify(answer.body)).not.toContain('asked twice');
  });

  it('INV-14 take whole limits from 1 to 50 and cursors of their own', async () => {
    const shop = await makeShop();
    const mine = await bearer(shop, 'u1');
    for (const path of ['/hub/v1/orders', '/hub/v1/activity']) {
      for (const limit of ['0', '-1', '1.5', 'abc', '51', '1e1', '', '1&limit=2']) {
        expect(await get(`${path}?limit=${limit}`, mine)).toMatchObject({
          status: 400,
          body: problem('invalid_request'),
        });
      }
      expect((await get(`${path}?limit=50`, mine)).status).toBe(200);
      for (const cursor of ['x', 'e30', btoa('{"seq":"1","entry":0}'), btoa('{"placedMs":1}'), '%00']) {
        expect(await get(`${path}?cursor=${cursor}`, mine)).toMatchObject({
          status: 400,
          body: problem('invalid_cursor'),
        });
      }
    }
  });
});
