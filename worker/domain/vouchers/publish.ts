/** Gives a code to a customer: once, and from then on with dates of its own. */
import type { Campaign } from './campaign.ts';
import { type Refused, refused } from './refused.ts';
import { datesOf, withDatesFixed } from './valid-at.ts';
import type { Voucher } from './voucher.ts';

export interface Publication {
  customer: string;
  atMs: number;
  timeZone: string;
  /** Codes of distributions are for their holder alone, those published over the API are not. */
  holderOnly: boolean;
  publication: string | null;
  distribution: string | null;
}

/** A disabled campaign may publish; a disabled or expired voucher may not, nor one that somebody has. */
export function publish(
  voucher: Voucher,
  campaign: Campaign | null,
  { customer, atMs, timeZone, holderOnly, publication, distribution }: Publication,
): { voucher: Voucher } | { refused: Refused } {
  if (voucher.holder !== null || voucher.publishedAtMs !== null)
    return refused('voucher_already_published', 'it was given to a customer before');
  if (!voucher.active) return refused('voucher_disabled', 'it was switched off');
  const given: Voucher = {
    ...voucher,
    origin: voucher.campaign === null ? voucher.origin : { kind: 'campaign', publication, distribution },
    holder: customer,
    holderOnly: voucher.holderOnly || holderOnly,
    publishedAtMs: atMs,
    updatedAtMs: atMs,
  };
  const { endsAtMs } = datesOf(given, campaign, timeZone);
  if (endsAtMs !== null && endsAtMs <= atMs) return refused('voucher_expired', 'it has ended');
  return { voucher: withDatesFixed(given, campaign, timeZone) };
}
