/** An exact count of what one subject did lately, whatever runs at once: for velocities, such as of referrals. */
import type { Env } from '../env.ts';
import type { Counted } from './guard.ts';
import { guardOf } from './stubs.ts';

export interface Counting {
  /** Who: `referrer:{customer}`, `address:{ip}`, … Kept as a keyed hash only. */
  subject: string;
  windowMs: number;
  /** Names what is counted: the same again counts once. null: it counts every time. */
  op: string | null;
  /** By the clock that the window runs on. */
  nowMs: number;
}

/**
 * Counts one more, and answers how many that makes within the window that ends now (at most 1,000 are told apart). Writes
 * one row. Throws where the Guard cannot be reached: asked again under the same `op`, it counts once.
 */
export function count(env: Env, shop: string, { subject, ...mark }: Counting): Promise<Counted> {
  const { guard, name } = guardOf(env, shop, subject);
  return guard.count(name, mark);
}
