/** Takes back what was given for a referral that came to nothing: only as it was given; what was used, be it in part, is left. */
import { debit, type PointsEntry } from '../ledger.ts';
import type { When } from '../loyalty/part.ts';
import { switchedOff } from '../rewards/revoke.ts';
import { put, type Work } from '../work.ts';
import type { Given } from './state.ts';

export interface TakenBack {
  entries: PointsEntry[];
  /** It was used, and stays. */
  flagged: boolean;
}

const NOTHING: TakenBack = { entries: [], flagged: false };

/** `origin`: of the lot, which is among the draft's where it is open. */
export function takePointsBack(work: Work, given: Given | null, origin: string, nowMs: number): TakenBack {
  const { points, expiresAtMs } = given?.points ?? { points: 0, expiresAtMs: 0 };
  // what ran out unused is gone anyway
  if (points === 0 || (expiresAtMs !== 0 && expiresAtMs <= nowMs)) return NOTHING;
  const lot = work.draft.lots.find((one) => one.origin === origin && one.expiresAtMs === expiresAtMs);
  if (lot === undefined || lot.remaining < points) return { entries: [], flagged: true };
  const about = { kind: 'clawed_back' as const, orderId: null, reason: 'Referral' };
  return { entries: [debit(work.draft, points, { ...about, prefer: new Set([lot.lot]) })], flagged: false };
}

/** A voucher that nobody used is switched off for good. */
export function takeVoucherBack(work: Work, given: Given | null, when: When): boolean {
  if (given?.voucher === undefined) return true;
  const voucher = work.vouchers.all.get(given.voucher.id);
  if (voucher === undefined || voucher.redeemed > 0) return false;
  if (voucher.active) put(work.vouchers, switchedOff(voucher, when));
  return true;
}
