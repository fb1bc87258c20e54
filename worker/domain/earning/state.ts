/** How often a customer may earn by a rule, and how often they did. */

export interface EarningState {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinEarning(own: EarningState | undefined, other: EarningState | undefined): EarningState | undefined {
  return own ?? other;
}
