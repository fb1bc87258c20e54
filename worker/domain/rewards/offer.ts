/** What a reward costs somebody now, and whether they may have it: the one answer of the drawer and of a spend. */
import { type Day, dayOf, startOf } from '../calendar.ts';
import type { State } from '../customer.ts';
import { participationOf } from '../members/participation.ts';
import { ratio } from '../money.ts';
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import { tierIdOf } from '../tiers/state.ts';
import type { Reward, RewardBenefit, RewardLimit } from './programme.ts';

export type Buyer = Pick<State, 'head'> & Pick<Required<State>, 'guardedSince'>;

export interface Quote {
  points: number;
  /** Of a variable reward: what these points are worth; of others the reward says it. */
  amountMinor: number | null;
}

export interface Wish {
  /** Of a variable reward: at most so many points; null: as many as there are. */
  points: number | null;
  /** What the order is that it is for, where one is known. */
  orderMinor: number | null;
}

const MOST_MINOR = 1_000_000_000_000;

/** Why the buyer may not have it, whatever they can pay; null: they may. */
export function barredFrom(
  reward: Reward,
  buyer: Buyer,
  { atMs, terms }: { atMs: number; terms: Terms },
): Refusal | null {
  if (!reward.active) return { reason: 'reward_unavailable', why: 'inactive' };
  if (reward.price === null && reward.benefit.kind !== 'variable' && priceIn(reward, buyer) === null)
    return { reason: 'reward_unavailable', why: 'not_for_points' };
  const state = participationOf(buyer.head, terms.programme, (id) => buyer.guardedSince(id, atMs) !== null);
  if (state !== 'member') return { reason: 'reward_unavailable', why: 'not_a_member' };
  if (!isFor(reward, buyer, atMs)) return { reason: 'reward_unavailable', why: 'not_for_you' };
  return limitReached(reward, buyer, { atMs, timeZone: terms.segments.manner.timeZone });
}

/** What it takes, and what a variable reward then is worth; or that the balance or the wish is too small. */
export function quote(reward: Reward, buyer: Buyer, wish: Wish): Quote | Refusal {
  const { balance } = buyer.head;
  if (reward.benefit.kind === 'variable') return quoteSteps(reward.benefit, balance, wish);
  const points = priceIn(reward, buyer);
  if (points === null) return { reason: 'reward_unavailable', why: 'not_for_points' };
  return balance < points ? { reason: 'insufficient_points', balance, asked: points } : { points, amountMinor: null };
}

/** The fewest points that buy it; null: points do not. */
export function leastPoints(reward: Reward, buyer: Buyer): number | null {
  return reward.benefit.kind === 'variable' ? leastSteps(reward.benefit) : priceIn(reward, buyer);
}

/** No spend takes more than this. */
export function mostPoints(reward: Reward, buyer: Buyer, { points }: Pick<Wish, 'points'>): number {
  const { benefit } = reward;
  if (benefit.kind !== 'variable') return priceIn(reward, buyer) ?? 0;
  return Math.max(
    0,
    Math.min(points ?? buyer.head.balance, buyer.head.balance, benefit.maxPoints ?? buyer.head.balance),
  );
}

function priceIn({ price, tierPrices }: Reward, { head }: Buyer): number | null {
  const tier = tierIdOf(head);
  return (tier !== null && Object.hasOwn(tierPrices, tier) ? tierPrices[tier] : null) ?? price;
}

type Variable = Extract<RewardBenefit, { kind: 'variable' }>;

/**
 * steps = floor(min(wish, balance, most) / step), points = steps * step, worth = steps * value of a step. `most`: what the
 * reward allows, and what its part of the order is worth.
 */
function quoteSteps(benefit: Variable, balance: number, { points, orderMinor }: Wish): Quote | Refusal {
  const { stepPoints, stepMinor } = benefit;
  const least = leastSteps(benefit);
  if (balance < least) return { reason: 'insufficient_points', balance, asked: least };
  const wanted = Math.min(points ?? balance, balance, benefit.maxPoints ?? balance);
  const steps = Math.min(Math.floor(wanted / stepPoints), Math.floor(mostMinor(benefit, orderMinor) / stepMinor));
  if (steps * stepPoints < least) return { reason: 'below_minimum', minimum: least, asked: steps * stepPoints };
  return { points: steps * stepPoints, amountMinor: steps * stepMinor };
}

function leastSteps({ minPoints, stepPoints }: Variable): number {
  return Math.ceil(minPoints / stepPoints) * stepPoints;
}

function mostMinor({ mostOfOrder }: Variable, orderMinor: number | null): number {
  if (orderMinor === null) return MOST_MINOR;
  return ratio(orderMinor, mostOfOrder ?? 10_000, 10_000);
}

function isFor({ onlyFor: { segments, tiers } }: Reward, { head, guardedSince }: Buyer, atMs: number): boolean {
  if (segments.length === 0 && tiers.length === 0) return true;
  const tier = tierIdOf(head);
  return (tier !== null && tiers.includes(tier)) || segments.some((id) => guardedSince(id, atMs) !== null);
}

interface Instant {
  atMs: number;
  timeZone: string;
}

function limitReached({ id, limit }: Reward, { head }: Buyer, at: Instant): Refusal | null {
  if (limit === null) return null;
  const taken = head.loyalty.rewards?.taken?.[id];
  if (taken === undefined) return null;
  const periodMs = periodOf(limit, at);
  const count = periodMs === null ? taken.ever : taken.periodMs === periodMs ? taken.inPeriod : 0;
  if (count < limit.count) return null;
  return { reason: 'reward_limit', limit: limit.count, per: limit.per, againAtMs: nextPeriodOf(limit, at) };
}

/** When the period began that a limit counts in; null: it counts over a life. */
export function periodOf(limit: RewardLimit | null, { atMs, timeZone }: Instant): number | null {
  const first = limit === null ? null : firstDayOf(limit.per, dayOf(timeZone, atMs));
  return first === null ? null : startOf(timeZone, first);
}

function nextPeriodOf({ per }: RewardLimit, { atMs, timeZone }: Instant): number | null {
  const first = firstDayOf(per, dayOf(timeZone, atMs));
  if (first === null || per === 'lifetime') return null;
  const { year, month, day } = first;
  if (per === 'year') return startOf(timeZone, { year: year + 1, month, day });
  if (per === 'month') return startOf(timeZone, { year, month: month + 1, day });
  return startOf(timeZone, { year, month, day: day + (per === 'week' ? 7 : 1) });
}

function firstDayOf(per: RewardLimit['per'], { year, month, day }: Day): Day | null {
  switch (per) {
    case 'lifetime':
      return null;
    case 'day':
      return { year, month, day };
    case 'week':
      return { year, month, day: day - ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) };
    case 'month':
      return { year, month, day: 1 };
    case 'year':
      return { year, month: 1, day: 1 };
  }
}
