/** Which of many vouchers could be used for an order, each by itself: by the evaluation that redeeming makes, as of now. Writes nothing. */
import { type OfferTerms, offerTerms } from '../codes/terms.ts';
import { type Answer, applicable, type Fit } from '../domain/vouchers/applicable.ts';
import { audienceOf } from '../domain/vouchers/audience.ts';
import { type Bill, billOf } from '../domain/vouchers/bill.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { askedOf, campaignCounts, factsIn, findOne, type Known, withTerms } from './plan.ts';
import { type Asking, nowOf, type World } from './world.ts';

export interface Candidates {
  /** Of the wallet of whoever asks. */
  held: readonly Voucher[];
  /** Known to everybody. */
  codes: readonly string[];
  /** Would be made if they were given. */
  fresh: readonly Voucher[];
  /** Only whom it is for counts, not the order. */
  audienceOnly: boolean;
}

export interface Qualified {
  voucher: Voucher;
  campaign: Known['campaign'];
  rules: Known['rules'];
  fit: Fit;
}

/** Those that could, in the order of the candidates; the order before any of them, and the shop's terms. */
export async function qualify(
  world: World,
  asking: Asking,
  { held, codes, fresh, audienceOnly }: Candidates,
): Promise<{ qualified: Qualified[]; bill: Bill | null; terms: OfferTerms }> {
  const shared = await Promise.all(
    codes.map((code) => findOne(world, asking, { redeemable: { code, creditsMinor: null }, scope: 'exact' })),
  );
  const found = [...[...held, ...fresh].map((voucher) => foundAt(asking.customer, voucher)), ...shared];
  const terms = await offerTerms(
    world.env,
    world.shop.id,
    found.map(({ voucher }) => voucher?.campaign ?? null),
  );
  const known = found.map((one) => withTerms(one, terms));
  const told = asking.customer === null ? null : await askedOf(world, asking.customer, known);
  const counts = await campaignCounts(world, { customer: told?.customer.id ?? null, own: [] }, known);
  const bill = asking.cart === null ? null : billOf(asking.cart);
  const qualified = known.flatMap((one): Qualified[] => {
    const { voucher, campaign, rules } = one;
    if (voucher === null) return [];
    const facts = factsIn(world, asking, { one, told, counts });
    const alone = { lockKey: asking.lockKey, creditsMinor: null, nowMs: nowOf(world), base: terms.stacking.base };
    const about = { campaign, facts, ...alone };
    const answer: Answer = audienceOnly
      ? applicable({ ...about, voucher: ofAnySize(voucher), rules: rules.map(audienceOf), bill: null })
      : applicable({ ...about, voucher, rules, bill });
    return answer.applicable ? [{ voucher, campaign, rules, fit: answer }] : [];
  });
  return { qualified, bill, terms };
}

function foundAt(holder: string | null, voucher: Voucher) {
  return { redeemable: { code: voucher.code, creditsMinor: null }, located: null, holder, voucher, own: {} };
}

function ofAnySize({ minimumMinor: _, ...voucher }: Voucher): Voucher {
  return voucher;
}
