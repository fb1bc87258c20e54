/** The points of many customers as of now, for exports, liability and dry runs. Nothing is written: what is due is done on trial. */
import type { Head } from '../domain/customer.ts';
import { type Expiry, goneBy, soonestExpiry } from '../domain/inactivity/soonest.ts';
import type { JournalRow } from '../domain/journal.ts';
import { textOf } from '../domain/json.ts';
import { type Lot, NEVER, type PointsEntry } from '../domain/ledger.ts';
import type { Pending } from '../domain/loyalty/pending.ts';
import { carriedFrom } from '../domain/merge.ts';
import { addPoints, type ByExpiry, noPoints } from '../domain/outstanding.ts';
import type { Terms } from '../domain/terms.ts';
import { bringUp, requireCurrent, runDue } from './due.ts';
import type { Span } from './ledger-store.ts';
import { type Group, type GroupAnswer, recordGroups } from './record.ts';
import type { CustomerStore } from './store.ts';

export interface Holding extends Pick<Head, 'known' | 'balance' | 'debt' | 'lifetime' | 'firstSeenMs'> {
  /** Of lots by their own time, or of all of them at once. */
  nextExpiry: Expiry | null;
  customer: string;
  /** `goneByMs`: together with all others, where that comes first. */
  lots: (Pick<Lot, 'remaining' | 'expiresAtMs' | 'origin'> & { goneByMs: number })[];
  pending: Pick<Pending, 'points' | 'releasesAtMs' | 'origin'>[];
}

/** Sums over some customers. */
export interface Outstanding extends ByExpiry {
  pending: number;
  owed: number;
  /** How many of them hold points. */
  holders: number;
}

export interface RowsCall {
  /** By id. */
  customers: string[];
  /** Of the first of them: only rows after this one. */
  afterSeq: number;
  span: Span;
  limit: number;
}

/** A row that moved points, as it was first written. */
export interface LedgerRow extends Pick<JournalRow, 'seq' | 'kind' | 'name' | 'atMs' | 'recordedAtMs' | 'orderId'> {
  customer: string;
  programmeVersion: number;
  entries: PointsEntry[];
  note: string | null;
  /** The import and its line. */
  import: string | null;
}

export class LedgerReader {
  readonly #store: CustomerStore;

  constructor(store: CustomerStore) {
    this.#store = store;
  }

