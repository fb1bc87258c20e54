/** Why an operation was refused, with the facts. Journalled under the operation's key, so that every retry gets the same answer. */
import type { ReferralStatus } from './referrals/state.ts';
import type { RewardLimit } from './rewards/programme.ts';
import type { Refused } from './vouchers/refused.ts';

export type Refusal =
  | { reason: 'insufficient_points'; balance: number; asked: number }
  | { reason: 'balance_limit'; balance: number; asked: number }
  /** No points wait by that id, or not any more. */
  | { reason: 'not_pending'; pending: number }
  /** The merchant has them take no part: they cannot join by themselves. */
  | { reason: 'takes_no_part' }
  /** Others waited for it and gave it up before it came. */
  | { reason: 'abandoned' }
  | { reason: 'unknown_tier'; tier: string | null }
  /** What was to be taken back is not there. */
  | { reason: 'nothing_to_undo' }
  | { reason: 'not_found'; what: 'reward' | 'voucher' | 'redemption' | 'referral' }
  /** It ended, or the friend came by somebody else; `status`: as it stands. */
  | { reason: 'referral_over'; status: ReferralStatus }
  | {
      reason: 'reward_unavailable';
      why: 'inactive' | 'not_for_points' | 'not_for_you' | 'not_a_member' | 'out_of_stock' | 'not_made';
    }
  /** `againAtMs`: when the next period begins; null: never again. */
  | { reason: 'reward_limit'; limit: number; per: RewardLimit['per']; againAtMs: number | null }
  /** Of a variable reward: fewer points than it takes, once rounded down to its steps. */
  | { reason: 'below_minimum'; minimum: number; asked: number }
  /** With the words of the voucher engine. */
  | ({ reason: 'voucher_refused' } & Refused)
  | { reason: 'reward_kept'; why: 'used' | 'too_late' | 'undone' | 'not_bought' };
