/** Webhook bodies that are signed and hostile all the same: an app's secret does not make its payloads harmless. */
import { describe, expect, it } from 'vitest';
import { call, makeShop, type TestShop } from './shop.ts';

const SECRET = 'hush';

async function connected(): Promise<TestShop & { domain: string }> {
  const shop = await makeShop();
  const domain = `h${crypto.randomUUID().slice(0, 8)}.myshopify.com`;
  await shop.admin('PUT', '/admin/v1/sources/shopify', { domain, secret: SECRET });
  return { ...shop, domain };
}

async function sendSigned(
  { id, domain }: TestShop & { domain: string },
  body: string,
  more: Record<string, string> = {},
) {
  const encoder = new TextEncoder();
  const how = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(SECRET), how, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(body)));
  const headers = {
    'X-Shopify-Hmac-Sha256': btoa(String.fromCharCode(...signature)),
    'X-Shopify-Topic': 'orders/create',
    'X-Shopify-Shop-Domain': domain,
    'X-Shopify-Webhook-Id': crypto.randomUUID(),
    ...more,
  };
  return call('POST', `/webhooks/shopify/${id}`, body, headers);
}

describe('a signed webhook', () => {
  it.each([
    ['a list of depth 100,000', `{"id":1,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'invalid_json'],
    ['no end', '{"id":1', 'invalid_json'],
    ['a number that is none', '{"id":NaN}', 'invalid_json'],
    ['a list', '[]', 'invalid_json'],
    ['more than 2 MB', `{"id":1,"note":"${'x'.repeat(2 * 1024 * 1024)}"}`, 'payload_too_large'],
  ])('with %s is 400', async (_, body, key) => {
    const answer = await sendSigned(await connected(), body);
    expect([answer.status, answer.body.key]).toEqual([400, key]);
  });

  it('in a packing that is not ours to undo is 400', async () => {
    const answer = await sendSigned(await connected(), '{"id":1}', { 'Content-Encoding': 'br' });
    expect([answer.status, answer.body.key]).toEqual([400, 'invalid_request']);
  });

  it('with 900,000 elements is answered, and lists can be read afterwards', async () => {
    const shop = await connected();
    const order = { id: 1, name: 'a\ud800', currency: 'EUR', email: 'big@example.com', subtotal_price: '5.00' };
    const body = JSON.stringify({ ...order, customer: { id: 2, email: 'big@example.com' }, x: Array(900_000).fill(0) });
    expect((await sendSigned(shop, body)).status).toBe(200);
    for (const path of ['customers', 'orders', 'events', 'customers/email:big@example.com/timeline'])
      expect((await shop.admin('GET', `/admin/v1/${path}`)).status, path).toBe(200);
  });
});