  /** Whoever is nobody here, or left, is left out. */
  holdings(customers: string[], terms: Terms, clock: number): Holding[] {
    const { heads, settled, due } = this.#asOf(customers, clock);
    const { ledger } = this.#store;
    const lots = Map.groupBy(ledger.lots(settled), (one) => one.customer);
    const pending = Map.groupBy(ledger.pending(settled), (one) => one.customer);
    const stored = settled.flatMap((customer) => {
      const head = heads.get(customer);
      if (head === undefined) return [];
      const own = { lots: thingsOf(lots.get(customer)), pending: thingsOf(pending.get(customer)) };
      return holdingOf(customer, head, own);
    });
    const tried = due.flatMap((customer) => this.#dueHolding(customer, heads.get(customer), { terms, clock }));
    return [...stored, ...tried];
  }

  outstanding(
    { customers, monthsMs }: { customers: string[]; monthsMs: number[] },
    terms: Terms,
    clock: number,
  ): Outstanding {
    const { heads, settled, due } = this.#asOf(customers, clock);
    const { ledger } = this.#store;
    const sums = { ...noPoints(monthsMs), pending: ledger.pendingSum(settled), owed: 0, holders: 0 };
    const ends = settled.filter((one) => heads.get(one)?.loyalty.activity?.endMs !== undefined);
    const byLot = settled.filter((one) => heads.get(one)?.loyalty.activity?.endMs === undefined);
    for (const lot of ledger.lotSums(byLot)) addPoints(sums, monthsMs, lot);
    for (const { customer, thing } of ledger.lots(ends)) {
      const head = heads.get(customer);
      const expiresAtMs = head === undefined ? thing.expiresAtMs : goneBy(head, thing.expiresAtMs);
      addPoints(sums, monthsMs, { points: thing.remaining, expiresAtMs });
    }
    const tried = due.flatMap((customer) => this.#dueHolding(customer, heads.get(customer), { terms, clock }));
    for (const { lots, pending } of tried) {
      for (const { remaining, goneByMs } of lots)
        addPoints(sums, monthsMs, { points: remaining, expiresAtMs: goneByMs });
      sums.pending += pending.reduce((sum, { points }) => sum + points, 0);
    }
    for (const { balance, debt } of [...settled.flatMap((customer) => heads.get(customer) ?? []), ...tried]) {
      sums.owed += debt;
      if (balance > 0) sums.holders += 1;
    }
    return sums;
  }

  /** Rows that moved points, customer by customer, oldest first; those that came along in a merge are where they were written. */
  rows({ customers, afterSeq, span, limit }: RowsCall): LedgerRow[] {
    if (!this.#store.isThere()) return [];
    const found: LedgerRow[] = [];
    for (const [place, customer] of customers.entries()) {
      let after = place === 0 ? afterSeq : 0;
      for (;;) {
        const want = limit - found.length;
        if (want === 0) return found;
        const page = this.#store.ledger.pointsAfter(customer, after, span, want);
        found.push(...page.filter((row) => carriedFrom(row) === null).map((row) => rowOf(customer, row)));
        after = page.at(-1)?.seq ?? after;
        if (page.length < want) break;
      }
    }
    return found;
  }

  /** What inputs would be answered, one after another; null where nobody ever came here. */
  tryOut(groups: Group[], terms: Terms, clock: number): GroupAnswer[] | null {
    if (!this.#store.isThere()) return null;
    return this.#store.trial((batch) => recordGroups({ store: this.#store, batch, terms }, groups, clock));
  }

  /** Who is here: those who are as they are stored, and those to whom something has to happen first. */
  #asOf(customers: string[], clock: number) {
    const heads = this.#store.isThere() ? this.#store.heads(customers) : new Map<string, Head>();
    const here = customers.filter((customer) => heads.get(customer)?.movedTo === null);
    const isDue = (customer: string) => (heads.get(customer)?.nextDueMs ?? NEVER) <= clock;
    return { heads, settled: here.filter((one) => !isDue(one)), due: here.filter(isDue) };
  }

  #dueHolding(
    customer: string,
    stored: Head | undefined,
    { terms, clock }: { terms: Terms; clock: number },
  ): Holding[] {
    if (stored === undefined) return [];
    requireCurrent({ terms }, stored);
    const now = Math.max(stored.nowMs, clock);
    return this.#store.trial((batch) => {
      const scene = { store: this.#store, batch, terms };
      batch.load([customer], []);
      const head = bringUp(scene, customer, runDue(scene, customer, stored, now), now);
      const { ledger } = this.#store;
      const own = { lots: thingsOf(ledger.lots([customer])), pending: thingsOf(ledger.pending([customer])) };
      return holdingOf(customer, head, own);
    });
  }
}

function thingsOf<T>(owned: { thing: T }[] = []): T[] {
  return owned.map(({ thing }) => thing);
}

function holdingOf(customer: string, head: Head, { lots, pending }: { lots: Lot[]; pending: Pending[] }): Holding[] {
  const { known, balance, debt, lifetime, firstSeenMs } = head;
  return [
    {
      ...{ customer, known, balance, debt, lifetime, firstSeenMs },
      nextExpiry: soonestExpiry(head, nextOf(lots)),
      lots: lots.map(({ remaining, expiresAtMs, origin }) => ({
        ...{ remaining, expiresAtMs, origin },
        goneByMs: goneBy(head, expiresAtMs),
      })),
      pending: pending.map(({ points, releasesAtMs, origin }) => ({ points, releasesAtMs, origin })),
    },
  ];
}

/** The soonest come first. */
function nextOf(lots: Lot[]): Expiry | null {
  const [first] = lots;
  if (first === undefined || first.expiresAtMs === NEVER) return null;
  const together = lots.filter(({ expiresAtMs }) => expiresAtMs === first.expiresAtMs);
  return { points: together.reduce((sum, { remaining }) => sum + remaining, 0), atMs: first.expiresAtMs };
}

function rowOf(customer: string, row: JournalRow): LedgerRow {
  const { seq, kind, name, atMs, recordedAtMs, orderId, programmeVersion, entries, about } = row;
  const said = { note: textOf(about, 'note'), import: textOf(about, 'import') };
  return { customer, seq, kind, name, atMs, recordedAtMs, orderId, programmeVersion, entries, ...said };
}
