/** When a whole balance runs out because nothing happened. */

export interface ActivityState {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinActivity(
  own: ActivityState | undefined,
  other: ActivityState | undefined,
): ActivityState | undefined {
  return own ?? other;
}
