/** Whether a rule or a campaign is for a customer at an instant, and why it is not. The same for what happens and for a dry run. */
import type { Head } from '../customer.ts';
import { earns, participationOf } from '../members/participation.ts';
import type { MemberState } from '../members/state.ts';
import type { Programme } from '../programme.ts';
import { tierIdOf } from '../tiers/state.ts';
import type { Multiplier } from './award.ts';
import type { BonusCampaign, EarningRule, Gives, RuleTerms } from './programme.ts';

export const HINDRANCES = [
  'not_member',
  'not_started',
  'ended',
  'not_in_tier',
  'not_in_segment',
  'limit_reached',
  'nothing_counts',
  'below_minimum',
  'outranked',
  'other_currency',
] as const;
/** Why a rule gives nothing. */
export type Hindrance = (typeof HINDRANCES)[number];

/** A customer as rules look at them. */
export interface Judge {
  state: MemberState;
  earns: boolean;
  tier: string | null;
  isIn: (segment: string) => boolean;
}

export interface Who {
  head: Pick<Head, 'known' | 'traits' | 'loyalty'>;
  guardedSince: (group: string, atMs: number) => number | null;
}

/** Segments are asked as of `nowMs`, by trusted events alone. */
export function judgeOf({ head, guardedSince }: Who, programme: Programme, nowMs: number): Judge {
  const isIn = (segment: string) => guardedSince(segment, nowMs) !== null;
  const state = participationOf(head, programme, isIn);
  return { state, earns: earns(state, programme), tier: tierIdOf(head), isIn };
}

type Bounds = Pick<RuleTerms, 'startsAtMs' | 'endsAtMs' | 'segment' | 'onlyTiers'>;

/** `atMs`: when it happened, of an order when it was placed. */
export function hindranceOf(
  { startsAtMs, endsAtMs, segment, onlyTiers }: Bounds,
  judge: Judge,
  atMs: number,
): Hindrance | null {
  if (!judge.earns) return 'not_member';
  if (startsAtMs !== null && atMs < startsAtMs) return 'not_started';
  if (endsAtMs !== null && atMs >= endsAtMs) return 'ended';
  if (onlyTiers.length > 0 && (judge.tier === null || !onlyTiers.includes(judge.tier))) return 'not_in_tier';
  return segment !== null && !judge.isIn(segment) ? 'not_in_segment' : null;
}

/** What a rule gives in the customer's tier. */
export function givesTo({ gives, tiers }: Pick<EarningRule, 'gives' | 'tiers'>, { tier }: Judge): Gives {
  const term = tier === null ? undefined : tiers[tier];
  return term?.kind === 'points' && gives.kind !== 'reward' ? { ...gives, points: term.points } : gives;
}

/** What multiplies a rule for a customer: the tier, and every campaign for it at that instant. */
export function multipliersOf(
  rule: Pick<EarningRule, 'id' | 'kind' | 'tiers'>,
  judge: Judge,
  { campaigns, atMs }: { campaigns: readonly BonusCampaign[]; atMs: number },
): Multiplier[] {
  const { tier } = judge;
  const term = tier === null ? undefined : rule.tiers[tier];
  const own: Multiplier[] =
    term?.kind === 'multiplier' ? [{ id: `tier:${tier}`, ...fractionOf(term), stackable: true, minimumMinor: 0 }] : [];
  const more = campaigns.flatMap(({ id, bonus, stackable, minimumMinor, ...campaign }): Multiplier[] => {
    if (bonus.kind !== 'multiplier' || !isFor(campaign, rule)) return [];
    if (hindranceOf(campaign, judge, atMs) !== null) return [];
    return [{ id, ...fractionOf(bonus), stackable, minimumMinor }];
  });
  return [...own, ...more];
}

function fractionOf({ numerator, denominator }: { numerator: number; denominator: number }) {
  return { numerator, denominator };
}

/** A campaign that names no rule is for all of orders. */
export function isFor(
  { rules }: Pick<BonusCampaign, 'rules'>,
  { id, kind }: Pick<EarningRule, 'id' | 'kind'>,
): boolean {
  return rules.length === 0 ? kind === 'order' : rules.includes(id);
}
