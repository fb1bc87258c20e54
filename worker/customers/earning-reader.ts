/** What an order would earn a customer as of now. Nothing is written: what is due is done on trial. */
import { newHead } from '../domain/customer.ts';
import { type EarningPreview, previewOrder } from '../domain/earning/preview.ts';
import type { OrderSnapshot } from '../domain/order-facts.ts';
import type { Terms } from '../domain/terms.ts';
import { bringUp, requireCurrent, runDue } from './due.ts';
import { whoIs } from './dues.ts';
import type { CustomerStore } from './store.ts';

export type CustomerPreview = { moved: null; preview: EarningPreview } | { moved: string } | null;

/** null: nobody is here by that id. */
export function previewFor(
  store: CustomerStore,
  customer: string,
  order: OrderSnapshot,
  { terms, clock }: { terms: Terms; clock: number },
): CustomerPreview {
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
    const state = { ...whoIs(scene, customer, head), head, lots: [], orders: new Map() };
    return { moved: null, preview: previewOrder(state, order, terms, { nowMs, assumeMember: false }) };
  });
}

/** What anybody would earn who is a member, has no tier and is in no segment. */
export function previewForMember(order: OrderSnapshot, terms: Terms, nowMs: number): EarningPreview {
  const state = { head: { ...newHead(nowMs), known: true }, lots: [], orders: new Map() };
  return previewOrder(state, order, terms, { nowMs, assumeMember: true });
}
