/** What happens to a held voucher by itself, and what it counts as meanwhile. */
import type { Voucher } from './voucher.ts';

/** As it is stored beside the voucher: whether anything is left to redeem, whatever its dates say. */
export function stateOf({ active, limit, redeemed, benefit }: Voucher): 'active' | 'disabled' | 'used' {
  if (!active) return 'disabled';
  if (benefit.kind === 'gift') return benefit.gift.balanceMinor > 0 ? 'active' : 'used';
  return limit !== null && redeemed >= limit ? 'used' : 'active';
}

/** When the next thing happens to it by itself; null: nothing ever does. */
export function voucherDueMs(_voucher: Voucher): number | null {
  return null;
}
