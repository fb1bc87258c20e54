/** What a held voucher is to whoever looks at it, as of now; whether it fits a cart is another question. */
import { freeCreditsMinor, freeUses } from './locks.ts';
import type { Voucher } from './voucher.ts';

export const HELD_STATUSES = [
  'available',
  /** Begins later. */
  'not_started',
  /** Every use of it, or all its money, is kept for a checkout under way. */
  'locked',
  /** Bought or given, and still to be made elsewhere. */
  'waiting',
  'used',
  'expired',
  /** Given back, or it could not be made: what it cost went back. */
  'returned',
  'disabled',
] as const;
export type HeldStatus = (typeof HELD_STATUSES)[number];

export function heldStatus(voucher: Voucher, nowMs: number): HeldStatus {
  const { held, startsAtMs, endsAtMs, benefit } = voucher;
  if (held?.undoneAtMs !== undefined) return 'returned';
  if (held?.waitsFor !== undefined) return 'waiting';
  if (isUsedUp(voucher)) return 'used';

  if (endsAtMs !== null && nowMs >= endsAtMs) return 'expired';
  if (!voucher.active) return 'disabled';
  if (startsAtMs !== null && nowMs < startsAtMs) return 'not_started';
  const viewer = { lockKey: null, nowMs };
  const isKept =
    freeUses(voucher, viewer) === 0 || (benefit.kind === 'gift' && freeCreditsMinor(voucher, viewer) === 0);
  return isKept ? 'locked' : 'available';
}

function isUsedUp({ benefit, limit, redeemed }: Voucher): boolean {
  if (benefit.kind === 'gift') return benefit.gift.balanceMinor === 0;
  return limit !== null && redeemed >= limit;
}
