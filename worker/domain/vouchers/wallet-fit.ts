/** What a wallet says of a voucher beside a cart: whether it fits, why not, what it takes off. Pure. */
import type { Answer, Fit } from './applicable.ts';
import type { Refused } from './refused.ts';

export interface WalletFit {
  applicable: boolean;
  reason: { key: string; message: string | null; missingMinor: number | null } | null;
  /** null: nobody can say before the order is placed. */
  discountMinor: number | null;
}

export function walletFit(answer: Answer): WalletFit {
  if (answer.applicable) return { applicable: true, reason: null, discountMinor: worthOf(answer) };
  const { key, ownMessage } = answer;
  return {
    applicable: false,
    reason: { key, message: ownMessage, missingMinor: missingIn(answer) },
    discountMinor: null,
  };
}

/** The price of a delivery, and of goods that are not in the cart, is not known. */
function worthOf({ taken }: Fit): number | null {
  if (taken === null) return null;
  const worthMinor = taken.discountMinor + taken.shippingMinor;
  const isOpen = taken.freeItems.length > 0 || (taken.freeShipping && taken.shippingMinor === 0);
  return worthMinor === 0 && isOpen ? null : worthMinor;
}

/** What the order lacks of an amount that it has to come to. */
function missingIn({ key, facts }: Refused): number | null {
  const { condition = 'order_amount', told, op, value } = facts;
  if (key !== 'order_rules_violated' || condition !== 'order_amount') return null;
  if (typeof told !== 'number' || typeof value !== 'number') return null;
  if (op !== 'at_least' && op !== 'more_than') return null;
  const missingMinor = value - told + (op === 'more_than' ? 1 : 0);
  return missingMinor > 0 ? missingMinor : null;
}
