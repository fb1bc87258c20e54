/** Points that waited become spendable, each at its own instant: their time came, the parcel arrived, or the merchant said so. */
import type { Changes, State } from '../customer.ts';
import type { JsonObject } from '../json.ts';
import { credit } from '../ledger.ts';
import type { Terms } from '../terms.ts';
import { close, expiryOf, lotId, open, pushRow, type Work } from '../work.ts';
import type { When } from './part.ts';
import { afterDecision } from './parts.ts';
import type { Pending } from './pending.ts';
import { takeHeld } from './pending-ledger.ts';

export const RELEASED = 'Points Released';

/** Everything of `state.pending` that is due by `when.atMs`. */
export function decideReleases(state: State, terms: Terms, when: When): Changes | null {
  const work = open(state);
  releaseDue(work, terms, when);
  return work.rows.length === 0 ? null : close(work, when.nowMs);
}

export function releaseDue(work: Work, terms: Terms, when: When): void {
  const due = [...work.pending.all.values()]
    .filter(({ points, releasesAtMs }) => points > 0 && releasesAtMs <= when.atMs)
    .sort((a, b) => a.releasesAtMs - b.releasesAtMs || a.id - b.id);
  for (const pending of due) release(work, pending, { terms, when, key: null, about: {} });
}

export interface Releasing {
  terms: Terms;
  when: When;
  /** Of the operation that asked for it; null: nobody did. */
  key: string | null;
  about: JsonObject;
}

/** Points that run out do so counted from here. */
export function release(work: Work, pending: Pending, { terms, when, key, about }: Releasing): void {
  const orderId = orderOf(pending);
  const { points, origin, rule } = pending;
  const expiresAtMs = expiryOf(terms, when.atMs);
  const lot = { lot: lotId(work, 0), expiresAtMs, origin };
  const words = { kind: 'earned' as const, orderId, reason: null, ...(rule === null ? {} : { rule }) };
  const entry = credit(work.draft, points, lot, words);
  takeHeld(work, pending.id, points);
  settleOrder(work, pending, { lot: lot.lot, expiresAtMs });
  const properties = {
    points,
    balance_after: entry.balanceAfter,
    rule_id: rule?.id ?? null,
    rule_name: rule?.name ?? null,
    order_id: orderId,
  };
  pushRow(work, {
    kind: 'points.released',
    name: RELEASED,
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    key,
    orderId,
    terms,
    entries: [entry],
    about: { ...about, pending: pending.id, properties },
  });
  afterDecision(work, { ...when, event: null, entries: [entry] }, terms);
}

/** Takes them away for good: an order does not earn them again. */
export function voidPending(work: Work, pending: Pending): void {
  takeHeld(work, pending.id, pending.points);
  settleOrder(work, pending, null);
}

/** `lot`: where the points went; null: they are gone. */
function settleOrder(work: Work, pending: Pending, lot: { lot: number; expiresAtMs: number } | null): void {
  const order = work.orders.get(orderOf(pending) ?? '');
  if (order === undefined) return;
  const { waiting = [], ...rest } = order;
  const left = waiting.filter(({ id }) => id !== pending.id);
  work.orders.set(order.orderId, {
    ...rest,
    ...(left.length === 0 ? {} : { waiting: left }),
    ...(lot === null ? { voided: (order.voided ?? 0) + pending.points } : { lots: [...order.lots, lot] }),
  });
  work.touched.add(order.orderId);
}

/** The order that points came from; null: none. */
export function orderOf({ origin }: Pick<Pending, 'origin'>): string | null {
  return origin.startsWith('order:') ? origin.slice('order:'.length) : null;
}
