/** Reads of one customer's wallet, rewards and ways to earn, following whoever turned out to be somebody else. Writes nothing. */
import { customersOf } from '../customers/stubs.ts';
import type { MovesPage, NamedMove, Offers, Told, Wallet, WalletPage } from '../customers/voucher-reader.ts';
import { directoryOf } from '../directory/cache.ts';
import type { EarningWays } from '../domain/earning/way.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';

const MOST_HOPS = 4;

/** null: nobody by that id. */
export type Read<T> = Promise<(T & { customer: string }) | null>;

export async function readWallet(env: Env, shop: ShopSnapshot, customer: string, page: WalletPage): Read<Wallet> {
  const clockMs = (await testNow(env, shop)) ?? Date.now();
  return following(env, shop, customer, (id) => customersOf(env, shop.id, id).wallet(id, clockMs, page));
}

export async function readOffers(env: Env, shop: ShopSnapshot, customer: string): Read<Offers> {
  const clockMs = await testNow(env, shop);
  return following(env, shop, customer, (id) =>
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
  return following(env, shop, customer, (id) => customersOf(env, shop.id, id).giftMoves(id, voucher, page, clockMs));
}

export async function readEarningWays(env: Env, shop: ShopSnapshot, customer: string): Read<EarningWays> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(env, shop) };
  return following(env, shop, customer, (id) => customersOf(env, shop.id, id).earningWays({ ...call, customer: id }));
}

async function following<T extends object>(
  env: Env,
  shop: ShopSnapshot,
  customer: string,
  read: (id: string) => Promise<Told<T>>,
): Read<T> {
  let id = customer;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const told = await read(id);
    if (told === null) return null;
    if (told.moved === null) return { ...told, customer: id };
    // the Directory knows where a whole chain of them ends, but not yet of one who is just leaving
    const last = await directoryOf(env, shop.id).current(id);
    id = last === null || last === id ? told.moved : last;
  }
  return null;
}
