/** The merchant's programme: what earns, at which rate, and what a point is worth. Versioned by the Shop object. */

import type { BirthdayProgramme } from './birthdays/programme.ts';
import { DEFAULT_BASE, type EarningBase } from './earning/base.ts';
import type { EarningProgramme } from './earning/programme.ts';
import type { InactivityProgramme } from './inactivity/programme.ts';
import type { PointsExpiry } from './loyalty/points-expiry.ts';
import type { MemberProgramme } from './members/programme.ts';
import type { Rounding } from './money.ts';
import type { ReferralProgramme } from './referrals/programme.ts';
import type { RewardProgramme } from './rewards/programme.ts';
import type { TierProgramme } from './tiers/programme.ts';

export interface OrderRule {
  /** `points` for every `perMinor` minor units of the shop's currency. */
  points: number;
  perMinor: number;
  rounding: Rounding;
  base: EarningBase;
}

export interface Programme {
  /** null: orders earn nothing. */
  order: OrderRule | null;
  /** `points` are worth `worthMinor` in the shop's currency; null where the merchant names no value. */
  worth: { points: number; worthMinor: number } | null;
  /** When points run out, by the calendar; absent or null: `expiresAfterDays` says. */
  expiry?: PointsExpiry | null;
  /** Points run out this many days of 24 h after they were earned; null: never. */
  expiresAfterDays: number | null;
  /**
   * What happens when more is clawed back than is left: the rest is a debt taken from the next earning (`debt`, and by its
   * other name `negative_balance`: the balance is below zero until then), or it is let go.
   */
  overdrawn: 'debt' | 'negative_balance' | 'stop_at_zero';
  // the parts, each in a folder of its own; absent: the shop has none of it
  earning?: EarningProgramme;
  members?: MemberProgramme;
  inactivity?: InactivityProgramme;
  birthdays?: BirthdayProgramme;
  tiers?: TierProgramme;
  rewards?: RewardProgramme;
  referrals?: ReferralProgramme;
}

/** One point for one unit of the currency, a hundred points worth one unit. `unit` is 10 to the currency's exponent. */
export function defaultProgramme(unit: number): Programme {
  return {
    order: { points: 1, perMinor: unit, rounding: 'floor', base: DEFAULT_BASE },
    worth: { points: 100, worthMinor: unit },
    expiresAfterDays: null,
    overdrawn: 'debt',
  };
}
