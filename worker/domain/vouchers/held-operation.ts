/** Decides what is asked of held vouchers. Each leaves one row under its key; a refusal too, so that a retry gets the same answer. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow, type Work } from '../work.ts';
import { changeHeld, creditHeld, removeHeld } from './held-change.ts';
import { holdVoucher } from './held-hold.ts';
import { lockHeld, releaseHeld } from './held-lock.ts';
import type { Outcome } from './held-outcome.ts';
import { redeemHeld } from './held-redeem.ts';
import type { HeldOperation } from './held-request.ts';
import { rollBackHeld } from './held-roll-back.ts';

export function decideHeld(state: State, input: HeldOperation, terms: Terms, now: number): Decision {
  const work = open(state);
  const outcome = outcomeOf(work, input, terms, now);
  const { key, fingerprint } = input;
  const times = { atMs: now, recordedAtMs: now };
  if ('refusal' in outcome) {
    const { refusal, name = null } = outcome;
    const about = { fingerprint, ...outcome.about, refusal: { ...refusal } };
    pushRow(work, { kind: 'voucher.refused', name, ...times, key, terms, entries: [], about });
    return { changes: close(work, now), refusal };
  }
  const { kind, name, orderId = null } = outcome;
  pushRow(work, { kind, name, ...times, key, orderId, terms, entries: [], about: { fingerprint, ...outcome.about } });
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}

function outcomeOf(work: Work, input: HeldOperation, terms: Terms, now: number): Outcome {
  switch (input.op) {
    case 'hold_voucher':
      return holdVoucher(work, input, terms, now);
    case 'redeem_vouchers':
      return redeemHeld(work, input, terms, now);
    case 'roll_back_vouchers':
      return rollBackHeld(work, input, terms, now);
    case 'lock_voucher':
      return lockHeld(work, input, terms, now);
    case 'release_voucher':
      return releaseHeld(work, input, now);
    case 'change_voucher':
      return changeHeld(work, input, terms, now);
    case 'remove_voucher':
      return removeHeld(work, input, now);
    case 'credit_voucher':
      return creditHeld(work, input, now);
  }
}
