/** What time it is in a shop: real time in a live one, its clock's in a test shop, never remembered. */
import type { Env } from '../env.ts';
import { shopOf } from './cache.ts';
import type { ShopSnapshot } from './settings.ts';

export interface Receipt {
  /** By the shop's clock. */
  receivedAtMs: number;
  /** By real time, where the shop's clock was set to another. */
  wallMs?: number;
}

/** When a request that is here now arrived. */
export async function receiptOf(env: Env, shop: ShopSnapshot): Promise<Receipt> {
  if (shop.settings.mode === 'live') return { receivedAtMs: Date.now() };
  const { nowMs, frozen } = await shopOf(env, shop.id).clock();
  return frozen ? { receivedAtMs: nowMs, wallMs: Date.now() } : { receivedAtMs: nowMs };
}

/** A test shop's instant; null for a live shop, whose objects look at their own clock. */
export async function testNow(env: Env, shop: ShopSnapshot): Promise<number | null> {
  return shop.settings.mode === 'live' ? null : (await shopOf(env, shop.id).clock()).nowMs;
}
