/** Uses and money kept for whoever has a key: others find them taken until the lock runs out, is released or redeemed. */
import { type Refused, refused } from './refused.ts';
import type { Lock, Voucher } from './voucher.ts';

export const LOCK_MS = 15 * 60_000;
export const LONGEST_LOCK_MS = 7 * 86_400_000;
export const TTL_UNITS = [
  'NANOSECONDS',
  'MICROSECONDS',
  'MILLISECONDS',
  'SECONDS',
  'MINUTES',
  'HOURS',
  'DAYS',
] as const;
export type TtlUnit = (typeof TTL_UNITS)[number];

/** A unit is so many milliseconds, or so many of it are one. */
const UNIT_MS: Record<TtlUnit, number> = {
  NANOSECONDS: 1e-6,
  MICROSECONDS: 1e-3,
  MILLISECONDS: 1,
  SECONDS: 1_000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
};

/** They lie in the voucher's one row. */
export const MOST_LOCKS = 500;

/** How long a lock lives that asks for `ttl` units: at least 1 ms, at most 7 days; null: the default. */
export function ttlMs(ttl: number | null, unit: TtlUnit): number {
  if (ttl === null) return LOCK_MS;
  return Math.min(LONGEST_LOCK_MS, Math.max(1, Math.ceil(ttl * UNIT_MS[unit])));
}

export interface Viewer {
  /** Own lock: it keeps nothing from its owner. */
  lockKey: string | null;
  nowMs: number;
}

export function liveLocks({ locks }: Pick<Voucher, 'locks'>, nowMs: number): Lock[] {
  return locks.filter((lock) => lock.untilMs > nowMs);
}

function othersLocks(voucher: Voucher, { lockKey, nowMs }: Viewer): Lock[] {
  return liveLocks(voucher, nowMs).filter(({ key }) => key !== lockKey);
}

/** Uses that are neither made nor kept for others; null: without limit. */
export function freeUses(voucher: Voucher, viewer: Viewer): number | null {
  if (voucher.limit === null) return null;
  return Math.max(0, voucher.limit - voucher.redeemed - othersLocks(voucher, viewer).length);
}

/** Money on a gift card that is not kept for others; 0 of what is no gift card. */
export function freeCreditsMinor(voucher: Voucher, viewer: Viewer): number {
  if (voucher.benefit.kind !== 'gift') return 0;
  const kept = othersLocks(voucher, viewer).reduce((sum, { creditsMinor }) => sum + creditsMinor, 0);
  return Math.max(0, voucher.benefit.gift.balanceMinor - kept);
}

/** Money that locks keep, all keys together: `gift.locked_credits`. */
export function lockedCreditsMinor(voucher: Voucher, nowMs: number): number {
  return liveLocks(voucher, nowMs).reduce((sum, lock) => sum + lock.creditsMinor, 0);
}

/**
 * Keeps one use, and the credits. A lock with the same key is overwritten, not added to. Whether the voucher is applicable
 * is the caller's question.
 */
export function lock(voucher: Voucher, wanted: Lock, nowMs: number): { voucher: Voucher } | { refused: Refused } {
  const viewer = { lockKey: wanted.key, nowMs };
  const free = freeUses(voucher, viewer);
  if (free === 0) return noUseLeft(voucher);
  const freeMinor = freeCreditsMinor(voucher, viewer);
  if (wanted.creditsMinor > freeMinor) return tooMuch(wanted.creditsMinor, freeMinor);
  const others = othersLocks(voucher, viewer);
  if (others.length >= MOST_LOCKS) {
    // of a code without limit a lock keeps nothing, so the oldest is no loss
    if (free !== null || wanted.creditsMinor > 0)
      return refused('multiple_requests', `at most ${MOST_LOCKS} locks at a time`);
    others.sort((a, b) => a.untilMs - b.untilMs).shift();
  }
  return { voucher: { ...voucher, locks: [...others, wanted] } };
}

/** `not_found` where no live lock has this key. */
export function release(voucher: Voucher, key: string, nowMs: number): { voucher: Voucher } | { refused: Refused } {
  const live = liveLocks(voucher, nowMs);
  const others = live.filter((one) => one.key !== key);
  if (others.length === live.length) return refused('not_found', 'no lock with this key');
  return { voucher: { ...voucher, locks: others } };
}

export function noUseLeft({ limit, redeemed }: Voucher): { refused: Refused } {
  return refused('quantity_exceeded', 'every use is made or kept for somebody', { facts: { limit, redeemed } });
}

export function tooMuch(askedMinor: number, leftMinor: number): { refused: Refused } {
  return refused('gift_amount_exceeded', 'more than is on the card and not kept for somebody', {
    facts: { asked: askedMinor, left: leftMinor },
  });
}
