/** A shop's definitions as they come, change and go: for the object made ready, for the model as they were written. */
import { compile } from '../../worker/domain/segments/compile.ts';
import { type List, type Segment, type SegmentSet, segmentSet } from '../../worker/domain/segments/segment-set.ts';
import { pattern } from '../../worker/segments/pattern.ts';
import type { Shop } from '../domain/segments/naive.ts';
import type { Book, Defined } from './segment-model.ts';
import { type Asked, LISTS, placed, segmentId } from './segment-steps.ts';

const FIRST = segmentId(0);

const BY_EVENT: List = {
  id: LISTS.byEvent,
  name: 'By event',
  rules: [
    { on: 'event', event: 'Viewed', change: 'added', filters: [], source: 'any' },
    {
      on: 'event',
      event: 'Opened Email',
      change: 'removed',
      filters: [{ property: 'tags', filter: { type: 'existence', operator: 'is-set' } }],
    },
  ],
};
const BY_SEGMENT: List = {
  id: LISTS.bySegment,
  name: 'By segment',
  rules: [
    { on: 'segment', segment: FIRST, transition: 'entered', change: 'added' },
    { on: 'segment', segment: FIRST, transition: 'left', change: 'removed' },
  ],
};
const BY_HAND: List = { id: LISTS.byHand, name: 'By hand', rules: [] };

const PLACES = 8;

export class SegmentBook {
  readonly #shop: Shop;
  /** By place; null: there is none. */
  readonly #places: ({ asked: Asked; defined: Defined } | null)[];
  #lists = [BY_EVENT, BY_SEGMENT, BY_HAND];
  #version = 1;
  #set: SegmentSet;

  constructor(all: readonly Asked[], shop: Shop) {
    this.#shop = shop;
    this.#places = Array.from({ length: PLACES }, () => null);
    all.slice(0, PLACES).forEach((asked, place) => {
      this.#put(place, asked, false);
    });
    this.#set = this.#made();
  }

  get set(): SegmentSet {
    return this.#set;
  }

  get model(): Book {
    return { version: this.#version, defined: this.#defined(), lists: this.#lists, shop: this.#shop };
  }

  define(place: number, asked: Asked, announced: boolean): void {
    this.#version += 1;
    this.#put(place, asked, announced);
    this.#set = this.#made();
  }

  /** Whoever asks for what is gone asks for something else from now on. In the last place it is a list that comes and goes. */
  drop(place: number): void {
    this.#version += 1;
    if (place < PLACES - 1) this.#places[place] = null;
    else this.#lists = this.#has(LISTS.byHand) ? this.#lists.slice(0, 2) : [...this.#lists, BY_HAND];
    const gone = place < PLACES - 1 ? segmentId(place) : LISTS.byHand;
    this.#places.forEach((one, at) => {
      if (one === null || !JSON.stringify(one.defined.definition).includes(`"${gone}"`)) return;
      if (!this.#has(gone)) this.#put(at, one.asked, one.defined.announced);
    });
    this.#set = this.#made();
  }

  #has(group: string): boolean {
    return this.#lists.some(({ id }) => id === group) || this.#places.some((one) => one?.defined.id === group);
  }

  #put(place: number, asked: Asked, announced: boolean): void {
    const definition = placed(asked, place, (group) => this.#has(group));
    this.#places[place] = { asked, defined: { id: segmentId(place), definition, version: this.#version, announced } };
  }

  #defined(): Defined[] {
    return this.#places.flatMap((one) => one?.defined ?? []);
  }

  /** The last comes first: the set has to find its own order. */
  #made(): SegmentSet {
    const segments = this.#defined().map(({ definition, ...one }): Segment => {
      const compiled = compile(definition, pattern);
      if ('flaws' in compiled) throw new Error(JSON.stringify(compiled.flaws));
      return { ...one, name: one.id, compiled };
    });
    const { timeZone, currency, guard, countsTests } = this.#shop;
    return segmentSet(this.#version, segments.reverse(), this.#lists, {
      timeZone,
      currency,
      guard,
      countsTests,
      pattern,
    });
  }
}
