/** Shopify as the worker meets it: a connected shop, and deliveries signed with its secret. */
import { type Answer, call, makeShop, type TestShop } from './shop.ts';

const SECRET = 'hush';

/** A shop with Shopify connected, under a domain of its own. */
export async function connected(about: object = {}): Promise<TestShop & { domain: string }> {
  const shop = await makeShop(about);
  const domain = `s${crypto.randomUUID().slice(0, 8)}.myshopify.com`;
  await shop.admin('PUT', '/admin/v1/sources/shopify', { domain, secret: SECRET });
  return { ...shop, domain };
}

export async function sign(body: string, secret = SECRET): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(body)))));
}

interface Sending {
  triggeredAt?: string;
  eventId?: string;
  signature?: string;
  domain?: string;
  prefix?: string;
}

/** Sends a payload as Shopify does, signed unless it is told otherwise. */
export async function webhook(
  shop: TestShop & { domain: string },
  topic: string,
  payload: object | string,
  how: Sending = {},
): Promise<Answer> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const headers = {
    'hmac-sha256': how.signature ?? (await sign(body)),
    topic,
    'shop-domain': how.domain ?? shop.domain,
    'webhook-id': crypto.randomUUID(),
    'event-id': how.eventId ?? crypto.randomUUID(),
    ...(how.triggeredAt === undefined ? {} : { 'triggered-at': how.triggeredAt }),
  };
  const named = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`${how.prefix ?? 'x-shopify-'}${name}`, value]),
  );
  return call('POST', `/webhooks/shopify/${shop.id}`, body, named);
}
