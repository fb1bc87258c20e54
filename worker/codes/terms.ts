/** What it takes to decide on vouchers, besides themselves: their campaigns, the rules that they and these name, the shop's calendar. */

import { openCampaign } from '../campaign/cache.ts';
import { campaignOf } from '../campaign/record.ts';
import type { Campaign } from '../domain/vouchers/campaign.ts';
import type { Rule } from '../domain/vouchers/rule-definition.ts';
import { type ShopCalendar, weekStartOf } from '../domain/vouchers/tally.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { openOffers } from '../offers/cache.ts';
import type { OffersSnapshot } from '../offers/offers.ts';
import { openTerms } from '../shops/cache.ts';

export interface OfferTerms {
  calendar: ShopCalendar;
  currency: string;
  mode: 'live' | 'test';
  campaigns: Map<string, Campaign>;
  rules: Map<string, Rule>;
  stacking: OffersSnapshot['stacking'];
}

/** Each at most two seconds old. A campaign that was deleted is there, switched off. */
export async function offerTerms(env: Env, shop: string, campaigns: (string | null)[]): Promise<OfferTerms> {
  const ids = [...new Set(campaigns.flatMap((id) => id ?? []))];
  const [{ settings }, offers, ...records] = await Promise.all([
    openTerms(env, shop, 1),
    openOffers(env, shop),
    ...ids.map((id) => openCampaign(env, shop, id)),
  ]);
  const found = records.flatMap((record) =>
    record === null ? [] : [[record.campaign.id, campaignOf(record)] as const],
  );
  return {
    calendar: { timeZone: settings.timeZone, weekStart: weekStartOf(settings.locale) },
    currency: settings.currency,
    mode: settings.mode,
    campaigns: new Map(found),
    rules: rulesById(offers),
    stacking: offers.stacking,
  };
}

/** Those of a voucher and those of its campaign. One that is no more, or was never there, holds nobody back. */
export function rulesFor({ rules }: OfferTerms, voucher: Voucher, campaign: Campaign | null): Rule[] {
  const ids = new Set([...voucher.rules, ...(campaign?.rules ?? [])]);
  return [...ids].flatMap((id) => rules.get(id) ?? []);
}

const maps = new WeakMap<OffersSnapshot, Map<string, Rule>>();

function rulesById(offers: OffersSnapshot): Map<string, Rule> {
  const known = maps.get(offers) ?? new Map(offers.rules.map((rule) => [rule.id, rule]));
  maps.set(offers, known);
  return known;
}
