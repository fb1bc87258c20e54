/** Redeems vouchers that a customer holds: one, or several for one order, in the transaction of their points. */
import type { Terms } from '../terms.ts';
import { put, type Work } from '../work.ts';
import type { Ask } from './applicable.ts';
import { billOf } from './bill.ts';
import { eventOf } from './held-events.ts';
import { factsOf } from './held-facts.ts';
import { keep, namingOf } from './held-keep.ts';
import { heldIn, notFound, type Outcome, refusedBy } from './held-outcome.ts';
import type { HeldRedeem, RedeemVouchers } from './held-request.ts';
import { redemptionProperties, useProperties, voucherProperties } from './held-rows.ts';
import { redeemStack } from './held-stack.ts';
import { failedRedemption, type Naming, redeem, spend } from './redeem.ts';
import { type Refused, refusal } from './refused.ts';
import type { Voucher } from './voucher.ts';

export function redeemHeld(work: Work, input: RedeemVouchers, terms: Terms, now: number): Outcome {
  const [first] = input.uses;
  if (first === undefined) return { refusal: refusedBy(refusal('invalid_payload', 'no voucher is named')) };
  if (input.stacking !== null) return redeemStack(work, input, input.stacking, { terms, now });
  const voucher = heldIn(work, first.voucher);
  if (voucher === null) return notFound('voucher');
  const naming = namingOf(input, first);
  const ask = askOf(work, input, { voucher, use: first }, { terms, now });
  const done = first.settled === null ? redeem(ask, naming) : spend(voucher, settledUse(ask, naming, first.settled));
  if ('refused' in done) return failed(work, { ask, use: first, naming }, done.refused, terms);
  keep(work, done, now);
  return {
    kind: 'voucher.redeemed',
    name: eventOf(voucher, 'used'),
    orderId: naming.orderId,
    about: {
      voucher: voucher.id,
      redemption: done.redemption.id,
      ...(done.move === null ? {} : { move: { ...done.move } }),
      properties: redemptionProperties(done, terms.currency),
    },
  };
}

interface HeldAsk {
  voucher: Voucher;
  use: HeldRedeem;
}

function askOf(work: Work, input: RedeemVouchers, asked: HeldAsk, at: { terms: Terms; now: number }): Ask {
  const { campaign, rules, creditsMinor, referrer } = asked.use;
  return {
    voucher: asked.voucher,
    campaign,
    rules,
    facts: factsOf(work, input, asked, at),
    bill: input.cart === null ? null : billOf(input.cart),
    lockKey: input.lockKey,
    creditsMinor,
    nowMs: at.now,
    referrer,
  };
}

/** Several owners agreed on what each gives: only what belongs to the voucher itself is looked at again. */
function settledUse(ask: Ask, naming: Naming, settled: NonNullable<HeldRedeem['settled']>) {
  const { facts, nowMs, lockKey, creditsMinor } = ask;
  const by = { customer: facts.customer?.id ?? null, channel: facts.channel };
  return { ...naming, ...by, ...settled, atMs: nowMs, lockKey, creditsMinor };
}

/** A refused attempt is kept with the others. */
function failed(
  work: Work,
  { ask, use, naming }: { ask: Ask; use: HeldRedeem; naming: Naming },
  refused: Refused,
  terms: Terms,
): Outcome {
  const { voucher } = ask;
  const attempt = failedRedemption(ask, { ...naming, id: use.failed }, refused);
  put(work.redemptions, attempt);
  const properties = { ...voucherProperties(voucher), ...useProperties(attempt), currency: terms.currency };
  const about = { voucher: voucher.id, redemption: attempt.id, properties };
  return { refusal: refusedBy(refused), name: 'Voucher Redemption Failed', about };
}
