/** What lists are told of vouchers that a customer holds: each with the customer's row with which it came to be so. */
import { codeKey } from '../domain/vouchers/codes.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { RedemptionCopy, RollbackCopy, VoucherCopies, VoucherCopy } from '../projection/voucher-rows.ts';
import type { HeldIds } from './outbox.ts';
import type { Changed, VoucherStore } from './voucher-store.ts';

export type HeldCopies = Pick<VoucherCopies, 'vouchers' | 'redemptions' | 'rollbacks'>;

/** `ids` null: all that changed after the row `from`. */
export function heldCopies(
  store: VoucherStore,
  { customer, from, ids }: { customer: string; from: number; ids: HeldIds | null },
): HeldCopies {
  const vouchers = store.vouchersSince(customer, from, ids === null ? null : [...ids.vouchers]);
  const redemptions = store.redemptionsSince(customer, from, ids === null ? null : [...ids.redemptions]);
  return {
    vouchers: vouchers.map(voucherCopy),
    redemptions: redemptions.map(({ seq, value }): RedemptionCopy => ({ seq, owner: customer, redemption: value })),
    rollbacks: redemptions.flatMap(({ seq, value }) => rollbackCopies(value, { seq, owner: customer })),
  };
}

function voucherCopy({ seq, value: voucher }: Changed<Voucher>): VoucherCopy {
  const { id, code, campaign, createdAtMs, held } = voucher;
  const isGone = held?.removed === true;
  return { id, code, key: codeKey(code), campaign, rank: 1, seq, createdAtMs, gone: isGone, voucher };
}

function rollbackCopies(redemption: Redemption, told: { seq: number; owner: string }): RollbackCopy[] {
  return redemption.rollbacks.map((rollback) => ({ ...told, redemption, rollback }));
}

export function holdsAny({ vouchers = [], redemptions = [] }: HeldCopies): boolean {
  return vouchers.length + redemptions.length > 0;
}
