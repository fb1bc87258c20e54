/** A birthday: day and month, and when it was last rewarded. */

export interface MonthDay {
  /** 1 to 12. */
  month: number;
  day: number;
}

export interface BirthdayState extends Partial<MonthDay> {
  /** When this date was told; absent: it was known before it came here. */
  toldMs?: number;
  /** Birthdays up to this instant are over, rewarded or not. */
  afterMs?: number;
  /** When a birthday was rewarded last, by the day that it was for. */
  paidMs?: number;
}

/**
 * Of two customers who turned out to be one: the survivor's date, else the other's. A reward of either counts, so that
 * nobody is rewarded twice in a year.
 */
export function joinBirthdays(
  own: BirthdayState | undefined,
  other: BirthdayState | undefined,
): BirthdayState | undefined {
  if (own === undefined || other === undefined) return own ?? other;
  const { paidMs: _, ...date } = own.month === undefined ? other : own;
  const paid = [own.paidMs, other.paidMs].filter((at) => at !== undefined);
  return { ...date, ...(paid.length === 0 ? {} : { paidMs: Math.max(...paid) }) };
}
