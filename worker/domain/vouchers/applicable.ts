/** Whether a voucher can be used for this cart, by this customer, now: the one answer of validate, qualify, wallet and redeem. */
import { amountsOf, type Bill, NOTHING_TAKEN, type Taken } from './bill.ts';
import type { Campaign } from './campaign.ts';
import type { Applicable } from './discount.ts';
import { type Base, take, takeCredits } from './effects.ts';
import type { Facts } from './facts.ts';
import { freeCreditsMinor, freeUses, noUseLeft, tooMuch } from './locks.ts';
import { type Refused, refusal } from './refused.ts';
import type { Rule } from './rule-definition.ts';
import { brokenRule } from './rule-evaluate.ts';
import { validAt } from './valid-at.ts';
import type { Voucher } from './voucher.ts';

export interface Ask {
  voucher: Voucher;
  /** Of `voucher.campaign`. */
  campaign: Campaign | null;
  /** Those of the voucher and those of its campaign. */
  rules: readonly Rule[];
  facts: Facts;
  /** `billOf(cart)`; null: no order is named. */
  bill: Bill | null;
  /** Of the caller's own lock: what it keeps counts as free. */
  lockKey: string | null;
  /** Of a gift card: what is to be spent; null: as much as there is, up to the total. */
  creditsMinor: number | null;
  nowMs: number;
  base?: Base;
  /** Whose code it is, where it is one for friends: they may not use it themselves. */
  referrer?: string | null;
}

export type Answer = Fit | ({ applicable: false } & Refused);

/** `taken` null: no order was named. `creditsMinor` of a gift card: what is spent, at most the total; else null. */
export interface Fit {
  applicable: true;
  taken: Taken | null;
  creditsMinor: number | null;
}

/** Changes nothing. The first reason is told, from the voucher itself to its customer, the amounts, the rules and the budgets. */
export function applicable(ask: Ask): Answer {
  const early = notGood(ask) ?? wrongCustomer(ask);
  if (early !== null) return { applicable: false, ...early };
  const worth = worthOf(ask);
  if ('refused' in worth) return { applicable: false, ...worth.refused };
  const late = noEffect(ask, worth) ?? brokenRule(ask.rules, { ...ask, ...worth }) ?? overBudget(ask, worth);
  return late === null ? { applicable: true, ...worth } : { applicable: false, ...late };
}

function notGood(ask: Ask): Refused | null {
  const { voucher, campaign, facts, nowMs, lockKey } = ask;
  const key = validAt(voucher, campaign, { nowMs, timeZone: facts.timeZone });
  if (key !== null) return refusal(key, VALIDITY[key]);
  if (voucher.held?.waitsFor !== undefined) return refusal('voucher_not_active', 'it is still being made');
  return freeUses(voucher, { lockKey, nowMs }) === 0 ? noUseLeft(voucher).refused : null;
}

const VALIDITY = {
  voucher_disabled: 'it was switched off',
  campaign_not_active: 'its campaign was switched off',
  voucher_not_active: 'it has not begun yet',
  voucher_expired: 'it has ended',
  voucher_not_active_now: 'it is not for this day or hour',
} as const;

function wrongCustomer({ voucher, campaign, facts, referrer }: Ask): Refused | null {
  const { customer, counts } = facts;
  if (voucher.holderOnly) {
    if (customer === null) return refusal('missing_customer', 'only its holder may redeem it');
    if (customer.id !== voucher.holder) return refusal('customer_rules_violated', 'only its holder may redeem it');
  }
  if (referrer != null && customer?.id === referrer)
    return refusal('referrer_not_permitted_to_redeem', 'a code for friends is not for whom it is from');
  const limits = [
    { limit: voucher.limitPerCustomer, count: counts['voucher.customer.ever'] },
    { limit: campaign?.limitPerCustomer ?? null, count: counts['campaign.customer.ever'] },
  ];
  for (const { limit, count } of limits) {
    if (limit === null) continue;
    if (customer === null) return refusal('missing_customer', 'it is limited by customer');
    // a count that nobody gave must not let anybody pass
    if ((count ?? limit) >= limit)
      return refusal('quantity_exceeded', 'this customer has used it as often as one may', {
        facts: { limit, redeemed: count ?? null },
      });
  }
  return null;
}

