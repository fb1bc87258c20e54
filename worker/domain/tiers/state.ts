/** The tier a customer is in, and what counts towards the next. */

export interface TierState {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinTiers(own: TierState | undefined, other: TierState | undefined): TierState | undefined {
  return own ?? other;
}
