/** All that was done with one voucher, wherever it is kept: asked of its owner, and so exact. */

import type { Entry } from '../codes/entries.ts';
import { codesAt } from '../codes/stubs.ts';
import { customersOf } from '../customers/stubs.ts';
import { bareOrder } from '../domain/vouchers/kept-order.ts';
import type { GiftCredit, Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import { heldVoucher } from '../publishing/facts.ts';
import { locate } from '../publishing/find.ts';
import type { World } from '../publishing/world.ts';
import { following } from '../routing/following.ts';
import { noVoucher } from './errors.ts';

const PAGE = 500;
/** Entries of one code that are looked through: more than any limit of uses that a list is read for. */
const MOST_PAGES = 40;

export interface VoucherLedger {
  voucher: Voucher;
  /** The oldest first, refused ones among them. */
  redemptions: Redemption[];
  /** Money put on it by hand, or taken off. */
  credits: GiftCredit[];
}

/** 404 where there is no such code. Of a code the newest 20,000 things that happened to it, of the newest 500 with lines of orders. */
export async function ledgerOf(world: World, code: string): Promise<VoucherLedger> {
  const located = await locate(world, code, { customer: null, scope: 'exact' });
  const found = located?.found;
  if (located === null || (found?.owner !== 'here' && found?.owner !== 'customer')) throw noVoucher(code);
  const before = usesIn(await historyOf(world, located.route.object, code));
  if (found.owner === 'here') return { voucher: found.voucher, ...before };
  const held = await heldVoucher(world, found.customer, found.voucher);
  if (held === null) throw noVoucher(code);
  const told = await following(world, held.customer, (id) =>
    customersOf(world.env, world.shop.id, id).redemptionsOf(id, found.voucher),
  );
  return {
    voucher: held.voucher,
    redemptions: [...before.redemptions, ...(told?.redemptions ?? [])],
    credits: [...before.credits, ...(told?.credits ?? [])],
  };
}

/** The newest first. */
async function historyOf({ env }: World, object: string, code: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const some = await codesAt(env, object).history(code, entries.at(-1)?.seq ?? null, PAGE);
    // all of them with all their lines may be more than there is memory
    entries.push(...(page === 0 ? some : some.map(withoutLines)));
    if (some.length < PAGE) break;
  }
  return entries;
}

function withoutLines(entry: Entry): Entry {
  const { body } = entry;
  if (!('redemption' in body) || body.redemption.order === undefined) return entry;
  const { order, ...redemption } = body.redemption;
  return { ...entry, body: { ...body, redemption: { ...redemption, order: bareOrder(order) } } };
}

function usesIn(entries: Entry[]): Pick<VoucherLedger, 'redemptions' | 'credits'> {
  const oldestFirst = entries.toReversed();
  return {
    redemptions: oldestFirst.flatMap(({ body }) =>
      body.kind === 'redeemed' || body.kind === 'refused' ? [body.redemption] : [],
    ),
    credits: oldestFirst.flatMap(({ body }) => (body.kind === 'credited' ? [body.credit] : [])),
  };
}
