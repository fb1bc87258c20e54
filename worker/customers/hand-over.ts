/**
 * Hands a customer over to another one. May be run by several callers at once and again from any point: the loser
 * answers the same for ever, the survivor takes each part once.
 */
import type { Env } from '../env.ts';
import { START } from './moving.ts';
import { customersOf } from './stubs.ts';

export interface Handed {
  loser: string;
  survivor: string;
  trust: 'server' | 'browser';
}

/** Where the outcome is kept: the Directory, or whoever speaks to it. */
export interface MoveBook {
  moved(move: Handed): void | Promise<void>;
  refused(move: Handed): void | Promise<void>;
}

/** `version`: of the settings; an object uses the newest that it has seen. */
export async function handOver(
  env: Env,
  shop: { id: string; version: number },
  move: Handed,
  book: MoveBook,
): Promise<void> {
  const about = { ...move, shop: shop.id, version: shop.version };
  let from = START;
  for (;;) {
    const part = await customersOf(env, shop.id, move.loser).leave({ ...about, from });
    if (part.kind === 'refused') return void (await book.refused(move));
    await customersOf(env, shop.id, move.survivor).adopt({ ...about, part });
    if (part.rest !== null) break;
    from = part.upTo;
  }
  await book.moved(move);
}
