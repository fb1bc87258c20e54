/** The isolate's memory of what a shop's campaigns share, at most two seconds old. */
import type { Env } from '../env.ts';
import { Fresh } from '../storage/fresh.ts';
import { remote } from '../storage/remote.ts';
import type { OffersSnapshot } from './offers.ts';

const offers = new Fresh<OffersSnapshot>(1_000);

export function offersOf(env: Env, shop: string) {
  return remote(env.OFFERS, `offers:${shop}`);
}

export function openOffers(env: Env, shop: string): Promise<OffersSnapshot> {
  return offers.get(shop, () => offersOf(env, shop).snapshot());
}

/** After a change, so that a writer sees its own. */
export function forgetOffers(shop: string): void {
  offers.forget(shop);
}
