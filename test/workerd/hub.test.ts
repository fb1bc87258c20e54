/** Sessions through the whole worker: who is believed, who joins, and that a known shopper costs no row. */
import { env } from 'cloudflare:workers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { customersOf } from '../../worker/customers/stubs.ts';
import {
  ask,
  customerIn,
  everything,
  makeShop,
  now,
  placeOrders,
  post,
  prepare,
  problem,
  send,
  session,
  token,
} from './hub-shop.ts';

beforeAll(prepare);
afterEach(() => {
  vi.useRealTimers();
});

it('INV-10: whom only browsers named is known once they sign in, and no browser sets their e-mail', async () => {
  const shop = await makeShop();
  const [userId, anonymousId] = [crypto.randomUUID(), crypto.randomUUID()];
  const browser = (message: object) => post('/v1/batch', { batch: [message], writeKey: shop.keys.publishable });
  await browser({ type: 'track', userId, anonymousId, event: 'Looked' });
  expect((await session(shop, { sub: `user:${userId}` })).status).toBe(200);
  const traits = { email: 'other@example.com', birthday: '2000-01-01', consent: { email: true }, city: 'Ghent' };
  await browser({ type: 'identify', userId, anonymousId, traits });
  const headers = { authorization: `Bearer ${shop.keys.secret}` };
  const { body } = await ask<{ traits: object; consents: { state: string }[] }>(`/admin/v1/customers/user:${userId}`, {
    headers,
  });
  expect(body.traits).toEqual({ userId, city: 'Ghent' });
  expect(body.consents.some(({ state }) => state === 'subscribed')).toBe(false);
});

