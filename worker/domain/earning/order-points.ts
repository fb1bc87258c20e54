/** What a fact about an order does to the points: the difference between what it stands at and what was posted before. */

import type { CustomerEvent } from '../event.ts';
import { credit, debit, NEVER, type PointsEntry } from '../ledger.ts';
import { emptyOrder, foldFact, type Order } from '../order.ts';
import { orderIdOf } from '../order-facts.ts';
import type { OrderRule } from '../programme.ts';
import type { Terms } from '../terms.ts';
import { DAY_MS, expiryOf, LARGEST_BALANCE, lotId, type Work } from '../work.ts';
import { standingOf } from './standing.ts';

/** Points given back after their lot ran out stay usable for this long. */
const RESTORED_GRACE_MS = 30 * DAY_MS;

/** Folds the fact into its order and posts the difference between what the order stands at and what was posted before. */
export function applyFact(work: Work, event: CustomerEvent, terms: Terms, now: number): PointsEntry[] {
  const fact = event.fact;
  if (fact === null) return [];
  const orderId = orderIdOf(fact);
  const before = work.orders.get(orderId) ?? emptyOrder(orderId);
  const folded = foldFact(before, fact, event.backfill === undefined ? now : event.occurredAtMs);
  if (before.snapshot === null && folded.snapshot !== null) work.head = { ...work.head, orders: work.head.orders + 1 };
  const silent = event.backfill !== undefined && !event.backfill.earn;
  const order = silent ? withoutPoints(before, folded) : folded.paidAtMs === null ? folded : withRule(folded, terms);
  const entries = silent || order.rule === null ? [] : post(work, order, order.rule, { terms, now });
  work.orders.set(orderId, order);
  work.touched.add(orderId);
  return entries;
}

/** An order whose payment was filled in from the past never earns; of one that does, only the facts are taken over. */
function withoutPoints(before: Order, folded: Order): Order {
  const isFilledIn = before.paidAtMs === null && folded.paidAtMs !== null;
  return isFilledIn ? { ...folded, withheld: 'back_filled' } : folded;
}

/** The rule of the day is taken when the order is first known as paid; no later programme touches it, nor the want of one. */
function withRule(order: Order, terms: Terms): Order {
  if (order.withheld === 'no_rule' || order.withheld === 'back_filled') return order;
  const withheld = withheldReason(order, terms);
  const rule = terms.programme.order;
  if (order.rule !== null || withheld !== null || rule === null) return { ...order, withheld };
  return {
    ...order,
    withheld: null,
    rule: { ...rule, version: terms.programmeVersion },
  };
}

function withheldReason(order: Order, terms: Terms): Order['withheld'] {
  if (order.snapshot !== null && order.snapshot.currency !== terms.currency) return 'currency_mismatch';
  if (order.snapshot?.test && terms.mode === 'live') return 'test_order';
  return order.rule === null && terms.programme.order === null ? 'no_rule' : null;
}

interface Day {
  terms: Terms;
  now: number;
}

/** Writes into `order` (a fresh copy) what is posted, and answers the entries: the earning first, then the clawback. */
function post(work: Work, order: Order, rule: OrderRule, { terms, now }: Day): PointsEntry[] {
  const target = order.withheld === null ? standingOf(order, rule) : { earned: 0, clawed: 0 };
  const room = LARGEST_BALANCE - work.draft.balance;
  // what ran out stays earned: an order that shrinks afterwards does not lose it a second time
  const gone = Math.min(order.earned, order.expired);
  const earned = Math.max(gone, Math.min(target.earned, order.earned + room));
  const clawed = Math.min(target.clawed, Math.max(0, earned - order.expired));
  const more = earned - order.earned;
  const back = clawed - order.clawed + Math.max(0, -more);
  order.earned = earned;
  order.clawed = clawed;
  const entries: PointsEntry[] = [];
  if (more > 0)
    entries.push(...grant(work, order, more, { kind: 'earned', place: 0, expiresAtMs: expiryOf(terms, now) }));
  if (back > 0) entries.push(clawBack(work, order, back, terms));
  if (back < 0)
    entries.push(...grant(work, order, -back, { kind: 'restored', place: 1, expiresAtMs: restoredUntil(order, now) }));
  return entries;
}

interface Grant {
  kind: 'earned' | 'restored';
  place: number;
  expiresAtMs: number;
}

/** Adds points of the order as a lot of their own. What a clawback let go was kept, and is not given a second time. */
function grant(work: Work, order: Order, points: number, { kind, place, expiresAtMs }: Grant): PointsEntry[] {
  const kept = Math.min(order.unrecovered, points);
  order.unrecovered -= kept;
  work.draft.lifetime += kept;
  if (kept === points) return [];
  const lot = { lot: lotId(work, place), expiresAtMs, origin: `order:${order.orderId}` };
  order.lots = [...order.lots, { lot: lot.lot, expiresAtMs }];
  return [credit(work.draft, points - kept, lot, { kind, orderId: order.orderId, reason: null })];
}

/** A cancellation undone, a refund corrected: the points return with the expiry they had. */
function restoredUntil(order: Order, now: number): number {
  const had = order.lots.at(-1)?.expiresAtMs ?? NEVER;
  return had > now ? had : now + RESTORED_GRACE_MS;
}

function clawBack(work: Work, order: Order, points: number, terms: Terms): PointsEntry {
  const entry = debit(work.draft, points, {
    kind: 'clawed_back',
    orderId: order.orderId,
    reason: null,
    prefer: new Set(order.lots.map((one) => one.lot)),
    allowDebt: terms.programme.overdrawn === 'debt',
  });
  order.unrecovered += points + entry.points;
  return entry;
}
