/** Following customers who turned out to be others: whoever is on the way arrives before anything else is told. */

import { handOver } from '../customers/hand-over.ts';
import { type Reach, type Reached, reach } from '../customers/reach.ts';
import type { Answer } from '../customers/record.ts';
import { directoryOf, forgetCustomer } from '../directory/cache.ts';
import type { Resolved } from '../directory/directory.ts';
import type { Move } from '../directory/store.ts';
import type { Env } from '../env.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';

const MOST_AT_ONCE = 32;

/** Hands over whom the Directory found to be somebody else; afterwards it is asked again who is who. */
export function settleMoves(env: Env, shop: ShopSnapshot, resolved: Resolved[]): Promise<void> {
  const moves = new Map(resolved.flatMap((one) => one.moves.map((move) => [move.loser, move] as const)));
  return inParallel([...moves.values()], (move) => handOver(env, shop, move, directoryOf(env, shop.id)));
}

/** These customers answered that they moved: somebody may have died half-way through handing them over. */
export async function finishMoves(env: Env, shop: ShopSnapshot, losers: string[]): Promise<void> {
  if (losers.length === 0) return;
  const moves = await directoryOf(env, shop.id).moves(losers);
  await inParallel(moves, (move: Move) => handOver(env, shop, move, directoryOf(env, shop.id)));
}

/** As `reach`. Throws `unavailable` where the customer kept moving, `not_found` where they were erased. */
export async function operate(env: Env, shop: ShopSnapshot, operation: Reach): Promise<Reached & { answer: Answer }> {
  const reached = await reach(env, shop, operation);
  if (reached === null) throw new ProblemError('unavailable', { detail: 'The customer kept moving.' });
  const { answer } = reached;
  if (answer.verdict === 'erased') {
    forgetCustomer(shop.id, operation.customer);
    throw new ProblemError('not_found');
  }
  return { ...reached, answer };
}

export async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, items.length) }, lane));
}
