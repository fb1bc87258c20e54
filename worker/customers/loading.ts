/** As much of a customer as an input can need: never the whole history. */
import type { Head, State } from '../domain/customer.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { Operation } from '../domain/operations.ts';
import { orderIdOf } from '../domain/order-facts.ts';
import type { Input } from './input.ts';
import type { CustomerStore } from './store.ts';

export function loadFor(store: CustomerStore, customer: string, head: Head, input: Input, now: number): State {
  return input.kind === 'event'
    ? loadForEvent(store, customer, head, input.event, now)
    : loadForOperation(store, customer, head, input.operation, now);
}

function loadForEvent(store: CustomerStore, customer: string, head: Head, { fact }: CustomerEvent, now: number): State {
  if (fact === null) return { head, lots: [], orders: new Map() };
  const orderId = orderIdOf(fact);
  const order = store.order(customer, orderId);
  if (order === null) return { head, lots: [], orders: new Map() };
  const own = order.lots.flatMap(({ lot, expiresAtMs }) => store.lot(customer, expiresAtMs, lot) ?? []);
  const soonest = order.earned > 0 ? store.lots(customer, order.earned, now) : [];
  const lots = [...soonest, ...own.filter((lot) => !soonest.some((one) => one.lot === lot.lot))];
  return { head, lots, orders: new Map([[orderId, order]]) };
}

function loadForOperation(
  store: CustomerStore,
  customer: string,
  head: Head,
  operation: Operation,
  now: number,
): State {
  switch (operation.op) {
    case 'adjust': {
      const wanted = Math.max(0, -operation.points);
      return { head, lots: wanted > 0 ? store.lots(customer, wanted, now) : [], orders: new Map() };
    }
  }
}
