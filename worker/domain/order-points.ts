/** What a fact about an order does to the points: the difference between what it stands at and what was posted before. */
import { standingOf } from './earning.ts';
import type { CustomerEvent } from './event.ts';
import { credit, debit, NEVER, type PointsEntry } from './ledger.ts';
import { emptyOrder, foldFact, type Order } from './order.ts';
import { orderIdOf } from './order-facts.ts';
import type { Terms } from './programme.ts';
import { DAY_MS, expiryOf, LARGEST_BALANCE, lotId, type Work } from './work.ts';

/** Points given back after their lot ran out stay usable for this long. */
const RESTORED_GRACE_MS = 30 * DAY_MS;

/** Folds the fact into its order and posts the difference between what the order stands at and what was posted before. */
export function applyFact(work: Work, event: CustomerEvent, terms: Terms, now: number): PointsEntry[] {
  const fact = event.fact;
  if (fact === null) return [];
  const orderId = orderIdOf(fact);
  const before = work.orders.get(orderId) ?? emptyOrder(orderId);
  const folded = foldFact(before, fact, now);
  if (before.snapshot === null && folded.snapshot !== null) work.head = { ...work.head, orders: work.head.orders + 1 };
  const order = folded.paidAtMs !== null && folded.rule === null ? withRule(folded, terms) : folded;
  const entries = order.rule === null ? [] : post(work, order, terms, now);
  work.orders.set(orderId, order);
  work.touched.add(orderId);
  return entries;
}

/** The rule of the day is taken when the order is first known as paid. */
function withRule(order: Order, terms: Terms): Order {
  const withheld = withheldReason(order, terms);
  const rule = terms.programme.order;
  if (withheld !== null || rule === null) return { ...order, withheld };
  return {
    ...order,
    withheld: null,
    rule: { ...rule, version: terms.programmeVersion },
  };
}

function withheldReason(order: Order, terms: Terms): Order['withheld'] {
  if (order.snapshot !== null && order.snapshot.currency !== terms.currency) return 'currency_mismatch';
  if (order.snapshot?.test && terms.mode === 'live') return 'test_order';
  return terms.programme.order === null ? 'no_rule' : null;
}

/** Writes into `order` (a fresh copy) what is posted, and answers the entries: the earning first, then the clawback. */
function post(work: Work, order: Order, terms: Terms, now: number): PointsEntry[] {
  if (order.rule === null) return [];
  const target = standingOf(order, order.rule);
  const earned = Math.min(target.earned, LARGEST_BALANCE);
  const clawed = Math.min(target.clawed, Math.max(0, earned - order.expired));
  const entries: PointsEntry[] = [];
  const words = { orderId: order.orderId, reason: null };
  if (earned > order.earned) {
    const lot = {
      lot: lotId(work, 0),
      expiresAtMs: expiryOf(terms, now),
      origin: `order:${order.orderId}`,
    };
    entries.push(
      credit(work.draft, earned - order.earned, lot, {
        kind: 'earned',
        ...words,
      }),
    );
    order.lots = [...order.lots, { lot: lot.lot, expiresAtMs: lot.expiresAtMs }];
  }
  const back = clawed - order.clawed + Math.max(0, order.earned - earned);
  if (back > 0) entries.push(clawBack(work, order, back, terms));
  if (back < 0) entries.push(giveBack(work, order, -back, now));
  order.earned = earned;
  order.clawed = clawed;
  return entries;
}

function clawBack(work: Work, order: Order, points: number, terms: Terms): PointsEntry {
  return debit(work.draft, points, {
    kind: 'clawed_back',
    orderId: order.orderId,
    reason: null,
    prefer: new Set(order.lots.map((one) => one.lot)),
    allowDebt: terms.programme.overdrawn === 'debt',
  });
}

/** A cancellation undone, a refund corrected: the points return with the expiry they had. */
function giveBack(work: Work, order: Order, points: number, now: number): PointsEntry {
  const had = order.lots.at(-1)?.expiresAtMs ?? NEVER;
  const expiresAtMs = had > now ? had : now + RESTORED_GRACE_MS;
  const lot = {
    lot: lotId(work, 1),
    expiresAtMs,
    origin: `order:${order.orderId}`,
  };
  order.lots = [...order.lots, { lot: lot.lot, expiresAtMs }];
  return credit(work.draft, points, lot, {
    kind: 'restored',
    orderId: order.orderId,
    reason: null,
  });
}
