/**
 * What becomes of the vouchers of a customer who is erased. A gift card is whoever's has its code, with the money that is on
 * it; anything else is void. What was redeemed of them can still be taken back, and says no more who did it. Pure.
 */
import { bareOrder } from '../vouchers/kept-order.ts';
import type { GiftCredit, Redemption, Voucher } from '../vouchers/voucher.ts';

/** A voucher with all that was done with it, as the object of its code keeps it from then on. */
export interface LeftVoucher {
  voucher: Voucher;
  redemptions: Redemption[];
  credits: GiftCredit[];
}

export function leftVoucher({ voucher, redemptions, credits }: LeftVoucher, atMs: number): LeftVoucher {
  return {
    voucher: releasedVoucher(voucher, atMs),
    redemptions: redemptions.map(anonymousRedemption),
    credits: credits.map((credit) => ({ ...credit, reason: null, source: null })),
  };
}

/** Money stays on a card that was good, or was switched off, as it was. */
function releasedVoucher({ held, ...voucher }: Voucher, atMs: number): Voucher {
  const wasGood = held?.removed !== true && held?.undoneAtMs === undefined && held?.waitsFor === undefined;
  const active = voucher.active && voucher.benefit.kind === 'gift' && wasGood;
  const bare = { holder: null, holderOnly: false, locks: [], title: null, metadata: {}, origin: originOf(voucher) };
  return { ...voucher, ...bare, active, updatedAtMs: atMs };
}

function originOf({ origin }: Pick<Voucher, 'origin'>): Voucher['origin'] {
  return origin.kind === 'campaign' ? { ...origin, publication: null } : { kind: 'manual' };
}

/** Amounts and when. Ids of redemptions stay: whoever took one knows it, and may have to take it back. */
export function anonymousRedemption(redemption: Redemption): Redemption {
  const { taken, order, rollbacks } = redemption;
  return {
    ...redemption,
    customer: null,
    orderId: null,
    metadata: {},
    channel: null,
    ...(taken && { taken: { ...taken, freeItems: [] } }),
    ...(order && { order: bareOrder(order) }),
    rollbacks: rollbacks.map((rollback) => ({ ...rollback, reason: null })),
  };
}
