/** `POST /webhooks/shopify/{shop}`: verify the raw bytes, check whose shop they are for, store, answer within a second. */

import type { Env } from '../../env.ts';
import { routes } from '../../http/app.ts';
import { readBytes } from '../../http/body.ts';
import { openShop } from '../../shops/cache.ts';
import { isShopId } from '../../shops/keys.ts';
import { secretsNamed } from '../../shops/secrets.ts';
import type { ShopSnapshot } from '../../shops/settings.ts';
import { receiptOf } from '../../shops/shop-time.ts';
import { ProblemError } from '../../wire/problem.ts';
import { noteWebhook } from '../event-notes.ts';
import { refusalsNoted } from '../refusal-notes.ts';
import { parseExact } from './shopify-json.ts';
import { storeWebhook } from './shopify-store.ts';

const LARGEST = 2 * 1024 * 1024;

export const shopifyWebhooks = routes();

shopifyWebhooks.use('/webhooks/shopify/:shop', refusalsNoted('shopify'));
shopifyWebhooks.post('/webhooks/shopify/:shop', async (c) => {
  const shop = await shopOfPath(c.env, c.req.param('shop'));
  c.set('shop', shop.id);
  const read = readerOf(c.req.raw.headers);
  const bytes = await readBytes(c.req.raw, LARGEST);
  c.set('received', bytes);
  await verify(c.env, shop, read('hmac-sha256'), bytes);
  // the same app secret signs for every shop: the verified domain must be this one's
  if (read('shop-domain').toLowerCase() !== shop.settings.shopify?.domain) throw new ProblemError('invalid_signature');
  const payload = parseExact(bytes);
  if (payload === null) throw new ProblemError('invalid_json');
  const topic = read('topic');
  const { receivedAtMs, wallMs } = await receiptOf(c.env, shop);
  const eventId = read.optional('event-id') ?? read('webhook-id');
  const triggered = new Date(read.optional('triggered-at') ?? '').getTime();
  const outcome = await storeWebhook(c.env, shop, {
    topic,
    eventId,
    triggeredAtMs: Number.isFinite(triggered) ? triggered : null,
    receivedAtMs,
    ...(wallMs === undefined ? {} : { wallMs }),
    payload,
    currency: shop.settings.currency,
  });
  c.set('rowsWritten', outcome.rowsWritten);
  const verdict = noteWebhook(c, shop.id, outcome);
  return c.json({ verdict });
});

async function shopOfPath(env: Env, id: string): Promise<ShopSnapshot> {
  const shop = (await isShopId(env.ROOT_SECRET, id)) ? await openShop(env, id) : null;
  if (shop === null || shop.settings.shopify === null) throw new ProblemError('not_found');
  return shop;
}

/** Reads both header families: `X-Shopify-*` of classic webhooks and `shopify-*` of the newer events. */
function readerOf(headers: Headers) {
  const optional = (name: string) => headers.get(`x-shopify-${name}`) ?? headers.get(`shopify-${name}`);
  const required = (name: string): string => {
    const value = optional(name);
    if (value === null || value === '') {
      throw new ProblemError('missing_header', {
        errors: [{ field: `X-Shopify-${name}`, rule: 'is required' }],
      });
    }
    return value;
  };
  return Object.assign(required, { optional });
}

/** HMAC-SHA-256 over the raw bytes, base64; during a rotation the secret before is good as well. Constant time. */
async function verify(env: Env, shop: ShopSnapshot, signature: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const given = decodeBase64(signature);
  for (const secret of await secretsNamed(env, shop, 'shopify')) {
    const how = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), how, false, ['verify']);
    if (given !== null && (await crypto.subtle.verify('HMAC', key, given, bytes))) return;
  }
  throw new ProblemError('invalid_signature');
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
