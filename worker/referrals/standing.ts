/** Referrals of a customer, or of whoever that customer turned out to be. Reads, and writes nothing. */
import type { ReferralsOf, ReferralsPage } from '../customers/referral-reader.ts';
import { customersOf } from '../customers/stubs.ts';
import { directoryOf } from '../directory/cache.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';

const MOST_HOPS = 4;
/** Only how things stand, without a list. */
export const NO_LIST: ReferralsPage = { limit: 0, before: null };

export interface ReferralStanding extends ReferralsOf {
  customer: string;
}

/** null where nothing was ever recorded of them. */
export async function referralStanding(
  env: Env,
  shop: ShopSnapshot,
  customer: string,
  page: ReferralsPage,
): Promise<ReferralStanding | null> {
  const call = { shop: shop.id, version: shop.version, clockMs: await testNow(env, shop), ...page };
  let id = customer;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const told = await customersOf(env, shop.id, id).referrals({ ...call, customer: id });
    if (told === null) return null;
    if (told.moved === null) return { ...told, customer: id };
    const last = await directoryOf(env, shop.id).current(id);
    id = last === null || last === id ? told.moved : last;
  }
  return null;
}
