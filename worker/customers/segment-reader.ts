/** Who is in which segment, as of now, and why. Nothing is written: what is due is done on trial. */
import type { Head } from '../domain/customer.ts';
import { compile } from '../domain/segments/compile.ts';
import type { Definition } from '../domain/segments/definition.ts';
import { evaluate } from '../domain/segments/evaluate.ts';
import { type ExplainedDefinition, explain } from '../domain/segments/explain.ts';
import type { Facts, History } from '../domain/segments/facts.ts';
import { guardedSince } from '../domain/segments/membership.ts';
import type { Terms } from '../domain/terms.ts';
import { bringUp, requireCurrent, runDue } from './due.ts';
import type { CustomerStore } from './store.ts';

export interface Memberships {
  moved: null;
  seq: number;
  asOfMs: number;
  segments: { id: string; sinceMs: number /** null: not by itself. */; leavesAtMs: number | null }[];
  lists: { id: string; sinceMs: number }[];
}

export interface Sample {
  customer: string;
  says: string;
}

export interface Previewed {
  members: number;
  /** Of them, how many the shop can name: lists and exports hold these. */
  known: number;
  samples: Sample[];
}

export type Explained = (ExplainedDefinition & { moved: null; asOfMs: number }) | { moved: string } | null;

/** A definition, and of how many who hold it the reason is wanted. */
export interface Wanted {
  customers: string[];
  definition: Definition;
  samples: number;
}

export class SegmentReader {
  readonly #store: CustomerStore;

  constructor(store: CustomerStore) {
    this.#store = store;
  }

  memberships(customer: string, terms: Terms, clock: number): Memberships | { moved: string } | null {
    return this.#at(customer, terms, clock, (facts, nowMs): Memberships => {
      const { segments, lists, seq } = facts.head;
      const inside = Object.entries(segments).flatMap(([id, [sinceMs, leavesAtMs]]) =>
        sinceMs === null || !terms.segments.byId.has(id) ? [] : [{ id, sinceMs, leavesAtMs }],
      );
      const onLists = Object.entries(lists).filter(([id]) => terms.segments.lists.has(id));
      return {
        moved: null,
        seq,
        asOfMs: nowMs,
        segments: inside,
        lists: onLists.map(([id, sinceMs]) => ({ id, sinceMs })),
      };
    });
  }

  /** `guard`: as where value depends on it. */
  explain(
    customer: string,
    { definition, guard, terms }: { definition: Definition; guard: boolean; terms: Terms },
    clock: number,
  ): Explained {
    return this.#at(customer, terms, clock, (facts, nowMs) => {
      const manner = { ...terms.segments.manner, guard };
      const asked = guard ? { ...facts, sinceOf: guardedSince(facts, terms.segments, nowMs) } : facts;
      return { moved: null, asOfMs: nowMs, ...explain(definition, asked, manner, nowMs) };
    });
  }

  /** Those of them whom the shop can name and who are in a segment or on a list. */
  membersOf(group: string, customers: string[], terms: Terms, clock: number): string[] {
    return customers.filter((customer) => {
      const found = this.#at(customer, terms, clock, ({ head, sinceOf }) => head.known && sinceOf(group) !== null);
      return found === true;
    });
  }

  /** Whom a definition would hold, and why, of some. Whoever moved is not counted. */
  preview(
    customers: string[],
    { definition, samples, terms }: Omit<Wanted, 'customers'> & { terms: Terms },
    clock: number,
  ): Previewed {
    const { manner } = terms.segments;
    const compiled = compile(definition, manner.pattern);
    if ('flaws' in compiled) throw new Error('a definition that cannot be read');
    const found: Previewed = { members: 0, known: 0, samples: [] };
    for (const customer of customers) {
      this.#at(customer, terms, clock, (facts, nowMs) => {
        if (!evaluate(compiled, facts, manner, nowMs).holds) return;
        found.members += 1;
        if (!facts.head.known) return;
        found.known += 1;
        if (found.samples.length < samples)
          found.samples.push({ customer, says: explain(definition, facts, manner, nowMs).says });
      });
    }
    return found;
  }

  #at<T>(customer: string, terms: Terms, clock: number, read: (facts: Facts, nowMs: number) => T) {
    if (!this.#store.isThere()) return null;
    const stored = this.#store.head(customer);
    if (stored === null) return null;
    if (stored.movedTo !== null) return { moved: stored.movedTo };
    requireCurrent({ terms }, stored);
    const nowMs = Math.max(stored.nowMs, clock);
    const isUpToDate = stored.segmentsVersion >= terms.segments.version;
    if (isUpToDate && (stored.nextDueMs === null || stored.nextDueMs > nowMs))
      return read(factsOf(stored, this.#store.history(customer)), nowMs);
    return this.#store.trial((batch) => {
      const scene = { store: this.#store, batch, terms };
      const head = bringUp(scene, customer, runDue(scene, customer, stored, nowMs), nowMs);
      return read(factsOf(head, batch.history(customer)), nowMs);
    });
  }
}

function factsOf(head: Head, history: History): Facts {
  return { head, history, sinceOf: (group) => head.segments[group]?.[0] ?? head.lists[group] ?? null };
}
