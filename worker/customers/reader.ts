/** Reads of one customer, as of now: what ran out meanwhile no longer counts, and nothing is written. */
import type { Consents } from '../domain/consent.ts';
import type { Head } from '../domain/customer.ts';
import { waitsForArrival } from '../domain/earning/waiting.ts';
import { soonestExpiry } from '../domain/inactivity/soonest.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { JsonObject } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import { holdsEverybody } from '../domain/loyalty/parts.ts';
import { orderOf } from '../domain/loyalty/releases.ts';
import type { Loyalty } from '../domain/loyalty/state.ts';
import { participationOf } from '../domain/members/participation.ts';
import type { MemberState } from '../domain/members/state.ts';
import type { Order } from '../domain/order.ts';
import { guardedSince } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import { type TierStanding, tierStanding } from '../domain/tiers/standing.ts';
import { bringUp, requireCurrent, runDue } from './due.ts';
import type { CustomerStore, Page } from './store.ts';

export interface Standing {
  moved: null;
  /** As `Head.known`. */
  known: boolean;
  seq: number;
  balance: number;
  debt: number;
  lifetime: number;
  orderCount: number;
  firstSeenMs: number;
  lastSeenMs: number;
  traits: JsonObject;
  consents: Consents;
  /** What the programme knows of them besides; `pending` are points that cannot be spent yet. */
  loyalty: Loyalty;
  nextExpiry: { points: number; atMs: number } | null;
  activity: JournalRow[];
  /** The orders that `activity` speaks of. */
  activityOrders: Order[];
  orders: OrdersPage;
}

/** What a shopper is told of themselves besides. */
export interface ShopperStanding extends Standing {
  participation: MemberState;
  /** null: none wait. `nextAtMs`: when the first of them can be spent; null: once a parcel has arrived. */
  pending: { points: number; nextAtMs: number | null } | null;
  /** null: the shop has no tiers. */
  tier: TierStanding | null;
}

export interface HistoryPage {
  rows: JournalRow[];
  /** The orders that points rows speak of. */
  orders: Order[];
  /** Pass as `before` for the next page; null on the last one. */
  next: number | null;
}

export interface OrdersPage {
  orders: Order[];
  next: { placedMs: number; orderId: string } | null;
}

/** How many of the lists' first entries to read with it. */
export interface First {
  activity: number;
  orders: number;
}

interface Seen {
  now: number;
  first: First;
  /** Rows of what was done on trial, which nobody has written yet; the oldest first. */
  fresh?: JournalRow[];
}

export class Reader {
  readonly #store: CustomerStore;

  constructor(store: CustomerStore) {
    this.#store = store;
  }

  /** Whether anything has to happen to a customer before they are as of now; false for one nobody ever heard of. */
  isDue(customer: string, clock: number): boolean {
    const head = this.#store.head(customer);
    return head !== null && head.movedTo === null && (head.nextDueMs ?? NEVER) <= Math.max(head.nowMs, clock);
  }

  /** Of one to whom nothing has to happen first. */
  standing(customer: string, clock: number, first: First): Standing | { moved: string } | null {
    const head = this.#store.head(customer);
    if (head === null) return null;
    if (head.movedTo !== null) return { moved: head.movedTo };
    return this.#standingOf(customer, head, { now: Math.max(head.nowMs, clock), first });
  }

  /** Of one to whom something has to: it is done on trial. */
  dueStanding(customer: string, clock: number, first: First, terms: Terms): Standing | { moved: string } | null {
    if (!this.#store.isThere()) return null;
    const stored = this.#store.head(customer);
    if (stored === null) return null;
    if (stored.movedTo !== null) return { moved: stored.movedTo };
    requireCurrent({ terms }, stored);
    const now = Math.max(stored.nowMs, clock);
    return this.#store.trial((batch) => {
      batch.load([customer], []);
      const scene = { store: this.#store, batch, terms };
      const head = bringUp(scene, customer, runDue(scene, customer, stored, now), now);
      return this.#standingOf(customer, head, { now, first, fresh: batch.unwritten(customer) });
    });
  }

