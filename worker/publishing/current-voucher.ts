/** A voucher as it is now, whoever keeps it. */
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { heldVoucher } from './facts.ts';
import { locate } from './find.ts';
import type { World } from './world.ts';

/** null: there is none by that code, or nobody has it any more. */
export async function currentVoucher(world: World, code: string): Promise<Voucher | null> {
  const located = await locate(world, code, { customer: null, scope: 'exact' });
  if (located?.found.owner === 'here') return located.found.voucher;
  if (located?.found.owner !== 'customer') return null;
  const held = await heldVoucher(world, located.found.customer, located.found.voucher);
  return held === null || held.voucher.held?.removed === true ? null : held.voucher;
}
