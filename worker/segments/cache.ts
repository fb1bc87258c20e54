/** The isolate's memory of shops' segments, made ready to be asked. They are read from the Shop object once a version. */

import type { Distribution } from '../domain/distributions/distribution.ts';
import { compile } from '../domain/segments/compile.ts';
import { type Segment, type SegmentSet, segmentSet } from '../domain/segments/segment-set.ts';
import type { Terms } from '../domain/terms.ts';
import { weekStartOf } from '../domain/vouchers/tally.ts';
import type { Env } from '../env.ts';
import { openTerms as openSettings, shopOf } from '../shops/cache.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import type { SegmentBook, StoredSegment } from '../shops/segment-book.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { pattern } from './pattern.ts';

const MOST_SHOPS = 200;
const NO_DISTRIBUTIONS: readonly Distribution[] = [];
const sets = new Map<string, SegmentSet>();

export interface ShopTerms {
  id: string;
  version: number;
  terms: Terms;
}

/** What decisions need of a shop, no older than `atLeast`; an object uses the newest that its isolate has seen. */
export async function openTerms(env: Env, id: string, atLeast: number): Promise<ShopTerms> {
  const shop = await openSettings(env, id, atLeast);
  const { programme, programmeVersion, currency, mode, distributions = NO_DISTRIBUTIONS } = shop.settings;
  const segments = await openSegments(env, shop);
  const codes = codeMakerOf(env.ROOT_SECRET, shop.id);
  const weekStart = weekStartOf(shop.settings.locale);
  return {
    id,
    version: shop.version,
    terms: { programme, programmeVersion, currency, mode, segments, codes, weekStart, distributions },
  };
}

/** The shop's segments and lists, no older than the settings say. */
export async function openSegments(env: Env, shop: ShopSnapshot): Promise<SegmentSet> {
  const version = shop.settings.segmentsVersion ?? 0;
  const known = sets.get(shop.id);
  if (known !== undefined && known.version >= version) return known;
  const book = version === 0 ? { version, segments: [], lists: [] } : await shopOf(env, shop.id).segmentBook();
  const set = setOf(book, shop);
  // another request may have brought a newer one meanwhile
  const newest = sets.get(shop.id);
  if (newest !== undefined && newest.version >= set.version) return newest;
  sets.delete(shop.id);
  sets.set(shop.id, set);
  if (sets.size > MOST_SHOPS) sets.delete(sets.keys().next().value ?? '');
  return set;
}

/** The book made ready. */
export function setOf(book: SegmentBook, { settings }: ShopSnapshot): SegmentSet {
  const { timeZone, currency, mode } = settings;
  const manner = { timeZone, currency, guard: false, countsTests: mode === 'test', pattern };
  return segmentSet(book.version, book.segments.flatMap(readied), book.lists, manner);
}

/** A definition that was taken and can be read no longer holds for nobody; it is not dropped for that. */
function readied({ id, name, definition, definitionVersion, announced }: StoredSegment): Segment[] {
  const compiled = compile(definition, pattern);
  if ('flaws' in compiled) {
    console.error(JSON.stringify({ level: 'error', msg: 'a segment that cannot be read', segment: id }));
    return [];
  }
  return [{ id, name, version: definitionVersion, announced, compiled }];
}