type Worth = Omit<Fit, 'applicable'>;

function worthOf(ask: Ask): Worth | { refused: Refused } {
  const { voucher, bill, rules, base = 'discounted', creditsMinor, lockKey, nowMs } = ask;
  const { benefit } = voucher;
  if (benefit.kind === 'discount') {
    const limits = [benefit.applicable, ...rules.flatMap(({ applicable }) => applicable ?? [])];
    const taken = bill === null ? null : take({ discount: benefit.discount, limits, base }, bill);
    return { taken, creditsMinor: null };
  }
  const freeMinor = freeCreditsMinor(voucher, { lockKey, nowMs });
  // 0 is what is left to pay after others in a stack
  if (creditsMinor !== null && (!Number.isSafeInteger(creditsMinor) || creditsMinor < 0))
    return { refused: refusal('invalid_gift', 'credits must be a whole amount, not below 0') };
  if (creditsMinor !== null && creditsMinor > freeMinor) return tooMuch(creditsMinor, freeMinor);
  if (freeMinor === 0) return tooMuch(creditsMinor ?? 1, 0);
  if (bill === null) return { taken: null, creditsMinor: creditsMinor ?? freeMinor };
  if (bill.cart.currency !== benefit.gift.currency)
    return { refused: refusal('invalid_gift', 'the card is in another currency than the order') };
  const taken = takeCredits(creditsMinor ?? freeMinor, benefit.effect, bill);
  return { taken, creditsMinor: taken.discountMinor };
}

/** A minimum that is not met, or a discount for goods that are not in the cart. */
function noEffect({ voucher, bill, rules }: Ask, { taken }: Worth): Refused | null {
  const { minimumMinor = 0, benefit } = voucher;
  if (minimumMinor > 0 && bill === null) return refusal('missing_order', 'it takes an order of some amount');
  if (bill !== null && bill.cart.amountMinor < minimumMinor)
    return refusal('order_rules_violated', 'the order is too small', {
      facts: { told: bill.cart.amountMinor, op: 'at_least', value: minimumMinor },
    });
  if (bill === null || taken === null || benefit.kind !== 'discount') return null;
  const limits = [benefit.applicable, ...rules.flatMap(({ applicable }) => applicable ?? [])];
  const isNothing = taken.discountMinor === 0 && taken.freeItems.length === 0 && !taken.freeShipping;
  const { totalMinor } = amountsOf(bill);
  if (!isNothing || totalMinor <= 0 || !limits.some(isLimit)) return null;
  return refusal('order_rules_violated', 'nothing in the order that it applies to');
}

function isLimit({ only, not }: Applicable): boolean {
  return only.length > 0 || not.length > 0;
}

/**
 * What the campaign may give in all. Counts that are not given are not checked here: whoever shares the budget out guards
 * it; this is what validate and the wallet say before.
 */
function overBudget({ campaign, facts, bill }: Ask, { taken }: Worth): Refused | null {
  if (campaign === null) return null;
  const { caps } = campaign;
  const { discountMinor, shippingMinor } = taken ?? NOTHING_TAKEN;
  const given = discountMinor + shippingMinor;
  const orderMinor = bill === null ? 0 : amountsOf(bill).totalMinor;
  const costs = [
    { cap: caps.redemptions, used: facts.counts['campaign.redemptions.ever'], cost: 1, key: 'quantity_exceeded' },
    { cap: caps.discountMinor, used: facts.counts['campaign.discount_minor'], cost: given, key: MONEY },
    {
      cap: caps.ordersMinor,
      used: facts.counts['campaign.orders_minor'],
      cost: orderMinor,
      key: MONEY,
    },
  ] as const;
  const full = costs.find(({ cap, used, cost }) => cap !== null && used !== undefined && used + cost > cap);
  if (full === undefined) return null;
  return refusal(full.key, 'the budget of its campaign is used up', {
    facts: { limit: full.cap, used: full.used ?? null },
  });
}

const MONEY = 'redemption_rules_violated';
