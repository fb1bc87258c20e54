/** INV-12: whatever arrives, fails, is merged or imported, no log line holds personal data, a code or a token. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { call, makeShop, newUser, type TestShop, track } from './shop.ts';
import { connected, webhook } from './shopify-sender.ts';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, name).mockImplementation((...said: unknown[]) => void lines.push(said.map(String).join(' ')));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const CANARY = 'canary-7f3a';
const person = { email: `${CANARY}@example.com`, phone: '+49301239999', firstName: CANARY, birthday: '1990-12-24' };

function expectSilence(secrets: string[]): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of [CANARY, '301239999', '1990-12-24', ...secrets])
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
}

async function breakIn(shop: TestShop, id: string): Promise<void> {
  const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
  await runInDurableObject(object, (_, state) => {
    state.storage.sql.exec("CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'broken'); END");
  });
}

it('INV-12: of events stored, refused and tripping a bug, of merges and of keys in odd places', async () => {
  const shop = await makeShop();
  const [a, b] = [newUser(), newUser()];
  await shop.batch({ type: 'identify', userId: a, traits: person }, track(b, CANARY, { code: CANARY }));
  await shop.batch({ type: 'track', event: CANARY, messageId: CANARY.repeat(20), userId: a });
  await call('POST', `/v1/track?writeKey=${shop.keys.publishable}`, {
    event: CANARY,
    anonymousId: CANARY,
    traits: person,
  });
  await call('POST', '/v1/track', `{"${CANARY}": broken`, { Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` });
  await shop.admin('GET', `/admin/v1/customers?q=${CANARY}`);
  await shop.admin('GET', `/admin/v1/customers/email:${person.email}`);
  await shop.admin('POST', `/admin/v1/customers/user:${a}/points`, { points: 5, reason: CANARY, note: CANARY });
  await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
  const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${b}`)).body;
  await breakIn(shop, id);
  await shop.batch(track(b, CANARY, person));
  await shop.admin('POST', `/admin/v1/customers/user:${b}/points`, { points: 5, reason: CANARY });
  expect(lines.some((line) => line.includes('broken'))).toBe(true);
  expectSilence(Object.values(shop.keys));
});

it('INV-12: of webhooks, good, badly signed and about privacy, and of consents', async () => {
  const shop = await connected();
  const customer = { id: 5, ...person, first_name: CANARY };
  await webhook(shop, 'customers/create', customer);
  await webhook(shop, 'customers/data_request', { customer, orders_requested: [], shop_domain: shop.domain });
  await call('POST', `/webhooks/shopify/${shop.id}`, customer, {
    'X-Shopify-Topic': 'customers/create',
    'X-Shopify-Shop-Domain': shop.domain,
    'X-Shopify-Hmac-Sha256': 'AAAA',
    'X-Shopify-Webhook-Id': CANARY,
  });
  await shop.admin('PUT', '/admin/v1/customers/shopify:5/consents/email', {
    state: 'subscribed',
    proof: { text: CANARY },
  });
  expectSilence(Object.values(shop.keys));
});
