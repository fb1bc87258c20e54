/** Short ways to the event log of a test's shop. */
import { env } from 'cloudflare:workers';
import { type Answer, call, eventually, type TestShop } from './shop.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads answers of every route and says itself what it expects
type Logged = any;

const SHOPIFY_SECRET = 'shopify-test-secret';
/** The log is half a second late; tests that wait for it side by side are later. */
const PATIENCE_MS = 6_000;

/** The one event that the query finds; waits for it. */
export async function logged(shop: TestShop, query: string): Promise<Logged> {
  return eventually(
    async () => (await shop.admin('GET', `/admin/v1/events?${query}`)).body.items[0] ?? null,
    PATIENCE_MS,
  );
}

export async function inFull(shop: TestShop, query: string): Promise<Logged> {
  const { id } = await logged(shop, query);
  return (await shop.admin('GET', `/admin/v1/events/${id}`)).body;
}

/** The learned schema of a name, once it has counted so many events. */
export async function schemaOf(shop: TestShop, event: string, events: number): Promise<Logged> {
  return eventually(async () => {
    const { body } = await shop.admin('GET', `/admin/v1/event-schemas?q=${encodeURIComponent(event)}`);
    const found = body.items.find((one: Logged) => one.event === event && one.events >= events);
    return found === undefined ? null : (await shop.admin('GET', `/admin/v1/event-schemas/${found.id}`)).body;
  }, PATIENCE_MS);
}

export function debuggerObject(shop: TestShop) {
  return env.DEBUGGER.get(env.DEBUGGER.idFromName(`debugger:${shop.id}`));
}

/** Connects Shopify; answers a way to send its webhooks. `secret`: what they are signed with. */
export async function connectShopify(shop: TestShop) {
  const domain = `d${crypto.randomUUID().slice(0, 8)}.myshopify.com`;
  await shop.admin('PUT', '/admin/v1/sources/shopify', { domain, secret: SHOPIFY_SECRET });
  return async (topic: string, payload: object | string, secret = SHOPIFY_SECRET): Promise<Answer> => {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const ids = { 'X-Shopify-Webhook-Id': crypto.randomUUID(), 'X-Shopify-Event-Id': crypto.randomUUID() };
    const signed = { 'X-Shopify-Hmac-Sha256': await signature(body, secret), 'X-Shopify-Shop-Domain': domain };
    return call('POST', `/webhooks/shopify/${shop.id}`, body, { 'X-Shopify-Topic': topic, ...ids, ...signed });
  };
}

async function signature(body: string, secret: string): Promise<string> {
  const how = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), how, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body)));
  return btoa(String.fromCharCode(...bytes));
}
