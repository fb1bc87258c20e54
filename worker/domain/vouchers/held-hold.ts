/** Puts a voucher into a customer's wallet: made for them, or given out of a campaign's pool. */
import { NO_REWARDS } from '../rewards/programme.ts';
import type { Terms } from '../terms.ts';
import { put, type Work } from '../work.ts';
import { withNotice } from './due.ts';
import { type Outcome, refusedBy } from './held-outcome.ts';
import type { HoldVoucher } from './held-request.ts';
import { voucherProperties } from './held-rows.ts';
import { publish } from './publish.ts';
import { refusal } from './refused.ts';

export const VOUCHER_PUBLISHED = 'Voucher Published';

export function holdVoucher(work: Work, input: HoldVoucher, terms: Terms, now: number): Outcome {
  const { voucher, campaign, holderOnly, publication, distribution } = input;
  if (work.customer === '') throw new Error('a voucher for nobody');
  if (work.vouchers.all.has(voucher.id))
    return { refusal: refusedBy(refusal('voucher_already_published', 'the customer has it')) };
  const { timeZone } = terms.segments.manner;
  const given = { customer: work.customer, atMs: now, timeZone, holderOnly, publication, distribution };
  const done = publish(voucher, campaign, given);
  if ('refused' in done) return { refusal: refusedBy(done.refused) };
  const { noticeDays } = terms.programme.rewards ?? NO_REWARDS;
  put(work.vouchers, withNotice(done.voucher, noticeDays, now));
  return {
    kind: 'voucher.published',
    name: VOUCHER_PUBLISHED,
    about: {
      voucher: voucher.id,
      publication,
      distribution,
      channel: input.channel,
      metadata: input.metadata,
      properties: {
        ...voucherProperties(done.voucher),
        campaign_name: campaign?.name ?? null,
        publication_id: publication,
        distribution_id: distribution,
        channel: input.channel,
      },
    },
  };
}
