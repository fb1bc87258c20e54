/** Money as integers of ISO 4217 minor units. Decimals are read as text: a float never touches an amount. */

const EXPONENT_0 = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const EXPONENT_3 = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** How many decimals a currency has (ISO 4217 table A.1); 2 where the code is not on the short lists. */
export function exponentOf(currency: string): number {
  if (EXPONENT_0.has(currency)) return 0;
  return EXPONENT_3.has(currency) ? 3 : 2;
}

const DECIMAL = /^([+-]?)(\d{1,18})(?:\.(\d{1,20}))?$/;

/**
 * A decimal amount ("12.50", 12.5) in minor units of `currency`, rounded half away from zero where it has more places.
 * null for anything that is no plain decimal, or that would pass 2^53.
 */
export function toMinor(amount: unknown, currency: string): number | null {
  if (typeof amount !== 'string' && typeof amount !== 'number') return null;
  const match = DECIMAL.exec(String(amount).trim());
  if (!match) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const exponent = exponentOf(currency);
  const padded = fraction.padEnd(exponent + 1, '0');
  const digits = BigInt(whole + padded.slice(0, exponent));
  const rounded = digits + (padded.charAt(exponent) >= '5' ? 1n : 0n);
  const minor = Number(sign === '-' ? -rounded : rounded);
  return Number.isSafeInteger(minor) ? minor : null;
}

export type Rounding = 'floor' | 'half-up' | 'ceil';

/** `a * b / c` for non-negative integers, exact before the one rounding at the end. `c` must be positive. */
export function ratio(a: number, b: number, c: number, rounding: Rounding = 'floor'): number {
  const product = BigInt(a) * BigInt(b);
  const divisor = BigInt(c);
  const floor = product / divisor;
  const rest = product % divisor;
  if (rounding === 'ceil') return Number(rest > 0n ? floor + 1n : floor);
  if (rounding === 'half-up') return Number(rest * 2n >= divisor ? floor + 1n : floor);
  return Number(floor);
}
