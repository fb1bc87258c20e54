/** Referrals of a customer, or of whoever that customer turned out to be. Reads, and writes nothing. */
import type { ReferralsOf, ReferralsPage } from '../customers/referral-reader.ts';
import { customersOf } from '../customers/stubs.ts';
import type { Env } from '../env.ts';
import { tracked } from '../routing/following.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { testNow } from '../shops/shop-time.ts';

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
  const at = { env, shop };
  const found = await tracked(at, customer, (id) => customersOf(env, shop.id, id).referrals({ ...call, customer: id }));
  return found === null ? null : { ...found.told, customer: found.customer };
}
