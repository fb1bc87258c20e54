/** From a paid order to the drawer, over HTTP as storefronts and shops speak it. */
import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { ask, eventually, openShop, SHOPIFY, type StoryShop } from './client.ts';

function order(id: number, euros: string, customer: number): Record<string, unknown> {
  const money = { current_subtotal_price: euros, subtotal_price: euros, total_price: euros, currency: 'EUR' };
  const line = { id: id * 10, title: 'Teapot', quantity: 1, price: euros };
  const times = { created_at: '2026-05-04T12:00:00Z', updated_at: '2026-05-04T12:00:00Z' };
  const who = { id: customer, email: `c${customer}@example.com`, first_name: 'Mia' };
  return { id, name: `#${id}`, ...money, ...times, line_items: [line], refunds: [], customer: who };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

async function tokenFor(shop: StoryShop, subject: string): Promise<string> {
  const key = (await shop.admin('POST', '/admin/v1/identity-keys', { algorithm: 'HS256' })).body;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: shop.id, aud: 'regulars', sub: subject, iat: now, exp: now + 300 };
  const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: key.id })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', key.secret).update(text).digest('base64url')}`;
}

it('a paid order shows in the drawer as points and as an order, its parcel with its tracking, its refund as fewer points', async () => {
  const shop = await openShop();
  await shop.admin('PUT', '/admin/v1/sources/shopify', SHOPIFY);
  const placed = order(7001, '49.95', 91);
  expect((await shop.webhook('orders/paid', placed)).body).toEqual({ verdict: 'recorded' });
  const token = await tokenFor(shop, 'shopify:91');
  const open = () =>
    ask('POST', `${shop.url}/hub/v1/session`, { key: shop.keys.publishable, proof: { kind: 'merchant_jwt', token } });
  const first = await open();
  expect(first.status).toBe(200);
  expect(first.body.customer.points.balance).toBe(49);
  expect(first.body.customer.orders.items[0]).toMatchObject({
    name: '#7001',
    points: 49,
    totalMinor: 4995,
    payment: 'paid',
  });
  const tracking = { tracking_company: 'DHL', tracking_number: 'X1', tracking_url: 'https://track.example/X1' };
  await shop.webhook('fulfillments/create', {
    id: 1,
    order_id: 7001,
    status: 'success',
    ...tracking,
    updated_at: '2026-05-05T00:00:00Z',
  });
  const transactions = [{ kind: 'refund', status: 'success', amount: '20.00' }];
  await shop.webhook('refunds/create', {
    id: 2,
    order_id: 7001,
    refund_line_items: [],
    transactions,
    created_at: '2026-05-06T00:00:00Z',
  });
  const bearer = { Authorization: `Bearer ${first.body.session.token}` };
  const detail = await ask('GET', `${shop.url}/hub/v1/orders/7001`, undefined, bearer);
  expect(detail.body).toMatchObject({
    fulfilment: 'fulfilled',
    payment: 'partially_refunded',
    refundedMinor: 2000,
    tracking: [{ company: 'DHL', number: 'X1', url: 'https://track.example/X1' }],
  });
  const me = await ask('GET', `${shop.url}/hub/v1/me`, undefined, bearer);
  // 49 points stood for 49.95; of that 20.00 went back: 49 * 20 / 49.95 = 19.6
  expect(me.body.customer.points.balance).toBe(49 - 19);
});

it('a customer with an object of its own is found by name, by e-mail and by id', async () => {
  const shop = await openShop({ layout: 'per_customer' });
  await shop.admin('PUT', '/admin/v1/sources/shopify', SHOPIFY);
  await shop.webhook('orders/paid', order(7002, '10.00', 92));
  const { body } = await shop.admin('GET', '/admin/v1/customers/shopify:92');
  for (const q of ['mia', 'c92@', body.id]) {
    const found = await eventually(
      async () => (await shop.admin('GET', `/admin/v1/customers?q=${q}`)).body.items[0] ?? null,
    );
    expect(found).toMatchObject({ id: body.id, balance: 10 });
  }
});

it('the loader and its chunks are served to any origin, the loader briefly cached and the chunks for ever', async () => {
  const shop = await openShop();
  const loader = await fetch(`${shop.url}/hub.js`);
  expect([loader.status, loader.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  const chunk = /hub\/[\w.-]+\.js/.exec(await loader.text())?.[0];
  const answer = await fetch(`${shop.url}/${chunk}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${shop.url}/hub/none.js`)).status).toBe(404);
});
