/**
 * Takes a redemption back, whole or (money of a gift card) in parts, each cent once. There is no time limit, and it does not
 * matter whether the voucher has expired or was switched off since.
 */
import type { Cost } from './budget.ts';
import { type GiftMove, withMoved } from './gift.ts';
import { costOf } from './redeem.ts';
import { type Refused, refusal, refused } from './refused.ts';
import type { Redemption, Rollback, Voucher } from './voucher.ts';

export interface RollbackAsk {
  /** `rr_…` */
  id: string;
  atMs: number;
  reason: string | null;
  /** null: all that is left. Of a gift card alone: this much. */
  amountMinor: number | null;
  /** Where the caller names them they must be the redemption's. */
  customer?: string | null;
  orderId?: string | null;
  /** The whole stack is rolled back: a child never goes alone. */
  stack: boolean;
}

export interface RolledBack {
  voucher: Voucher;
  redemption: Redemption;
  rollback: Rollback;
  move: GiftMove | null;
  /** For budgets and counts: what is free again. */
  givenBack: Cost;
}

export function rollBack(
  voucher: Voucher,
  redemption: Redemption,
  ask: RollbackAsk,
): RolledBack | { refused: Refused } {
  const wrong = wrongRedemption(voucher, redemption, ask);
  if (wrong !== null) return { refused: wrong };
  const { benefit } = voucher;
  if (benefit.kind !== 'gift') {
    if (ask.amountMinor !== null)
      return refused('invalid_rollback_params', 'only money of a gift card goes back in part');
    return rolledBack(useBack(voucher, ask.atMs), redemption, { ask, creditsMinor: null, whole: true });
  }
  const leftMinor = unreturnedMinor(redemption);
  const amountMinor = ask.amountMinor ?? leftMinor;
  if (!Number.isSafeInteger(amountMinor) || (ask.amountMinor !== null && amountMinor <= 0))
    return refused('invalid_amount', 'must be a positive whole amount');
  if (amountMinor > leftMinor)
    return refused('invalid_amount', 'more than is left of what the card paid', {
      facts: { asked: amountMinor, left: leftMinor },
    });
  const whole = amountMinor === leftMinor;
  const used = whole ? useBack(voucher, ask.atMs) : { ...voucher, updatedAtMs: ask.atMs };
  const { voucher: changed, move } = withMoved(used, benefit.gift, { kind: 'returned', amountMinor });
  return { ...rolledBack(changed, redemption, { ask, creditsMinor: amountMinor, whole }), move };
}

/** What of a gift card's payment has not gone back yet. */
export function unreturnedMinor({ creditsMinor, rollbacks }: Redemption): number {
  return rollbacks.reduce((left, rollback) => left - (rollback.creditsMinor ?? 0), creditsMinor ?? 0);
}

/** Whether nothing of it stands any more. */
export function isRolledBack({ rollbacks }: Redemption): boolean {
  return rollbacks.some(({ whole }) => whole);
}

function wrongRedemption(voucher: Voucher, redemption: Redemption, ask: RollbackAsk): Refused | null {
  if (redemption.voucher !== voucher.id) return refusal('invalid_redemption', 'it is of another voucher');
  if (redemption.failure !== null)
    return refusal('invalid_redemption', 'it was refused: there is nothing to roll back');
  if (redemption.parent !== null && !ask.stack)
    return refusal('invalid_redemption_parent', 'it is part of a stack, which is rolled back as a whole');
  if (ask.customer != null && ask.customer !== redemption.customer)
    return refusal('invalid_customer', 'it is of another customer');
  if (ask.orderId != null && ask.orderId !== redemption.orderId)
    return refusal('invalid_order', 'it is of another order');
  return isRolledBack(redemption) ? refusal('already_rolled_back', 'all of it went back before') : null;
}

function useBack(voucher: Voucher, atMs: number): Voucher {
  return { ...voucher, redeemed: Math.max(0, voucher.redeemed - 1), updatedAtMs: atMs };
}

interface Gone {
  ask: RollbackAsk;
  creditsMinor: number | null;
  whole: boolean;
}

function rolledBack(voucher: Voucher, redemption: Redemption, { ask, creditsMinor, whole }: Gone): RolledBack {
  const { id, atMs, reason } = ask;
  const rollback: Rollback = { id, atMs, reason, creditsMinor, whole };
  const changed = { ...redemption, rollbacks: [...redemption.rollbacks, rollback] };
  const cost = costOf(redemption);
  const before = redemption.rollbacks.reduce((sum, one) => sum + (one.creditsMinor ?? 0), 0);
  const givenBack = whole
    ? { ...cost, discountMinor: cost.discountMinor - before }
    : { redemptions: 0, discountMinor: creditsMinor ?? 0, ordersMinor: 0 };
  return { voucher, redemption: changed, rollback, move: null, givenBack };
}

/** Whether what is named can be rolled back by this route: a child goes with its parent, a parent only as a stack. */
export function wrongTarget(target: 'alone' | 'child' | 'parent', route: 'single' | 'stack'): Refused | null {
  if (target === 'child') return refusal('invalid_redemption_parent', 'it is part of a stack: roll back its parent');
  if (target === 'parent' && route === 'single')
    return refusal('invalid_redemption', 'it is a stack: roll it back as one');
  return null;
}
