/**
 * Looking for a code on routes that anybody may call. Ten wrong guesses in a quarter of an hour, and whoever makes them is
 * turned away: a shopper who is proven is counted alone, everybody else by their address. So nobody who is signed in is
 * kept out by others behind the same line, and what they hold themselves is found for them even when they are over their
 * own limit, which tells them nothing they do not see in their wallet. Of whoever is not signed in, and shares an address
 * with somebody who guesses, a right secret code is turned away as well: letting it through would be the oracle.
 */
import type { Env } from '../env.ts';
import { guardOf } from './stubs.ts';

export interface Visitor {
  address: string;
  /** Who it is, where the shop's own signature says so; never what a browser merely claims. */
  customer: string | null;
}

/** `found`: they had a right to know of it, because the code is public, or secret and right. */
export interface Look<T> {
  found: boolean;
  value: T;
}

export type Guarded<T> = { open: true; value: T } | { open: false; retryAfterSeconds: number };

/**
 * Runs `look` where the visitor may guess. `scope` is `own` where only what the customer holds may be found: nothing else,
 * not even a public code. Writes a row for a miss, none for a hit.
 */
export async function guarded<T>(
  env: Env,
  shop: string,
  { address, customer }: Visitor,
  look: (scope: 'any' | 'own') => Promise<Look<T>>,
): Promise<Guarded<T>> {
  const subject = customer === null ? `address:${address}` : `customer:${customer}`;
  const { guard, name } = guardOf(env, shop, subject);
  const turn = await guard.enter(name);
  if ('retryAfterMs' in turn) {
    const own = customer === null ? null : await look('own');
    if (own?.found) return { open: true, value: own.value };
    return { open: false, retryAfterSeconds: Math.max(1, Math.ceil(turn.retryAfterMs / 1_000)) };
  }
  let found = true;
  try {
    const looked = await look('any');
    found = looked.found;
    return { open: true, value: looked.value };
  } finally {
    await guard.leave(name, turn.token, found);
  }
}
