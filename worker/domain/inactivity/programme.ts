/** When a whole balance runs out because nothing happened, and the notices before points run out. */

/** What somebody may do, or what may be done with their points. `event`: anything a trusted source tells. */
export const ACTIVITIES = [
  'order',
  'earn',
  'redeem',
  'referral',
  'birthday',
  'adjust',
  'clawback',
  'import',
  'event',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

export interface InactivityExpiry {
  unit: 'day' | 'month' | 'year';
  quantity: number;
  /** To the end of the day in which the time is over, or to the instant. */
  until: 'day' | 'instant';
}

/** The later one first to say: of one date that comes for both at once, nobody is told twice. */
export const STAGES = ['last_chance', 'warning'] as const;
export type Stage = (typeof STAGES)[number];

export interface InactivityProgramme {
  /** null: a balance does not run out for want of activity. */
  expiry: InactivityExpiry | null;
  /** What begins the time anew. */
  activities: Activity[];
  /** When the expiry was switched on as it is: nothing runs out by it sooner than a whole period after. */
  switchedOnAtMs: number | null;
  /** Days before points run out, by lots or by inactivity, at which their owner is told; null: they are not. */
  notices: Record<Stage, number | null>;
}
