/** What could be used for an order, as Voucherify's clients read it: a page of it, in the order that they ask for. */
import { afterTaking, amountsOf, type Bill } from '../domain/vouchers/bill.ts';
import { EVERY_ITEM } from '../domain/vouchers/discount.ts';
import { freeCreditsMinor, lockedCreditsMinor } from '../domain/vouchers/locks.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Qualified } from '../publishing/qualify.ts';
import type { Qualify } from '../wire/voucher-qualifications.ts';
import { hundredthsOf } from './amounts.ts';
import { amountsView } from './order-view.ts';
import { applicableView } from './terms-view.ts';
import { benefitView, categoryView } from './validation.ts';
import { ruleView } from './validation-rules.ts';

type Options = Qualify['options'];

export interface QualifiedPage {
  here: Qualified[];
  total: number;
  /** Pass as `starting_after`; null: there are no more. */
  next: string | null;
}

/** By default the last made first, and all that were made with the last of a page are on it, so that the next leaves out none. */
export function pageOf(all: Qualified[], { limit, starting_after, sorting_rule }: Options): QualifiedPage {
  const dealOf = ({ fit }: Qualified) => fit.taken?.discountMinor ?? 0;
  const byAge = all.toSorted((a, b) => b.voucher.createdAtMs - a.voucher.createdAtMs);
  if (sorting_rule !== 'DEFAULT') {
    const sign = sorting_rule === 'BEST_DEAL' ? -1 : 1;
    const sorted = byAge.toSorted((a, b) => sign * (dealOf(a) - dealOf(b)));
    return { here: sorted.slice(0, limit), total: all.length, next: null };
  }
  const beyondMs = starting_after === undefined ? Number.POSITIVE_INFINITY : Date.parse(starting_after);
  const rest = byAge.filter(({ voucher }) => voucher.createdAtMs < beyondMs);
  const lastMs = rest[limit - 1]?.voucher.createdAtMs;
  const here = lastMs === undefined ? rest : rest.filter(({ voucher }) => voucher.createdAtMs >= lastMs);
  const next = lastMs === undefined || here.length === rest.length ? null : new Date(lastMs).toISOString();
  return { here, total: all.length, next };
}

export interface Showing {
  bill: Bill | null;
  currency: string;
  nowMs: number;
  expand: Options['expand'];
}

export function redeemableView(one: Qualified, showing: Showing) {
  const { voucher, campaign, fit } = one;
  const { bill, currency, expand } = showing;
  const after = bill === null || fit.taken === null ? bill : afterTaking(bill, fit.taken);
  const category = voucher.category ?? campaign?.category ?? null;
  const { benefit } = voucher;
  return {
    id: voucher.code,
    object: 'voucher' as const,
    created_at: new Date(voucher.createdAtMs).toISOString(),
    result: resultView(voucher, fit.creditsMinor, showing),
    order: after === null ? null : amountsView(amountsOf(after), currency),
    ...applicableView(benefit.kind === 'gift' ? EVERY_ITEM : benefit.applicable),
    name: campaign?.name ?? null,
    campaign_id: voucher.campaign,
    campaign_name: campaign?.name ?? null,
    metadata: expand.includes('redeemable') ? voucher.metadata : null,
    categories: category !== null && expand.includes('category') ? [categoryView(category)] : [],
    validation_rules_assignments: rulesView(one, expand.includes('validation_rules')),
  };
}

function resultView(voucher: Voucher, creditsMinor: number | null, { currency, nowMs }: Showing): object {
  if (voucher.benefit.kind !== 'gift') return benefitView(voucher, currency);
  const amount = (minor: number) => hundredthsOf(minor, currency);
  return {
    gift: {
      balance: amount(freeCreditsMinor(voucher, { lockKey: null, nowMs })),
      credits: amount(creditsMinor ?? 0),
      locked_credits: amount(lockedCreditsMinor(voucher, nowMs)),
    },
  };
}

/** With the rules themselves where they are asked for. */
function rulesView({ voucher, rules }: Qualified, isWhole: boolean) {
  const data = rules.map((rule) => {
    const isOwn = voucher.rules.includes(rule.id);
    return {
      rule_id: rule.id,
      related_object_id: isOwn ? voucher.id : voucher.campaign,
      related_object_type: isOwn ? 'voucher' : 'campaign',
      object: 'validation_rules_assignment',
      ...(isWhole ? { validation_rule: ruleView(rule) } : {}),
    };
  });
  return { object: 'list', data_ref: 'data', data, total: data.length };
}
