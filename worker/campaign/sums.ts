/** What the shares of a budget come to together: for reads, for counts, and for whoever watches over it. */
import type { Cost } from '../domain/vouchers/budget.ts';
import { givenIn, heard } from '../domain/vouchers/budget-shares.ts';
import { PERIODS, type Period } from '../domain/vouchers/facts.ts';
import { countsAt } from '../domain/vouchers/tally.ts';
import { NO_COST, plus } from './budgets.ts';
import type { CountCall, Spent } from './calls.ts';
import { type Beside, NO_COUNTS, NOTHING_BESIDE } from './counts.ts';
import type { Standing } from './share-calls.ts';
import type { ShareStore } from './share-store.ts';

/** Sums of shares that decide by themselves are at most this old. */
export const AS_OF_MS = 250;

export interface SummedShare {
  standing(): Promise<Standing>;
  keptFor(ops: string[]): Promise<Cost>;
  ofCustomer(call: CountCall): Promise<Record<Period, number>>;
}

export class Sums {
  readonly #store: ShareStore;
  readonly #share: (share: number) => SummedShare;
  #asked: { atMs: number; work: Promise<void> } | null = null;

  constructor(store: ShareStore, share: (share: number) => SummedShare) {
    this.#store = store;
    this.#share = share;
  }

  /** As far as it is known now. */
  get beside(): Beside {
    const given = givenIn(this.#store.rows());
    const cost = plus(given.used, given.held);
    return { ...NOTHING_BESIDE, cost, all: { ...NO_COUNTS, ever: cost.redemptions } };
  }

  /** What all shares used, and what they keep. */
  async spent(): Promise<Spent> {
    await this.ask(AS_OF_MS);
    return givenIn(this.#store.rows());
  }

  /** Asks the open ones how they stand, unless that is known of the last so many milliseconds. */
  ask(maxAgeMs: number): Promise<void> {
    const nowMs = Date.now();
    if (this.#asked !== null && maxAgeMs > 0 && nowMs - this.#asked.atMs <= maxAgeMs) return this.#asked.work;
    const asked = { atMs: nowMs, work: this.#askAll() };
    this.#asked = asked;
    // who was not reached is asked again by the next
    asked.work.catch(() => {
      if (this.#asked === asked) this.#asked = null;
    });
    return asked.work;
  }

  /** Counts of the shares for one call, without what they keep for the asker's own operations. */
  async besideOf(call: CountCall): Promise<Beside> {
    const rows = this.#store.rows();
    if (rows.length === 0) return NOTHING_BESIDE;
    await this.ask(AS_OF_MS);
    const own = call.own ?? [];
    const kept = own.length === 0 ? NO_COST : await this.#keptFor(own);
    const { cost } = this.beside;
    const all = { ...NO_COUNTS };
    for (const { tally, held } of this.#store.rows()) {
      const counts = countsAt(tally, call.atMs, call.calendar);
      for (const per of PERIODS) all[per] += counts[per] + held.redemptions;
    }
    for (const per of PERIODS) all[per] -= kept.redemptions;
    const isOfCustomer = call.customer !== null && call.counts.some((name) => name.startsWith('campaign.customer.'));
    const theirs = isOfCustomer ? await this.#ofCustomer(call) : NO_COUNTS;
    return { cost: less(cost, kept), all, own: theirs };
  }

  async #keptFor(ops: string[]): Promise<Cost> {
    const some = this.#store.rows().filter(({ open, held }) => open || held.redemptions > 0);
    const kept = await Promise.all(some.map(({ share }) => this.#share(share).keptFor(ops)));
    return kept.reduce(plus, NO_COST);
  }

  async #ofCustomer(call: CountCall): Promise<Record<Period, number>> {
    const told = await Promise.all(this.#store.rows().map(({ share }) => this.#share(share).ofCustomer(call)));
    const sum = { ...NO_COUNTS };
    for (const one of told) for (const per of PERIODS) sum[per] += one[per];
    return sum;
  }

  async #askAll(): Promise<void> {
    const open = this.#store.rows().filter((row) => row.open);
    await Promise.all(
      open.map(async (row) => {
        const { tally, ...given } = await this.#share(row.share).standing();
        const now = this.#store.row(row.share);
        if (now?.open && now.epoch === row.epoch) this.#store.note({ ...now, ...heard(now, given), tally });
      }),
    );
  }
}

function less(a: Cost, b: Cost): Cost {
  return {
    redemptions: a.redemptions - b.redemptions,
    discountMinor: a.discountMinor - b.discountMinor,
    ordersMinor: a.ordersMinor - b.ordersMinor,
  };
}
