/** Pages of the shop that speak like Voucherify's browser client: let in by origin, counted, and told of secret codes no more than they may know. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import app from '../../worker/index.ts';
import { shopOf } from '../../worker/shops/cache.ts';
import { makeSession } from '../../worker/shops/session-token.ts';
import { type Answer, call, eventually, makeShop, newUser, type TestShop } from './shop.ts';

const newCode = () => `T-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
const TEN_OFF = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1000 } };
const ORDER = { order: { amount: 5000 } };
const MINUTE = 60_000;

interface Page {
  address?: string;
  bearer?: string;
  headers?: Record<string, string>;
}

function page(shop: TestShop, method: string, path: string, body?: unknown, from: Page = {}): Promise<Answer> {
  return call(method, `/client/v1${path}`, body, {
    'X-Client-Application-Id': shop.id,
    'X-Client-Token': shop.keys.publishable,
    Origin: 'https://shop.example',
    'CF-Connecting-IP': from.address ?? '192.0.2.1',
    ...(from.bearer === undefined ? {} : { Authorization: `Bearer ${from.bearer}` }),
    ...from.headers,
  });
}

const server = (shop: TestShop, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret });

async function made(shop: TestShop, about: object, code = newCode()): Promise<string> {
  const answer = await server(shop, 'POST', `/v1/vouchers/${encodeURIComponent(code)}`, about);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return code;
}

const shared = (shop: TestShop, more: object = {}) => made(shop, { ...TEN_OFF, ...more });
const secret = (shop: TestShop, more: object = {}) => made(shop, { ...TEN_OFF, redemption: { quantity: 1 }, ...more });

/** A customer, and the session that proves it. */
async function signedIn(shop: TestShop): Promise<{ user: string; id: string; bearer: string }> {
  const user = newUser();
  await shop.batch({ type: 'identify', userId: user, traits: {}, messageId: crypto.randomUUID() });
  const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
  const { token } = await makeSession(env.ROOT_SECRET, { shop: shop.id, customer: id, proof: 'test' }, Date.now());
  return { user, id, bearer: token };
}

async function held(shop: TestShop, user: string, more: object = {}): Promise<string> {
  const code = await secret(shop, more);
  const given = await server(shop, 'POST', '/v1/publications', { voucher: code, customer: { source_id: user } });
  if (given.status !== 200) throw new Error(JSON.stringify(given.body));
  return code;
}

const validated = (shop: TestShop, code: string, from: Page = {}, query = '&amount=5000') =>
  page(shop, 'GET', `/validate?code=${encodeURIComponent(code)}${query}`, undefined, from);

async function guesses(shop: TestShop, count: number, from: Page = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < count; at += 1) answers.push(await validated(shop, newCode(), from));
  return answers;
}

/** What is told of a refusal, without what names the request. */
function told({ status, body }: Answer, code: string): unknown {
  const { error, ...rest } = body;
  const { request_id: _, ...why } = error ?? {};
  return JSON.parse(JSON.stringify({ status, ...rest, why }).replaceAll(code, 'CODE'));
}

