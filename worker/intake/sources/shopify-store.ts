/** What a verified webhook leads to: a privacy request, the end of the connection, or an event of a customer. */
import { directoryOf } from '../../directory/cache.ts';
import type { Env } from '../../env.ts';
import { deliver, eventVerdict } from '../../routing/deliver.ts';
import { forgetShop, shopOf } from '../../shops/cache.ts';
import { sha256Hex } from '../../shops/crypto.ts';
import type { ShopSnapshot } from '../../shops/settings.ts';
import { readWebhook } from './shopify.ts';
import { type Asked, privacyRequestOf } from './shopify-privacy.ts';
import { byShopClock } from './shopify-time.ts';
import type { Webhook } from './shopify-webhook.ts';

export interface Outcome {
  verdict: 'recorded' | 'duplicate' | 'refused' | 'failed';
  /** The event's name here; null where it became none. */
  name: string | null;
  reason: string | null;
  rowsWritten: number;
}

const NOTHING = { name: null, reason: null, rowsWritten: 0 };

export async function storeWebhook(env: Env, shop: ShopSnapshot, webhook: Webhook): Promise<Outcome> {
  const asked = privacyRequestOf(webhook);
  if (asked !== null) return keepRequest(env, shop, asked);
  if (webhook.topic === 'app/uninstalled') return endConnection(env, shop, webhook);
  const mapping = readWebhook(webhook);
  if (mapping.kind === 'refused') return { ...NOTHING, verdict: 'refused', reason: mapping.reason };
  const { delivery, ofKnownOnly } = mapping;
  const { name } = delivery.event;
  if (ofKnownOnly && (await directoryOf(env, shop.id).find(delivery.subject.identifiers)) === null) {
    return { ...NOTHING, name, verdict: 'refused', reason: 'unknown_customer' };
  }
  const told = webhook.wallMs === undefined ? delivery : byShopClock(delivery, webhook.wallMs);
  const { answers, rowsWritten } = await deliver(env, shop, [told]);
  return { verdict: eventVerdict(answers[0]), name, reason: null, rowsWritten };
}

async function keepRequest(env: Env, shop: ShopSnapshot, { key, request }: Asked): Promise<Outcome> {
  const id = `prq_${(await sha256Hex(`${shop.id} ${request.source} ${key}`)).slice(0, 24)}`;
  const isNew = await shopOf(env, shop.id).keepPrivacyRequest({ ...request, id });
  return { ...NOTHING, verdict: isNew ? 'recorded' : 'duplicate' };
}

/** A delivery may be hours late: one from before the shop was connected again ends nothing. */
async function endConnection(env: Env, shop: ShopSnapshot, webhook: Webhook): Promise<Outcome> {
  const { triggeredAtMs, receivedAtMs } = webhook;
  const uninstalledAtMs = Math.min(triggeredAtMs ?? receivedAtMs, receivedAtMs);
  const connection = (await shopOf(env, shop.id).snapshot())?.settings.shopify ?? null;
  if (connection === null || uninstalledAtMs < (connection.connectedAtMs ?? 0)) {
    return { ...NOTHING, verdict: 'refused', reason: 'connected_since' };
  }
  if ((connection.uninstalledAtMs ?? null) !== null) return { ...NOTHING, verdict: 'duplicate' };
  await shopOf(env, shop.id).change({ shopify: { ...connection, uninstalledAtMs } }, 'shopify');
  forgetShop(shop.id);
  return { ...NOTHING, verdict: 'recorded' };
}
