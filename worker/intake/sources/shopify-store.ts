/** What a verified webhook leads to: a privacy request, the end of the connection, or an event of a customer. */
import { directoryOf, forgetSubject, resolveAll } from '../../directory/cache.ts';
import type { Env } from '../../env.ts';
import { deliver } from '../../routing/deliver.ts';
import { mergeCustomers } from '../../routing/merge.ts';
import { forgetShop, shopOf } from '../../shops/cache.ts';
import { sha256Hex } from '../../shops/crypto.ts';
import { eventRulesOf, type ShopSnapshot } from '../../shops/settings.ts';
import type { EventReason } from '../../wire/event-reasons.ts';
import type { WebhookTold } from '../event-notes.ts';
import { ruleDelivery } from '../ruled.ts';
import { readWebhook } from './shopify.ts';
import { mergeOf } from './shopify-merge.ts';
import { type Asked, privacyRequestOf } from './shopify-privacy.ts';
import { byShopClock } from './shopify-time.ts';
import type { Webhook } from './shopify-webhook.ts';

/** What a webhook came to: an event as the rules and the objects took it, or something that is no event. */
export type Outcome =
  | { kind: 'event'; told: WebhookTold; rowsWritten: number }
  | { kind: 'other'; verdict: 'recorded' | 'duplicate' | 'refused'; reason: EventReason | null; rowsWritten: number };

const NOTHING = { kind: 'other' as const, reason: null, rowsWritten: 0 };

export async function storeWebhook(env: Env, shop: ShopSnapshot, webhook: Webhook): Promise<Outcome> {
  const asked = privacyRequestOf(webhook);
  if (asked !== null) return keepRequest(env, shop, asked);
  if (webhook.topic === 'app/uninstalled') return endConnection(env, shop, webhook);
  if (webhook.topic === 'customers/merge') return mergeRecords(env, shop, webhook);
  const mapping = readWebhook(webhook);
  if (mapping.kind === 'refused') return { ...NOTHING, verdict: 'refused', reason: mapping.reason };
  const { delivery, ofKnownOnly } = mapping;
  if (ofKnownOnly && (await directoryOf(env, shop.id).find(delivery.subject.identifiers)) === null) {
    return { ...NOTHING, verdict: 'refused', reason: 'unknown_customer' };
  }
  const timely = webhook.wallMs === undefined ? delivery : byShopClock(delivery, webhook.wallMs);
  const ruled = ruleDelivery(timely, 'shopify', eventRulesOf(shop));
  const delivered = 'refused' in ruled ? null : await deliver(env, shop, [ruled]);
  return { kind: 'event', told: { delivery: timely, ruled, delivered }, rowsWritten: delivered?.rowsWritten ?? 0 };
}

/**
 * The shop made one customer of two. Both are made where they are not known yet, so that what still comes under the old
 * id finds the survivor. Only a completed merge merged anything.
 */
async function mergeRecords(env: Env, shop: ShopSnapshot, { payload }: Webhook): Promise<Outcome> {
  const merge = mergeOf(payload);
  if (merge === null) return { ...NOTHING, verdict: 'refused', reason: 'names_nobody' };
  if (merge.status !== 'completed') return { ...NOTHING, verdict: 'refused', reason: 'merge_not_completed' };
  const subjects = [merge.keptId, merge.deletedId].map((value) => ({
    identifiers: [{ kind: 'shopify' as const, value }],
    trust: 'server' as const,
  }));
  const [kept, deleted] = await resolveAll(env, shop, subjects);
  if (kept === undefined || deleted === undefined) throw new Error('the Directory left a subject out');
  if (kept.customer === deleted.customer) return { ...NOTHING, verdict: 'duplicate' };
  await mergeCustomers(env, shop, { loser: deleted.customer, survivor: kept.customer, reason: 'shopify' });
  for (const subject of subjects) forgetSubject(shop.id, subject);
  return { ...NOTHING, verdict: 'recorded' };
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
