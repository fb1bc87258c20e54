/**
 * One customer whose rows are in memory. It loads as the row store does (no more lots than the input can need), has the
 * decision made, and saves; what is due by then comes first.
 */

import { type Adjustment, decideAdjustment } from '../../worker/domain/adjustment.ts';
import { decideAnswer } from '../../worker/domain/answered.ts';
import { type Changes, type Head, newHead, type State } from '../../worker/domain/customer.ts';
import { decideDue, decideEvent, decideLoyaltyDue, decideProgramme } from '../../worker/domain/decide.ts';
import type { Decision } from '../../worker/domain/decision.ts';
import type { Errand } from '../../worker/domain/errand.ts';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import type { JournalRow } from '../../worker/domain/journal.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import { type Lot, NEVER, type PointsEntry } from '../../worker/domain/ledger.ts';
import { holdsEverybody } from '../../worker/domain/loyalty/parts.ts';
import type { Pending } from '../../worker/domain/loyalty/pending.ts';
import { decideReleases, orderOf } from '../../worker/domain/loyalty/releases.ts';
import { carriedLot, carriedOrder, carriedRow, joinOrders, settle } from '../../worker/domain/merge.ts';
import { decideOperation, type Operation } from '../../worker/domain/operations.ts';
import type { Order } from '../../worker/domain/order.ts';
import { type OrderFact, orderIdOf } from '../../worker/domain/order-facts.ts';
import type { Made } from '../../worker/domain/referrals/made.ts';
import type { Terms } from '../../worker/domain/terms.ts';
import { voucherDueMs } from '../../worker/domain/vouchers/due.ts';
import { decideVouchersDue } from '../../worker/domain/vouchers/held-due.ts';
import type { Voucher } from '../../worker/domain/vouchers/voucher.ts';
import { LOT_PLACES } from '../../worker/domain/work.ts';
import { event, NOW } from './given.ts';

export class Till {
  terms: Terms;
  head: Head | null = null;
  readonly journal: JournalRow[] = [];
  readonly #lots = new Map<number, Lot>();
  readonly #orders = new Map<string, Order>();
  readonly #pending = new Map<number, Pending>();
  readonly #vouchers = new Map<string, Voucher>();
  readonly #referrals = new Map<string, Made>();
  /** The segments that the customer is in, by trusted events alone. */
  readonly segments = new Set<string>();
  /** What other objects are to be asked, oldest first; whoever asks takes it out. */
  readonly errands: Errand[] = [];
  readonly #keys = new Set<string>();
  #keyed = 0;

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