describe('POST /hub/v1/session', () => {
  it('answers the signed-out view where no proof is given', async () => {
    const shop = await makeShop();
    const answer = await post('/hub/v1/session', { key: shop.keys.publishable });
    const links = { signIn: null, createAccount: null, account: null, privacy: null, terms: null };
    expect(answer.body).toEqual({
      shop: {
        name: 'Beans',
        currency: 'EUR',
        locale: 'en',
        programme: { rewards: false, referrals: false, earning: true, joining: false },
        links,
      },
      customer: null,
      session: null,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('takes a publishable key with the scope "hub" alone', async () => {
    const shop = await makeShop();
    const made = await send('POST', '/admin/v1/keys', shop.keys.secret, { kind: 'publishable', scopes: ['events'] });
    for (const key of [shop.keys.write, shop.keys.secret, String(made.body.secret)]) {
      expect(await post('/hub/v1/session', { key })).toMatchObject({
        status: 403,
        body: problem('insufficient_scope'),
      });
    }
    for (const key of ['pk_x', shop.id, `${shop.keys.publishable.slice(0, -1)}?`]) {
      expect(await post('/hub/v1/session', { key })).toMatchObject({ status: 401, body: problem('unauthorized') });
    }
  });

  it('INV-14 refuses a body that breaks a rule and changes nothing', async () => {
    const { keys } = await makeShop();
    const key = keys.publishable;
    const jwt = { kind: 'merchant_jwt', token: 'x' };
    const before = await everything();
    const wrong = [
      {},
      { key: 5 },
      { key: '' },
      { key: 'k'.repeat(201) },
      { key, proof: 'x' },
      { key, more: 1 },
      [],
      5,
      null,
    ];
    const proofs = [
      { kind: 'none' },
      { ...jwt, token: '' },
      { ...jwt, token: 7 },
      { ...jwt, email: 'a@b.c' },
      { kind: 'shopify_proxy' },
    ];
    for (const body of [...wrong, ...proofs.map((proof) => ({ key, proof }))]) {
      expect(await post('/hub/v1/session', body)).toMatchObject({ status: 400, body: problem('invalid_request') });
    }
    expect(await post('/hub/v1/session', '{"key":')).toMatchObject({ status: 400, body: problem('invalid_json') });
    const large = { key, proof: { ...jwt, token: 'x'.repeat(20_000) } };
    expect(await post('/hub/v1/session', large)).toMatchObject({ status: 400, body: problem('payload_too_large') });
    expect(await everything()).toEqual(before);
  });

  it('joins a shopper whom nobody knew, once, however often and at once it is asked', async () => {
    const shop = await makeShop();
    const claims = { sub: 'shopify:7', email: 'Ada@example.com', name: 'Ada Lovelace' };
    const answers = await Promise.all([session(shop, claims), session(shop, claims), session(shop, claims)]);
    const { customer } = answers[0].body;
    expect(customer).toEqual({
      firstName: 'Ada Lovelace',
      name: 'Ada Lovelace',
      consents: [{ channel: 'email', state: 'never_subscribed', suppression: null }],
      email: 'ada@example.com',
      points: { balance: 0, owed: 0, pending: null, worthMinor: 0, nextExpiry: null },
      participation: 'member',
      tier: null,
      activity: [],
      orders: { items: [], nextCursor: null },
    });
    const ids = answers.map(({ body }) => customerIn(body.session?.token ?? ''));
    expect(new Set(ids).size).toBe(1);
    const id = ids[0] ?? '';
    const { rows } = await customersOf(env, shop.id, id).timeline(id, { limit: 10, before: null });
    expect(rows).toMatchObject([{ seq: 1, name: 'Joined Hub', key: 'hub:joined:shopify:7', atMs: expect.any(Number) }]);
  });

  it('INV-13 writes no row for a shopper who is known', async () => {
    const shop = await makeShop();
    const claims = { sub: 'shopify:7', email: 'ada@example.com' };
    await session(shop, claims);
    const before = await everything();
    expect((await session(shop, claims)).status).toBe(200);
    expect((await session(shop, { ...claims, name: 'Another' })).body.customer?.firstName).toBeNull();
    expect(await everything()).toEqual(before);
  });

  it('finds the customer that other sources made, by id or by the signed e-mail', async () => {
    const shop = await makeShop();
    const traits = { email: 'ada@example.com', first_name: 'Ada' };
    const identify = { type: 'identify', userId: 'u1', messageId: 'm1', traits };
    await post('/v1/batch', { batch: [identify] }, { authorization: `Basic ${btoa(`${shop.keys.write}:`)}` });
    await placeOrders(shop, 'u1', [{ id: 'o1', total: 20 }]);
    const byUser = await session(shop, { sub: 'u1' });
    const byMail = await session(shop, { sub: 'shopify:7', email: 'ADA@example.com' });
    for (const { body } of [byUser, byMail]) {
      expect(body.customer).toMatchObject({ firstName: 'Ada', points: { balance: 20, worthMinor: (2_000 / 100) * 1 } });
    }
    expect(customerIn(byMail.body.session?.token ?? '')).toBe(customerIn(byUser.body.session?.token ?? ''));
  });

  it('INV-10 does not hand one shopper to another who came by the same e-mail', async () => {
    const shop = await makeShop();
    const first = await session(shop, { sub: 'shopify:7', email: 'shared@example.com' });
    const second = await session(shop, { sub: 'shopify:8', email: 'shared@example.com' });
    expect(customerIn(second.body.session?.token ?? '')).not.toBe(customerIn(first.body.session?.token ?? ''));
  });

  it('says which rule a proof breaks, and nothing of what was found', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const foreign = { ...shop, identity: other.identity };
    expect(await session(foreign, { sub: 'u1' })).toMatchObject({ status: 401, body: problem('invalid_proof') });
    const late = await session(shop, { sub: 'u1', iat: now() - 700, exp: now() - 400 });
    expect(late).toMatchObject({
      status: 401,
      body: { ...problem('invalid_proof'), detail: expect.stringMatching(/expired/) },
    });
    const borrowed = {
      key: other.keys.publishable,
      proof: { kind: 'merchant_jwt', token: await token(shop, { sub: 'u1' }) },
    };
    expect(await post('/hub/v1/session', borrowed)).toMatchObject({ status: 401, body: problem('invalid_proof') });
  });

  it('believes the public key a shop registered, until it is taken back', async () => {
    const shop = await makeShop();
    const pair = await generateKeyPair('ES256', { extractable: true });
    const { kty, crv, x, y } = await exportJWK(pair.publicKey);
    const registered = { algorithm: 'ES256', publicKey: { kty, crv, x, y } };
    const { id } = (await send('POST', '/admin/v1/identity-keys', shop.keys.secret, registered)).body;
    const claims = { iss: shop.id, aud: 'regulars', sub: 'u1', iat: now(), exp: now() + 60 };
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: String(id) })
      .sign(pair.privateKey);
    const body = { key: shop.keys.publishable, proof: { kind: 'merchant_jwt', token: signed } };
    expect((await post('/hub/v1/session', body)).status).toBe(200);
    await ask(`/admin/v1/identity-keys/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${shop.keys.secret}` },
    });
    expect(await post('/hub/v1/session', body)).toMatchObject({ status: 401, body: problem('invalid_proof') });
  });

  it('slows down an address that asks for too many', async () => {
    const shop = await makeShop();
    vi.useFakeTimers({ toFake: ['Date'] });
    const from = (address: string) =>
      post('/hub/v1/session', { key: shop.keys.publishable }, { 'cf-connecting-ip': address });
    const answers = [];
    for (let count = 0; count < 41; count += 1) answers.push(await from('192.0.2.1'));
    expect(answers.map((one) => one.status)).toEqual([...Array(40).fill(200), 429]);
    expect(answers[40]).toMatchObject({ body: problem('rate_limited') });
    expect(answers[40]?.headers.get('retry-after')).toBe('1');
    expect((await from('192.0.2.2')).status).toBe(200);
  });
});

describe('/openapi.json', () => {
  it('names every address of the hub, with its answers', async () => {
    const { body } = await ask<{ paths: Record<string, Record<string, { tags: string[]; responses: object }>> }>(
      '/openapi.json',
    );
    const hub = Object.entries(body.paths).filter(([path]) => path.startsWith('/hub/'));
    const told = hub.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, about]) => [`${method} ${path}`, about] as const),
    );
    expect(told.map(([name]) => name).sort()).toEqual([
      'get /hub/v1/activity',
      'get /hub/v1/earning',
      'get /hub/v1/me',
      'get /hub/v1/orders',
      'get /hub/v1/orders/{id}',
      'get /hub/v1/proxy/{shop}/session',
      'get /hub/v1/referrals',
      'get /hub/v1/rewards',
      'get /hub/v1/vouchers',
      'get /hub/v1/vouchers/{id}/moves',
      'post /hub/v1/earnings/preview',
      'post /hub/v1/proxy/{shop}/session',
      'post /hub/v1/referrals/claims',
      'post /hub/v1/rewards/{id}/redeem',
      'post /hub/v1/session',
      'post /hub/v1/vouchers/{id}/undo',
      'post /hub/v1/wallet',
      'put /hub/v1/consents/{channel}',
      'put /hub/v1/membership',
    ]);
    for (const [, about] of told) {
      expect(about.tags).toEqual(['Hub']);
      expect(Object.keys(about.responses)).toEqual(expect.arrayContaining(['200', '401']));
    }
  });
});
