/** What was redeemed together, as whoever decided on it has it. */

import { codesAt } from '../codes/stubs.ts';
import { customersOf } from '../customers/stubs.ts';
import { inPlace, type RedemptionOwner, readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import { objectOf } from '../offers/route.ts';
import { following } from '../routing/following.ts';
import { heldRedemptions } from './facts.ts';
import { keptNow } from './kept.ts';
import { keyOf } from './redeem-held.ts';
import type { World } from './world.ts';

export interface Stack {
  parent: string;
  redemptions: Redemption[];
}

/** null: nothing hangs from it. */
export async function stackOf(world: World, parent: string): Promise<Stack | null> {
  const name = readRedemptionId(parent);
  if (name === null) return null;
  if (name.owner.kind === 'codes') {
    const { generation, shard } = name.owner;
    const redemptions = await codesAt(world.env, objectOf(world.shop.id, generation, shard)).stack(parent);
    return redemptions.length === 0 ? null : { parent, redemptions: inPlace(redemptions) };
  }
  const { customer } = name.owner;
  const own = (await heldRedemptions(world, customer, [parent])).filter((one) => one.parent === parent);
  const told = await following(world, customer, (id) =>
    customersOf(world.env, world.shop.id, id).rowOf(id, keyOf(name.name)),
  );
  const others = await Promise.all(otherIds(told?.row?.about.others).map((id) => redemptionOf(world, id)));
  // two holders may have turned out to be one
  const redemptions = [...new Map([...own, ...others.flat()].map((one) => [one.id, one])).values()];
  return redemptions.length === 0 ? null : { parent, redemptions: inPlace(redemptions) };
}

/** One redemption by its id, as it stands now; none where nothing is called so. */
export async function redemptionOf(world: World, id: string): Promise<Redemption[]> {
  const owner = readRedemptionId(id)?.owner;
  if (owner === undefined) return [];
  if (owner.kind === 'customer') {
    const own = (await heldRedemptions(world, owner.customer, [id])).filter((one) => one.id === id);
    const kept = own.length > 0 ? null : await keptNow(world, id);
    return kept === null ? own : redemptionIn(world, kept, id);
  }
  return redemptionIn(world, owner, id);
}

async function redemptionIn(world: World, owner: RedemptionOwner, id: string): Promise<Redemption[]> {
  if (owner.kind !== 'codes') return [];
  const entry = await codesAt(world.env, objectOf(world.shop.id, owner.generation, owner.shard)).redemption(id);
  return entry?.body.kind === 'redeemed' || entry?.body.kind === 'refused' ? [entry.body.redemption] : [];
}

function otherIds(others: unknown): string[] {
  return Array.isArray(others) ? others.filter((id) => typeof id === 'string') : [];
}
