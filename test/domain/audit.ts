/** Reads a journal as an auditor would, row by row, and says where the books do not add up. Trusts no total it can count. */
import { expect } from 'vitest';
import type { Lot, PointsEntry } from '../../worker/domain/ledger.ts';
import type { Till } from './till.ts';

interface Account {
  /** Everything the order gave, less everything a clawback took. */
  net: number;
  expired: number;
}

export class Audit {
  readonly #till: Till;
  #read = 0;
  #sum = 0;
  #debt = 0;
  readonly #remaining = new Map<number, number>();
  readonly #orderOfLot = new Map<number, string>();
  readonly #accounts = new Map<string, Account>();

  constructor(till: Till) {
    this.#till = till;
  }

  /** Checks all rows since the last call. */
  check(): void {
    for (; this.#read < this.#till.journal.length; this.#read += 1) {
      const row = this.#till.journal[this.#read];
      for (const entry of row?.entries ?? []) this.#post(entry, row?.about.carried !== undefined);
    }
    const held = [...this.#remaining].filter(([, points]) => points > 0).sort(([a], [b]) => a - b);
    const stored = this.#till.lots.map(({ lot, remaining }) => [lot, remaining]).sort(([a = 0], [b = 0]) => a - b);
    expect(stored).toEqual(held);
    expect({ balance: this.#till.balance, debt: this.#till.debt }).toEqual({ balance: this.#sum, debt: this.#debt });
    for (const [orderId, account] of this.#accounts) this.#checkOrder(orderId, account);
    this.#checkPending();
  }

  /** What waits is told alike in the head, by its own rows and by the orders it came from. */
  #checkPending(): void {
    const { pending, head } = this.#till;
    expect(head?.loyalty.pending ?? 0).toBe(pending.reduce((sum, { points }) => sum + points, 0));
    const told = pending.map(({ id, releasesAtMs, rule, origin }) => ({ id, releasesAtMs, rule: rule?.id, origin }));
    const waiting = this.#till.orders.flatMap((order) =>
      (order.waiting ?? []).map((one) => ({ ...one, origin: `order:${order.orderId}` })),
    );
    const byId = (all: { id: number }[]) => [...all].sort((a, b) => a.id - b.id);
    expect(byId(waiting)).toEqual(byId(told));
  }

  /** Rows that come along with another customer are settled with their last: until then one may owe what the other holds. */
  #post(entry: PointsEntry, isCarried: boolean): void {
    const moved = entry.lots.reduce((sum, lot) => sum + lot.points, 0);
    expect(entry.points).toBe(moved - entry.debt);
    this.#sum += entry.points;
    this.#debt += entry.debt;
    for (const { lot, points } of entry.lots) {
      const left = (this.#remaining.get(lot) ?? 0) + points;
      expect(left).toBeGreaterThanOrEqual(0);
      this.#remaining.set(lot, left);
      if (entry.orderId !== null && points > 0) this.#orderOfLot.set(lot, entry.orderId);
      const orderId = entry.kind === 'expired' ? this.#orderOfLot.get(lot) : undefined;
      if (orderId !== undefined) this.#account(orderId).expired -= points;
    }
    if (entry.orderId !== null) this.#account(entry.orderId).net += entry.points;
    const held = [...this.#remaining.values()].reduce((sum, points) => sum + points, 0);
    expect(entry.balanceAfter).toBe(this.#sum);
    expect(this.#sum).toBe(held - this.#debt);
    if (!isCarried) expect(this.#debt === 0 || held === 0).toBe(true);
    expect(this.#debt).toBeGreaterThanOrEqual(0);
  }

  /** Never more clawed back than was earned, and what ran out is not clawed back as well. */
  #checkOrder(orderId: string, { net, expired }: Account): void {
    const order = this.#till.order(orderId);
    expect(net).toBeGreaterThanOrEqual(expired);
    expect(order).toMatchObject({ expired });
    const waits = this.#till.pending.filter(({ origin }) => origin === `order:${orderId}`);
    const held = waits.reduce((sum, { points }) => sum + points, 0) + (order?.voided ?? 0);
    expect(net).toBe((order?.earned ?? 0) - (order?.clawed ?? 0) + (order?.unrecovered ?? 0) - held);
  }

  #account(orderId: string): Account {
    const account = this.#accounts.get(orderId) ?? { net: 0, expired: 0 };
    this.#accounts.set(orderId, account);
    return account;
  }
}

/** What `points` are to be taken from: the given lots first, each kind soonest-expiring first. */
export function takesFrom(lots: Lot[], points: number, first: (lot: Lot) => boolean = () => false): number[][] {
  const inOrder = [...lots].sort(
    (a, b) => Number(first(b)) - Number(first(a)) || a.expiresAtMs - b.expiresAtMs || a.lot - b.lot,
  );
  const takes: number[][] = [];
  let left = points;
  for (const { lot, remaining } of inOrder) {
    const part = Math.min(left, remaining);
    if (part > 0) takes.push([lot, -part]);
    left -= part;
  }
  return takes;
}
