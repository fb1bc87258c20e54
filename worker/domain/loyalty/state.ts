/** What the programme knows of a customer besides points; empty for whom it never did anything. Kept as JSON beside the balance. */
import type { BirthdayState } from '../birthdays/state.ts';
import type { EarningState } from '../earning/state.ts';
import type { ActivityState } from '../inactivity/state.ts';
import type { Membership } from '../members/state.ts';
import type { ReferralState } from '../referrals/state.ts';
import type { RewardState } from '../rewards/state.ts';
import type { TierState } from '../tiers/state.ts';

export interface Loyalty {
  /** The programme that the customer was held against last. */
  programmeVersion?: number;
  /** The earliest of what the parts below wait for. */
  dueMs?: number;
  /** Points that were earned and are not spendable yet. */
  pending?: number;
  member?: Membership;
  earning?: EarningState;
  activity?: ActivityState;
  birthday?: BirthdayState;
  tier?: TierState;
  rewards?: RewardState;
  referral?: ReferralState;
}

export const NO_LOYALTY: Loyalty = {};
