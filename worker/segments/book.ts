/**
 * Changing a shop's segments and lists: what a change must not break is looked at over all of them, and looked at again
 * where somebody else changed one meanwhile.
 */

import { reviewedSegments } from '../domain/earning/flaws.ts';
import { canonicalName } from '../domain/event.ts';
import { compile, type Flaw } from '../domain/segments/compile.ts';
import type { Definition, MetricCondition, PropertyFilter } from '../domain/segments/definition.ts';
import { asksForRating } from '../domain/segments/rating.ts';
import { asksFor, groupFlaws, type ListRule } from '../domain/segments/segment-set.ts';
import type { Env } from '../env.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import type { BookChange, SegmentBook, StoredList, StoredSegment } from '../shops/segment-book.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { setOf } from './cache.ts';
import { pattern } from './pattern.ts';

const MOST_TRIES = 8;

export type BookProblem =
  | { kind: 'unknown' }
  | { kind: 'flaws'; flaws: Flaw[] }
  /** Others ask for it. */
  | { kind: 'used'; by: string[] }
  | { kind: 'full' }
  /** Others kept changing the book. */
  | { kind: 'busy' };

export interface SegmentChange {
  name?: string;
  description?: string;
  definition?: Definition;
  announced?: boolean;
  ready?: string | null;
}

export interface Changed<T> {
  problem: null;
  entry: T;
  /** There is something new to hold customers against. */
  fresh: boolean;
}

type Outcome<T> = Changed<T> | { problem: BookProblem };

/** Who changes what of whose. */
export interface Writer {
  env: Env;
  shop: ShopSnapshot;
  who: string;
}

/** Makes a segment once: by an id that is there already it is answered as it stands. */
export function createSegment(
  writer: Writer,
  id: string,
  about: Required<SegmentChange>,
): Promise<Outcome<StoredSegment>> {
  return changed(writer, (book, now) => {
    const known = book.segments.find((one) => one.id === id);
    if (known !== undefined) return { problem: null, entry: known, fresh: false, change: null };
    const entry = { id, definitionVersion: 0, createdAtMs: now, updatedAtMs: now, ...about };
    return segmentOutcome(writer, book, { entry, fresh: true });
  });
}

export function changeSegment(writer: Writer, id: string, about: SegmentChange): Promise<Outcome<StoredSegment>> {
  return changed(writer, (book, now) => {
    const known = book.segments.find((one) => one.id === id);
    if (known === undefined) return { problem: { kind: 'unknown' } };
    const { definition } = about;
    const fresh = definition !== undefined && JSON.stringify(definition) !== JSON.stringify(known.definition);
    // of a definition that stays it stays as well: customers may be looked at still
    const announced = fresh ? (about.announced ?? false) : known.announced;
    return segmentOutcome(writer, book, { entry: { ...known, ...about, announced, updatedAtMs: now }, fresh });
  });
}

/** Refused while other segments or the rules of lists ask for it. */
export function dropSegment(writer: Writer, id: string): Promise<Outcome<StoredSegment>> {
  return changed(writer, (book) => {
    const entry = book.segments.find((one) => one.id === id);
    if (entry === undefined) return { problem: { kind: 'unknown' } };
    const by = [...askersOf(writer, book, id), ...book.lists.filter((list) => asks(list, id)).map((list) => list.id)];
    if (by.length > 0) return { problem: { kind: 'used', by } };
    return { problem: null, entry, fresh: false, change: { kind: 'drop', table: 'segment', id } };
  });
}

export interface ListAbout {
  name?: string;
  description?: string;
  rules?: ListRule[];
}

export function createList(writer: Writer, id: string, about: Required<ListAbout>): Promise<Outcome<StoredList>> {
  return changed(writer, (book, now) => {
    const known = book.lists.find((one) => one.id === id);
    if (known !== undefined) return { problem: null, entry: known, fresh: false, change: null };
    return listOutcome(writer, book, { id, createdAtMs: now, updatedAtMs: now, ...about });
  });
}

export function changeList(writer: Writer, id: string, about: ListAbout): Promise<Outcome<StoredList>> {
  return changed(writer, (book, now) => {
    const known = book.lists.find((one) => one.id === id);
    if (known === undefined) return { problem: { kind: 'unknown' } };
    return listOutcome(writer, book, { ...known, ...about, updatedAtMs: now });
  });
}

export function dropList(writer: Writer, id: string): Promise<Outcome<StoredList>> {
  return changed(writer, (book) => {
    const entry = book.lists.find((one) => one.id === id);
    if (entry === undefined) return { problem: { kind: 'unknown' } };
    const by = askersOf(writer, book, id);
    if (by.length > 0) return { problem: { kind: 'used', by } };
    return { problem: null, entry, fresh: false, change: { kind: 'drop', table: 'list', id } };
  });
}

/** Why a definition that is not saved could not stand beside the others; nothing where it could. */
export async function definitionFlaws(
  { env, shop }: Pick<Writer, 'env' | 'shop'>,
  definition: Definition,
): Promise<Flaw[]> {
  const compiled = compile(definition, pattern);
  if ('flaws' in compiled) return compiled.flaws.map(inDefinition);
  if (compiled.groups.size === 0) return [];
  return groupFlaws({ id: '', compiled }, setOf(await shopOf(env, shop.id).segmentBook(), shop));
}

