/** Money on a gift card: what moves it, always in whole minor units and never below 0. */
import { liveLocks } from './locks.ts';
import { type Refused, refused } from './refused.ts';
import type { Gift, Voucher } from './voucher.ts';

/** One line of a gift card's ledger; what it was made with and the sum of all amounts are the balance. */
export interface GiftMove {
  kind: 'redeemed' | 'returned' | 'added' | 'removed';
  /** Signed. */
  amountMinor: number;
  /** Afterwards. */
  balanceMinor: number;
}

export function newGift(currency: string, amountMinor: number): Gift {
  return { currency, amountMinor, subtractedMinor: 0, redeemedMinor: 0, balanceMinor: amountMinor };
}

/** Puts money on it (positive) or takes some off by hand (negative); what locks keep cannot be taken off. */
export function adjustGift(
  voucher: Voucher,
  amountMinor: number,
  nowMs: number,
): { voucher: Voucher; move: GiftMove } | { refused: Refused } {
  const { benefit } = voucher;
  if (benefit.kind !== 'gift') return refused('invalid_gift', 'it is no gift card');
  if (!Number.isSafeInteger(amountMinor) || amountMinor === 0)
    return refused('invalid_amount', 'must be a whole amount other than 0');
  const { gift } = benefit;
  if (!Number.isSafeInteger(gift.amountMinor + amountMinor))
    return refused('invalid_amount', 'more than a card can hold');
  const kept = liveLocks(voucher, nowMs).reduce((sum, { creditsMinor }) => sum + creditsMinor, 0);
  const free = Math.max(0, gift.balanceMinor - kept);
  if (-amountMinor > free)
    return refused('invalid_balance', 'more than is on the card and not kept for somebody', {
      facts: { asked: -amountMinor, left: free },
    });
  const moved = withMoved(voucher, gift, { kind: amountMinor > 0 ? 'added' : 'removed', amountMinor });
  return { voucher: { ...moved.voucher, updatedAtMs: nowMs }, move: moved.move };
}

/** The card with an amount moved; `balance` = `amount` - `subtracted` - `redeemed` before and after. */
export function withMoved(
  voucher: Voucher,
  gift: Gift,
  { kind, amountMinor }: Pick<GiftMove, 'kind' | 'amountMinor'>,
): { voucher: Voucher; move: GiftMove } {
  const balanceMinor = gift.balanceMinor + amountMinor;
  const isSpent = kind === 'redeemed' || kind === 'returned';
  const changed: Gift = {
    ...gift,
    amountMinor: gift.amountMinor + (kind === 'added' ? amountMinor : 0),
    subtractedMinor: gift.subtractedMinor - (kind === 'removed' ? amountMinor : 0),
    redeemedMinor: gift.redeemedMinor - (isSpent ? amountMinor : 0),
    balanceMinor,
  };
  const effect = voucher.benefit.kind === 'gift' ? voucher.benefit.effect : 'order';
  return {
    voucher: { ...voucher, benefit: { kind: 'gift', gift: changed, effect } },
    move: { kind, amountMinor, balanceMinor },
  };
}
