/** What orders do to the referral of who placed them: the first that qualifies completes it, once it has stood its time. */
import type { Happened, When } from '../loyalty/part.ts';
import type { Order } from '../order.ts';
import { orderIdOf } from '../order-facts.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { change, keep, receivedOf } from './changing.ts';
import { beginCompletion, cancel } from './completing.ts';
import { completesAt, isTakenBack, qualifies } from './qualify.ts';
import { isAlive, type Received } from './state.ts';

/** So many small orders are told apart; whoever places more has somebody look at it. */
const MOST_SINCE = 20;

export function afterOrder(work: Work, happened: Happened, terms: Terms): void {
  const fact = happened.event?.fact;
  if (fact == null) return;
  const order = work.orders.get(orderIdOf(fact));
  if (order === undefined) return;
  for (const received of receivedOf(work)) {
    if (received.order?.id === order.orderId) followOrder(work, { received, order }, happened, terms);
    else if (isAlive(received) || received.status === 'blocked') noteOrder(work, { received, order }, happened, terms);
  }
}

interface Referred {
  received: Received;
  order: Order;
}

/** The order that it waits for, or was completed by, changed. */
function followOrder(work: Work, { received, order }: Referred, when: Happened, terms: Terms): void {
  if (received.status === 'completing' || received.status === 'completed') {
    if (isTakenBack(order)) cancel(work, received, { reason: 'refunded', terms, when });
    return;
  }
  if (isTakenBack(order) && received.status === 'pending') cancel(work, received, { reason: 'refunded', terms, when });
  else if (!qualifies(order, received, terms)) keep(work, withoutOrder(received));
}

function withoutOrder({ order: _, ...received }: Received): Received {
  return received;
}

/** An order that it does not know yet may be the one. One from before the claim never is. */
function noteOrder(work: Work, { received, order }: Referred, when: Happened, terms: Terms): void {
  if (received.status === 'completing' || received.status === 'completed') return;
  if (order.snapshot === null || order.snapshot.placedAtMs < startOfSecond(received.claimedAtMs)) return;
  const isNew = (work.ordersBefore.get(order.orderId)?.snapshot ?? null) === null;
  const noted = isNew ? withSince(received, order.orderId) : received;
  if (noted !== received) keep(work, noted);
  if (noted.order === undefined) takeOrder(work, { received: noted, order }, when, terms);
}

/** An order that qualifies is the one, from when it has stood its time; others change nothing. */
export function takeOrder(work: Work, { received, order }: Referred, when: When, terms: Terms): void {
  if (!qualifies(order, received, terms)) return;
  const waiting = withOrder(received, order.orderId, when, terms);
  if (waiting.status === 'pending' && hasOthers(work, waiting, terms)) {
    change(work, waiting, { status: 'held', reasons: ['other_orders'] }, { terms, when });
    return;
  }
  keep(work, waiting);
  if (waiting.status === 'pending' && waiting.order !== undefined && waiting.order.completesAtMs <= when.nowMs)
    beginCompletion(work, waiting);
}

/** Shops tell when an order was placed by the second. */
function startOfSecond(atMs: number): number {
  return Math.floor(atMs / 1_000) * 1_000;
}

function withSince(received: Received, orderId: string): Received {
  const { ordersSince } = received;
  if (ordersSince.includes(orderId) || ordersSince.length >= MOST_SINCE) return received;
  return { ...received, ordersSince: [...ordersSince, orderId] };
}

function withOrder(received: Received, id: string, { nowMs }: When, terms: Terms): Received {
  return { ...received, order: { id, completesAtMs: completesAt(received, terms, nowMs) } };
}

/** Orders from before the claim turned up: of another customer whom this one turned out to be, or filled in since. */
function hasOthers({ head }: Work, { ordersBefore, ordersSince }: Received, { programme }: Terms): boolean {
  return programme.referrals?.checks.knownCustomers !== false && head.orders > ordersBefore + ordersSince.length;
}
