/** A reward that was bought is given back by the shopper, or by the merchant for them. */
import { MINUTE_MS } from '../calendar.ts';
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Refusal } from '../refusal.ts';
import type { Terms } from '../terms.ts';
import { liveLocks } from '../vouchers/locks.ts';
import type { Voucher } from '../vouchers/voucher.ts';
import { close, open } from '../work.ts';
import { pointsLeft } from './points-back.ts';
import { NO_REWARDS } from './programme.ts';
import { revoke } from './revoke.ts';
import { refuse } from './spend.ts';

export interface RewardUndo {
  op: 'undo_reward';
  key: string;
  fingerprint: string;
  /** The voucher's id. */
  voucher: string;
  by: 'shopper' | 'merchant';
  /** The merchant gives the points back although the reward was used; what it took off an order stays. */
  force: boolean;
  reason: string | null;
}

export function decideRewardUndo(state: State, input: RewardUndo, terms: Terms, now: number): Decision {
  const work = open(state);
  const voucher = work.vouchers.all.get(input.voucher);
  const refusal = whyKept(voucher, input, terms, now);
  if (voucher === undefined || refusal !== null)
    return refuse(work, input, { terms, now, refusal: refusal ?? { reason: 'not_found', what: 'voucher' } });
  const when = { atMs: now, nowMs: now };
  const about = { fingerprint: input.fingerprint, by: input.by };
  const entry = revoke(work, voucher, { terms, when, key: input.key, about, reason: input.reason ?? 'undone' });
  afterDecision(work, { ...when, event: null, entries: [entry] }, terms);
  return { changes: close(work, now), refusal: null };
}

function whyKept(voucher: Voucher | undefined, { by, force }: RewardUndo, terms: Terms, now: number): Refusal | null {
  if (voucher === undefined) return { reason: 'not_found', what: 'voucher' };
  if (voucher.origin.kind !== 'reward') return { reason: 'reward_kept', why: 'not_bought' };
  if (voucher.held?.undoneAtMs !== undefined || pointsLeft(voucher) === 0)
    return { reason: 'reward_kept', why: 'undone' };
  if (isUsed(voucher, now) && !(force && by === 'merchant')) return { reason: 'reward_kept', why: 'used' };
  const { undoMinutes } = terms.programme.rewards ?? NO_REWARDS;
  const isLate = now >= voucher.createdAtMs + undoMinutes * MINUTE_MS;
  return by === 'shopper' && isLate ? { reason: 'reward_kept', why: 'too_late' } : null;
}

/** Somebody used it, or money of it, or is just about to. */
function isUsed(voucher: Voucher, now: number): boolean {
  const { benefit, redeemed } = voucher;
  const isSpent = benefit.kind === 'gift' && benefit.gift.redeemedMinor > 0;
  return redeemed > 0 || isSpent || liveLocks(voucher, now).length > 0;
}
