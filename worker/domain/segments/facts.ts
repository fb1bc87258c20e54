/** What an evaluation may know of a customer, and how it is asked: never more of a history than a condition needs. */
import type { Head } from '../customer.ts';
import type { JsonObject } from '../json.ts';
import type { Order } from '../order.ts';
import type { Source } from './definition.ts';
import type { PatternMaker } from './values.ts';

export interface EventQuery {
  /** As it is stored: see `canonicalName`. */
  name: string;
  source: Source;
  /** After the one, up to and including the other. */
  afterMs: number;
  upToMs: number;
  order: 'newest' | 'oldest';
  /** At most so many; null: all. */
  most: number | null;
  /** Whether `properties` are wanted. */
  detailed: boolean;
}

export interface EventMatch {
  seq: number;
  atMs: number;
  /** Empty where they were not asked for. */
  properties: JsonObject;
}

export interface HeldVoucher {
  voucher: string;
  campaign: string | null;
  /** Usable from and until; null: no such bound. */
  startsMs: number | null;
  endsMs: number | null;
  usable: boolean;
  /** When each redemption that stands was made. */
  redeemedMs: number[];
}

/** What is kept of an event to count and add it up. */
export interface Derived {
  /** Whether it counts at all. */
  passes: boolean;
  numbers: readonly number[];
}

export interface Summed {
  atMs: number;
  numbers: readonly number[];
}

/** A part of a list, the newest first: from a place on and before another. */
export interface SummedView {
  entries: readonly Summed[];
  from: number;
  end: number;
}

export interface History {
  /** The newest events that pass, the newest first, at most so many of them looked at. `key`: the same for the same `derive`. */
  summed(
    query: Pick<EventQuery, 'name' | 'source' | 'afterMs' | 'upToMs'> & { key: string },
    derive: (properties: JsonObject) => Derived,
  ): SummedView;
  /** The times of events alone, the newest first. */
  instants(query: Pick<EventQuery, 'name' | 'source' | 'afterMs' | 'upToMs' | 'most'>): readonly number[];
  events(query: EventQuery): Iterable<EventMatch>;
  /** Orders placed after the one instant and up to the other, the newest first. */
  orders(afterMs: number, upToMs: number): Order[];
  /** The next points to run out after an instant. */
  nextExpiry(afterMs: number): { points: number; atMs: number } | null;
  vouchers(): HeldVoucher[];
}

/** Since when a customer is in a segment or list; null where they are not. */
export type SinceOf = (group: string) => number | null;

export interface Facts {
  head: Head;
  history: History;
  sinceOf: SinceOf;
  /** What this evaluation has found already, by condition: it asks at several instants, and nothing new is learned between. */
  found?: Map<object, unknown>;
}

/** Found once for a condition, however often it is asked. */
export function findOnce<T>({ found }: Facts, condition: object, find: () => T): T {
  if (found === undefined) return find();
  if (!found.has(condition)) found.set(condition, find());
  return found.get(condition) as T;
}

/** How a definition is read. */
export interface Manner {
  timeZone: string;
  currency: string;
  klaviyo: boolean;
  /** Only trusted events count, whatever a condition says: the segment guards value. */
  guard: boolean;
  /** Test orders count: it is a test shop. */
  countsTests: boolean;
  pattern: PatternMaker;
}
