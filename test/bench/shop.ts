/** The shop that is measured: made through the API, with customers that exist before the clock runs. */
import { createHmac } from 'node:crypto';

export interface BenchShop {
  url: string;
  id: string;
  publishable: string;
  secret: string;
  /** Headers of a Segment client. */
  segment: Record<string, string>;
  admin: (method: string, path: string, body?: object) => Promise<Response>;
}

export async function makeShop(url: string, operatorToken: string): Promise<BenchShop> {
  const headers = { Authorization: `Bearer ${operatorToken}`, 'Content-Type': 'application/json' };
  const about = { name: 'Bench', currency: 'EUR', timeZone: 'Europe/Berlin', locale: 'en', mode: 'live' };
  const answer = await fetch(`${url}/admin/v1/shops`, { method: 'POST', headers, body: JSON.stringify(about) });
  const { shop, keys } = (await answer.json()) as { shop: { id: string }; keys: Record<string, string> };
  const secret = String(keys.secret);
  const admin: BenchShop['admin'] = (method, path, body) =>
    fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await admin('PATCH', '/admin/v1/shop', { ingestPerSecond: 100_000 });
  const segment = { Authorization: `Basic ${btoa(`${keys.write}:`)}`, 'Content-Type': 'application/json' };
  return { url, id: shop.id, publishable: String(keys.publishable), secret, segment, admin };
}

let sent = 0;
/** A product view of customer `user`, the plain event of every figure. */
export function view(user: number): object {
  sent += 1;
  const properties = { product_id: `p${sent % 50}`, price: 12.5, category: 'Games', url: 'https://example.com/x' };
  const context = { library: { name: 'bench', version: '1' } };
  const about = { type: 'track', userId: `u${user}`, event: 'Product Viewed', messageId: `m-${sent}-${Math.random()}` };
  return { ...about, timestamp: new Date().toISOString(), properties, context };
}

export function batch(messages: object[]): string {
  return JSON.stringify({ batch: messages, sentAt: new Date().toISOString() });
}

/** A shopper's token, signed as the shop's own server would. */
export async function tokenMaker(shop: BenchShop): Promise<(user: number) => string> {
  const answer = await shop.admin('POST', '/admin/v1/identity-keys', { algorithm: 'HS256' });
  const key = (await answer.json()) as { id: string; secret: string };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return (user) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: shop.id, aud: 'regulars', sub: `u${user}`, iat: now, exp: now + 300 };
    const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: key.id })}.${encode(claims)}`;
    return `${text}.${createHmac('sha256', key.secret).update(text).digest('base64url')}`;
  };
}
