/** Whom a customer referred, and by whom they were. */

export interface ReferralState {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinReferrals(
  own: ReferralState | undefined,
  other: ReferralState | undefined,
): ReferralState | undefined {
  return own ?? other;
}
