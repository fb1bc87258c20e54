/** What comes due by itself of one customer, each kind with what it needs of the past: points, vouchers, the programme. */
import type { Changes, Head, State } from '../domain/customer.ts';
import { decideDue, decideLoyaltyDue } from '../domain/decide.ts';
import { balanceEndMs } from '../domain/inactivity/inactivity-part.ts';
import type { Lot } from '../domain/ledger.ts';
import { decideReleases, orderOf } from '../domain/loyalty/releases.ts';
import type { Order } from '../domain/order.ts';
import { guardedSince } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import { decideVouchersDue } from '../domain/vouchers/held-due.ts';
import type { Batch } from './batch.ts';
import { pastOf } from './past.ts';
import type { CustomerStore } from './store.ts';

/** A transaction of an object, as far as what is due asks of it. */
interface Duty {
  store: CustomerStore;
  batch: Batch;
  terms: Terms;
}

interface When {
  /** The instant that is decided at. */
  atMs: number;
  now: number;
}

type DecideDue = (scene: Duty, customer: string, head: Head, when: When) => Changes | null;

/** What comes due by itself, in the order in which it is done at one instant. */
export const DUES: readonly DecideDue[] = [pointsDue, pendingDue, vouchersDue, loyaltyDue];

/** Points that waited become spendable, with the orders they came from. */
function pendingDue(scene: Duty, customer: string, head: Head, { atMs, now }: When): Changes | null {
  const { store, batch, terms } = scene;
  if (head.pendingDueMs === null || head.pendingDueMs > atMs) return null;
  batch.readDueAnew(customer, 'pendingDueMs');
  const pending = store.ledger.pendingDue(customer, atMs);
  const orders = ordersOf(store, customer, pending);
  const state = { ...whoIs(scene, customer, head), head, lots: [], orders, pending };
  return decideReleases(state, terms, { atMs, nowMs: now });
}

function vouchersDue({ store, batch, terms }: Duty, customer: string, head: Head, { atMs, now }: When): Changes | null {
  if (head.vouchersDueMs === null || head.vouchersDueMs > atMs) return null;
  batch.readDueAnew(customer, 'vouchersDueMs');
  const state = { head, lots: [], orders: new Map(), vouchers: store.vouchers.due(customer, atMs) };
  return decideVouchersDue(state, terms, { atMs, nowMs: now });
}

/** What the programme does by itself may close a whole balance: all open lots are at hand. */
function loyaltyDue(scene: Duty, customer: string, head: Head, { atMs, now }: When): Changes | null {
  const { store, terms } = scene;
  const { dueMs } = head.loyalty;
  if (dueMs === undefined || dueMs > atMs) return null;
  const lots = store.lots(customer, Number.POSITIVE_INFINITY, atMs);
  const endMs = balanceEndMs(head, terms);
  const orders = endMs !== null && endMs <= atMs ? ordersOf(store, customer, lots) : new Map();
  const state = { ...whoIs(scene, customer, head), head, lots, orders };
  return decideLoyaltyDue(state, terms, { atMs, nowMs: now });
}

export function pointsDue(
  { store, batch, terms }: Duty,
  customer: string,
  head: Head,
  { atMs, now }: When,
): Changes | null {
  if (head.lotsDueMs === null || head.lotsDueMs > atMs) return null;
  batch.readDueAnew(customer, 'lotsDueMs');
  const lots = store.lots(customer, 0, atMs);
  const over = lots.filter((lot) => lot.expiresAtMs <= atMs);
  return decideDue({ head, lots, orders: ordersOf(store, customer, over) }, terms, atMs, now);
}

/** The orders that lots, or points that wait, came from. */
function ordersOf(store: CustomerStore, customer: string, made: readonly Pick<Lot, 'origin'>[]): Map<string, Order> {
  const ids = new Set(made.flatMap((one) => orderOf(one) ?? []));
  return new Map([...ids].flatMap((id) => store.order(customer, id) ?? []).map((order) => [order.orderId, order]));
}

/** Who is decided on, for what only some decisions ask of them. */
export function whoIs(
  { store, batch, terms }: Duty,
  customer: string,
  head: Head,
): Pick<State, 'customer' | 'guardedSince' | 'past'> {
  const known = new Map<number, (group: string) => number | null>();
  return {
    customer,
    past: pastOf(store, batch, customer),
    guardedSince: (group, atMs) => {
      const since = known.get(atMs) ?? guardedSince({ head, history: batch.history(customer) }, terms.segments, atMs);
      known.set(atMs, since);
      return since(group);
    },
  };
}
