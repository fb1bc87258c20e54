/** Factors as exact fractions: whatever multiplies, there is one rounding, at the end, and no float. */
import type { Rounding } from '../money.ts';
import type { Multiplier } from './award.ts';

export interface Factor {
  numerator: bigint;
  denominator: bigint;
  /** The ids of what made it. */
  by: string[];
}

const ONE: Factor = { numerator: 1n, denominator: 1n, by: [] };

/** What multiplies together, or whatever stands alone, should that be more. */
export function factorOf(multipliers: readonly Multiplier[]): Factor {
  const together = multipliers.filter((one) => one.stackable).reduce(times, ONE);
  return multipliers
    .filter((one) => !one.stackable)
    .map((one) => times(ONE, one))
    .reduce((best, one) => (isMore(one, best) ? one : best), together);
}

function times({ numerator, denominator, by }: Factor, one: Multiplier): Factor {
  return {
    numerator: numerator * BigInt(one.numerator),
    denominator: denominator * BigInt(one.denominator),
    by: [...by, one.id],
  };
}

function isMore(one: Factor, than: Factor): boolean {
  return one.numerator * than.denominator > than.numerator * one.denominator;
}

/** `points` for every `per` of `amount`, times the factor; at most what an integer holds exactly. All but the factor are >= 0, `per` is > 0. */
export function scaled(
  { amount, points, per }: { amount: number; points: number; per: number },
  { numerator, denominator }: Factor,
  rounding: Rounding,
): number {
  const product = BigInt(amount) * BigInt(points) * numerator;
  const divisor = BigInt(per) * denominator;
  const floor = product / divisor;
  const rest = product % divisor;
  const up = rounding === 'ceil' ? rest > 0n : rounding === 'half-up' && rest * 2n >= divisor;
  const rounded = up ? floor + 1n : floor;
  return rounded > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(rounded);
}

/** A rate times a factor, exact: `points` for every `perMinor`; null: it comes to nothing. */
export function rateOf(
  { points, perMinor }: { points: number; perMinor: number },
  { numerator, denominator }: Factor,
): { points: number; perMinor: number } | null {
  const [more, per] = [BigInt(points) * numerator, BigInt(perMinor) * denominator];
  if (more === 0n) return null;
  // as the merchant said it wherever that is whole: 3 for every 100, and not 1.5 for 50
  if (more % denominator === 0n) return { points: Number(more / denominator), perMinor };
  const common = divisorOf(more, per);
  return { points: Number(more / common), perMinor: Number(per / common) };
}

function divisorOf(one: bigint, other: bigint): bigint {
  return other === 0n ? one : divisorOf(other, one % other);
}
