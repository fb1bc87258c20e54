/** Changes of a held voucher by hand: switched on or off, other dates, money put on it, taken away. */
import { NO_REWARDS } from '../rewards/programme.ts';
import type { Terms } from '../terms.ts';
import { put, type Work } from '../work.ts';
import { changedVoucher } from './change.ts';
import { past, withHeld, withNotice } from './due.ts';
import { adjustGift } from './gift.ts';
import { heldIn, notFound, type Outcome, refusedBy } from './held-outcome.ts';
import type { ChangeVoucher, CreditVoucher, RemoveVoucher, VoucherChange } from './held-request.ts';
import { voucherProperties } from './held-rows.ts';
import { type Refused, refusal } from './refused.ts';
import type { Voucher } from './voucher.ts';

export function changeHeld(work: Work, { voucher: id, change }: ChangeVoucher, terms: Terms, now: number): Outcome {
  const voucher = heldIn(work, id);
  if (voucher === null) return notFound('voucher');
  const wrong = wrongChange(voucher, change);
  if (wrong !== null) return { refusal: refusedBy(wrong), about: { voucher: id } };
  const done = changedVoucher(voucher, change, now);
  if ('refused' in done) return { refusal: refusedBy(done.refused), about: { voucher: id } };
  const { noticeDays } = terms.programme.rewards ?? NO_REWARDS;
  const isDated = change.endsAtMs !== undefined && change.endsAtMs !== voucher.endsAtMs;
  put(work.vouchers, isDated ? withNotice(done.voucher, noticeDays, now) : past(done.voucher, now));
  return { kind: 'voucher.changed', name: null, about: { voucher: id, change: Object.keys(change) } };
}

/** What was given back, or waits to be made, is not switched on by hand. */
function wrongChange({ held }: Voucher, { active }: VoucherChange): Refused | null {
  if (active === true && held?.undoneAtMs !== undefined) return refusal('voucher_disabled', 'it was given back');
  if (active === true && held?.waitsFor !== undefined) return refusal('voucher_not_active', 'it is still being made');
  return null;
}

/** Kept without its uses, so that its code never comes again. */
export function removeHeld(work: Work, { voucher: id }: RemoveVoucher, now: number): Outcome {
  const voucher = heldIn(work, id);
  if (voucher === null) return notFound('voucher');
  const gone = { ...voucher, active: false, locks: [], updatedAtMs: now };
  put(work.vouchers, withHeld(gone, { ...voucher.held, removed: true }));
  return { kind: 'voucher.changed', name: null, about: { voucher: id, removed: true } };
}

export function creditHeld(work: Work, input: CreditVoucher, now: number): Outcome {
  const { voucher: id, credit, amountMinor, reason, source } = input;
  const voucher = heldIn(work, id);
  if (voucher === null) return notFound('voucher');
  const done = adjustGift(voucher, amountMinor, now);
  if ('refused' in done) return { refusal: refusedBy(done.refused), about: { voucher: id } };
  put(work.vouchers, past(done.voucher, now));
  work.credits.push({ id: credit, voucher: id, atMs: now, amountMinor, reason, source });
  const isAdded = amountMinor > 0;
  return {
    kind: 'voucher.changed',
    name: isAdded ? 'Gift Card Credited' : null,
    about: {
      voucher: id,
      credit,
      move: { ...done.move },
      properties: { ...voucherProperties(done.voucher), amount_minor: amountMinor, reason },
    },
  };
}
