/** The tiers, what counts towards them, how long one is kept. */
import type { Bonus } from '../loyalty/bonus.ts';

/** Points earned by rules, money spent in minor units, paid orders, or completed referrals. */
export const TIER_METRICS = ['points', 'spent', 'orders', 'referrals'] as const;
export type TierMetric = (typeof TIER_METRICS)[number];

/** `calendar_year`: the shop's year, a tier is kept for the rest of it and the next; `rolling_year`: the last 12 months, a tier is kept for 12 months from its entry. */
export const TIER_WINDOWS = ['lifetime', 'calendar_year', 'rolling_year'] as const;
export type TierWindow = (typeof TIER_WINDOWS)[number];

export interface Tier {
  id: string;
  name: string;
  /** Whoever reaches exactly this is in. 0: everybody the shop can name is. */
  threshold: number;
  /** What entering it gives. */
  entry: Bonus | null;
  /** Words for the shopper; delivering them is the merchant's. */
  perks: string[];
}

export interface TierProgramme {
  metric: TierMetric;
  /** Of money spent: what orders were paid with, less refunds; or the part of them that earns. */
  spent: 'paid' | 'earning_base';
  window: TierWindow;
  /** What happened before counts for nothing; null: everything that is known counts. */
  startsAtMs: number | null;
  /** From the lowest threshold to the highest. */
  tiers: Tier[];
  /** What somebody gets who passes several at once. */
  entryRewards: 'each_passed' | 'reached';
  /** Where somebody falls whose time is over: to the next lower tier, or to what they reached. */
  demotion: 'one_down' | 'by_value';
  /** Days for which a tier whose time is over is still held; whoever makes up for what was missing in them keeps it. */
  graceDays: number;
  /** When a refund takes away what a tier was reached by. */
  onRefund: 'at_once' | 'at_period_end';
  /** Days before the end at which whoever would lose the tier is told; null: nobody is. */
  noticeDays: number | null;
}