  get orders(): Order[] {
    return structuredClone([...this.#orders.values()]);
  }

  /** Points that wait, the soonest released first, as copies. */
  get pending(): Pending[] {
    return structuredClone([...this.#pending.values()]).sort((a, b) => a.releasesAtMs - b.releasesAtMs || a.id - b.id);
  }

  get vouchers(): Voucher[] {
    return structuredClone([...this.#vouchers.values()]);
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
      (head, now) =>
        decideEvent({ ...this.#loadFor(told.fact, head, now), ...this.#who() }, told, this.terms, now, known).changes,
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

  /** Runs an operation that needs no lots; of points that wait it is handed the one it names. */
  operate(operation: Operation, at = NOW): Decision {
    const now = Math.max(this.head?.nowMs ?? at, at);
    this.due(now);
    this.hold(now);
    const wanted = operation.op === 'pending' ? this.#pending.get(operation.pending) : undefined;
    const pending = wanted === undefined ? [] : [structuredClone(wanted)];
    const head = this.head === null ? newHead(now) : this.#copy();
    const referrals = this.#made();
    const lots = operation.op === 'referral' ? this.#referralLots() : [];
    const orders = operation.op === 'review_referral' ? structuredClone(this.#orders) : this.#ordersOf(pending);
    const state = { ...this.#who(), head, lots, orders, pending, referrals };
    const decision = decideOperation(state, operation, this.terms, now);
    this.#save(decision.changes);
    return decision;
  }

  /** Another object answered an errand. */
  answer(errand: Errand, answer: JsonObject, at = NOW): void {
    const now = Math.max(this.head?.nowMs ?? at, at);
    this.due(now);
    this.hold(now);
    const order = this.order(String(errand.body.order ?? ''));
    const orders = new Map(order === null ? [] : [[order.orderId, order]]);
    const pending = this.pending.filter(({ releasesAtMs }) => releasesAtMs === NEVER);
    const state = { ...this.#who(), head: this.#copy(), lots: [], orders, pending, referrals: this.#made() };
    this.#save(decideAnswer(state, { errand, answer }, this.terms, { atMs: now, nowMs: now }));
  }

  /** Another customer turns out to be this one: all that they hold is this one's, as the object that takes them over does it. */
  absorb(other: Till, at: number): void {
    for (const one of [this, other]) {
      one.due(at);
      one.hold(at);
    }
    const now = Math.max(this.head?.nowMs ?? at, other.head?.nowMs ?? at, at);
    const [head, theirs] = [this.head === null ? newHead(now) : this.#copy(), other.head ?? newHead(now)];
    const offset = this.journal.length;
    const rows = other.journal.map((row) => carriedRow(row, { loser: 'other', offset, balance: head.balance }));
    const carried = other.lots.map((lot) => carriedLot(lot, offset));
    const settled = settle(head, theirs, [...this.lots, ...carried]);
    const paid = new Set(settled.lots.map(({ lot }) => lot));
    const seq = offset + rows.length + 1;
    const about = { name: null, key: null, orderId: null, about: {}, programmeVersion: 1, entries: settled.entries };
    this.#save({
      head: { ...settled.head, seq },
      rows: [...rows, { ...about, seq, kind: 'customer.merged', atMs: now, recordedAtMs: now }],
      lots: [...carried.filter(({ lot }) => !paid.has(lot)), ...settled.lots],
      orders: other.orders.map((order) => {
        const [own, told] = [this.order(order.orderId), carriedOrder(order, offset)];
        return own === null ? told : joinOrders(own, told);
      }),
      pending: other.pending.map((one) => ({ ...one, id: one.id + offset * LOT_PLACES })),
    });
    this.hold(now);
  }

  /** The alarm. */
  due(at: number): void {
    if (this.head === null) return;
    const now = Math.max(this.head.nowMs, at);
    while (this.head.nextDueMs !== null && this.head.nextDueMs <= now) {
      const atMs = this.head.nextDueMs;
      const state = { head: this.#copy(), lots: this.#enough(0, atMs), orders: structuredClone(this.#orders) };
      this.#save(decideDue(state, this.terms, atMs, now));
      const pending = this.pending.filter(({ releasesAtMs }) => releasesAtMs <= atMs);
      const waiting = { ...this.#who(), head: this.#copy(), lots: [], orders: this.#ordersOf(pending), pending };
      this.#save(decideReleases(waiting, this.terms, { atMs, nowMs: now }));
      this.#vouchersDue(atMs, now);
      this.#loyaltyDue(atMs, now);
      if (this.head.nextDueMs !== null && this.head.nextDueMs <= atMs) throw new Error('an instant that does not pass');
    }
  }

  /** Held against the programme, where it is newer than the one before. */
  hold(at: number): void {
    if (this.head === null) return;
    const { programmeVersion: version, programme } = this.terms;
    if ((this.head.loyalty.programmeVersion ?? (holdsEverybody(programme) ? 0 : version)) >= version) return;
    const now = Math.max(this.head.nowMs, at);
    const state = { ...this.#who(), head: this.#copy(), lots: this.lots, orders: new Map() };
    this.#save(decideProgramme(state, this.terms, { atMs: now, nowMs: now }));
  }

  #vouchersDue(atMs: number, nowMs: number): void {
    const vouchers = this.vouchers.filter((voucher) => (voucherDueMs(voucher) ?? NEVER) <= atMs);
    if (vouchers.length === 0) return;
    const state = { ...this.#who(), head: this.#copy(), lots: [], orders: new Map(), vouchers };
    this.#save(decideVouchersDue(state, this.terms, { atMs, nowMs }));
  }

  #loyaltyDue(atMs: number, nowMs: number): void {
    if ((this.head?.loyalty.dueMs ?? NEVER) > atMs) return;
    const orders = new Map(this.orders.map((order) => [order.orderId, order]));
    const state = { ...this.#who(), head: this.#copy(), lots: this.lots, orders };
    this.#save(decideLoyaltyDue(state, this.terms, { atMs, nowMs }));
  }

  #who() {
    const guardedSince = (group: string) => (this.segments.has(group) ? 0 : null);
    const past = {
      orders: () => this.orders,
      pending: () => this.pending,
      pointsRows: () => this.journal.filter((row) => row.entries.length > 0),
      referrals: () => this.#made(),
    };
    return { customer: 'c', guardedSince, past };
  }

  #ordersOf(pending: Pending[]): Map<string, Order> {
    const ids = pending.flatMap((one) => orderOf(one) ?? []);
    return new Map(ids.flatMap((id): [string, Order][] => (this.#orders.has(id) ? [[id, this.#order(id)]] : [])));
  }

  #referralLots(): Lot[] {
    return this.lots.filter(({ origin }) => origin.startsWith('referral:'));
  }

  #order(id: string): Order {
    const order = this.order(id);
    if (order === null) throw new Error('no such order');
    return order;
  }

  #once(key: string, at: number, decide: (head: Head, now: number) => Changes): PointsEntry[] {
    if (this.#keys.has(key)) return [];
    const now = Math.max(this.head?.nowMs ?? at, at);
    this.due(now);
    this.hold(now);
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
    if (order === null) return { head, lots: fact === null ? [] : this.#referralLots(), orders: new Map() };
    const soonest = order.earned > 0 ? this.#enough(order.earned, now) : [];
    const own = order.lots.flatMap(({ lot }) => structuredClone(this.#lots.get(lot) ?? []));
    const more = [...own, ...this.#referralLots()];
    const lots = [...soonest, ...more.filter(({ lot }) => !soonest.some((one) => one.lot === lot))];
    const pending = (order.waiting ?? []).flatMap(({ id }) => structuredClone(this.#pending.get(id) ?? []));
    return { head, lots, orders: new Map([[order.orderId, order]]), pending };
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
    const {
      head,
      rows,
      lots,
      orders,
      pending = [],
      vouchers = [],
      referrals = [],
      errands = [],
    } = structuredClone(changes);
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
    for (const one of pending) {
      if (one.points === 0) this.#pending.delete(one.id);
      else this.#pending.set(one.id, one);
    }
    for (const voucher of vouchers) this.#vouchers.set(voucher.id, voucher);
    this.errands.push(...errands);
    for (const made of referrals) this.#referrals.set(made.id, made);
    const lotsDueMs = soonest([...this.#lots.values()].map((lot) => lot.expiresAtMs));
    const pendingDueMs = soonest([...this.#pending.values()].map((one) => one.releasesAtMs));
    const vouchersDueMs = soonest([...this.#vouchers.values()].map(voucherDueMs));
    const nextDueMs = soonest([lotsDueMs, pendingDueMs, vouchersDueMs, head.loyalty.dueMs]);
    this.head = { ...head, lotsDueMs, pendingDueMs, vouchersDueMs, nextDueMs };
  }

  #made(): Made[] {
    return structuredClone([...this.#referrals.values()]);
  }

  #key(): string {
    this.#keyed += 1;
    return `key:${this.#keyed}`;
  }
}

function soonest(all: (number | null | undefined)[]): number | null {
  const at = Math.min(...all.map((one) => one ?? NEVER), NEVER);
  return at === NEVER ? null : at;
}

/** The points of each entry, in order. */
export function pointsOf(entries: PointsEntry[]): number[] {
  return entries.map((entry) => entry.points);
}
