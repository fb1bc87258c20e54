/** What an order would earn a customer as of now. Nothing is written: what is due is done on trial. */
import { type Head, newHead } from '../domain/customer.ts';
import { type EarningPreview, previewOrder } from '../domain/earning/preview.ts';
import type { EarningWays } from '../domain/earning/way.ts';
import { waysFor } from '../domain/earning/ways.ts';
import type { OrderSnapshot } from '../domain/order-facts.ts';
import type { Terms } from '../domain/terms.ts';
import { bringUp, requireCurrent, runDue } from './due.ts';
import { whoIs } from './dues.ts';
import type { CustomerStore } from './store.ts';

export type CustomerPreview = { moved: null; preview: EarningPreview } | { moved: string } | null;

interface At {
  terms: Terms;
  clock: number;
}

/** null: nobody is here by that id. */
export function previewFor(
  store: CustomerStore,
  customer: string,
  order: OrderSnapshot,
  { terms, clock }: At,
): CustomerPreview {
  return asOf(store, customer, { terms, clock }, ({ who, head, nowMs }) => {
    const state = { ...who, head, lots: [], orders: new Map() };
    return { preview: previewOrder(state, order, terms, { nowMs, assumeMember: false }) };
  });
}

/** How a customer can earn; null: nobody is here by that id. */
export function earningWaysFor(
  store: CustomerStore,
  customer: string,
  { terms, clock }: At,
): ({ moved: null } & EarningWays) | { moved: string } | null {
  return asOf(store, customer, { terms, clock }, ({ who, head, nowMs }) => {
    return waysFor({ head, guardedSince: who.guardedSince ?? (() => null) }, terms, nowMs);
  });
}

interface Asked {
  who: ReturnType<typeof whoIs>;
  head: Head;
  nowMs: number;
}

/** With what is due by now done, on trial. */
function asOf<T extends object>(
  store: CustomerStore,
  customer: string,
  { terms, clock }: At,
  read: (asked: Asked) => T,
): ({ moved: null } & T) | { moved: string } | null {
  if (!store.isThere()) return null;
  const stored = store.head(customer);
  if (stored === null) return null;
  if (stored.movedTo !== null) return { moved: stored.movedTo };
  requireCurrent({ terms }, stored);
  const nowMs = Math.max(stored.nowMs, clock);
  return store.trial((batch) => {
    batch.load([customer], []);
    const scene = { store, batch, terms };
    const head = bringUp(scene, customer, runDue(scene, customer, stored, nowMs), nowMs);
    return { moved: null, ...read({ who: whoIs(scene, customer, head), head, nowMs }) };
  });
}

/** What anybody would earn who is a member, has no tier and is in no segment. */
export function previewForMember(order: OrderSnapshot, terms: Terms, nowMs: number): EarningPreview {
  const state = { head: { ...newHead(nowMs), known: true }, lots: [], orders: new Map() };
  return previewOrder(state, order, terms, { nowMs, assumeMember: true });
}
