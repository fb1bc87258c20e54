/** What runs out next: lots by their own time, or the whole balance because nobody used it. Pure. */
import type { Head } from '../customer.ts';

export interface Expiry {
  points: number;
  atMs: number;
}

/** `lots`: the next to run out by their own time; null where none do. At the end of a balance all its lots go. */
export function soonestExpiry(
  { balance, debt, loyalty }: Pick<Head, 'balance' | 'debt' | 'loyalty'>,
  lots: Expiry | null,
): Expiry | null {
  const endMs = loyalty.activity?.endMs;
  if (endMs === undefined || (lots !== null && lots.atMs < endMs)) return lots;
  return { points: balance + debt, atMs: endMs };
}

/** When a lot is gone at the latest, as things stand. */
export function goneBy({ loyalty }: Pick<Head, 'loyalty'>, expiresAtMs: number): number {
  return Math.min(expiresAtMs, loyalty.activity?.endMs ?? expiresAtMs);
}
