/** What a fact about an order does to the points: the difference between what it stands at and what was posted before. */

import type { CustomerEvent } from '../event.ts';
import { emptyOrder, foldFact, type Order } from '../order.ts';
import { orderIdOf } from '../order-facts.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { compiledEarning } from './compiled.ts';
import { type Earned, NOTHING_EARNED } from './earned.ts';
import { judgeOf } from './judge.ts';
import { post } from './posting.ts';
import { awardOf, isAwarded, plainRule } from './shares.ts';

/** Folds the fact into its order and posts the difference between what the order stands at and what was posted before. */
export function applyFact(work: Work, event: CustomerEvent, terms: Terms, now: number): Earned {
  const fact = event.fact;
  if (fact === null) return NOTHING_EARNED;
  const orderId = orderIdOf(fact);
  const before = work.orders.get(orderId) ?? emptyOrder(orderId);
  const atMs = event.backfill === undefined ? now : event.occurredAtMs;
  const folded = foldFact(before, fact, atMs);
  if (before.snapshot === null && folded.snapshot !== null) work.head = { ...work.head, orders: work.head.orders + 1 };
  const silent = event.backfill !== undefined && !event.backfill.earn;
  const order = silent
    ? withoutPoints(before, folded)
    : folded.paidAtMs === null
      ? folded
      : withAward(work, folded, terms, now);
  const earned = silent || !isAwarded(order) ? NOTHING_EARNED : post(work, order, { terms, now, atMs });
  work.orders.set(orderId, order);
  work.touched.add(orderId);
  return earned;
}

/** An order whose payment was filled in from the past never earns; of one that does, only the facts are taken over. */
function withoutPoints(before: Order, folded: Order): Order {
  const isFilledIn = before.paidAtMs === null && folded.paidAtMs !== null;
  return isFilledIn ? { ...folded, withheld: 'back_filled' } : folded;
}

const FOR_GOOD: ReadonlySet<Order['withheld']> = new Set<Order['withheld']>(['no_rule', 'not_member', 'back_filled']);

/** The rules of the day are taken when the order is first known as paid; no later programme touches them, nor the want of one. */
function withAward(work: Work, order: Order, terms: Terms, now: number): Order {
  if (FOR_GOOD.has(order.withheld)) return order;
  const withheld = withheldReason(order, terms);
  if (isAwarded(order) || withheld !== null || order.snapshot === null) return { ...order, withheld };
  const judge = judgeOf(work, terms.programme, now);
  if (!judge.earns) return { ...order, withheld: 'not_member' };
  const version = terms.programmeVersion;
  const award = awardOf(compiledEarning(terms.programme), judge, { placedAtMs: order.snapshot.placedAtMs, version });
  if (award.shares.length === 0) return { ...order, withheld: 'no_rule' };
  const rule = plainRule(award);
  return { ...order, withheld: null, ...(rule === null ? { award } : { rule: { ...rule, version } }) };
}

function withheldReason({ snapshot }: Order, terms: Terms): Order['withheld'] {
  if (snapshot !== null && snapshot.currency !== terms.currency) return 'currency_mismatch';
  return snapshot?.test && terms.mode === 'live' ? 'test_order' : null;
}
