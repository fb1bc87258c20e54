/** Gives what the programme gives by itself: points within the row that tells of it, rewards in rows of their own behind it. */
import type { JsonObject } from '../json.ts';
import { credit, type PointsEntry } from '../ledger.ts';
import { issueReward, rewardOf } from '../rewards/issue.ts';
import type { Terms } from '../terms.ts';
import { expiryOf, LARGEST_BALANCE, lotId, type Work } from '../work.ts';
import type { Bonus } from './bonus.ts';
import type { When } from './part.ts';

export interface Giving {
  bonus: Bonus;
  /** What it comes from, as a lot and a voucher keep it: `tier:gold`, `birthday`. */
  by: string;
  /** The shopper sees it beside the points. */
  reason: string;
}

/** Whether it can be given now: a balance has room, and the programme gives such a reward. */
export function canGive({ draft }: Work, bonus: Bonus, terms: Terms): boolean {
  if (bonus.kind === 'points') return draft.balance + bonus.points <= LARGEST_BALANCE;
  const reward = rewardOf(terms, bonus.reward);
  return reward?.active === true && reward.benefit.kind !== 'variable';
}

/** The entries for the row that is pushed next. Points that no balance can hold are not given. */
export function pointsGiven(work: Work, givings: readonly Giving[], terms: Terms, atMs: number): PointsEntry[] {
  const expiresAtMs = expiryOf(terms, atMs);
  const points = givings.flatMap(({ bonus, by, reason }) =>
    bonus.kind === 'points' ? [{ ...bonus, by, reason }] : [],
  );
  return points.flatMap(({ points: given, by, reason }, place) => {
    if (work.draft.balance + given > LARGEST_BALANCE) return [];
    const lot = { lot: lotId(work, place), expiresAtMs, origin: by };
    return [credit(work.draft, given, lot, { kind: 'earned', orderId: null, reason })];
  });
}

/** Issues the rewards, after the row was pushed. One that the programme does not give any more is not given. */
export function giveRewards(work: Work, givings: readonly Giving[], terms: Terms, when: When): void {
  for (const { bonus, by } of givings) {
    if (bonus.kind === 'points') continue;
    issueReward(work, { reward: bonus.reward, origin: { kind: 'given', by }, key: by }, terms, when);
  }
}

/** What is given, for the row that tells of it. */
export function givenProperties(givings: readonly Giving[], entries: readonly PointsEntry[], terms: Terms): JsonObject {
  const rewards = givings.flatMap(({ bonus }) => {
    const reward = bonus.kind === 'reward' ? rewardOf(terms, bonus.reward) : null;
    return reward === null ? [] : [{ reward_id: reward.id, reward_name: reward.name }];
  });
  const points = entries.reduce((sum, entry) => sum + entry.points, 0);
  const last = entries.at(-1);
  return {
    ...(last === undefined ? {} : { points, balance_after: last.balanceAfter }),
    ...(rewards.length === 0 ? {} : { ...rewards[0], rewards }),
  };
}
