/** What happens to a held voucher by itself: its holder is told that it runs out, and that it did. And what it counts as meanwhile. */
import type { Held, Voucher } from './voucher.ts';

const DAY_MS = 86_400_000;

/** As it is stored beside the voucher: whether anything is left to redeem, whatever its dates say. */
export function stateOf({ active, limit, redeemed, benefit }: Voucher): 'active' | 'disabled' | 'used' {
  if (!active) return 'disabled';
  if (benefit.kind === 'gift') return benefit.gift.balanceMinor > 0 ? 'active' : 'used';
  return limit !== null && redeemed >= limit ? 'used' : 'active';
}

/** When the next thing happens to it by itself; null: nothing ever does. */
export function voucherDueMs(voucher: Voucher): number | null {
  const { endsAtMs, held } = voucher;
  if (endsAtMs === null || held?.lapsed === true || stateOf(voucher) !== 'active') return null;
  return Math.min(endsAtMs, held?.noticeAtMs ?? endsAtMs);
}

/**
 * A voucher whose dates are new, made ready for what happens by itself: its holder is told so many days before its end, or
 * at once where it lives no longer; null: they are not.
 */
export function withNotice(voucher: Voucher, days: number | null, nowMs: number): Voucher {
  const { noticeAtMs: _, lapsed: __, ...kept } = voucher.held ?? {};
  const { endsAtMs } = voucher;
  const isAhead = days !== null && endsAtMs !== null && endsAtMs > nowMs;
  const notice = isAhead ? { noticeAtMs: Math.max(nowMs + 1, endsAtMs - days * DAY_MS) } : {};
  return past(withHeld(voucher, { ...kept, ...notice }), nowMs);
}

/** What lies behind it is not told any more, such as the end of one that was used when it ended and is good again. */
export function past(voucher: Voucher, nowMs: number): Voucher {
  const { held = {}, endsAtMs } = voucher;
  const { noticeAtMs, ...kept } = held;
  const isOver = endsAtMs !== null && endsAtMs <= nowMs;
  const isTold = noticeAtMs === undefined || noticeAtMs <= nowMs || isOver;
  const lapsed = isOver ? { lapsed: true as const } : {};
  return withHeld(voucher, { ...kept, ...(isTold ? {} : { noticeAtMs }), ...lapsed });
}

export function withHeld(voucher: Voucher, held: Held): Voucher {
  const { held: _, ...rest } = voucher;
  return Object.keys(held).length === 0 ? rest : { ...rest, held };
}
