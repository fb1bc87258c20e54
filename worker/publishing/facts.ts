/** What rules of vouchers ask of the customer who is named, by trusted events alone; the customer's own object tells it. */
import { customersOf } from '../customers/stubs.ts';
import type { Counts, CustomerFacts } from '../domain/vouchers/facts.ts';
import type { Needs } from '../domain/vouchers/needs.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { following, tracked } from '../routing/following.ts';
import { NEWCOMER, type World } from './world.ts';

export interface ToldFacts {
  customer: CustomerFacts;
  /** Of vouchers that the customer holds, by their ids. */
  counts: Record<string, Counts>;
}

/** `vouchers`: those that the customer holds, each with its campaign. Nothing is known of somebody the object never heard of. */
export async function factsOf(
  world: World,
  customer: string,
  needs: Needs,
  vouchers: { voucher: string; campaign: string | null }[] = [],
): Promise<ToldFacts> {
  const blank = { customer: { id: customer, segments: [], tier: null, traits: {}, orders: 0 }, counts: {} };
  if (customer === NEWCOMER) return blank;
  const { env, shop, clockMs } = world;
  const call = { shop: shop.id, version: shop.version, clockMs, needs, vouchers };
  const told = await following(world, customer, (id) =>
    customersOf(env, shop.id, id).voucherFacts({ ...call, customer: id }),
  );
  return told ?? blank;
}

/** One voucher that a customer holds, and who that customer is by now; null: they hold none by that id. */
export async function heldVoucher(
  world: World,
  customer: string,
  voucher: string,
): Promise<{ customer: string; voucher: Voucher } | null> {
  const found = await tracked(world, customer, (id) => customersOf(world.env, world.shop.id, id).voucher(id, voucher));
  return found?.told.voucher == null ? null : { customer: found.customer, voucher: found.told.voucher };
}

/** Redemptions by their ids, of vouchers that the customer holds, and those that hang from one of them. */
export async function heldRedemptions(world: World, customer: string, ids: string[]): Promise<Redemption[]> {
  const told = await following(world, customer, (id) => customersOf(world.env, world.shop.id, id).redemptions(id, ids));
  return told?.redemptions ?? [];
}
