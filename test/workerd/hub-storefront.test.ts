/** How a storefront reaches the hub: from its own origin, and through Shopify's app proxy. */
import { listDurableObjectIds } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HubView } from '../../worker/wire/hub.ts';
import {
  ask,
  customerIn,
  everything,
  get,
  makeShop,
  now,
  post,
  prepare,
  problem,
  send,
  session,
  type TestShop,
} from './hub-shop.ts';

const SECRET = 'shpss_0123456789abcdef';

beforeAll(prepare);

describe('other origins', () => {
  const listed = 'https://shop.example';
  const paths = ['/hub/v1/session', '/hub/v1/me', '/hub/v1/orders', '/hub/v1/orders/o1', '/hub/v1/activity'];

  it('may read answers where the shop lists them, exactly, and without credentials', async () => {
    const shop = await makeShop({ origins: [listed] });
    const { headers, body } = await session(shop, { sub: 'u1' }, { origin: listed });
    const allowed = (from: Headers) => from.get('access-control-allow-origin');
    expect([allowed(headers), headers.get('vary'), headers.get('access-control-allow-credentials')]).toEqual([
      listed,
      'Origin',
      null,
    ]);
    const mine = body.session?.token ?? '';
    for (const path of paths.slice(1))
      expect(allowed((await get(path, mine, { origin: listed })).headers)).toBe(listed);
    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null']) {
      const refused = await session(shop, { sub: 'u1' }, { origin });
      expect(refused).toMatchObject({ status: 403, body: problem('origin_not_allowed') });
      expect(allowed(refused.headers)).toBeNull();
      expect(await get('/hub/v1/me', mine, { origin })).toMatchObject({
        status: 403,
        body: problem('origin_not_allowed'),
      });
    }
    expect((await session(shop, { sub: 'u1' })).status).toBe(200);
  });

  it('may read refusals too, so that the drawer knows when to renew', async () => {
    const shop = await makeShop({ origins: [listed] });
    const ended = await get('/hub/v1/me', 'x', { origin: listed });
    const bad = await post(
      '/hub/v1/session',
      { key: shop.keys.publishable, proof: { kind: 'merchant_jwt', token: 'x' } },
      { origin: listed },
    );
    for (const answer of [ended, bad]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('access-control-allow-origin')).toBe(listed);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each(paths)('are told by a preflight of %s what they may send', async (path) => {
    const answer = await ask(path, {
      method: 'OPTIONS',
      headers: { origin: listed, 'access-control-request-method': 'GET' },
    });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': listed,
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: 'Origin',
    });
  });
});

describe("Shopify's app proxy", () => {
  const domain = 'beans.myshopify.com';

  async function connected(): Promise<TestShop> {
    const shop = await makeShop({ origins: ['https://beans.example'] });
    await send('PUT', '/admin/v1/sources/shopify', shop.keys.secret, { domain, secret: SECRET });
    return shop;
  }

  async function signed(more: Record<string, string> = {}, secret = SECRET): Promise<string> {
    const facts = {
      logged_in_customer_id: '7',
      path_prefix: '/apps/hub',
      shop: domain,
      timestamp: String(now()),
      ...more,
    };
    const pairs = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = new TextEncoder().encode(pairs.map(([name, value]) => `${name}=${value}`).join(''));
    const how = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), how, false, ['sign']);
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, text));
    const signature = [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return new URLSearchParams([...pairs, ['signature', signature]]).toString();
  }

  it('gets a session and the view, for itself alone and not to be kept', async () => {
    const shop = await connected();
    const path = `/hub/v1/proxy/${shop.id}/session?${await signed()}`;
    const answer = await ask<HubView>(path, { headers: { origin: 'https://beans.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const mine = answer.body.session?.token ?? '';
    expect((await get<HubView>('/hub/v1/me', mine)).body.customer?.points.balance).toBe(0);
    const again = await ask<HubView>(path, { method: 'POST' });
    expect(customerIn(again.body.session?.token ?? '')).toBe(customerIn(mine));
    const direct = { key: shop.keys.publishable, proof: { kind: 'shopify_proxy', query: await signed() } };
    const other = await post<HubView>('/hub/v1/session', direct);
    expect(customerIn(other.body.session?.token ?? '')).toBe(customerIn(mine));
  });

  it('gets the signed-out view for a guest, and nobody is made', async () => {
    const shop = await connected();
    const before = await everything();
    const guest = await signed({ logged_in_customer_id: '' });
    const answer = await ask<HubView>(`/hub/v1/proxy/${shop.id}/session?${guest}`);
    expect(answer).toMatchObject({ status: 200, body: { customer: null, session: null } });
    expect(await everything()).toEqual(before);
  });

  it('is refused without the signature of this shop, at this time', async () => {
    const [shop, other] = [await connected(), await makeShop()];
    const queries = [
      '',
      'logged_in_customer_id=7',
      await signed({}, 'another secret'),
      await signed({ shop: 'other.myshopify.com' }),
      await signed({ timestamp: String(now() - 95) }),
      `${await signed()}&logged_in_customer_id=8`,
      (await signed()).replace('customer_id=7', 'customer_id=8'),
    ];
    for (const query of queries) {
      const answer = await ask(`/hub/v1/proxy/${shop.id}/session?${query}`);
      expect(answer).toMatchObject({ status: 401, body: problem('invalid_proof') });
      expect(JSON.stringify(answer.body)).not.toContain('signature=');
    }
    expect((await ask(`/hub/v1/proxy/${other.id}/session?${await signed()}`)).status).toBe(401);
  });

  it('INV-13 wakes no object for a shop that nobody made', async () => {
    const shop = await connected();
    const before = (await listDurableObjectIds(env.SHOP)).length;
    for (const id of ['shp_00000000000000000000', 'x', shop.keys.publishable]) {
      expect((await ask(`/hub/v1/proxy/${id}/session?${await signed()}`)).status).toBe(404);
    }
    expect(await listDurableObjectIds(env.SHOP)).toHaveLength(before);
  });

  it('is as patient as a page must be, and reads no query that no page could send', async () => {
    const shop = await connected();
    const path = `/hub/v1/proxy/${shop.id}/session`;
    const long = await ask(`${path}?${await signed({ more: 'x'.repeat(4096) })}`);
    expect(long).toMatchObject({ status: 400, body: problem('invalid_request') });
    const headers = { 'cf-connecting-ip': '192.0.2.9' };
    const answers = await Promise.all(Array.from({ length: 80 }, () => ask(`${path}?x=1`, { headers })));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ body: problem('rate_limited') });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
  });

  it('may sign with the secret before while a rotation lasts', async () => {
    const shop = await connected();
    await send('PUT', '/admin/v1/sources/shopify', shop.keys.secret, { domain, secret: 'the next secret' });
    for (const secret of [SECRET, 'the next secret']) {
      expect((await ask(`/hub/v1/proxy/${shop.id}/session?${await signed({}, secret)}`)).status).toBe(200);
    }
  });
});