describe('a page', () => {
  it('validates and redeems with the publishable key of its shop', async () => {
    const shop = await makeShop();
    const code = await shared(shop);
    const valid = await validated(shop, code);
    expect(valid.body).toMatchObject({ valid: true, code, order: { total_discount_amount: 1000, total_amount: 4000 } });
    const redeemed = await page(shop, 'POST', `/redeem?code=${code}`, { ...ORDER, customer: { source_id: newUser() } });
    expect(redeemed.body).toMatchObject({
      object: 'redemption',
      result: 'SUCCESS',
      customer_id: expect.any(String),
      channel: { channel_type: 'CLIENT_API' },
      order: { total_amount: 4000 },
    });
  });

  it.each([
    ['no key', { 'X-Client-Token': '' }, 401],
    ['a secret key', (shop: TestShop) => ({ 'X-Client-Token': shop.keys.secret }), 401],
    ['the key of another shop', async () => ({ 'X-Client-Token': (await makeShop()).keys.publishable }), 401],
    ['the id of another shop', { 'X-Client-Application-Id': 'shp_x' }, 401],
    ['a session that is none', { Authorization: 'Bearer x.y.z' }, 401],
  ])('with %s is not let in', async (_, wrong, status) => {
    const shop = await makeShop();
    const code = await shared(shop);
    const headers: Record<string, string> = typeof wrong === 'function' ? await wrong(shop) : wrong;
    const answer = await validated(shop, code, { headers });
    expect([answer.status, answer.body.key]).toEqual([status, 'unauthorized']);
  });

  it('with a key that is only to look redeems and keeps nothing', async () => {
    const shop = await makeShop();
    const code = await shared(shop);
    const key = (await shop.admin('POST', '/admin/v1/keys', { kind: 'publishable', scopes: ['hub'] })).body.secret;
    const headers = { 'X-Client-Token': key };
    expect((await validated(shop, code, { headers })).body.valid).toBe(true);
    const redeemables = [{ object: 'voucher', id: code }];
    const answers = [
      await page(shop, 'POST', `/redeem?code=${code}`, ORDER, { headers }),
      await page(shop, 'POST', '/redemptions', { ...ORDER, redeemables }, { headers }),
      await validated(shop, code, { headers }, '&amount=5000&session_type=LOCK'),
      await page(shop, 'POST', '/events', { event: 'x', customer: { source_id: newUser() } }, { headers }),
    ];
    expect(answers.map(({ status, body }) => [status, body.key])).toEqual(
      answers.map(() => [403, 'insufficient_scope']),
    );
  });

  it('of another origin than the shop lists is turned away, and cannot read why', async () => {
    const shop = await makeShop({ origins: ['https://shop.example'] });
    const code = await shared(shop);
    const good = await validated(shop, code);
    expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([200, 'https://shop.example']);
    const bad = await validated(shop, code, { headers: { Origin: 'https://other.example' } });
    expect([bad.status, bad.body.key, bad.headers.get('access-control-allow-origin')]).toEqual([
      403,
      'origin_not_allowed',
      null,
    ]);
  });

  it('is let through a preflight with the headers that the client sends', async () => {
    const asked =
      'x-client-application-id,x-client-token,x-voucherify-channel,content-type,idempotency-key,authorization';
    const preflight = { Origin: 'https://shop.example', 'Access-Control-Request-Headers': asked };
    const answer = await call('OPTIONS', '/client/v1/validations', undefined, preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(asked.split(',')),
    );
  });

  it('hears how many requests are left, and is turned away with the rest of a flood', async () => {
    const shop = await makeShop();
    const code = await shared(shop);
    const first = await validated(shop, code, { address: '192.0.2.9' });
    const { headers } = first;
    expect([headers.get('x-rate-limit-limit'), headers.get('x-rate-limit-remaining')]).toEqual(['40', '39']);
    expect(headers.get('ratelimit')).toMatch(/^"burst";r=39;t=\d+$/);
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => validated(shop, code, { address: '192.0.2.9' })),
    );
    const late = answers.find(({ status }) => status === 429);
    expect(late?.body).toMatchObject({ code: 429, key: 'rate_limited' });
    expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a guess', () => {
  it('case 36: is refused by the 11th miss, with when to come again, whatever the next code is', async () => {
    const shop = await makeShop();
    const answers = await guesses(shop, 11);
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429]);
    const [retry] = [Number(answers[10]?.headers.get('retry-after'))];
    expect(retry).toBeGreaterThan(14 * 60);
    const right = await secret(shop);
    expect((await validated(shop, right)).status).toBe(429);
    expect((await page(shop, 'POST', `/redeem?code=${right}`, ORDER)).status).toBe(429);
  });

  it('counts once for each code of a stack', async () => {
    const shop = await makeShop();
    const codes = Array.from({ length: 11 }, newCode);
    const redeemables = codes.map((id) => ({ object: 'voucher', id }));
    expect((await page(shop, 'POST', '/validations', { ...ORDER, redeemables })).status).toBe(429);
    expect((await page(shop, 'POST', '/redemptions', { ...ORDER, redeemables: redeemables.slice(0, 1) })).status).toBe(
      429,
    );
  });

  it('case 36: of which many come at once is answered ten times and no more', async () => {
    const shop = await makeShop();
    const answers = await Promise.all(Array.from({ length: 30 }, () => validated(shop, newCode())));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
  });

  it('of one address does not count against another', async () => {
    const shop = await makeShop();
    const code = await secret(shop);
    await guesses(shop, 11);
    expect((await validated(shop, code, { address: '198.51.100.7' })).body.valid).toBe(true);
  });

  it('by whoever shares an address does not keep out a shopper who is signed in', async () => {
    const shop = await makeShop();
    const shopper = await signedIn(shop);
    const [own, open] = [await held(shop, shopper.user), await shared(shop)];
    await guesses(shop, 11);
    for (const code of [own, open])
      expect((await validated(shop, code, { bearer: shopper.bearer })).body).toMatchObject({ valid: true, code });
  });

  it('in the name of somebody else does not count against them', async () => {
    const shop = await makeShop();
    const shopper = await signedIn(shop);
    const own = await held(shop, shopper.user);
    const claim = `&amount=5000&customer[source_id]=${shopper.user}`;
    for (let at = 0; at < 12; at += 1) await validated(shop, newCode(), {}, claim);
    expect((await validated(shop, own, { bearer: shopper.bearer })).body.valid).toBe(true);
  });

  it('case 36: by a shopper who is signed in is bounded too, and leaves them what they hold', async () => {
    const shop = await makeShop();
    const shopper = await signedIn(shop);
    const [own, others] = [await held(shop, shopper.user), await secret(shop)];
    const from = { bearer: shopper.bearer };
    const answers = await guesses(shop, 11, from);
    expect(answers.at(-1)?.status).toBe(429);
    expect((await validated(shop, others, from)).status).toBe(429);
    expect((await validated(shop, own, from)).body.valid).toBe(true);
  });

  it('is told to the merchant once, without who made it', async () => {
    const shop = await makeShop();
    await guesses(shop, 12);
    const notices = await eventually(async () => {
      const found = await shopOf(env, shop.id).notices(null, 10);
      return found.length === 0 ? null : found;
    });
    expect(notices).toEqual([
      expect.objectContaining({ kind: 'codes.guessed', about: { misses: 10, withinMs: 15 * MINUTE } }),
    ]);
    expect(JSON.stringify(notices)).not.toContain('192.0.2.1');
  });

  it('at a code that nobody can have made asks no object of codes', async () => {
    const shop = await makeShop();
    const asked: string[] = [];
    const codes = new Proxy(env.CODES, {
      get: (target, method) => {
        const value: unknown = Reflect.get(target, method);
        if (typeof value !== 'function') return value;
        asked.push(String(method));
        return value.bind(target);
      },
    });
    const headers = { 'X-Client-Application-Id': shop.id, 'X-Client-Token': shop.keys.publishable };
    const post = (path: string, body: object) =>
      new Request(`https://edge.test/client/v1${path}`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    const requests = [
      new Request(`https://edge.test/client/v1/validate?code=GUESS-1`, { headers }),
      post('/redeem?code=GUESS-2', ORDER),
      post('/redemptions', { ...ORDER, redeemables: [{ object: 'voucher', id: 'GUESS-3' }] }),
    ];
    for (const request of requests) await app.fetch(request, { ...env, CODES: codes }, createExecutionContext());
    expect(asked).toEqual([]);
  });
});

