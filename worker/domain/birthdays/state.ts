/** A birthday: day and month, and when points for it were last given. */

export interface BirthdayState {
  dueMs?: number;
}

/** Of two customers who turned out to be one. */
export function joinBirthdays(
  own: BirthdayState | undefined,
  other: BirthdayState | undefined,
): BirthdayState | undefined {
  return own ?? other;
}
