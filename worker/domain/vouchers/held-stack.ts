/** Redeems several held vouchers for one order: all, or in partial mode those that apply; nothing where that is none. */
import type { JsonObject } from '../json.ts';
import type { Terms } from '../terms.ts';
import { put, type Work } from '../work.ts';
import { amountsOf, type Bill } from './bill.ts';
import { factsOf } from './held-facts.ts';
import { keep, namingOf } from './held-keep.ts';
import { heldIn, notFound, type Outcome, refusedBy } from './held-outcome.ts';
import type { HeldRedeem, RedeemVouchers } from './held-request.ts';
import { redemptionProperties } from './held-rows.ts';
import { keptOrder } from './kept-order.ts';
import { failedRedemption, type Redeemed, spend } from './redeem.ts';
import { type Refused, refusal } from './refused.ts';
import { type Planned, planStack, type StackEntry, type StackPlan } from './stack.ts';
import type { StackingRules } from './stacking.ts';
import { withDatesFixed } from './valid-at.ts';
import type { Voucher } from './voucher.ts';

interface At {
  terms: Terms;
  now: number;
}

interface Entry extends StackEntry {
  voucher: Voucher;
  use: HeldRedeem;
}

export function redeemStack(work: Work, input: RedeemVouchers, rules: StackingRules, at: At): Outcome {
  const entries = input.uses.flatMap((use): Entry[] => {
    const voucher = heldIn(work, use.voucher);
    return voucher === null ? [] : [{ ...entryOf(work, input, { voucher, use }, at), voucher, use }];
  });
  if (entries.length < input.uses.length) return notFound('voucher');
  const { cart, lockKey } = input;
  const plan = planStack({ entries, cart, lockKey, nowMs: at.now, rules });
  if ('refused' in plan) return { refusal: refusedBy(plan.refused) };
  if (!plan.valid) return failed(work, input, { plan, entries }, at);
  const done = plan.entries.flatMap((planned) => redeemOne(work, input, { planned, entries }, at) ?? []);
  return {
    kind: 'voucher.redeemed',
    name: 'Voucher Redeemed',
    orderId: input.orderId ?? cart?.orderId ?? null,
    about: {
      parent: input.parent,
      redemptions: done.map(({ redemption }) => redemption.id),
      entries: plan.entries.map(toldOf),
      properties: {
        redemption_id: input.parent,
        ...amountProperties(plan.bill),
        currency: at.terms.currency,
        redemptions: done.map((one) => redemptionProperties(one, at.terms.currency)),
      },
    },
  };
}

function entryOf(work: Work, input: RedeemVouchers, asked: { voucher: Voucher; use: HeldRedeem }, at: At): StackEntry {
  const { campaign, rules, creditsMinor, referrer } = asked.use;
  const facts = factsOf(work, input, asked, at);
  return { id: asked.voucher.code, voucher: asked.voucher, campaign, rules, facts, creditsMinor, referrer };
}

interface InStack {
  planned: Planned;
  entries: readonly Entry[];
}

function redeemOne(
  work: Work,
  input: RedeemVouchers,
  { planned, entries }: InStack,
  { terms, now }: At,
): Redeemed | null {
  const entry = entries.find((one) => one.id === planned.id);
  if (planned.status !== 'applicable' || entry === undefined) return null;
  const { fit, before } = planned;
  const spent = spend(entry.voucher, {
    ...namingOf(input, entry.use),
    atMs: now,
    customer: entry.facts.customer?.id ?? null,
    channel: input.channel,
    lockKey: input.lockKey,
    amountMinor: before === null ? 0 : amountsOf(before).totalMinor,
    taken: fit.taken,
    order: keptOrder(before),
    creditsMinor: fit.creditsMinor,
  });
  if ('refused' in spent) throw new Error('an entry that applied cannot be redeemed');
  const voucher = withDatesFixed(spent.voucher, entry.campaign, terms.segments.manner.timeZone);
  const done = { ...spent, voucher };
  keep(work, done, now);
  return done;
}

/** Each entry that does not apply is kept as a refused attempt; the first of them says why all of it was. */
function failed(
  work: Work,
  input: RedeemVouchers,
  { plan, entries }: { plan: StackPlan; entries: readonly Entry[] },
  { now }: At,
): Outcome {
  let first: Refused | null = null;
  for (const planned of plan.entries) {
    const entry = entries.find((one) => one.id === planned.id);
    if (planned.status !== 'inapplicable' || entry === undefined) continue;
    first ??= planned.refused;
    const ask = { ...entry, bill: plan.bill, lockKey: input.lockKey, nowMs: now };
    put(
      work.redemptions,
      failedRedemption(ask, { ...namingOf(input, entry.use), id: entry.use.failed }, planned.refused),
    );
  }
  const why = first ?? refusal('invalid_payload', 'none of them applies');
  const properties = { redemption_id: null, ...amountProperties(plan.bill), reason: why.key };
  const about = { entries: plan.entries.map(toldOf), properties };
  return { refusal: refusedBy(why), name: 'Voucher Redemption Failed', about };
}

function toldOf(planned: Planned): JsonObject {
  const { id, voucher, status } = planned;
  const why =
    status === 'inapplicable' ? { refused: { ...planned.refused } } : status === 'skipped' ? { key: planned.key } : {};
  return { code: id, voucher: voucher?.id ?? null, status, ...why };
}

function amountProperties(bill: Bill | null): JsonObject {
  if (bill === null) return {};
  const { amountMinor, totalMinor, totalDiscountMinor } = amountsOf(bill);
  return { amount_minor: amountMinor, total_minor: totalMinor, discount_minor: totalDiscountMinor };
}
