/** Shopify's times in a test shop whose clock was set: what happened just now happened at the shop's now. Pure. */

import type { OrderFact } from '../../domain/order-facts.ts';
import type { Delivery } from '../../routing/deliver.ts';
import { inShopTime } from '../../time/receipt.ts';

/** The delivery by the shop's clock; `event.receivedAtMs` is that already. */
export function byShopClock(delivery: Delivery, wallMs: number): Delivery {
  const { event } = delivery;
  const nowMs = event.receivedAtMs;
  const shift = (saidMs: number) => Math.min(inShopTime(saidMs, { wallMs, nowMs }), nowMs);
  const fact = event.fact === null ? null : factByShopClock(event.fact, shift);
  const consents = event.consents?.map((one) => ({ ...one, atMs: one.atMs === null ? null : shift(one.atMs) }));
  return {
    ...delivery,
    event: {
      ...event,
      occurredAtMs: shift(event.occurredAtMs),
      fact,
      ...(consents === undefined ? {} : { consents }),
      ...(event.profileAtMs === undefined ? {} : { profileAtMs: shift(event.profileAtMs) }),
    },
  };
}

function factByShopClock(fact: OrderFact, shift: (saidMs: number) => number): OrderFact {
  if (fact.kind === 'cancellation') return { ...fact, atMs: shift(fact.atMs) };
  if (fact.kind === 'refund') return { ...fact, refund: { ...fact.refund, atMs: shift(fact.refund.atMs) } };
  if (fact.kind === 'fulfilment') {
    return { ...fact, fulfilment: { ...fact.fulfilment, updatedAtMs: shift(fact.fulfilment.updatedAtMs) } };
  }
  if (fact.kind === 'carrier') return { ...fact, word: { ...fact.word, atMs: shift(fact.word.atMs) } };
  const { order } = fact;
  const cancelledAtMs = order.cancelledAtMs === null ? null : shift(order.cancelledAtMs);
  const times = { placedAtMs: shift(order.placedAtMs), updatedAtMs: shift(order.updatedAtMs), cancelledAtMs };
  return {
    ...fact,
    order: { ...order, ...times },
    refunds: fact.refunds.map((refund) => ({ ...refund, atMs: shift(refund.atMs) })),
    fulfilments: fact.fulfilments.map((one) => ({ ...one, updatedAtMs: shift(one.updatedAtMs) })),
  };
}
