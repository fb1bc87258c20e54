/** Reads of one customer's wallet, rewards and ways to earn. Writes nothing. */
import { customersOf } from '../customers/stubs.ts';
import type { MovesPage, NamedMove, Offers, Wallet, WalletPage } from '../customers/voucher-reader.ts';
import type { EarningWays } from '../domain/earning/way.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import { tracked } from './following.ts';

/** null: nobody by that id. */
export type Read<T> = Promise<(T & { customer: string }) | null>;

export async function readWallet(env: Env, shop: ShopSnapshot, customer: string, page: WalletPage): Read<Wallet> {
  const clockMs = (await testNow(env, shop)) ?? Date.now();
  return withId({ env, shop }, customer, (id) => customersOf(env, shop.id, id).wallet(id, clockMs, page));
}

export async function readOffers(env: Env, shop: ShopSnapshot, customer: string): Read<Offers> {
  const clockMs = await testNow(env, shop);
  return withId({ env, shop }, customer, (id) =>
    customersOf(env, shop.id, id).rewardOffers({ shop: shop.id, version: shop.version, clockMs, customer: id }),
  );
}

/** `moves` null: they hold no gift card by that id. */
export async function readGiftMoves(
  env: Env,
  shop: ShopSnapshot,
  { customer, voucher }: { customer: string; voucher: string },
  page: MovesPage,
): Read<{ moves: NamedMove[] | null; next: number | null }> {
  const clockMs = await testNow(env, shop);
  return withId({ env, shop }, customer, (id) => customersOf(env, shop.id, id).giftMoves(id, voucher, page, clockMs));
}

export async function readEarningWays(env: Env, shop: ShopSnapshot, customer: string): Read<EarningWays> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(env, shop) };
  return withId({ env, shop }, customer, (id) => customersOf(env, shop.id, id).earningWays({ ...call, customer: id }));
}

async function withId<T extends object>(...asked: Parameters<typeof tracked<T>>): Read<T> {
  const found = await tracked<T>(...asked);
  return found === null ? null : { ...found.told, customer: found.customer };
}
