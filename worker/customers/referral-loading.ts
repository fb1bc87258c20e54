/** What an input needs of referrals: the one it is about, the orders it may be completed by, what was given and may go back. */
import type { State } from '../domain/customer.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { Lot } from '../domain/ledger.ts';
import { orderIdOf } from '../domain/order-facts.ts';
import { originOf } from '../domain/referrals/completing.ts';
import type { ReferralNews } from '../domain/referrals/referrer.ts';
import type { Given } from '../domain/referrals/state.ts';
import type { Input } from './input.ts';
import type { CustomerStore } from './store.ts';

/** Of so many of the latest orders one may be found to complete a referral that is approved. */
const ORDERS_LOOKED_AT = 50;

/** `state`: what was loaded of the customer so far. */
export function withReferrals(store: CustomerStore, customer: string, state: State, input: Input): State {
  if (input.kind === 'event') return withFriendLots(store, customer, state, input.event);
  switch (input.operation.op) {
    case 'referral':
      return withMade(store, customer, state, input.operation);
    case 'review_referral': {
      const orders = store.orders(customer, ORDERS_LOOKED_AT, null);
      return { ...state, orders: new Map(orders.map((order) => [order.orderId, order])) };
    }
    default:
      return state;
  }
}

/** An order that completed a referral may be taken back, and with it what the friend got. */
function withFriendLots(store: CustomerStore, customer: string, state: State, { fact }: CustomerEvent): State {
  const received = state.head.loyalty.referral?.received;
  if (fact === null || received === undefined) return state;
  const orderId = orderIdOf(fact);
  const lots = received.flatMap(({ id, order, got }) =>
    order?.id === orderId ? lotOf(store, customer, { given: got ?? null, id }) : [],
  );
  return withLots(state, lots);
}

function withMade(store: CustomerStore, customer: string, state: State, asked: ReferralNews): State {
  const id = asked.referral;
  const made = store.referrals.one(customer, { startedAtMs: asked.startedAtMs, id });
  if (made === null) return state;
  const { given } = made;
  if (asked.ask !== 'revoke') return { ...state, referrals: [made] };
  const vouchers = given?.voucher === undefined ? [] : store.vouchers.vouchers(customer, [given.voucher.id]);
  return { ...withLots(state, lotOf(store, customer, { given, id })), referrals: [made], vouchers };
}

function lotOf(store: CustomerStore, customer: string, { given, id }: { given: Given | null; id: string }): Lot[] {
  if (given?.points === undefined) return [];
  return [store.referrals.lot(customer, given.points.expiresAtMs, originOf({ id })) ?? []].flat();
}

function withLots(state: State, more: Lot[]): State {
  const fresh = more.filter((lot) => !state.lots.some((one) => one.lot === lot.lot));
  return fresh.length === 0 ? state : { ...state, lots: [...state.lots, ...fresh] };
}
