/** Every reward that points can buy, as one customer may have it now: what it costs them, what they lack, why not. Pure. */
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import { type Buyer, barredFrom, leastPoints, mostPoints, quote } from './offer.ts';
import type { Reward } from './programme.ts';

export interface RewardOffer {
  reward: Reward;
  /** What it costs; of a variable one the least and the most that they can spend. */
  points: number;
  mostPoints: number;
  /** Points that they lack; 0: none. */
  missing: number;
  /** Why not now, points left aside; null: nothing else stands in the way. */
  barred: Refusal | null;
}

export function offersTo(buyer: Buyer, terms: Terms, atMs: number): RewardOffer[] {
  const rewards = terms.programme.rewards?.rewards ?? [];
  return rewards.flatMap((reward) => {
    const points = leastPoints(reward, buyer);
    if (!reward.active || points === null) return [];
    const barred = barredFrom(reward, buyer, { atMs, terms });
    return [{ reward, points, mostPoints: reachable(reward, buyer, points), missing: missing(buyer, points), barred }];
  });
}

function missing({ head }: Buyer, points: number): number {
  return Math.max(0, points - head.balance);
}

function reachable(reward: Reward, buyer: Buyer, least: number): number {
  if (reward.benefit.kind !== 'variable') return least;
  const most = quote(reward, buyer, { points: mostPoints(reward, buyer, { points: null }), orderMinor: null });
  return 'reason' in most ? least : most.points;
}
