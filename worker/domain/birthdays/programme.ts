/** What a birthday brings, at the first instant of the day where the shop is. */
import type { Bonus } from '../loyalty/bonus.ts';

export interface BirthdayProgramme {
  bonus: Bonus;
  /** Tier -> what it brings there. */
  tiers: Record<string, Bonus>;
  /** A date that is told so few days ahead, or fewer, brings nothing before the next year. */
  leadDays: number;
  /** When somebody born on 29 February has their day in a year without one. */
  leapDay: 'february_28' | 'march_1';
}
