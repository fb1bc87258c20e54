/**
 * One customer whose rows are in memory. It loads as the row store does (no more lots than the input can need), has the
 * decision made, and saves; what is due by then comes first.
 */

import { type Adjustment, decideAdjustment } from '../../worker/domain/adjustment.ts';
import { type Changes, type Head, newHead, type State } from '../../worker/domain/customer.ts';
import { decideDue, decideEvent } from '../../worker/domain/decide.ts';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import type { JournalRow } from '../../worker/domain/journal.ts';
import { type Lot, NEVER, type PointsEntry } from '../../worker/domain/ledger.ts';
import type { Order } from '../../worker/domain/order.ts';
import { type OrderFact, orderIdOf } from '../../worker/domain/order-facts.ts';
import type { Terms } from '../../worker/domain/terms.ts';
import { event, NOW } from './given.ts';

export class Till {
  terms: Terms;
  head: Head | null = null;
  readonly journal: JournalRow[] = [];
  readonly #lots = new Map<number, Lot>();
  readonly #orders = new Map<string, Order>();
  readonly #keys = new Set<string>();
  #made = 0;

  constructor(terms: Terms) {
    this.terms = terms;
  }

  get balance(): number {
    return this.head?.balance ?? 0;
  }

  get debt(): number {
    return this.head?.debt ?? 0;
  }

  /** Open lots in spending order, as copies: what is read from rows is nobody else's. */
  get lots(): Lot[] {
    return structuredClone([...this.#lots.values()]).sort((a, b) => a.expiresAtMs - b.expiresAtMs || a.lot - b.lot);
  }

  get entries(): PointsEntry[] {
    return this.journal.flatMap((row) => row.entries);
  }

  order(orderId = 'o1'): Order | null {
    return structuredClone(this.#orders.get(orderId) ?? null);
  }

  /** Tells a fact under a key of its own, unless one is given; answers what it posted. */
  tell(fact: OrderFact, at = NOW, key = this.#key()): PointsEntry[] {
    return this.record(event(key, { fact, occurredAtMs: at, receivedAtMs: at }), at);
  }

  record(told: CustomerEvent, at = NOW, known = true): PointsEntry[] {
    return this.#once(
      told.key,
      at,
      (head, now) => decideEvent(this.#loadFor(told.fact, head, now), told, this.terms, now, known).changes,
    );
  }

  adjust(points: number, at = NOW, changes: Partial<Adjustment> = {}): PointsEntry[] {
    const key = this.#key();
    const about = { fingerprint: key, points, reason: 'test', note: null, expiresAtMs: null };
    const input: Adjustment = { op: 'adjust', key, ...about, ...changes };
    return this.#once(input.key, at, (head, now) => {
      const lots = points < 0 ? this.#enough(-points, now) : [];
      return decideAdjustment({ head, lots, orders: new Map() }, input, this.terms, now).changes;
    });
  }

  /** The alarm. */
  due(at: number): void {
    if (this.head === null) return;
    const now = Math.max(this.head.nowMs, at);
    if (this.head.nextDueMs === null || this.head.nextDueMs > now) return;
    const state = { head: this.#copy(), lots: this.#enough(0, now), orders: structuredClone(this.#orders) };
    this.#save(decideDue(state, this.terms, now));
  }

  #once(key: string, at: number, decide: (head: Head, now: number) => Changes): PointsEntry[] {
    if (this.#keys.has(key)) return [];
    const now = Math.max(this.head?.nowMs ?? at, at);
    this.due(now);
    const changes = decide(this.head === null ? newHead(now) : this.#copy(), now);
    this.#save(changes);
    return changes.rows.flatMap((row) => row.entries);
  }

  #copy(): Head {
    if (this.head === null) throw new Error('nothing recorded yet');
    return structuredClone(this.head);
  }

  #loadFor(fact: OrderFact | null, head: Head, now: number): State {
    const order = fact === null ? null : this.order(orderIdOf(fact));
    if (order === null) return { head, lots: [], orders: new Map() };
    const soonest = order.earned > 0 ? this.#enough(order.earned, now) : [];
    const own = order.lots.flatMap(({ lot }) => structuredClone(this.#lots.get(lot) ?? []));
    const lots = [...soonest, ...own.filter(({ lot }) => !soonest.some((one) => one.lot === lot))];
    return { head, lots, orders: new Map([[order.orderId, order]]) };
  }

  /** Lots until they hold `points`, and all that is due: a decision that needs more must fail here too. */
  #enough(points: number, now: number): Lot[] {
    let held = 0;
    return this.lots.filter((lot) => {
      if (lot.expiresAtMs <= now) return true;
      held += lot.remaining;
      return held - lot.remaining < points;
    });
  }

  #save(changes: Changes | null): void {
    if (changes === null) return;
    const { head, rows, lots, orders } = structuredClone(changes);
    for (const row of rows) {
      if (row.seq !== this.journal.length + 1) throw new Error(`row ${row.seq} leaves a gap`);
      this.journal.push(row);
      if (row.key !== null) this.#keys.add(row.key);
    }
    for (const lot of lots) {
      if (lot.remaining === 0) this.#lots.delete(lot.lot);
      else this.#lots.set(lot.lot, lot);
    }
    for (const order of orders) this.#orders.set(order.orderId, order);
    const earliest = this.lots[0]?.expiresAtMs ?? NEVER;
    this.head = { ...head, nextDueMs: earliest === NEVER ? null : earliest };
  }

  #key(): string {
    this.#made += 1;
    return `key:${this.#made}`;
  }
}

/** The points of each entry, in order. */
export function pointsOf(entries: PointsEntry[]): number[] {
  return entries.map((entry) => entry.points);
}
