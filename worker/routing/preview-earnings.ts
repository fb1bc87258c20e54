/** What a cart would earn: of a customer it is asked where they are kept, of nobody it is answered here. */
import { previewForMember } from '../customers/earning-reader.ts';
import { customersOf } from '../customers/stubs.ts';
import type { EarningPreview } from '../domain/earning/preview.ts';
import type { Env } from '../env.ts';
import { orderOfCart } from '../mapping/cart-order.ts';
import { openTerms } from '../segments/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import type { EarningCart } from '../wire/earning-preview.ts';
import { ProblemError } from '../wire/problem.ts';
import { following } from './following.ts';

/** Throws `not_found` where the customer is nobody any more. Writes nothing. */
export async function previewEarnings(
  env: Env,
  shop: ShopSnapshot,
  customer: string | null,
  cart: EarningCart,
): Promise<EarningPreview> {
  const clockMs = await testNow(env, shop);
  const nowMs = clockMs ?? Date.now();
  const order = orderOfCart(cart, { currency: shop.settings.currency, nowMs });
  if (customer === null) return previewForMember(order, (await openTerms(env, shop.id, shop.version)).terms, nowMs);
  const call = { shop: shop.id, version: shop.version, clockMs, order };
  const told = await following({ env, shop }, customer, (id) =>
    customersOf(env, shop.id, id).previewEarnings({ ...call, customer: id }),
  );
  if (told === null) throw new ProblemError('not_found');
  return told.preview;
}
