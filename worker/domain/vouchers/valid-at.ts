/** Whether a voucher is good at an instant: switched on, within its dates, and open by what comes again. */
import type { Campaign } from './campaign.ts';
import type { VoucherKey } from './refused.ts';
import { durationOf, isOpen, later } from './validity.ts';
import type { Voucher } from './voucher.ts';

export type NotValid = Extract<
  VoucherKey,
  'voucher_not_active' | 'voucher_expired' | 'voucher_not_active_now' | 'voucher_disabled' | 'campaign_not_active'
>;

/** null: it is good at `nowMs`. Starts are included, ends are not. */
export function validAt(
  voucher: Voucher,
  campaign: Campaign | null,
  { nowMs, timeZone }: { nowMs: number; timeZone: string },
): NotValid | null {
  if (!voucher.active) return 'voucher_disabled';
  if (campaign !== null && !campaign.active) return 'campaign_not_active';
  const { startsAtMs, endsAtMs } = datesOf(voucher, campaign, timeZone);
  if (startsAtMs !== null && nowMs < startsAtMs) return 'voucher_not_active';
  if (endsAtMs !== null && nowMs >= endsAtMs) return 'voucher_expired';
  const validity = voucher.validity ?? campaign?.validity ?? null;
  if (validity === null) return null;
  const anchorMs = campaign?.startsAtMs ?? startsAtMs ?? campaign?.createdAtMs ?? voucher.createdAtMs;
  return isOpen(validity, nowMs, { timeZone, anchorMs }) ? null : 'voucher_not_active_now';
}

export interface Dates {
  startsAtMs: number | null;
  endsAtMs: number | null;
}

/** The dates that hold for a voucher: its own, else its campaign's; of a published one days from its publication, where its campaign says so. */
export function datesOf(voucher: Voucher, campaign: Campaign | null, timeZone: string): Dates {
  const { startsAtMs, endsAtMs, datesFixed, publishedAtMs } = voucher;
  if (datesFixed === true || campaign === null) return { startsAtMs, endsAtMs };
  return {
    startsAtMs: startsAtMs ?? campaign.startsAtMs,
    endsAtMs: livesUntilMs(campaign, publishedAtMs, timeZone) ?? endsAtMs ?? campaign.endsAtMs,
  };
}

/** The end of a code that lives so many days from its publication, whatever its campaign's end; null: its campaign says nothing of it. */
function livesUntilMs(campaign: Campaign, publishedAtMs: number | null, timeZone: string): number | null {
  if (campaign.liveAfterPublishing === null || publishedAtMs === null) return null;
  const duration = durationOf(campaign.liveAfterPublishing);
  return duration === null ? null : later(timeZone, publishedAtMs, duration);
}

/**
 * With the dates that hold now as its own: a later change of its campaign's does not touch a code that is out. The one code
 * of a standalone campaign is the campaign itself and follows it.
 */
export function withDatesFixed(voucher: Voucher, campaign: Campaign | null, timeZone: string): Voucher {
  if (voucher.datesFixed === true || campaign === null || campaign.kind === 'standalone') return voucher;
  return { ...voucher, ...datesOf(voucher, campaign, timeZone), datesFixed: true };
}