describe('of a secret code', () => {
  it('case 36: a page hears the same, whether it is unknown, over, used up, switched off or not yet good', async () => {
    const shop = await makeShop();
    const used = await secret(shop);
    await server(shop, 'POST', `/v1/vouchers/${used}/redemption`, ORDER);
    const off = await secret(shop, { active: false });
    const codes = [
      newCode(),
      await secret(shop, { expiration_date: '2020-01-01' }),
      await secret(shop, { start_date: '2090-01-01' }),
      used,
      off,
    ];
    const answers = await Promise.all(codes.map(async (code) => told(await validated(shop, code), code)));
    expect(answers).toEqual(Array(codes.length).fill(answers[0]));
    expect(answers[0]).toMatchObject({ valid: false, why: { code: 404, key: 'not_found', resource_id: 'CODE' } });
    const redeemed = await Promise.all(
      codes.map(async (code) =>
        told(await page(shop, 'POST', `/redeem?code=${code}`, ORDER, { address: '192.0.2.2' }), code),
      ),
    );
    for (const one of redeemed) expect(one).toMatchObject({ status: 404, key: 'not_found', resource_id: 'CODE' });
  });

  it('case 36: that is somebody else’s alone a page hears nothing, and its holder everything', async () => {
    const shop = await makeShop();
    const [owner, other] = [await signedIn(shop), await signedIn(shop)];
    const code = await held(shop, owner.user, { expiration_date: '2090-01-01' });
    const over = await held(shop, owner.user);
    await server(shop, 'PUT', `/v1/vouchers/${over}`, { expiration_date: '2020-01-01' });
    const unknown = newCode();
    const nothing = told(await validated(shop, unknown, { bearer: other.bearer }), unknown);
    expect(told(await validated(shop, over, { bearer: other.bearer }), over)).toEqual(nothing);
    expect((await validated(shop, over, { bearer: owner.bearer })).body.error.key).toBe('voucher_expired');
    expect((await validated(shop, code, { bearer: owner.bearer })).body.valid).toBe(true);
  });

  it('that is right a page hears whether the cart fits', async () => {
    const shop = await makeShop();
    const card = await made(shop, { type: 'GIFT_VOUCHER', gift: { amount: 700 } });
    const spend = (credits: number) =>
      page(shop, 'POST', `/redeem?code=${card}`, { order: { amount: 5000 }, gift: { credits } });
    expect((await spend(1800)).body.key).toBe('gift_amount_exceeded');
    expect((await spend(700)).body).toMatchObject({ result: 'SUCCESS', amount: 700 });
    expect((await spend(100)).body.key).toBe('not_found');
  });

  it('that is in a stack a page hears no more than by itself', async () => {
    const shop = await makeShop();
    const [open, over] = [await shared(shop), await secret(shop, { expiration_date: '2020-01-01' })];
    const redeemables = [over, open].map((id) => ({ object: 'voucher', id }));
    const { body } = await page(shop, 'POST', '/validations', { ...ORDER, redeemables });
    expect(body.valid).toBe(false);
    expect(body.inapplicable_redeemables).toMatchObject([{ id: over, result: { error: { key: 'not_found' } } }]);
  });
});

