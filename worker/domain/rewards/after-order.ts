/**
 * What an order does to the vouchers of the customer who placed it: a code that it names is used; once it is cancelled or
 * refunded, what a bought reward cost goes back in proportion, and everything else that it was paid with is rolled back.
 */
import type { Happened } from '../loyalty/part.ts';
import type { Order } from '../order.ts';
import { type OrderFact, orderIdOf } from '../order-facts.ts';
import type { Terms } from '../terms.ts';
import { NOTHING_TAKEN } from '../vouchers/bill.ts';
import { sameCode } from '../vouchers/codes.ts';
import { eventOf } from '../vouchers/held-events.ts';
import { redemptionProperties } from '../vouchers/held-rows.ts';
import { spend } from '../vouchers/redeem.ts';
import type { Redemption, Voucher } from '../vouchers/voucher.ts';
import { pushRow, put, type Work } from '../work.ts';
import { ordersEnd } from './order-end.ts';

export function afterOrder(work: Work, happened: Happened, terms: Terms): void {
  const fact = happened.event?.fact;
  if (fact == null) return;
  const orderId = orderIdOf(fact);
  const order = work.orders.get(orderId);
  if (order === undefined || !isOfShop(order, terms)) return;
  linkRedemptions(work, order);
  for (const voucher of namedBy(work, orderId, fact))
    useVoucher(work, { order: current(work, orderId), voucher }, happened, terms);
  ordersEnd(work, current(work, orderId), happened, terms);
}

/** Test orders count in test shops alone. */
function isOfShop({ snapshot }: Order, { mode }: Terms): boolean {
  return mode === 'test' || snapshot?.test !== true;
}

function current(work: Work, orderId: string): Order {
  const order = work.orders.get(orderId);
  if (order === undefined) throw new Error('an order that was there');
  return order;
}

/** Redemptions that were made before the order was heard of, and that named it. */
function linkRedemptions(work: Work, { orderId }: Order): void {
  for (const redemption of work.redemptions.all.values())
    if (redemption.orderId === orderId && redemption.failure === null) link(work, orderId, redemption);
}

function link(work: Work, orderId: string, { id, voucher }: Redemption): void {
  const order = current(work, orderId);
  const vouchers = order.vouchers ?? [];
  if (vouchers.some((one) => one.redemption === id)) return;
  work.orders.set(orderId, { ...order, vouchers: [...vouchers, { voucher, redemption: id }] });
  work.touched.add(orderId);
}

/**
 * The vouchers whose codes an order names now and that it was not told to have used yet. Money of a gift card is spent by
 * redemptions alone.
 */
function namedBy(work: Work, orderId: string, fact: OrderFact): Voucher[] {
  const codes = fact.kind === 'order' ? (fact.order.codes ?? []) : [];
  if (codes.length === 0) return [];
  const known = new Set((work.orders.get(orderId)?.vouchers ?? []).map((one) => one.voucher));
  return [...work.vouchers.all.values()].filter(
    ({ id, code, benefit }) =>
      benefit.kind === 'discount' && !known.has(id) && codes.some((named) => sameCode(named, code)),
  );
}

interface Naming {
  order: Order;
  voucher: Voucher;
}

/** The shop took the code, whatever we would have said of it; only never more often than it may be used. */
function useVoucher(work: Work, { order, voucher }: Naming, { atMs, nowMs }: Happened, terms: Terms): void {
  const { snapshot, orderId } = order;
  if (snapshot === null) return;
  const discountMinor = discountOf(order, voucher);
  const used = spend(
    { ...voucher, locks: [] },
    {
      id: `r_${terms.codes.nameFor(JSON.stringify(['order', voucher.id, orderId]))}`,
      parent: null,
      orderId,
      metadata: {},
      atMs,
      customer: work.customer,
      channel: null,
      lockKey: null,
      amountMinor: snapshot.subtotalMinor + snapshot.discountMinor,
      taken: { ...NOTHING_TAKEN, orderMinor: discountMinor, discountMinor },
      creditsMinor: null,
    },
  );
  if ('refused' in used) return;
  put(work.vouchers, used.voucher);
  put(work.redemptions, used.redemption);
  link(work, orderId, used.redemption);
  pushRow(work, {
    kind: 'voucher.redeemed',
    name: eventOf(voucher, 'used'),
    atMs,
    recordedAtMs: nowMs,
    orderId,
    terms,
    entries: [],
    about: {
      voucher: voucher.id,
      redemption: used.redemption.id,
      properties: redemptionProperties(used, terms.currency),
    },
  });
}

/** What the order says that codes took, where this was the only one; else at most what it is worth. */
function discountOf({ snapshot }: Order, { benefit }: Voucher): number {
  const told = snapshot?.discountMinor ?? 0;
  if ((snapshot?.codes ?? []).length <= 1) return told;
  if (benefit.kind !== 'discount' || benefit.discount.kind !== 'amount') return 0;
  return Math.min(told, benefit.discount.amountMinor);
}
