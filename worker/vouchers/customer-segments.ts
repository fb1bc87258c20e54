/** In which segments a customer is as of now, by their names. Asks the object that keeps the customer; writes nothing. */
import { customersOf } from '../customers/stubs.ts';
import type { Env } from '../env.ts';
import { following } from '../routing/following.ts';
import { openSegments } from '../segments/cache.ts';
import { shopOf } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';
import type { VoucherSegmentName } from '../wire/voucher-segments.ts';
import { customerNamed } from './customer-name.ts';

/** null: nobody has that name. */
export async function customerSegments(
  env: Env,
  shop: ShopSnapshot,
  name: string,
): Promise<VoucherSegmentName[] | null> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(env, shop) };
  const customer = await customerNamed(env, shop.id, name);
  if (customer === null) return null;
  const found = await following({ env, shop }, customer, (id) =>
    customersOf(env, shop.id, id).memberships({ ...call, customer: id }),
  );
  return found === null ? null : namesOf(env, shop, new Set(found.segments.map(({ id }) => id)));
}

/** In the order in which they were made. The object may know newer ones than this isolate; one dropped since has no name. */
async function namesOf(env: Env, shop: ShopSnapshot, ids: Set<string>): Promise<VoucherSegmentName[]> {
  const { byId } = await openSegments(env, shop);
  const isKnown = [...ids].every((id) => byId.has(id));
  const made = isKnown ? [...byId.values()] : (await shopOf(env, shop.id).segmentBook()).segments;
  return made.filter(({ id }) => ids.has(id)).map(({ id, name }) => ({ id, name, object: 'segment' }));
}
