/** Shares out whole cents: the shares always add up to the whole, and none is more than its own most. */
import { ratio } from '../money.ts';

/**
 * `whole` in proportion to the weights, by largest remainder: of equal remainders the larger weight gets the cent first, then
 * the earlier. All zero where no weight is positive. No share passes its weight where `whole` does not pass their sum.
 */
export function shares(whole: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return weights.map(() => 0);
  const floors = weights.map((weight) => ratio(whole, weight, sum));
  let left = whole - floors.reduce((total, share) => total + share, 0);
  const rests = weights.map((weight, at) => ({ at, weight, rest: restOf(whole, weight, sum) }));
  rests.sort((a, b) => Number(b.rest - a.rest) || b.weight - a.weight || a.at - b.at);
  for (const { at } of rests) {
    if (left === 0) break;
    floors[at] = (floors[at] ?? 0) + 1;
    left -= 1;
  }
  return floors;
}

function restOf(whole: number, weight: number, sum: number): bigint {
  return (BigInt(whole) * BigInt(weight)) % BigInt(sum);
}

export interface Bounded {
  weight: number;
  most: number;
}

/** Like `shares`, but no share passes its `most`: what one cannot take goes to the others. Adds up to `whole`, or to all the mosts where those are less. */
export function boundedShares(whole: number, parts: readonly Bounded[]): number[] {
  const given = parts.map(() => 0);
  let left = Math.min(
    whole,
    parts.reduce((sum, { weight, most }) => sum + (weight > 0 ? most : 0), 0),
  );
  // each round fills at least one part to its brim, or ends
  for (let round = 0; left > 0 && round <= parts.length; round += 1) {
    const weights = parts.map(({ weight, most }, at) => ((given[at] ?? 0) < most ? weight : 0));
    const wanted = shares(left, weights);
    for (const [at, { most }] of parts.entries()) {
      const more = Math.min(wanted[at] ?? 0, most - (given[at] ?? 0));
      given[at] = (given[at] ?? 0) + more;
      left -= more;
    }
  }
  return given;
}
