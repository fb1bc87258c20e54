/** A shop with customers, made through the public API, and the calls that the crash rounds make on it. */
import { createHmac } from 'node:crypto';

export type Shop = { url: string; id: string; write: string; secret: string; domain: string; webhookSecret: string };
export type Customer = { email: string; userId: string; shopifyId: string };
/** `unknown`: nobody can say whether it was done, so the same must be asked again. */
export type Outcome = { status: number; body: string } | 'unknown';

const PATIENCE_MS = 10_000;

export async function makeShop(url: string, operatorToken: string): Promise<Shop> {
  const about = { name: 'Crash test', currency: 'EUR', timeZone: 'UTC', locale: 'en', mode: 'live', origins: [] };
  const made = await must<{ shop: { id: string }; keys: { write: string; secret: string } }>(
    request(url, 'POST /admin/v1/shops', { token: operatorToken, body: about }),
  );
  const domain = 'crash-test.myshopify.com';
  const webhookSecret = 'a-secret-that-only-this-test-knows';
  const { write, secret } = made.keys;
  await must(request(url, 'PUT /admin/v1/sources/shopify', { token: secret, body: { domain, secret: webhookSecret } }));
  return { url, id: made.shop.id, write, secret, domain, webhookSecret };
}

/** Customers that can be named by e-mail, by user id and by the shop platform's id. */
export async function makeCustomers(shop: Shop, count: number): Promise<Customer[]> {
  const customers = Array.from({ length: count }, (_, index) => ({
    email: `shopper-${index}@example.com`,
    userId: `user-${index}`,
    shopifyId: String(7_000_000_000_000 + index),
  }));
  for (const { email, shopifyId, userId } of customers) {
    const body = `{"id":${shopifyId},"email":"${email}"}`;
    await must(sendWebhook(shop, { eventId: `new-${userId}`, topic: 'customers/create', body }));
    await must(sendBatch(shop, [{ type: 'identify', messageId: `identify-${userId}`, userId, traits: { email } }]));
  }
  return customers;
}

export type Adjustment = { email: string; key: string; points: number };

export const adjust = (shop: Shop, { email, key, points }: Adjustment): Promise<Outcome> =>
  request(shop.url, `POST /admin/v1/customers/email:${email}/points`, {
    token: shop.secret,
    body: { points, reason: key },
    headers: { 'idempotency-key': key },
  });

export const sendBatch = (shop: Shop, batch: object[]): Promise<Outcome> =>
  request(shop.url, 'POST /v1/batch', {
    body: { batch },
    headers: { authorization: `Basic ${btoa(`${shop.write}:`)}` },
  });

export type Webhook = { eventId: string; topic: string; body: string };

export function sendWebhook(shop: Shop, { eventId, topic, body }: Webhook): Promise<Outcome> {
  const headers = {
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': shop.domain,
    'x-shopify-api-version': '2026-07',
    'x-shopify-webhook-id': eventId,
    'x-shopify-event-id': eventId,
    'x-shopify-hmac-sha256': createHmac('sha256', shop.webhookSecret).update(body).digest('base64'),
  };
  return request(shop.url, `POST /webhooks/shopify/${shop.id}`, { text: body, headers });
}

export async function read<T>(shop: Shop, path: string): Promise<T> {
  return must<T>(request(shop.url, `GET ${path}`, { token: shop.secret }));
}

/** Every page of a list, in the order of the list. */
export async function readAll<T>(shop: Shop, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '?limit=200' : `?limit=200&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: T[]; nextCursor: string | null } = await read(shop, path + query);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

type Request = { token?: string; body?: object; text?: string; headers?: Record<string, string> };

async function request(url: string, what: string, about: Request): Promise<Outcome> {
  const [method = '', path = ''] = what.split(' ');
  const { token, body, text, headers } = about;
  try {
    const answer = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: text ?? (body === undefined ? null : JSON.stringify(body)),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said = await answer.text();
    return answer.status >= 500 || answer.status === 429 ? 'unknown' : { status: answer.status, body: said };
  } catch {
    return 'unknown';
  }
}

async function must<T>(outcome: Promise<Outcome>): Promise<T> {
  const answer = await outcome;
  if (answer === 'unknown' || answer.status >= 300) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.body === '' ? 'null' : answer.body);
}
