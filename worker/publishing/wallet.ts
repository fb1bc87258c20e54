/** What each voucher that a customer holds would do for one cart, by itself: the evaluation that redeeming it makes. Writes nothing. */
import { offerTerms } from '../codes/terms.ts';
import { type Answer, applicable } from '../domain/vouchers/applicable.ts';
import { billOf } from '../domain/vouchers/bill.ts';
import type { Cart } from '../domain/vouchers/cart.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { askedOf, campaignCounts, factsIn, withTerms } from './plan.ts';
import { type Asking, nowOf, type World } from './world.ts';

/** By the voucher's id. `vouchers`: of this customer's wallet. */
export async function fitsOf(
  world: World,
  { customer, cart }: { customer: string; cart: Cart },
  vouchers: readonly Voucher[],
): Promise<Map<string, Answer>> {
  if (vouchers.length === 0) return new Map();
  const asking: Asking = { ...NOBODY, customer, cart };
  const terms = await offerTerms(
    world.env,
    world.shop.id,
    vouchers.map(({ campaign }) => campaign),
  );
  const known = vouchers.map((voucher) => withTerms(foundAt(customer, voucher), terms));
  const told = await askedOf(world, customer, known);
  const counts = await campaignCounts(world, { customer: told.customer.id, own: [] }, known);
  const bill = billOf(cart);
  const answers = known.flatMap((one) => {
    const { voucher, campaign, rules } = one;
    if (voucher === null) return [];
    const facts = factsIn(world, asking, { one, told, counts });
    const alone = { bill, lockKey: null, creditsMinor: null, nowMs: nowOf(world), base: terms.stacking.base };
    return [[voucher.id, applicable({ voucher, campaign, rules, facts, ...alone })] as const];
  });
  return new Map(answers);
}

/** As a redemption is asked for. */
const NOBODY = { lockKey: null, channel: 'API', metadata: {}, caller: { apiKey: null, login: null } };

function foundAt(holder: string, voucher: Voucher) {
  return { redeemable: { code: voucher.code, creditsMinor: null }, located: null, holder, voucher, own: {} };
}
