/** Reads of one customer, following whoever turned out to be somebody else. Writes nothing. */
import type { Told } from '../customers/voucher-reader.ts';
import { directoryOf, forgetCustomer } from '../directory/cache.ts';
import { ERASED } from '../domain/customer.ts';
import type { Env } from '../env.ts';
import { ProblemError } from '../wire/problem.ts';

/** A merge may be under way; nobody moves more often while they are looked for. */
const MOST_HOPS = 8;

interface At {
  env: Env;
  shop: { id: string };
}

/** What is known of a customer where they are kept by now; else as `tracked`. */
export async function following<T extends object>(
  at: At,
  customer: string,
  ask: (customer: string) => Promise<Told<T>>,
): Promise<(T & { moved: null }) | null> {
  return (await tracked(at, customer, ask))?.told ?? null;
}

/**
 * The same with the customer's id there; null: nobody by that id was ever there, or they were erased. `ask` is told the id to ask for. Throws
 * `unavailable` where they kept moving.
 */
export async function tracked<T extends object>(
  { env, shop }: At,
  customer: string,
  ask: (customer: string) => Promise<Told<T>>,
): Promise<{ customer: string; told: T & { moved: null } } | null> {
  let id = customer;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    const told = await ask(id);
    if (told === null) return null;
    if (told.moved === null) return { customer: id, told };
    if (told.moved === ERASED) {
      forgetCustomer(shop.id, id);
      return null;
    }
    // the Directory knows where a whole chain of them ends, but not yet of one who is just leaving
    const last = await directoryOf(env, shop.id).current(id);
    id = last === null || last === id ? told.moved : last;
  }
  throw new ProblemError('unavailable', { detail: 'The customer kept moving.' });
}
