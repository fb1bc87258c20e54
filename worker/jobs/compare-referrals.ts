/** The other way round: referrals in the copies that no object of a customer keeps. */
import { customersOf } from '../customers/stubs.ts';
import type { Env } from '../env.ts';
import { type ReferralOwner, referralOwners } from '../projection/referrals-told.ts';
import type { Difference } from '../projection/told.ts';
import { eachObject } from './customer-pages.ts';

const PAGE = 300;
/** A referral may be on its way to another customer: what is nobody's is looked at twice. */
const PAUSE_MS = 100;

export interface ComparedReferrals {
  /** The last one that was looked at; null: that was the last page. */
  last: string | null;
  seen: number;
  differences: Difference[];
}

export async function compareReferrals(env: Env, shop: string, after: string): Promise<ComparedReferrals> {
  const rows = await referralOwners(env.DB, shop, { after, limit: PAGE });
  let strays = await straysOf(env, shop, rows);
  if (strays.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const again = await straysOf(env, shop, await referralOwners(env.DB, shop, { after, limit: PAGE }));
    strays = again.filter(({ referral }) => strays.some((one) => one.referral === referral));
  }
  const differences = strays.map(({ customer, referral }): Difference => {
    return { customer, order: null, field: `referral ${referral} row`, object: null, copy: 'present' };
  });
  return { last: rows.length < PAGE ? null : (rows.at(-1)?.referral ?? null), seen: rows.length, differences };
}

async function straysOf(env: Env, shop: string, rows: ReferralOwner[]): Promise<ReferralOwner[]> {
  const answers = await eachObject(
    [...new Set(rows.filter(({ owned }) => owned === 1).map(({ customer }) => customer))],
    (customer) => customer,
    (customer, own) => customersOf(env, shop, customer).copies(own),
  );
  const kept = answers.flatMap(({ copies }) => copies.flatMap(({ referrals }) => referrals.map(({ id }) => id)));
  const known = new Set(kept);
  return rows.filter(({ referral }) => !known.has(referral));
}
