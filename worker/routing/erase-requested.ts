/** Erases whom a request by law names, as far as anybody is known by it. */
import { directoryOf } from '../directory/cache.ts';
import type { Erasure } from '../domain/erasure/erasure.ts';
import type { PrivacyRequest } from '../domain/privacy.ts';
import { namesIn } from '../domain/privacy-names.ts';
import type { Env } from '../env.ts';
import { shopOf } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf } from '../shops/shop-time.ts';
import { eraseCustomer } from './erase.ts';

const WAIT_MS = 1_000;

/**
 * The erasures that it led to, each as far as it has come; with the last of them the request is done. Where nobody is known
 * it is done at once.
 */
export async function erasedFor(env: Env, shop: ShopSnapshot, request: PrivacyRequest): Promise<Erasure[]> {
  const customers = await meantBy(env, shop.id, request);
  const erasures: Erasure[] = [];
  for (const customer of customers) {
    const erasure = await eraseCustomer(env, shop, { customer, waitMs: WAIT_MS });
    if (erasure !== null) erasures.push(erasure);
  }
  if (erasures.length === 0) await markDone(env, shop, request);
  return erasures;
}

/** Its strongest name says who is meant; an order says so only of somebody who is known by nothing else. */
async function meantBy(env: Env, shop: string, request: PrivacyRequest): Promise<string[]> {
  const directory = directoryOf(env, shop);
  const meant = new Set<string>();
  for (const name of namesIn(request)) {
    const found = await directory.find([name]);
    if (found !== null) meant.add(found);
    if (meant.size > 0) break;
  }
  const owners = await directory.findAll(request.orders.map((value) => [{ kind: 'order', value }]));
  for (const owner of new Set(owners)) {
    const isNamed = owner === null || (await directory.names(owner, 1)).length > 0;
    if (!isNamed && owner !== null) meant.add(owner);
  }
  return [...meant];
}

async function markDone(env: Env, shop: ShopSnapshot, request: PrivacyRequest): Promise<void> {
  const { receivedAtMs: nowMs } = await receiptOf(env, shop);
  const orders = request.orders.map((value) => ({ kind: 'order' as const, value }));
  const names = [...namesIn(request), ...orders];
  for (let after: string | null = ''; after !== null; )
    after = await shopOf(env, shop.id).forget({ customers: [], names, nowMs, after });
}
