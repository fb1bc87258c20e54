/** What a customer holds besides points and orders, as whoever they turned out to be keeps it. */
import type { Pending } from '../loyalty/pending.ts';
import type { Made } from '../referrals/made.ts';
import { LOT_PLACES } from '../work.ts';
import type { GiftCredit, Redemption, Voucher } from './voucher.ts';

/** In the order in which they are handed over. */
export const HOLDING_KINDS = ['credit', 'pending', 'redemption', 'referral', 'voucher'] as const;

export type Holding =
  | { kind: 'credit'; id: string; body: GiftCredit }
  | { kind: 'pending'; id: string; body: Pending }
  | { kind: 'redemption'; id: string; body: Redemption }
  | { kind: 'referral'; id: string; body: Made }
  | { kind: 'voucher'; id: string; body: Voucher };

export interface Transfer {
  loser: string;
  survivor: string;
  /** The survivor's last row: those that come along are numbered after it. */
  offset: number;
}

export function carriedHolding(holding: Holding, transfer: Transfer): Holding {
  switch (holding.kind) {
    case 'credit':
    case 'referral':
      return holding;
    case 'pending':
      return { ...holding, body: { ...holding.body, id: holding.body.id + transfer.offset * LOT_PLACES } };
    case 'redemption':
      return { ...holding, body: carriedRedemption(holding.body, transfer) };
    case 'voucher':
      return { ...holding, body: carriedVoucher(holding.body, transfer) };
  }
}

/** Redeemed by the one is redeemed by the other: what a customer may redeem counts for both together. */
function carriedRedemption(redemption: Redemption, { loser, survivor }: Transfer): Redemption {
  return redemption.customer === loser ? { ...redemption, customer: survivor } : redemption;
}

function carriedVoucher(voucher: Voucher, { loser, survivor, offset }: Transfer): Voucher {
  const { origin, holder, locks } = voucher;
  const to = (customer: string | null) => (customer === loser ? survivor : customer);
  const carried: Voucher = {
    ...voucher,
    holder: to(holder),
    locks: locks.map((lock) => ({ ...lock, customer: to(lock.customer) })),
  };
  return origin.kind === 'reward' ? { ...carried, origin: { ...origin, spentSeq: origin.spentSeq + offset } } : carried;
}
