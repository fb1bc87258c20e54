/** Tells holders that vouchers run out, and that they did, each at exactly its instant. */
import type { Changes, State } from '../customer.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, put, type Work } from '../work.ts';
import { voucherDueMs, withHeld } from './due.ts';
import { eventOf } from './held-events.ts';
import { voucherProperties } from './held-rows.ts';
import type { Voucher } from './voucher.ts';

/** `state.vouchers`: those that are due at `when.atMs`. */
export function decideVouchersDue(state: State, terms: Terms, when: When): Changes {
  const work = open(state);
  for (const voucher of work.vouchers.all.values()) {
    const dueMs = voucherDueMs(voucher);
    if (dueMs !== null && dueMs <= when.atMs) tell(work, voucher, terms, when);
  }
  return close(work, when.nowMs);
}

function tell(work: Work, voucher: Voucher, terms: Terms, { atMs, nowMs }: When): void {
  const { endsAtMs } = voucher;
  const isOver = endsAtMs !== null && endsAtMs <= atMs;
  const { noticeAtMs: _, ...kept } = voucher.held ?? {};
  put(work.vouchers, withHeld(voucher, isOver ? { ...kept, lapsed: true } : kept));
  pushRow(work, {
    kind: isOver ? 'voucher.expired' : 'voucher.expiring',
    name: eventOf(voucher, isOver ? 'expired' : 'expiring'),
    atMs,
    recordedAtMs: nowMs,
    terms,
    entries: [],
    about: { voucher: voucher.id, properties: voucherProperties(voucher) },
  });
}
