/**
 * What erased customers held goes back to its codes, a page at a time: a voucher is taken off the list of its holder only once
 * the object of its code has it, so that money is in one place or the other, and never in both.
 */
import { campaignIn } from '../campaign/cache.ts';
import { codesAt } from '../codes/stubs.ts';
import { customersOf } from '../customers/stubs.ts';
import type { LeftVoucher } from '../domain/erasure/vouchers.ts';
import { textOf } from '../domain/json.ts';
import { type RedemptionOwner, readRedemptionId } from '../domain/vouchers/redemption-name.ts';
import { forgetOffers, openOffers } from '../offers/cache.ts';
import { objectOf, type Route, routesOf } from '../offers/route.ts';
import { usedElsewhere } from '../projection/erase.ts';
import type { ErasedId } from './erasure-store.ts';
import type { Forgetting } from './forgetting.ts';

const PAGE = 50;

export async function forgetVouchers(about: Forgetting): Promise<boolean> {
  for (const id of about.ids) {
    await takeBack(about, id);
    await forgetUses(about, id);
    await forgetPublications(about, id);
  }
  await forgetElsewhere(about);
  return true;
}

/** What they used of others' vouchers: the copies know where. */
async function forgetElsewhere({ env, shop, ids }: Forgetting): Promise<void> {
  const redeemers = ids.map(({ customer }) => customer);
  const used = Map.groupBy(await usedElsewhere(env.DB, shop, redeemers), ({ holder }) => holder);
  for (const [customer, own] of used) {
    const redemptions = own.map(({ redemption }) => redemption);
    await customersOf(env, shop, customer).forgetRedeemer({ shop, version: 1, customer, redemptions, redeemers });
  }
}

async function takeBack(about: Forgetting, { customer, subject }: ErasedId): Promise<void> {
  const holder = customersOf(about.env, about.shop, customer);
  for (;;) {
    const left = await holder.leftVouchers(customer, PAGE);
    if (left.length === 0) return;
    for (const one of left) {
      const route = await broughtTo(about, one, subject);
      if (route !== null) await noteKeeper(about, one, route);
    }
    await holder.handedBack(customer, { kind: 'voucher', ids: left.map(({ voucher }) => voucher.id) });
  }
}

/** null: its code was never anywhere, so that nobody could have used it. */
async function broughtTo(about: Forgetting, left: LeftVoucher, subject: string): Promise<Route | null> {
  const { env, shop, op, ids } = about;
  forgetOffers(shop);
  const customers = ids.map(({ customer }) => customer);
  for (const route of routesOf(env, shop, await openOffers(env, shop), left.voucher.code)) {
    const call = { op, customers, subject, left: [left], uses: [], clockMs: left.voucher.updatedAtMs };
    const back = await codesAt(env, route.object).erase(call);
    if (back.length > 0) return route;
  }
  return null;
}

/** Their names say that the customer keeps them; whoever asks there is told who does. */
async function noteKeeper(about: Forgetting, { redemptions }: LeftVoucher, route: Route): Promise<void> {
  const { generation, shard } = route;
  const made = redemptions.filter(({ failure }) => failure === null).map(({ id }) => id);
  const byHolder = Map.groupBy(made, (id) => holderOf(readRedemptionId(id)?.owner));
  for (const [holder, own] of byHolder) {
    if (holder === null) continue;
    await customersOf(about.env, about.shop, holder).nowKeptBy(holder, own, { generation, shard });
  }
}

function holderOf(owner: RedemptionOwner | undefined): string | null {
  return owner?.kind === 'customer' ? owner.customer : null;
}

/** What they did with codes that nobody holds. */
async function forgetUses(about: Forgetting, { customer, subject }: ErasedId): Promise<void> {
  const { env, shop, op, ids } = about;
  const holder = customersOf(env, shop, customer);
  const customers = ids.map((one) => one.customer);
  for (;;) {
    const uses = (await holder.leftThings(customer, 'use', PAGE)).map(({ id }) => id);
    if (uses.length === 0) return;
    const byObject = Map.groupBy(uses, (id) => {
      const owner = readRedemptionId(id)?.owner;
      return owner?.kind === 'codes' ? objectOf(shop, owner.generation, owner.shard) : null;
    });
    for (const [object, own] of byObject) {
      if (object === null) continue;
      await codesAt(env, object).erase({ op, customers, subject, left: [], uses: own, clockMs: null });
    }
    await holder.handedBack(customer, { kind: 'use', ids: uses });
  }
}

async function forgetPublications(about: Forgetting, { customer, subject }: ErasedId): Promise<void> {
  const { env, shop, ids } = about;
  const holder = customersOf(env, shop, customer);
  const customers = ids.map((one) => one.customer);
  for (;;) {
    const given = await holder.leftThings(customer, 'publication', PAGE);
    if (given.length === 0) return;
    const byCampaign = Map.groupBy(given, ({ body }) => textOf(body, 'campaign') ?? '');
    for (const [campaign, own] of byCampaign)
      await campaignIn(env, shop, campaign).forget({ customers, publications: own.map(({ id }) => id), subject });
    await holder.handedBack(customer, { kind: 'publication', ids: given.map(({ id }) => id) });
  }
}
