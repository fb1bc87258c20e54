/** What a redemption of held vouchers is called, and how it gets into the work. */
import { put, type Work } from '../work.ts';
import { past } from './due.ts';
import type { HeldRedeem, RedeemVouchers } from './held-request.ts';
import type { Naming, Redeemed } from './redeem.ts';

export function namingOf(input: RedeemVouchers, use: HeldRedeem): Naming {
  const { parent, metadata } = input;
  return { id: use.redemption, parent, orderId: input.orderId ?? input.cart?.orderId ?? null, metadata };
}

export function keep(work: Work, { voucher, redemption }: Redeemed, now: number): void {
  put(work.vouchers, past(voucher, now));
  put(work.redemptions, redemption);
}