  /** With what only the terms tell. What is due, or newer than the customer's last look, is done on trial. */
  shopper(
    customer: string,
    first: First,
    { terms, clock }: { terms: Terms; clock: number },
  ): ShopperStanding | { moved: string } | null {
    const stored = this.#store.isThere() ? this.#store.head(customer) : null;
    if (stored === null) return null;
    if (stored.movedTo !== null) return { moved: stored.movedTo };
    requireCurrent({ terms }, stored);
    const now = Math.max(stored.nowMs, clock);
    if (isAsItIs(stored, terms, now)) return this.#shopperOf(customer, stored, { now, first, terms }, () => false);
    return this.#store.trial((batch) => {
      batch.load([customer], []);
      const scene = { store: this.#store, batch, terms };
      const head = bringUp(scene, customer, runDue(scene, customer, stored, now), now);
      const since = guardedSince({ head, history: batch.history(customer) }, terms.segments, now);
      const seen = { now, first, terms, fresh: batch.unwritten(customer) };
      return this.#shopperOf(customer, head, seen, (segment) => since(segment) !== null);
    });
  }

  #shopperOf(
    customer: string,
    head: Head,
    { terms, ...seen }: Seen & { terms: Terms },
    isIn: (segment: string) => boolean,
  ): ShopperStanding {
    const { pending = 0 } = head.loyalty;
    return {
      ...this.#standingOf(customer, head, seen),
      participation: participationOf(head, terms.programme, isIn),
      pending: pending === 0 ? null : { points: pending, nextAtMs: this.#releaseOf(customer, head) },
      tier: tierStanding(head, terms, seen.now),
    };
  }

  /** Of those that are released first, unless they wait for a parcel. */
  #releaseOf(customer: string, { pendingDueMs }: Head): number | null {
    if (pendingDueMs === null || pendingDueMs === NEVER) return null;
    const [first] = this.#store.ledger.pendingPage(customer, null, 1);
    const orderId = first === undefined ? null : orderOf(first);
    const order = orderId === null ? null : this.#store.order(customer, orderId);
    return first !== undefined && order !== null && waitsForArrival(order, first.id) ? null : pendingDueMs;
  }

  #standingOf(customer: string, head: Head, { now, first, fresh = [] }: Seen): Standing {
    const stored = this.#store.pointsRows(customer, { limit: first.activity, before: null });
    const news = fresh.filter(({ entries }) => entries.length > 0).reverse();
    const activity = [...news, ...stored].slice(0, first.activity);
    return {
      moved: null,
      known: head.known,
      seq: head.seq,
      balance: head.balance,
      debt: head.debt,
      lifetime: head.lifetime,
      orderCount: head.orders,
      firstSeenMs: head.firstSeenMs,
      lastSeenMs: head.lastSeenMs,
      traits: head.traits,
      consents: head.consents,
      loyalty: head.loyalty,
      nextExpiry: head.nextDueMs === null ? null : soonestExpiry(head, this.#store.history(customer).nextExpiry(now)),
      activity,
      activityOrders: this.#ordersOf(customer, activity),
      orders: this.orders(customer, first.orders, null),
    };
  }

  timeline(customer: string, page: Page): HistoryPage {
    return paged(this.#store.timeline(customer, { ...page, limit: page.limit + 1 }), page.limit);
  }

  points(customer: string, page: Page): HistoryPage {
    const found = paged(this.#store.pointsRows(customer, { ...page, limit: page.limit + 1 }), page.limit);
    return { ...found, orders: this.#ordersOf(customer, found.rows) };
  }

  #ordersOf(customer: string, rows: JournalRow[]): Order[] {
    const ids = new Set(rows.flatMap((row) => row.entries.flatMap((entry) => entry.orderId ?? [])));
    return [...ids].flatMap((id) => this.#store.order(customer, id) ?? []);
  }

  orders(customer: string, limit: number, before: OrdersPage['next']): OrdersPage {
    if (limit === 0) return { orders: [], next: null };
    const orders = this.#store.orders(customer, limit + 1, before);
    const page = orders.slice(0, limit);
    const last = page.at(-1);
    const next =
      orders.length > limit && last?.snapshot ? { placedMs: last.snapshot.placedAtMs, orderId: last.orderId } : null;
    return { orders: page, next };
  }
}

/** Nothing has to happen first, and no segment has to be asked. */
function isAsItIs({ nextDueMs, loyalty }: Head, { programme, programmeVersion }: Terms, now: number): boolean {
  const { programmeVersion: seen = holdsEverybody(programme) ? 0 : programmeVersion } = loyalty;
  const asks = programme.members?.exclude.segments ?? [];
  return (nextDueMs ?? NEVER) > now && seen >= programmeVersion && asks.length === 0;
}

function paged(rows: JournalRow[], limit: number): HistoryPage {
  const page = rows.slice(0, limit);
  return { rows: page, orders: [], next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null };
}
