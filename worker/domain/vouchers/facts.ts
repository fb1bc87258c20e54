/** What an evaluation of rules has to know, as data. */
import type { JsonObject } from '../json.ts';

export const PERIODS = ['ever', 'day', 'week', 'month'] as const;
/** Calendar periods of the shop, not sliding windows. */
export type Period = (typeof PERIODS)[number];

/**
 * Sums of redemptions that stand (rolled back ones are none), without the one in question.
 * `voucher.…` of this code, `campaign.…` of all its campaign's codes; `customer` counts the facts' customer alone.
 */
export type CountName =
  | `voucher.redemptions.${Period}`
  | `voucher.customer.${Period}`
  | `campaign.redemptions.${Period}`
  | `campaign.customer.${Period}`
  | 'campaign.orders_minor'
  | 'campaign.discount_minor';

export type Counts = Partial<Record<CountName, number>>;

export interface CustomerFacts {
  id: string;
  /** Of the segments that `needsOf` names those that the customer is in; by trusted events alone. */
  segments: readonly string[];
  /** Id of the VIP tier. */
  tier: string | null;
  traits: JsonObject;
  /** Orders that stand. */
  orders: number;
}

export interface Facts {
  timeZone: string;
  /** null: nobody is named. */
  customer: CustomerFacts | null;
  counts: Counts;
  channel: string | null;
  /** Of the redemption that is asked for. */
  metadata: JsonObject;
  /** Whose key or login asks. */
  caller: { apiKey: string | null; login: string | null };
  /** What a distribution was triggered by. */
  event: { name: string; properties: JsonObject } | null;
}

export const NO_FACTS: Omit<Facts, 'timeZone'> = {
  customer: null,
  counts: {},
  channel: null,
  metadata: {},
  caller: { apiKey: null, login: null },
  event: null,
};

/** What a customer's own object counts, and what it knows of them. */
export interface AskedFacts {
  /** By the voucher's id. */
  counts: Record<string, Counts>;
  /** Orders that stand. */
  orders: number;
}
