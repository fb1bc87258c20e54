/** Takes redemptions of held vouchers back, together: where one of them cannot go back, none does. */
import type { Terms } from '../terms.ts';
import { put, type Work } from '../work.ts';
import { past } from './due.ts';
import { notFound, type Outcome, refusedBy } from './held-outcome.ts';
import type { RollBackVouchers } from './held-request.ts';
import { rolledBackProperties } from './held-rows.ts';
import { refusal } from './refused.ts';
import { type RolledBack, rollBack } from './roll-back.ts';
import type { Voucher } from './voucher.ts';

export function rollBackHeld(work: Work, input: RollBackVouchers, terms: Terms, now: number): Outcome {
  const { amountMinor, reason, customer, orderId, stack } = input;
  const done: RolledBack[] = [];
  const changed = new Map<string, Voucher>();
  for (const { redemption: id, rollback } of input.redemptions) {
    const redemption = work.redemptions.all.get(id);
    const voucher = redemption && (changed.get(redemption.voucher) ?? work.vouchers.all.get(redemption.voucher));
    if (redemption === undefined || voucher === undefined) return notFound('redemption');
    const ask = { id: rollback, atMs: now, reason, amountMinor, customer, orderId, stack };
    const back = rollBack(voucher, redemption, ask);
    if ('refused' in back) return { refusal: refusedBy(back.refused), about: { voucher: voucher.id, redemption: id } };
    changed.set(voucher.id, back.voucher);
    done.push(back);
  }
  const [first] = done;
  if (first === undefined) return { refusal: refusedBy(refusal('invalid_rollback_params', 'nothing is named')) };
  for (const { redemption } of done) put(work.redemptions, redemption);
  for (const voucher of changed.values()) put(work.vouchers, past(voucher, now));
  work.errands.push(...(input.elsewhere ?? []));
  const told = done.map((one) => rolledBackProperties(one, terms.currency));
  return {
    kind: 'voucher.rolled_back',
    name: 'Voucher Rolled Back',
    orderId: first.redemption.orderId,
    about: {
      voucher: first.voucher.id,
      redemption: first.redemption.id,
      rollback: first.rollback.id,
      rollbacks: done.map((one) => ({ redemption: one.redemption.id, rollback: one.rollback.id })),
      givenBack: done.map((one) => ({ campaign: one.redemption.campaign, ...one.givenBack })),
      properties: told.length === 1 ? { ...told[0] } : { redemptions: told, reason, currency: terms.currency },
    },
  };
}
