/**
 * Credits what waited for people who have come. May be run by several callers at once and again from any point: each is
 * an adjustment under the key of its line, and is ended at the Directory only after it was recorded.
 */
import { recordIn, shardOf } from '../customers/stubs.ts';
import { creditOf, type Opening } from '../domain/opening.ts';
import type { Env } from '../env.ts';

export interface OpeningEnd {
  id: string;
  /** `void`: it ran out while it waited, or the ledger refused it. */
  state: 'credited' | 'void';
}

/** Where the outcome is kept: the Directory, or whoever speaks to it. */
export interface OpeningBook {
  openingsEnded(ends: OpeningEnd[]): void | Promise<void>;
}

export interface Claimed {
  customer: string;
  openings: Opening[];
}

/**
 * Each object is called once. Whoever turned out to be somebody else is credited there once they have arrived: nothing is
 * done here. `version`: of the settings.
 */
export async function creditOpenings(
  env: Env,
  shop: { id: string; version: number },
  all: Claimed[],
  book: OpeningBook,
): Promise<void> {
  const byObject = Map.groupBy(all, ({ customer }) => shardOf(customer));
  const ends = await Promise.all([...byObject.values()].map((own) => creditIn(env, shop, own)));
  if (ends.flat().length > 0) await book.openingsEnded(ends.flat());
}

async function creditIn(env: Env, shop: { id: string; version: number }, all: Claimed[]): Promise<OpeningEnd[]> {
  const groups = all.map(({ customer, openings }) => {
    const inputs = openings.map((opening) => ({ kind: 'operation' as const, operation: creditOf(opening) }));
    return { customer, known: false, inputs };
  });
  const told = await recordIn(env, shop, groups, 0);
  return all.flatMap(({ openings }, place) => {
    const group = told.groups[place];
    if (group === undefined) throw new Error('no answer for openings');
    return openings.flatMap(({ id }, at): OpeningEnd[] => {
      if (group.moved !== null) return [];
      const answer = group.answers[at];
      const isThere = answer !== undefined && 'row' in answer && answer.refusal === null;
      return [{ id, state: isThere ? 'credited' : 'void' }];
    });
  });
}
