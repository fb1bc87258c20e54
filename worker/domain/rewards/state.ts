/** What a customer took of the rewards. */

export interface RewardState {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinRewards(own: RewardState | undefined, other: RewardState | undefined): RewardState | undefined {
  return own ?? other;
}
