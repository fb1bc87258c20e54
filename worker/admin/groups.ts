/** Segments and lists as routes find them, and what a route answers where one cannot be kept, changed or dropped. */
import { z } from '@hono/zod-openapi';
import type { AppContext } from '../http/app.ts';
import type { BookProblem, Writer } from '../segments/book.ts';
import { openSegments } from '../segments/cache.ts';
import type { Caller } from '../shops/auth.ts';
import { shopOf } from '../shops/cache.ts';
import type { StoredList, StoredSegment } from '../shops/segment-book.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { toCursor } from '../wire/cursor.ts';
import { ProblemError } from '../wire/problem.ts';

export type GroupKind = 'segment' | 'list';

export interface GroupName {
  id: string;
  name: string;
}

export function writerOf(c: AppContext, { shop, key }: Caller): Writer {
  return { env: c.env, shop, who: key.id };
}

/** Its name; 404 where the shop has none by that id. The Shop object is asked for what this isolate has not seen yet. */
export async function requireGroup(c: AppContext, shop: ShopSnapshot, kind: GroupKind, id: string): Promise<GroupName> {
  const { byId, lists } = await openSegments(c.env, shop);
  const known = (kind === 'segment' ? byId : lists).get(id);
  if (known !== undefined) return { id, name: known.name };
  const { name } = kind === 'segment' ? await storedSegment(c, shop.id, id) : await storedList(c, shop.id, id);
  return { id, name };
}

/** As it is written down; 404 where there is none. */
export async function storedSegment(c: AppContext, shop: string, id: string): Promise<StoredSegment> {
  const { segments } = await shopOf(c.env, shop).segmentBook();
  return segments.find((one) => one.id === id) ?? notFound();
}

export async function storedList(c: AppContext, shop: string, id: string): Promise<StoredList> {
  const { lists } = await shopOf(c.env, shop).segmentBook();
  return lists.find((one) => one.id === id) ?? notFound();
}

function notFound(): never {
  throw new ProblemError('not_found');
}

/** Where a page ended. */
export const birthPlace = z.strictObject({ at: z.int(), id: z.string() });
type BirthPlace = z.infer<typeof birthPlace>;

/** A page of segments or lists, the oldest first; one that is dropped meanwhile moves none of the others. */
export function pageByBirth<T extends { id: string; createdAtMs: number }>(
  all: readonly T[],
  after: BirthPlace | null,
  limit: number,
): { items: T[]; nextCursor: string | null } {
  const sorted = [...all].sort((a, b) => compared(placeOf(a), placeOf(b)));
  const rest = after === null ? sorted : sorted.filter((one) => compared(placeOf(one), after) > 0);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rest.length > limit && last !== undefined ? toCursor(placeOf(last)) : null };
}

function placeOf({ id, createdAtMs }: { id: string; createdAtMs: number }): BirthPlace {
  return { at: createdAtMs, id };
}

function compared(a: BirthPlace, b: BirthPlace): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

export function refused(problem: BookProblem): ProblemError {
  switch (problem.kind) {
    case 'unknown':
      return new ProblemError('not_found');
    case 'flaws':
      return new ProblemError('invalid_request', { errors: problem.flaws });
    case 'used':
      return new ProblemError('conflict', { detail: `Others ask for it: ${problem.by.join(', ')}.` });
    case 'full':
      return new ProblemError('conflict', {
        detail: 'A shop keeps 500 segments, 1,000 lists, and 4,000,000 characters.',
      });
    case 'busy':
      return new ProblemError('unavailable', { detail: 'Others kept changing segments and lists.' });
  }
}
