/** Makes two customers one because somebody who may says so: a merchant, or a shop that merged its own records. */

import { handOver } from '../customers/hand-over.ts';
import { directoryOf, forgetCustomer } from '../directory/cache.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';
import { inParallel } from './follow.ts';

const MOST_ROUNDS = 8;

export interface WantedMerge {
  /** Ids of customers that the Directory knows; either may have moved. */
  loser: string;
  survivor: string;
  reason: 'merchant' | 'shopify';
}

/**
 * Ends once both ids lead to one customer who holds everything, and answers its id. Safe to repeat. Throws `unavailable`
 * where others kept moving in between; the Directory then goes on by itself. And where one was erased meanwhile.
 */
export async function mergeCustomers(env: Env, shop: ShopSnapshot, wanted: WantedMerge): Promise<string> {
  const directory = directoryOf(env, shop.id);
  await mustBeThere(env, shop.id, [wanted.loser, wanted.survivor]);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const moves = await directory.merge({ ...wanted, trust: 'server' }, Date.now());
    if (moves.length === 0) return (await directory.current(wanted.survivor)) ?? wanted.survivor;
    await inParallel(moves, (move) => handOver(env, shop, move, directory));
  }
  throw new ProblemError('unavailable', { detail: 'The customers kept moving.' });
}

/** Who was erased is forgotten here: asked again, their names lead elsewhere. */
async function mustBeThere(env: Env, shop: string, customers: string[]): Promise<void> {
  const current = await directoryOf(env, shop).currentAll(customers);
  const erased = customers.filter((_, at) => current[at] === null);
  for (const customer of erased) forgetCustomer(shop, customer);
  if (erased.length > 0) throw new ProblemError('unavailable', { detail: 'A customer is not there any more.' });
}