describe('of a code that the whole world knows', () => {
  it('a page hears exactly why it cannot be used, and looking is no guess', async () => {
    const shop = await makeShop();
    const code = await shared(shop, { expiration_date: '2020-01-01' });
    for (let at = 0; at < 12; at += 1)
      expect((await validated(shop, code)).body).toMatchObject({ valid: false, error: { key: 'voucher_expired' } });
    expect((await page(shop, 'POST', `/redeem?code=${code}`, ORDER)).body.key).toBe('voucher_expired');
  });
});

describe('a redemption by a page', () => {
  it('is done once per key, and its keys are not those of the servers', async () => {
    const shop = await makeShop();
    const code = await shared(shop, { redemption: { quantity: 5 } });
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await page(shop, 'POST', `/redeem?code=${code}`, ORDER, { headers });
    const again = await page(shop, 'POST', `/redeem?code=${code}`, ORDER, { headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await page(shop, 'POST', `/redeem?code=${code}`, { order: { amount: 1 } }, { headers });
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
    const keys = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...headers };
    expect((await call('POST', `/v1/vouchers/${code}/redemption`, ORDER, keys)).status).toBe(200);
    const read = await server(shop, 'GET', `/v1/vouchers/${code}`);
    expect(read.body.redemption.redeemed_quantity).toBe(2);
  });

  it('of a secret code that is sent again after a lost answer gets that answer, and spends once', async () => {
    const shop = await makeShop();
    const [code, headers] = [await secret(shop), { 'Idempotency-Key': crypto.randomUUID() }];
    const first = await page(shop, 'POST', `/redeem?code=${code}`, ORDER, { headers });
    const again = await page(shop, 'POST', `/redeem?code=${code}`, ORDER, { headers });
    expect([first.status, again.status, again.body.id]).toEqual([200, 200, first.body.id]);
    expect((await page(shop, 'POST', `/redeem?code=${code}`, ORDER)).body.key).toBe('not_found');
  });

  it('with a session is for the session’s customer, whoever the page says', async () => {
    const shop = await makeShop();
    const [shopper, other] = [await signedIn(shop), await signedIn(shop)];
    const code = await shared(shop);
    const asked = { ...ORDER, customer: { source_id: other.user } };
    const { body } = await page(shop, 'POST', `/redeem?code=${code}`, asked, { bearer: shopper.bearer });
    expect(body.customer_id).toBe(shopper.id);
  });

  it('keeps a use for fifteen minutes where it says no time, and for no more than a day', async () => {
    const shop = await makeShop();
    const code = await shared(shop, { redemption: { quantity: 2 } });
    const lock = '&amount=5000&session_type=LOCK&session_key=cart';
    expect((await validated(shop, code, {}, lock)).body.session).toEqual({
      key: 'cart',
      type: 'LOCK',
      ttl: 15,
      ttl_unit: 'MINUTES',
    });
    const long = await validated(shop, code, {}, `${lock}&session_ttl=2&session_ttl_unit=DAYS`);
    expect([long.status, long.body.key]).toEqual([400, 'invalid_payload']);
  });
});

describe('a customer', () => {
  it('whom a page only asks about is not made by it, and is told what a newcomer could have', async () => {
    const shop = await makeShop();
    const [code, user] = [await shared(shop), newUser()];
    const rules = {
      '1': { name: 'redemption.count.per_customer', conditions: { $less_than_or_equal: [1] } },
      logic: '1',
    };
    const rule = (await server(shop, 'POST', '/v1/validation-rules', { name: 'Once', rules })).body;
    await server(shop, 'POST', `/v1/validation-rules/${rule.id}/assignments`, { voucher: code });
    const claim = `&amount=5000&customer[source_id]=${user}`;
    expect((await validated(shop, code)).body.error.key).toBe('missing_customer');
    expect((await validated(shop, code, {}, claim)).body.valid).toBe(true);
    expect((await server(shop, 'GET', `/v1/customers/${user}`)).status).toBe(404);
    const asked = { ...ORDER, customer: { source_id: user } };
    expect((await page(shop, 'POST', `/redeem?code=${code}`, asked)).status).toBe(200);
    expect((await page(shop, 'POST', `/redeem?code=${code}`, asked)).body.key).toBe('redemption_rules_violated');
  });

  it('of whom a page tells is made, and of somebody known nothing changes or is shown', async () => {
    const shop = await makeShop();
    const [user, known] = [newUser(), newUser()];
    const told = await page(shop, 'POST', '/customers', { source_id: user, name: 'Ada', metadata: { club: 'tea' } });
    expect(told.body).toEqual({ id: expect.any(String), source_id: user, object: 'customer' });
    expect((await server(shop, 'GET', `/v1/customers/${user}`)).body).toMatchObject({
      name: 'Ada',
      metadata: { club: 'tea' },
    });
    const before = (
      await server(shop, 'POST', '/v1/customers', { source_id: known, name: 'Bo', email: `${known}@b.example` })
    ).body;
    const wrong = { source_id: known, name: 'Eve', email: 'eve@b.example', metadata: { level: 'gold' } };
    expect((await page(shop, 'POST', '/customers', wrong)).body).toEqual({
      id: before.id,
      source_id: known,
      object: 'customer',
    });
    expect((await server(shop, 'GET', `/v1/customers/${known}`)).body).toMatchObject({
      name: 'Bo',
      email: `${known}@b.example`,
    });
    for (const body of [{}, { source_id: 'null' }])
      expect((await page(shop, 'POST', '/customers', body)).body.key).toBe('invalid_payload');
  });
});

describe('the list of vouchers', () => {
  it('is the signed-in shopper’s own, and nobody else’s', async () => {
    const shop = await makeShop();
    const [shopper, other] = [await signedIn(shop), await signedIn(shop)];
    const own = [await held(shop, shopper.user), await held(shop, shopper.user)];
    await held(shop, other.user);
    const { body } = await page(shop, 'GET', `/vouchers?limit=1&page=2&customer=${other.user}`, undefined, {
      bearer: shopper.bearer,
    });
    expect(body).toMatchObject({ object: 'list', data_ref: 'vouchers', total: 2, vouchers: [{ code: own[0] }] });
    expect((await page(shop, 'GET', `/vouchers?customer=${other.user}`)).body.key).toBe('unauthorized');
  });
});

describe('a publication by a page', () => {
  const campaign = async (shop: TestShop, metadata: object) => {
    const name = `C ${crypto.randomUUID()}`;
    const voucher = { ...TEN_OFF, code_config: { pattern: 'PUB-##########' } };
    const made = await server(shop, 'POST', '/v1/campaigns', {
      name,
      type: 'AUTO_UPDATE',
      join_once: true,
      voucher,
      metadata,
    });
    if (made.status !== 200) throw new Error(JSON.stringify(made.body));
    return name;
  };
  const published = (shop: TestShop, name: string, user: string) =>
    page(shop, 'POST', `/publish?campaign=${encodeURIComponent(name)}`, { customer: { source_id: user } });

  it('gives a code where the merchant lets pages, one to each customer', async () => {
    const shop = await makeShop();
    const [name, user] = [await campaign(shop, { client_side_publish: true }), newUser()];
    const first = await published(shop, name, user);
    expect(first.body).toMatchObject({
      object: 'publication',
      result: 'SUCCESS',
      voucher: { code: expect.stringMatching(/^PUB-/) },
    });
    expect((await published(shop, name, user)).body.voucher.code).toBe(first.body.voucher.code);
    expect((await published(shop, name, newUser())).body.voucher.code).not.toBe(first.body.voucher.code);
  });

  it('is refused where the merchant did not say so', async () => {
    const shop = await makeShop();
    const answer = await published(shop, await campaign(shop, {}), newUser());
    expect([answer.status, answer.body.key]).toEqual([403, 'insufficient_scope']);
  });
});
