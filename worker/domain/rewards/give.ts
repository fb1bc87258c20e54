/** The merchant gives somebody a reward for nothing. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Terms } from '../terms.ts';
import { close, open } from '../work.ts';
import { issueReward, rewardOf } from './issue.ts';
import { refuse } from './spend.ts';

export interface RewardGift {
  op: 'give_reward';
  key: string;
  fingerprint: string;
  reward: string;
  reason: string;
}

export function decideRewardGift(state: State, input: RewardGift, terms: Terms, now: number): Decision {
  const work = open(state);
  const when = { atMs: now, nowMs: now };
  const { reward, reason, key, fingerprint } = input;
  const voucher = issueReward(work, { reward, origin: { kind: 'given', by: 'merchant' }, key: reason }, terms, when);
  if (voucher === null) {
    const isThere = rewardOf(terms, reward) !== null;
    const refusal = isThere
      ? { reason: 'reward_unavailable' as const, why: 'inactive' as const }
      : { reason: 'not_found' as const, what: 'reward' as const };
    return refuse(work, input, { terms, now, refusal });
  }
  const row = work.rows.at(-1);
  if (row !== undefined) work.rows[work.rows.length - 1] = { ...row, key, about: { ...row.about, fingerprint } };
  afterDecision(work, { ...when, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}
