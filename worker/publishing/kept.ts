/** Who keeps a redemption by now: it says who kept it when it was made, and what an erased customer held is back with its code. */
import { customersOf } from '../customers/stubs.ts';
import { type RedemptionOwner, readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import type { World } from './world.ts';

/** null: whoever its id says does. */
export async function keptNow({ env, shop }: World, redemption: string): Promise<RedemptionOwner | null> {
  const owner = readRedemptionId(redemption)?.owner;
  if (owner?.kind !== 'customer') return null;
  const { customer } = owner;
  const kept = await customersOf(env, shop.id, customer).keeperOf(customer, redemption);
  if (typeof kept?.generation !== 'number' || typeof kept.shard !== 'number') return null;
  return { kind: 'codes', generation: kept.generation, shard: kept.shard };
}
