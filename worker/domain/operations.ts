/** What somebody may ask of a customer under an idempotency key, each once: a new one is a file of its own and two lines here. */
import { type Adjustment, decideAdjustment } from './adjustment.ts';
import { type BirthdaySetting, decideBirthday } from './birthdays/set-birthday.ts';
import type { State } from './customer.ts';
import type { Decision } from './decision.ts';
import { decidePending, type PendingDecision } from './loyalty/pending-decision.ts';
import { decideMembership, type MembershipChange } from './members/membership.ts';
import { decideClaim, type ReferralClaim } from './referrals/claim.ts';
import { decideNews, type ReferralNews } from './referrals/referrer.ts';
import { decideReview, type ReferralReview } from './referrals/review.ts';
import { decideRewardGift, type RewardGift } from './rewards/give.ts';
import { decideSpend, type Spend } from './rewards/spend.ts';
import { decideRewardUndo, type RewardUndo } from './rewards/undo.ts';
import { type BalanceSetting, decideBalanceSetting } from './set-balance.ts';
import type { Terms } from './terms.ts';
import { decideTierLock, decideTierRelease, type TierLock, type TierRelease } from './tiers/lock.ts';
import { type AdjustmentUndo, decideUndo } from './undo-adjustment.ts';
import { type Abandonment, decideAbandonment } from './vouchers/abandon.ts';
import { type CommitStack, decideCommit } from './vouchers/commit-stack.ts';
import { decideHeld } from './vouchers/held-operation.ts';
import type { HeldOperation } from './vouchers/held-request.ts';

/** Every one has a `key` and the `fingerprint` of its request: the same key with another request is refused. */
export type Operation =
  | HeldOperation
  | RewardGift
  | RewardUndo
  | Spend
  | BirthdaySetting
  | TierLock
  | TierRelease
  | ReferralClaim
  | ReferralNews
  | ReferralReview
  | Abandonment
  | CommitStack
  | Adjustment
  | BalanceSetting
  | AdjustmentUndo
  | MembershipChange
  | PendingDecision;

export function decideOperation(state: State, operation: Operation, terms: Terms, now: number): Decision {
  switch (operation.op) {
    case 'spend':
      return decideSpend(state, operation, terms, now);
    case 'undo_reward':
      return decideRewardUndo(state, operation, terms, now);
    case 'give_reward':
      return decideRewardGift(state, operation, terms, now);
    case 'hold_voucher':
    case 'redeem_vouchers':
    case 'roll_back_vouchers':
    case 'lock_voucher':
    case 'release_voucher':
    case 'change_voucher':
    case 'remove_voucher':
    case 'credit_voucher':
      return decideHeld(state, operation, terms, now);
    case 'abandon':
      return decideAbandonment(state, operation, terms, now);
    case 'commit_stack':
      return decideCommit(state, operation, terms, now);
    case 'adjust':
      return decideAdjustment(state, operation, terms, now);
    case 'membership':
      return decideMembership(state, operation, terms, now);
    case 'pending':
      return decidePending(state, operation, terms, now);
    case 'set_balance':
      return decideBalanceSetting(state, operation, terms, now);
    case 'undo_adjustment':
      return decideUndo(state, operation, terms, now);
    case 'set_birthday':
      return decideBirthday(state, operation, terms, now);
    case 'lock_tier':
      return decideTierLock(state, operation, terms, now);
    case 'release_tier':
      return decideTierRelease(state, operation, terms, now);
    case 'claim_referral':
      return decideClaim(state, operation, terms, now);
    case 'referral':
      return decideNews(state, operation, terms, now);
    case 'review_referral':
      return decideReview(state, operation, terms, now);
  }
}
