/** Puts together what a decision on a code is asked: the voucher as it stands, its campaign, its rules, the counts kept here. */
import type { Ask } from '../domain/vouchers/applicable.ts';
import { applicable } from '../domain/vouchers/applicable.ts';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import { type Counts, PERIODS } from '../domain/vouchers/facts.ts';
import { freshVoucher } from '../domain/vouchers/from-campaign.ts';
import { type Needs, needsOf } from '../domain/vouchers/needs.ts';
import { costOf, redeem } from '../domain/vouchers/redeem.ts';
import type { Rule } from '../domain/vouchers/rule-definition.ts';
import { countsAt, type Tally } from '../domain/vouchers/tally.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { AskingCustomer, RedeemCall, Use } from './calls.ts';
import type { CodeRow } from './entries.ts';
import { type OfferTerms, rulesFor } from './terms.ts';

export interface Asked {
  row: CodeRow;
  campaign: Campaign | null;
  rules: Rule[];
  needs: Needs;
  ask: Ask;
}

type Circumstances = Pick<RedeemCall, 'customer' | 'lockKey' | 'channel' | 'metadata' | 'caller'>;
type Asking = Pick<Use, 'creditsMinor' | 'bill' | 'counts' | 'base'>;

export interface Sources {
  terms: OfferTerms;
  now: number;
  idOf: (code: string) => string;
  tallyOf: (code: string, customer: string) => Tally | null;
}

export function asked(row: CodeRow, use: Asking, call: Circumstances, from: Sources): Asked {
  const { terms, now } = from;
  const campaign = campaignOfRow(row, terms);
  const voucher = voucherOf(row, terms, from.idOf);
  const rules = rulesFor(terms, voucher, campaign);
  const needs = needsOf({ voucher, campaign, rules });
  const ask: Ask = {
    voucher,
    campaign,
    rules,
    facts: {
      timeZone: terms.calendar.timeZone,
      customer: call.customer === null ? null : (call.customer.facts ?? unknown(call.customer)),
      counts: { ...use.counts, ...ownCounts(row, call.customer?.id ?? null, from) },
      channel: call.channel,
      metadata: call.metadata,
      caller: call.caller,
      event: null,
    },
    bill: use.bill,
    lockKey: call.lockKey,
    creditsMinor: use.creditsMinor,
    nowMs: now,
    base: use.base,
  };
  return { row, campaign, rules, needs, ask };
}

/** Of a campaign that is nowhere (which a voucher's row outlives only by a fault) nothing is good. */
export function campaignOfRow({ campaign }: CodeRow, { campaigns }: OfferTerms): Campaign | null {
  if (campaign === null) return null;
  const found = campaigns.get(campaign);
  if (found === undefined) throw new Error('a code of no known campaign');
  return found;
}

export function voucherOf(row: CodeRow, terms: OfferTerms, idOf: (code: string) => string): Voucher {
  if (row.voucher !== null) return row.voucher;
  const campaign = campaignOfRow(row, terms);
  if (campaign === null) throw new Error('a code without a voucher');
  const { code, madeAtMs } = row;
  return freshVoucher(campaign, { id: idOf(code), code, madeAtMs, currency: terms.currency });
}

/** What was counted here of the code: by all, and by one customer. */
export function ownCounts(row: CodeRow, customer: string | null, { terms, now, tallyOf }: Sources): Counts {
  const counts: Counts = {};
  const all = countsAt(row.tally, now, terms.calendar);
  for (const per of PERIODS) counts[`voucher.redemptions.${per}`] = all[per];
  if (customer === null) return counts;
  const own = countsAt(tallyOf(row.key, customer), now, terms.calendar);
  for (const per of PERIODS) counts[`voucher.customer.${per}`] = own[per];
  return counts;
}

function unknown({ id }: AskingCustomer) {
  return { id, segments: [], tier: null, traits: {}, orders: 0 };
}

/** Rules ask for what nobody has told of the customer yet. */
export function lacksFacts({ needs }: Asked, customer: AskingCustomer | null): boolean {
  if (customer === null || customer.facts !== null) return false;
  return needs.segments.length > 0 || needs.tier || needs.traits.length > 0 || needs.orders;
}

/** The counts that only its campaign can tell. */
export function campaignCounts({ needs }: Asked): Needs['counts'] {
  return needs.counts.filter((name) => name.startsWith('campaign.'));
}

/** What it would cost its campaign, whatever counts and rules say; null: it cannot be used at all. */
export function costBefore({ ask }: Asked): Cost | null {
  const rules = ask.rules.map((rule) => ({ ...rule, when: { kind: 'all' as const, of: [] } }));
  const voucher = { ...ask.voucher, limitPerCustomer: null };
  const caps = { redemptions: null, discountMinor: null, ordersMinor: null };
  const campaign = ask.campaign === null ? null : { ...ask.campaign, limitPerCustomer: null, caps };
  const free = { ...ask, rules, voucher, campaign };
  if (!applicable(free).applicable) return null;
  const done = redeem(free, { id: '', parent: null, orderId: null, metadata: {} });
  return 'refused' in done ? null : costOf(done.redemption);
}
