/** A shop over HTTP, as an operator makes it and as its merchant and its servers use it. */
import { createHmac, randomUUID } from 'node:crypto';
import { inject } from 'vitest';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a story reads answers of every route and says itself what it expects
  body: any;
}

export interface StoryShop {
  id: string;
  url: string;
  keys: { publishable: string; write: string; secret: string };
  admin: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  webhook: (topic: string, payload: object, eventId?: string) => Promise<Answer>;
}

export const SHOPIFY = { domain: 'story.myshopify.com', secret: 'story-secret' };

export async function ask(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const init = {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(text === undefined ? {} : { body: text }),
  };
  const response = await fetch(url, init);
  const answer = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(answer) : answer };
}

export async function openShop(about: object = {}): Promise<StoryShop> {
  const url = inject('url');
  const wanted = { name: 'Story', currency: 'EUR', timeZone: 'Europe/Berlin', locale: 'en', mode: 'live', ...about };
  const made = await ask('POST', `${url}/admin/v1/shops`, wanted, {
    Authorization: `Bearer ${inject('operatorToken')}`,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const { shop, keys } = made.body;
  const admin: StoryShop['admin'] = (method, path, body, headers) =>
    ask(method, url + path, body, { Authorization: `Bearer ${keys.secret}`, ...headers });
  const webhook: StoryShop['webhook'] = (topic, payload, eventId = randomUUID()) => {
    const body = JSON.stringify(payload);
    const signature = createHmac('sha256', SHOPIFY.secret).update(body).digest('base64');
    return ask('POST', `${url}/webhooks/shopify/${shop.id}`, body, {
      'X-Shopify-Hmac-Sha256': signature,
      'X-Shopify-Topic': topic,
      'X-Shopify-Shop-Domain': SHOPIFY.domain,
      'X-Shopify-Webhook-Id': randomUUID(),
      'X-Shopify-Event-Id': eventId,
    });
  };
  return { id: shop.id, url, keys, admin, webhook };
}

/** Repeats `read` until it answers something other than null. */
export async function eventually<T>(read: () => Promise<T | null>, withinMs = 5_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await read();
    if (found !== null) return found;
    if (Date.now() > until) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
