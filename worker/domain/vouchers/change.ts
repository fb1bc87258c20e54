/** What a change by hand makes of a voucher, wherever it is kept: each is decided on the voucher as it stands by then. */
import type { JsonObject } from '../json.ts';
import type { VoucherChange } from './held-request.ts';
import { type Refused, refusal } from './refused.ts';
import type { Voucher } from './voucher.ts';

/** Characters of all metadata together, as JSON. */
export const MOST_METADATA_TEXT = 65_536;

export function changedVoucher(
  voucher: Voucher,
  { metadata, ...change }: VoucherChange,
  now: number,
): { voucher: Voucher } | { refused: Refused } {
  const joined = { ...voucher.metadata, ...metadata };
  const changed = { ...voucher, ...change, metadata: joined, updatedAtMs: now };
  const { limit, startsAtMs, endsAtMs } = changed;
  if (change.limit != null && change.limit < voucher.redeemed)
    return {
      refused: refusal('invalid_payload', 'it was redeemed more often', {
        facts: { limit, redeemed: voucher.redeemed },
      }),
    };
  const isDated = change.startsAtMs !== undefined || change.endsAtMs !== undefined;
  if (isDated && areTurned(startsAtMs, endsAtMs))
    return { refused: refusal('invalid_payload', 'expiration_date must be after start_date') };
  if (metadata !== undefined && isTooLong(joined))
    return { refused: refusal('invalid_payload', `metadata must be at most ${MOST_METADATA_TEXT} characters in all`) };
  return { voucher: changed };
}

export function areTurned(startsAtMs: number | null, endsAtMs: number | null): boolean {
  return startsAtMs !== null && endsAtMs !== null && endsAtMs <= startsAtMs;
}

/** What is joined again and again has an end somewhere. */
export function isTooLong(metadata: JsonObject): boolean {
  return JSON.stringify(metadata).length > MOST_METADATA_TEXT;
}
