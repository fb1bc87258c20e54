/** What the rows about a held voucher say to whoever is told of them: complete, in the words of events. */
import type { JsonObject } from '../json.ts';
import type { Redeemed } from './redeem.ts';
import type { RolledBack } from './roll-back.ts';
import type { Redemption, Voucher } from './voucher.ts';

export function voucherProperties({ id, code, campaign, title, endsAtMs, benefit, origin }: Voucher): JsonObject {
  return {
    voucher_id: id,
    code,
    campaign_id: campaign,
    reward_id: origin.kind === 'reward' || origin.kind === 'given' ? (origin.reward ?? null) : null,
    reward_name: origin.kind === 'reward' || origin.kind === 'given' ? title : null,
    expires_at: isoOrNull(endsAtMs),
    ...(benefit.kind === 'gift' ? { balance_minor: benefit.gift.balanceMinor, currency: benefit.gift.currency } : {}),
  };
}

export function redemptionProperties({ voucher, redemption }: Redeemed, currency: string): JsonObject {
  return { ...voucherProperties(voucher), ...useProperties(redemption), currency };
}

export function rolledBackProperties({ voucher, redemption, rollback }: RolledBack, currency: string): JsonObject {
  return {
    ...voucherProperties(voucher),
    ...useProperties(redemption),
    rollback_id: rollback.id,
    returned_minor: rollback.creditsMinor,
    whole: rollback.whole,
    reason: rollback.reason,
    currency,
  };
}

/** Of one that was refused as well: then with why. */
export function useProperties(redemption: Redemption): JsonObject {
  const { id, orderId, amountMinor, totalMinor, discountMinor, creditsMinor, parent, failure } = redemption;
  return {
    redemption_id: id,
    parent_redemption_id: parent,
    order_id: orderId,
    amount_minor: amountMinor,
    total_minor: totalMinor,
    discount_minor: discountMinor,
    credits_minor: creditsMinor,
    ...(failure === null ? {} : { reason: failure.key }),
  };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
