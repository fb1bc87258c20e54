/** Keeps a use of a held voucher, or money of a gift card, for whoever has the key; and lets it go. */
import type { Terms } from '../terms.ts';
import { put, type Work } from '../work.ts';
import { applicable } from './applicable.ts';
import { billOf } from './bill.ts';
import { factsOf } from './held-facts.ts';
import { heldIn, notFound, type Outcome, refusedBy } from './held-outcome.ts';
import type { LockVoucher, ReleaseVoucher } from './held-request.ts';
import { lock, release } from './locks.ts';

export function lockHeld(work: Work, input: LockVoucher, terms: Terms, now: number): Outcome {
  const voucher = heldIn(work, input.voucher);
  if (voucher === null) return notFound('voucher');
  const { campaign, rules, creditsMinor, referrer, lockKey: key, cart } = input;
  const facts = factsOf(work, input, { voucher, use: input }, { terms, now });
  const bill = cart === null ? null : billOf(cart);
  const answer = applicable({
    voucher,
    campaign,
    rules,
    facts,
    bill,
    lockKey: key,
    creditsMinor,
    nowMs: now,
    referrer,
  });
  if (!answer.applicable) {
    const { applicable: _, ...why } = answer;
    return { refusal: refusedBy(why), about: { voucher: voucher.id } };
  }
  const kept = answer.creditsMinor ?? 0;
  const wanted = { key, untilMs: now + input.ttlMs, creditsMinor: kept, customer: facts.customer?.id ?? null };
  const done = lock(voucher, wanted, now);
  if ('refused' in done) return { refusal: refusedBy(done.refused), about: { voucher: voucher.id } };
  put(work.vouchers, done.voucher);
  return { kind: 'voucher.changed', name: null, about: { voucher: voucher.id, lock: { ...wanted } } };
}

export function releaseHeld(work: Work, { voucher: id, lockKey }: ReleaseVoucher, now: number): Outcome {
  const voucher = heldIn(work, id);
  if (voucher === null) return notFound('voucher');
  const done = release(voucher, lockKey, now);
  if ('refused' in done) return { refusal: refusedBy(done.refused), about: { voucher: id } };
  put(work.vouchers, done.voucher);
  return { kind: 'voucher.changed', name: null, about: { voucher: id, released: lockKey } };
}
