/** What events about vouchers are called: a reward of the programme says so, whatever else is a voucher. */
import type { Voucher } from './voucher.ts';

const NAMES = {
  used: ['Reward Used', 'Voucher Redeemed'],
  expiring: ['Reward Expiring', 'Voucher Expiring'],
  expired: ['Reward Expired', 'Voucher Expired'],
} as const;

export function eventOf({ origin }: Voucher, what: keyof typeof NAMES): string {
  const [reward, voucher] = NAMES[what];
  return isReward(origin) ? reward : voucher;
}

function isReward({ kind }: Voucher['origin']): boolean {
  return kind === 'reward' || kind === 'given';
}
