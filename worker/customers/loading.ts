/** As much of a customer as an input can need: never the whole history. */
import type { Head, State } from '../domain/customer.ts';
import type { CustomerEvent } from '../domain/event.ts';
import { orderOf } from '../domain/loyalty/releases.ts';
import type { Operation } from '../domain/operations.ts';
import { orderIdOf } from '../domain/order-facts.ts';
import type { AdjustmentUndo } from '../domain/undo-adjustment.ts';
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
  const pending = store.ledger.pendingAt(customer, order.waiting ?? []);
  return { head, lots, orders: new Map([[orderId, order]]), pending };
}

function loadForOperation(
  store: CustomerStore,
  customer: string,
  head: Head,
  operation: Operation,
  now: number,
): State {
  switch (operation.op) {
    case 'abandon':
      return { head, lots: [], orders: new Map() };
    case 'adjust': {
      const wanted = Math.max(0, -operation.points);
      return { head, lots: wanted > 0 ? store.lots(customer, wanted, now) : [], orders: new Map() };
    }
    case 'membership':
    case 'set_birthday':
    case 'lock_tier':
    case 'release_tier':
      return { head, lots: [], orders: new Map() };
    case 'pending':
      return loadForPending(store, customer, head, operation.pending);
    case 'set_balance': {
      const wanted = Math.max(0, head.balance - operation.balance);
      return { head, lots: wanted > 0 ? store.lots(customer, wanted, now) : [], orders: new Map() };
    }
    // what they need besides is loaded with the vouchers
    case 'commit_stack':
    case 'spend':
    case 'undo_reward':
    case 'give_reward':
    case 'hold_voucher':
    case 'redeem_vouchers':
    case 'roll_back_vouchers':
    case 'lock_voucher':
    case 'release_voucher':
    case 'change_voucher':
    case 'remove_voucher':
    case 'credit_voucher':
      return { head, lots: [], orders: new Map() };
    // what they need besides is loaded with the referrals
    case 'claim_referral':
    case 'referral':
    case 'review_referral':
      return { head, lots: [], orders: new Map() };
    case 'undo_adjustment':
      return loadForUndo(store, customer, head, operation, now);
  }
}

/** The points that wait, with the order they came from. */
function loadForPending(store: CustomerStore, customer: string, head: Head, id: number): State {
  const pending = store.ledger.pendingOne(customer, id);
  const order = pending === null ? null : store.order(customer, orderOf(pending) ?? '');
  const orders = new Map(order === null ? [] : [[order.orderId, order]]);
  return { head, lots: [], orders, pending: pending === null ? [] : [pending] };
}

/** The adjustment, its own lots, and enough of the others. */
function loadForUndo(store: CustomerStore, customer: string, head: Head, { of }: AdjustmentUndo, now: number): State {
  const undone = store.ledger.rowOfKey(customer, of);
  const given = (undone?.entries ?? []).filter((entry) => entry.points > 0);
  const wanted = given.reduce((sum, entry) => sum + entry.points, 0);
  const soonest = wanted > 0 ? store.lots(customer, wanted, now) : [];
  const made = given.flatMap((entry) => entry.lots);
  const own = made.flatMap(({ lot, expiresAtMs }) => store.lot(customer, expiresAtMs, lot) ?? []);
  const lots = [...soonest, ...own.filter((lot) => !soonest.some((one) => one.lot === lot.lot))];
  return { head, lots, orders: new Map(), undone };
}
