/** Reads of one customer, as of now: what ran out meanwhile no longer counts, and nothing is written. */
import type { Consents } from '../domain/consent.ts';
import type { Head } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { JsonObject } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import type { Loyalty } from '../domain/loyalty/state.ts';
import type { Order } from '../domain/order.ts';
import type { Terms } from '../domain/terms.ts';
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
      return this.#standingOf(customer, head, { now, first });
    });
  }

  #standingOf(customer: string, head: Head, { now, first }: { now: number; first: First }): Standing {
    const activity = this.#store.pointsRows(customer, { limit: first.activity, before: null });
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
      nextExpiry: head.nextDueMs === null ? null : this.#store.nextExpiry(customer, now),
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

function paged(rows: JournalRow[], limit: number): HistoryPage {
  const page = rows.slice(0, limit);
  return { rows: page, orders: [], next: rows.length > limit ? (page.at(-1)?.seq ?? null) : null };
}