/** The change to write; null where there is nothing to write. */
type Wanted<T> = (Changed<T> & { change: WantedChange | null }) | { problem: BookProblem };
type WantedChange = BookChange extends infer C ? (C extends BookChange ? Omit<C, 'base'> : never) : never;

async function changed<T>(writer: Writer, want: (book: SegmentBook, now: number) => Wanted<T>): Promise<Outcome<T>> {
  const { env, shop, who } = writer;
  const object = shopOf(env, shop.id);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const book = await object.segmentBook();
    const wanted = want(book, Date.now());
    if (wanted.problem !== null) return wanted;
    const { change, ...outcome } = wanted;
    if (change === null) return outcome;
    const written = await object.changeBook({ ...change, base: book.version }, who);
    forgetShop(shop.id);
    if (written.refusal === 'full') return { problem: { kind: 'full' } };
    if (written.refusal === null) return { ...outcome, entry: asWritten(outcome, written.version) };
  }
  return { problem: { kind: 'busy' } };
}

function asWritten<T>({ entry, fresh }: Changed<T>, definitionVersion: number): T {
  return fresh ? { ...entry, definitionVersion } : entry;
}

function segmentOutcome(
  { shop }: Writer,
  book: SegmentBook,
  { entry, fresh }: { entry: StoredSegment; fresh: boolean },
): Wanted<StoredSegment> {
  const compiled = compile(entry.definition, pattern);
  if ('flaws' in compiled) return { problem: { kind: 'flaws', flaws: compiled.flaws.map(inDefinition) } };
  const others = { ...book, segments: book.segments.filter((one) => one.id !== entry.id) };
  const flaws = groupFlaws({ id: entry.id, compiled }, setOf(others, shop));
  if (flaws.length > 0) return { problem: { kind: 'flaws', flaws } };
  const set = setOf({ ...others, segments: [...others.segments, entry] }, shop);
  if (givingSegments(shop).some((id) => asksForRating(id, set)))
    return { problem: { kind: 'flaws', flaws: [{ field: 'definition.condition_groups', rule: RATED }] } };
  return { problem: null, entry, fresh, change: { kind: 'segment', segment: entry, fresh } };
}

const RATED = 'must not ask how a review rates: a distribution, or a rule of reviews, gives by this segment';

/** Those by which something is given for what may be a review. */
function givingSegments({ settings }: ShopSnapshot): string[] {
  const triggers = (settings.distributions ?? []).flatMap(({ trigger }) =>
    trigger.on === 'segment' ? trigger.segment : [],
  );
  return [...triggers, ...reviewedSegments(settings.programme.earning?.rules ?? [])];
}

function inDefinition({ field, rule }: Flaw): Flaw {
  return { field: `definition.${field}`, rule };
}

function listOutcome({ shop }: Writer, book: SegmentBook, list: StoredList): Wanted<StoredList> {
  const set = setOf(book, shop);
  const flaws = list.rules.flatMap((rule, at): Flaw[] => {
    if (rule.on === 'event') return filterFlaws(rule.filters, `rules.${at}.filters`);
    const field = `rules.${at}.segment`;
    if (!set.byId.has(rule.segment)) return [{ field, rule: 'names no segment of this shop' }];
    if (!asksFor(list.id, [rule.segment], set)) return [];
    return [{ field, rule: 'is a segment that asks, in the end, who is on this very list' }];
  });
  if (flaws.length > 0) return { problem: { kind: 'flaws', flaws } };
  const rules = list.rules.map((rule) => (rule.on === 'event' ? { ...rule, event: canonicalName(rule.event) } : rule));
  const entry = { ...list, rules };
  return { problem: null, entry, fresh: false, change: { kind: 'list', list: entry } };
}

const ONCE: Omit<MetricCondition, 'metric_id'> = {
  type: 'profile-metric',
  measurement: 'count',
  measurement_filter: { type: 'numeric', operator: 'greater-than', value: 0 },
  timeframe_filter: { type: 'date', operator: 'alltime' },
};

/** A rule's filters may say what those of a segment's event may. */
function filterFlaws(metric_filters: PropertyFilter[], field: string): Flaw[] {
  const compiled = compile(
    { condition_groups: [{ conditions: [{ ...ONCE, metric_id: 'any', metric_filters }] }] },
    pattern,
  );
  const place = 'condition_groups.0.conditions.0.metric_filters';
  return 'flaws' in compiled
    ? compiled.flaws.map((flaw) => ({ ...flaw, field: flaw.field.replace(place, field) }))
    : [];
}

function askersOf({ shop }: Writer, book: SegmentBook, id: string): string[] {
  const asking = setOf(book, shop).segments.filter(({ compiled }) => compiled.groups.has(id));
  return asking.map((segment) => segment.id);
}

function asks({ rules }: StoredList, segment: string): boolean {
  return rules.some((rule) => rule.on === 'segment' && rule.segment === segment);
}
