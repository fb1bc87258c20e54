/** In which object a code lives, told from the code alone and the patterns that the shop makes codes by. */
import { type CodePlan, codeKey } from '../domain/vouchers/codes.ts';
import type { Env } from '../env.ts';
import { codeMintOf, planOf } from './code-mint.ts';
import { shardsOf } from './generations.ts';
import type { OffersSnapshot } from './offers.ts';

/** Codes that were typed or imported. */
const TYPED = 0;

export interface Route {
  /** The name of the object. */
  object: string;
  generation: number;
  shard: number;
}

/**
 * Where it can be, the likeliest first: in the generation that its check characters tell, or else among those that were
 * typed. A code that is made or typed goes to the first.
 */
export function routesOf(
  env: Env,
  shop: string,
  offers: Pick<OffersSnapshot, 'patterns'>,
  code: string,
): [Route, ...Route[]] {
  const made = codeMintOf(env.ROOT_SECRET, shop).generationsOf(plansOf(offers), code);
  const [first = TYPED, ...rest] = [...made, TYPED];
  return [routeIn(shop, first, code), ...rest.map((generation) => routeIn(shop, generation, code))];
}

/** Of a code whose generation is known. */
export function routeIn(shop: string, generation: number, code: string): Route {
  const shards = shardsOf(generation);
  if (shards === null) throw new Error('a generation that never was');
  const shard = spread(codeKey(code)) % shards;
  return { object: objectOf(shop, generation, shard), generation, shard };
}

export function objectOf(shop: string, generation: number, shard: number): string {
  return `codes:${shop}:${generation}:${shard}`;
}

/**
 * Whether anybody can have made such a code: its check characters are right, or there are typed ones of its length. One
 * of a length that was never there before is known everywhere within two seconds.
 */
export function canBe(
  env: Env,
  shop: string,
  offers: Pick<OffersSnapshot, 'patterns' | 'lengths'>,
  code: string,
): boolean {
  if (offers.lengths.includes(codeKey(code).length)) return true;
  return codeMintOf(env.ROOT_SECRET, shop).generationsOf(plansOf(offers), code).length > 0;
}

const plans = new WeakMap<object, CodePlan[]>();

/** Made ready once for each read of the offers. */
function plansOf({ patterns }: Pick<OffersSnapshot, 'patterns'>): CodePlan[] {
  const known = plans.get(patterns) ?? patterns.map(planOf);
  plans.set(patterns, known);
  return known;
}

/** FNV-1a: spreads evenly, and is the same for ever. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
