/** Rewards over the API of merchants and of the drawer: spent once, whatever runs at once; taken back; made elsewhere. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { customersOf } from '../../worker/customers/stubs.ts';
import type { Operation } from '../../worker/domain/operations.ts';
import { bearer, get, makeShop as makeHubShop, post } from './hub-shop.ts';
import { type Answer, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const REWARDS = [
  { id: 'five-off', name: '5.00 off', benefit: { kind: 'amount', amountMinor: 500 }, price: 500, prefix: 'FIVE-' },
  {
    id: 'steps',
    name: 'Money off',
    benefit: { kind: 'variable', stepPoints: 100, stepMinor: 100, minPoints: 100 },
  },
  { id: 'gone', name: 'Gone', active: false, benefit: { kind: 'shipping' }, price: 1 },
  { id: 'vip', name: 'For VIPs', benefit: { kind: 'shipping' }, price: 1, onlyFor: { segments: ['seg_none'] } },
  { id: 'few', name: 'Two of them', benefit: { kind: 'perk' }, price: 100, stock: 2 },
];

async function withProgramme(shop: TestShop, more: object = {}, rewards: object[] = REWARDS): Promise<TestShop> {
  const programme = { order: { points: 1, perMinor: 100 }, rewards: { rewards, undoMinutes: 30, ...more } };
  const { status, body } = await shop.admin('PUT', '/admin/v1/programme', programme);
  expect([status, body.programme?.rewards?.rewards?.length]).toEqual([200, rewards.length]);
  return shop;
}

async function customerWith(shop: TestShop, points: number): Promise<string> {
  const user = newUser();
  await shop.batch(track(user, 'Came'));
  if (points > 0) await give(shop, user, points);
  return user;
}

function give(shop: TestShop, user: string, points: number): Promise<Answer> {
  return shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points, reason: 'x' });
}

function redeem(shop: TestShop, user: string, reward: string, key: string, body: object = {}): Promise<Answer> {
  const path = `/admin/v1/customers/user:${user}/rewards/${reward}/redeem`;
  return shop.admin('POST', path, body, { 'Idempotency-Key': key });
}

async function balance(shop: TestShop, user: string): Promise<number> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points.balance;
}

async function wallet(shop: TestShop, user: string) {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}/vouchers`)).body.items;
}

async function idOf(shop: TestShop, user: string): Promise<string> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
}

describe('a spend', () => {
  it('takes the points and answers with the code, which is in the wallet and leads to the customer', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 512);
    const { status, body } = await redeem(shop, user, 'five-off', 'k');
    expect(status).toBe(200);
    expect(body).toEqual({
      customer: await idOf(shop, user),
      points: 500,
      balance: 12,
      reward: 'five-off',
      name: '5.00 off',
      voucher: expect.stringMatching(/^v_/),
      code: expect.stringMatching(/^FIVE-[2-9A-HJ-NP-Z]{13}$/),
      endsAtMs: null,
      ready: true,
    });
    expect(await balance(shop, user)).toBe(12);
    expect(await wallet(shop, user)).toMatchObject([
      {
        id: body.voucher,
        code: body.code,
        status: 'available',
        points: 500,
        worth: { kind: 'amount', amountMinor: 500 },
      },
    ]);
  });

  it('S2: of the whole balance, ten at once, succeeds once', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 500);
    const told = await Promise.all(Array.from({ length: 10 }, (_, at) => redeem(shop, user, 'five-off', `k${at}`)));
    expect(told.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 422)]);
    expect(told.filter(({ body }) => body.key === 'insufficient_points')).toHaveLength(9);
    expect([await balance(shop, user), (await wallet(shop, user)).length]).toEqual([0, 1]);
  });

  it('S4: asked again with its key gives the same code and takes nothing; with another body it is refused', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 1_500);
    const first = await redeem(shop, user, 'steps', 'k', { points: 700 });
    const again = await Promise.all([1, 2, 3].map(() => redeem(shop, user, 'steps', 'k', { points: 700 })));
    expect(first.body).toMatchObject({ points: 700, balance: 800 });
    for (const { status, body, headers } of again) {
      expect([status, body, headers.get('idempotent-replayed')]).toEqual([200, first.body, 'true']);
    }
    expect((await redeem(shop, user, 'steps', 'k', { points: 800 })).body.key).toBe('idempotency_mismatch');
    expect([await balance(shop, user), (await wallet(shop, user)).length]).toEqual([800, 1]);
  });

  it('S4: a refusal is the answer for ever, whatever comes later', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 499);
    expect((await redeem(shop, user, 'five-off', 'k')).status).toBe(422);
    await give(shop, user, 500);
    const again = await redeem(shop, user, 'five-off', 'k');
    expect([again.status, again.body.key]).toEqual([422, 'insufficient_points']);
    expect(await balance(shop, user)).toBe(999);
  });

  it('S8: points that wait cannot be spent', async () => {
    const shop = await makeShop();
    const programme = {
      order: { points: 1, perMinor: 100 },
      earning: { wait: { after: 'paid', days: 5 } },
      rewards: { rewards: [{ ...REWARDS[0], price: 10 }] },
    };
    const put = await shop.admin('PUT', '/admin/v1/programme', programme);
    expect(put.status).toBe(200);
    const user = newUser();
    const order = { order_id: crypto.randomUUID(), subtotal: 40, total: 40, currency: 'EUR' };
    await shop.batch(track(user, 'Order Completed', order));
    expect((await redeem(shop, user, 'five-off', 'k')).body.key).toBe('insufficient_points');
    expect(await wallet(shop, user)).toEqual([]);
  });

  it.each([
    ['nowhere', 404, 'not_found'],
    ['gone', 409, 'reward_unavailable'],
    ['vip', 409, 'reward_unavailable'],
  ])('for %s is refused with %i %s', async (reward, status, key) => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 1_000);
    const told = await redeem(shop, user, reward, 'k');
    expect([told.status, told.body.key, await balance(shop, user)]).toEqual([status, key, 1_000]);
  });

  it.each([
    [{ points: 0 }],
    [{ points: -1 }],
    [{ points: 1.5 }],
    [{ points: 1e21 }],
    [{ points: '5' }],
    [{ point: 5 }],
  ])('INV-14: with %j changes nothing', async (body) => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 1_000);
    expect((await redeem(shop, user, 'steps', 'k', body)).body.key).toBe('invalid_request');
    expect(await balance(shop, user)).toBe(1_000);
  });

  it('writes at most 7 rows, and 1 more for each further lot', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 600);
    for (const points of [100, 100, 300]) await give(shop, user, points);
    const customer = await idOf(shop, user);
    const rows = async (points: number | null, reward: string): Promise<number> => {
      const about = { op: 'spend' as const, reward, points, orderMinor: null, by: 'shopper' as const };
      const operation: Operation = { ...about, key: crypto.randomUUID(), fingerprint: 'f', code: crypto.randomUUID() };
      const groups = [{ customer, known: true, inputs: [{ kind: 'operation' as const, operation }] }];
      const object = customersOf(env, shop.id, customer);
      return (await object.record({ shop: shop.id, version: 1, groups, waitMs: 0 })).rowsWritten;
    };
    expect(await rows(null, 'five-off')).toBe(7);
    expect(await rows(400, 'steps')).toBe(7 + 3);
  });
});

describe('taking a reward back', () => {
  const undo = (shop: TestShop, user: string, voucher: string, key: string, body: object = {}) =>
    shop.admin('POST', `/admin/v1/customers/user:${user}/vouchers/${voucher}/undo`, body, { 'Idempotency-Key': key });

  it('S5: gives the points back once, however often and at once it is asked', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 500);
    const { body } = await redeem(shop, user, 'five-off', 'k');
    const told = await Promise.all(Array.from({ length: 5 }, (_, at) => undo(shop, user, body.voucher, `u${at}`)));
    expect(told.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    const first = told.find(({ status }) => status === 200);
    expect(first?.body).toMatchObject({ points: 500, balance: 500 });
    expect(told.find(({ status }) => status === 409)?.body.key).toBe('reward_kept');
    expect(await wallet(shop, user)).toMatchObject([{ status: 'returned', pointsBack: 500 }]);
    expect((await redeem(shop, user, 'five-off', 'k')).body).toEqual(body);
  });

  it('R13: an order that names the code uses it, and its refund gives the points back', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 500);
    const { body } = await redeem(shop, user, 'five-off', 'k');
    const orderId = crypto.randomUUID();
    const order = { order_id: orderId, subtotal: 20, discount: 5, total: 20, currency: 'EUR', coupon: body.code };
    const products = [{ product_id: 'p', price: 25, quantity: 1 }];
    await shop.batch(track(user, 'Order Completed', { ...order, products }));
    expect(await wallet(shop, user)).toMatchObject([{ status: 'used', undoUntilMs: null }]);
    expect((await undo(shop, user, body.voucher, 'u')).body.key).toBe('reward_kept');
    await shop.batch(track(user, 'Order Refunded', { order_id: orderId, refund_id: 'half', total: 10 }));
    expect(await balance(shop, user)).toBe(10 + 250);
    await shop.batch(track(user, 'Order Refunded', { order_id: orderId }));
    expect(await balance(shop, user)).toBe(500);
    const { body: page } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=50`);
    const named = page.items.map(({ name }: { name: string | null }) => name);
    expect(named.filter((name: string | null) => name === 'Points Returned')).toHaveLength(2);
    expect(named.filter((name: string | null) => name === 'Reward Used')).toHaveLength(1);
  });

  it('INV-3: goes on after the customer turned out to be somebody else, in the lots that came along', async () => {
    const shop = await withProgramme(await makeShop());
    const [loser, survivor] = [await customerWith(shop, 300), await customerWith(shop, 40)];
    await give(shop, loser, 200);
    const { body } = await redeem(shop, loser, 'five-off', 'k');
    await shop.admin('POST', `/admin/v1/customers/user:${loser}/merge`, { into: `user:${survivor}` });
    expect(await wallet(shop, survivor)).toMatchObject([{ code: body.code, status: 'available' }]);
    expect((await redeem(shop, loser, 'five-off', 'k')).body).toEqual(body);
    expect((await undo(shop, survivor, body.voucher, 'u')).body).toMatchObject({ points: 500, balance: 540 });
    const { body: page } = await shop.admin('GET', `/admin/v1/customers/user:${survivor}/points?limit=50`);
    const [back] = page.items;
    const spent = page.items.find(({ kind }: { kind: string }) => kind === 'spent');
    expect(back).toMatchObject({ kind: 'restored', points: 500 });
    const lotsOf = (entry: { lots: { lot: number; points: number }[] }) =>
      entry.lots.map(({ lot, points }) => [lot, Math.abs(points)]).sort();
    expect(lotsOf(back)).toEqual(lotsOf(spent));
  });
});

describe('a reward that is made elsewhere', () => {
  it('INV-6: of a stock of two is had twice, however many ask at once; the others get their points back', async () => {
    const shop = await withProgramme(await makeShop());
    const users = await Promise.all(Array.from({ length: 6 }, () => customerWith(shop, 100)));
    const told = await Promise.all(users.map((user) => redeem(shop, user, 'few', 'k')));
    expect(told.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409, 409]);
    expect(told.filter(({ body }) => body.key === 'out_of_stock')).toHaveLength(4);
    expect(told.filter(({ body }) => body.ready === true)).toHaveLength(2);
    const balances = await Promise.all(users.map((user) => balance(shop, user)));
    expect(balances.sort((a, b) => a - b)).toEqual([0, 0, 100, 100, 100, 100]);
    const again = await Promise.all(users.map((user) => redeem(shop, user, 'few', 'k')));
    expect(again.map(({ status, body }) => [status, body.key])).toEqual(
      told.map(({ status, body }) => [status, body.key]),
    );
  });

  it('INV-7: one that is given back is there for the next', async () => {
    const shop = await withProgramme(await makeShop());
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => customerWith(shop, 100)));
    const got = await redeem(shop, first ?? '', 'few', 'k');
    await redeem(shop, second ?? '', 'few', 'k');
    await shop.admin('POST', `/admin/v1/customers/user:${first}/vouchers/${got.body.voucher}/undo`, {});
    const late = await eventually(async () => {
      const told = await redeem(shop, third ?? '', 'few', crypto.randomUUID());
      return told.status === 200 ? told : null;
    });
    expect(late.body.ready).toBe(true);
  });

  it('has its code made in the connected shop', async () => {
    const shop = await withProgramme(await makeShop(), { inShop: true });
    const user = await customerWith(shop, 500);
    expect((await redeem(shop, user, 'five-off', 'k')).body).toMatchObject({ ready: true, balance: 0 });
    expect(await wallet(shop, user)).toMatchObject([{ status: 'available' }]);
  });

  it('given for nothing has a code of its own, and is given once under a key', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 0);
    const path = `/admin/v1/customers/user:${user}/rewards/five-off/give`;
    const keyed = (key: string) => shop.admin('POST', path, { reason: 'sorry' }, { 'Idempotency-Key': key });
    const [a, b, again] = [await keyed('a'), await keyed('b'), await keyed('a')];
    expect(a.body).toMatchObject({ reward: 'five-off', code: expect.stringMatching(/^FIVE-.{16}$/), ready: true });
    expect(again.body).toEqual(a.body);
    expect(b.body.code).not.toBe(a.body.code);
    expect((await wallet(shop, user)).map(({ points }: { points: number | null }) => points)).toEqual([null, null]);
  });
});

describe('the rewards of a customer', () => {
  it('are listed with what they cost, what is missing and why not', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 430);
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/rewards`);
    expect(body.balance).toBe(430);
    const shown = body.items.map((one: Record<string, unknown>) => [
      one.id,
      one.points,
      one.mostPoints,
      one.missingPoints,
      one.reason,
    ]);
    expect(shown).toEqual([
      ['five-off', 500, 500, 70, 'missing_points'],
      ['steps', 100, 400, 0, null],
      ['vip', 1, 1, 0, 'not_for_you'],
      ['few', 100, 100, 0, null],
    ]);
  });

  it('INV-13: are read of somebody who is nobody here without making anything', async () => {
    const shop = await withProgramme(await makeShop());
    const object = customersOf(env, shop.id, 'z-nobody');
    expect(await object.wallet('z-nobody', Date.now())).toBeNull();
    expect(await object.voucher('z-nobody', 'v_x')).toBeNull();
    expect(await object.redemptionsOf('z-nobody', 'v_x')).toBeNull();
    expect(await object.rewardOffers({ shop: shop.id, version: 1, clockMs: null, customer: 'z-nobody' })).toBeNull();
    expect((await shop.admin('GET', '/admin/v1/customers/user:nobody/vouchers')).status).toBe(404);
  });

  it('a wallet is paged without leaving out or repeating any, the newest first', async () => {
    const shop = await withProgramme(await makeShop());
    const user = await customerWith(shop, 500);
    for (const key of ['a', 'b', 'c', 'd', 'e']) await redeem(shop, user, 'steps', key, { points: 100 });
    const codes: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Answer = await shop.admin('GET', `/admin/v1/customers/user:${user}/vouchers?limit=2${more}`);
      codes.push(...page.body.items.map(({ code }: { code: string }) => code));
      cursor = page.body.nextCursor;
    }
    expect(new Set(codes).size).toBe(5);
    expect(codes).toEqual((await wallet(shop, user)).map(({ code }: { code: string }) => code));
  });
});

describe('the drawer', () => {
  async function shopper(points: number) {
    const made = await makeHubShop();
    const secret = { Authorization: `Bearer ${made.keys.secret}`, 'Content-Type': 'application/json' };
    const admin = (method: string, path: string, body: unknown) => {
      const init = { method, headers: secret, body: JSON.stringify(body) };
      return import('./hub-shop.ts').then(({ ask }) => ask<Record<string, never>>(path, init));
    };
    await admin('PUT', '/admin/v1/programme', { order: null, rewards: { rewards: REWARDS, undoMinutes: 30 } });
    const sub = newUser();
    const token = await bearer(made, sub);
    await admin('POST', `/admin/v1/customers/user:${sub}/points`, { points, reason: 'x' });
    const act = (path: string, key: string | null, body: object = {}) =>
      post<Record<string, never>>(path, body, {
        authorization: `Bearer ${token}`,
        ...(key === null ? {} : { 'idempotency-key': key }),
      });
    return { token, act };
  }

  it('spends the shopper’s own points under the key of a click, shows the code and takes it back', async () => {
    const { token, act } = await shopper(700);
    const offers = await get<{ balance: number; items: unknown[] }>('/hub/v1/rewards', token);
    expect(offers.body.items[0]).toMatchObject({ id: 'five-off', available: true, missingPoints: 0 });
    const [first, again] = [
      await act('/hub/v1/rewards/five-off/redeem', 'click'),
      await act('/hub/v1/rewards/five-off/redeem', 'click'),
    ];
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(first.body).not.toHaveProperty('customer');
    const held = await get<{ items: { id: string; code: string; undoUntilMs: number }[] }>('/hub/v1/vouchers', token);
    expect(held.body.items).toMatchObject([{ code: first.body.code, status: 'available' }]);
    expect(held.body.items[0]?.undoUntilMs).toBeGreaterThan(Date.now());
    const undone = await act(`/hub/v1/vouchers/${held.body.items[0]?.id}/undo`, 'u');
    expect([undone.status, undone.body]).toEqual([200, { points: 500, balance: 700 }]);
  });

  it('needs the key, and a bearer; another shopper’s voucher is nowhere', async () => {
    const [one, other] = [await shopper(500), await shopper(500)];
    expect((await one.act('/hub/v1/rewards/five-off/redeem', null)).status).toBe(400);
    expect((await post('/hub/v1/rewards/five-off/redeem', {}, { 'idempotency-key': 'k' })).status).toBe(401);
    const { body } = await one.act('/hub/v1/rewards/five-off/redeem', 'k');
    expect((await other.act(`/hub/v1/vouchers/${body.voucher}/undo`, 'u')).status).toBe(404);
  });
});
