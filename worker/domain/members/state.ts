/** Whether a customer takes part in the programme. */

export interface Membership {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinMemberships(own: Membership | undefined, other: Membership | undefined): Membership | undefined {
  return own ?? other;
}
