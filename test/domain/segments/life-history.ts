/** A life as the product may ask for it: the history over the model's own arrays, and nothing that was put aside. */
import { newHead } from '../../../worker/domain/customer.ts';
import { canonicalName } from '../../../worker/domain/event.ts';
import type { Order } from '../../../worker/domain/order.ts';
import type { EventMatch, EventQuery, Facts, HeldVoucher, History } from '../../../worker/domain/segments/facts.ts';
import type { Life } from './naive.ts';

export class LifeHistory implements History {
  readonly #life: Life;

  constructor(life: Life) {
    this.#life = life;
  }

  events({ name, source, afterMs, upToMs, order, most, detailed }: EventQuery): EventMatch[] {
    const newestFirst = this.#life.events
      .map((event, seq) => ({ ...event, seq }))
      .filter((event) => canonicalName(event.name) === name && event.aside !== true)
      .filter(({ atMs, trusted }) => atMs > afterMs && atMs <= upToMs && (trusted || source === 'any'))
      .sort((a, b) => b.atMs - a.atMs || b.seq - a.seq);
    const asked = order === 'newest' ? newestFirst : newestFirst.reverse();
    return asked
      .slice(0, most ?? asked.length)
      .map(({ seq, atMs, properties }) => ({ seq, atMs, properties: detailed ? properties : {} }));
  }

  summed(
    { key: _, ...query }: Parameters<History['summed']>[0],
    derive: Parameters<History['summed']>[1],
  ): ReturnType<History['summed']> {
    const entries = this.events({ ...query, order: 'newest', most: null, detailed: true }).flatMap(
      ({ atMs, properties }) => {
        const { passes, numbers } = derive(properties);
        return passes ? [{ atMs, numbers }] : [];
      },
    );
    return { entries, from: 0, end: entries.length };
  }

  instants(query: Pick<EventQuery, 'name' | 'source' | 'afterMs' | 'upToMs' | 'most'>): number[] {
    return this.events({ ...query, order: 'newest', detailed: false }).map(({ atMs }) => atMs);
  }

  orders(afterMs: number, upToMs: number): Order[] {
    const placed = (order: Order) => order.snapshot?.placedAtMs ?? Number.NaN;
    return this.#life.orders
      .filter((order) => placed(order) > afterMs && placed(order) <= upToMs)
      .sort((a, b) => placed(b) - placed(a));
  }

  nextExpiry(afterMs: number): { points: number; atMs: number } | null {
    const open = this.#life.lots.filter(({ atMs }) => atMs > afterMs);
    if (open.length === 0) return null;
    const atMs = Math.min(...open.map((lot) => lot.atMs));
    const points = open.filter((lot) => lot.atMs === atMs).reduce((sum, lot) => sum + lot.points, 0);
    return { points, atMs };
  }

  vouchers(): HeldVoucher[] {
    return this.#life.vouchers;
  }
}

export function factsOf(life: Life, nowMs: number): Facts {
  const { traits, consents, balance, debt, lifetime, firstSeenMs, lastSeenMs } = life;
  const own = { traits, consents, balance, debt, lifetime, firstSeenMs, lastSeenMs };
  return {
    head: { ...newHead(nowMs), ...own },
    history: new LifeHistory(life),
    sinceOf: (group) => life.groups[group] ?? null,
  };
}
