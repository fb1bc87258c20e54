/** The tier a customer is in, and what counts towards the next. Bounded: at most 366 days, and an entry for each tier. */
import type { TierWindow } from './programme.ts';

/** The time for which a tier is held, or a calendar year in which nobody holds one yet. Both bounds are midnights but for the first `fromMs` of a rolling year. */
export interface TierPeriod {
  of: Exclude<TierWindow, 'lifetime'>;
  fromMs: number;
  endMs: number;
  /** What the tier is held for: what counted when it was entered, or in the period before. */
  base: number;
  /** What counted since the period began. */
  sum: number;
  /** Of a rolling year that follows another: when that one began, the first of them within a day. Absent: 12 months before. */
  beforeMs?: number;
  /** The tier is held whatever counted: it was given, or fallen into. */
  granted?: true;
  /** What was missing came after the end of the period before, in its grace. */
  late?: true;
  /** The period before was not enough: the tier is lost at this instant. */
  lostAtMs?: number;
}

/** A tier that somebody is in; all absent: in none. */
export interface InTier {
  id?: string;
  /** Its threshold: the higher one of two is kept in a merge. */
  threshold?: number;
  sinceMs?: number;
}

export interface TierState extends InTier {
  /** By which rules the sums below were counted; absent: they are to be counted anew. */
  counted?: string;
  /** Which tiers the customer was held against. */
  ladder?: string;
  /** All that counts, of a lifetime. */
  total?: number;
  /** What counts of each of the last 12 months' days, by the number of the shop's day since 1970. */
  days?: Record<string, number>;
  period?: TierPeriod;
  /** Tier -> until when entering it again gives nothing again. */
  paid?: Record<string, number>;
  /** The end of the period of which was told that the tier is kept beyond it, and that it would be lost. */
  keptMs?: number;
  warnedMs?: number;
  /** Set by hand: nothing moves by itself before `untilMs`; null: ever. `own`: what it is held against meanwhile. */
  lock?: { untilMs: number | null; own: InTier };
}

/** The id of the tier that a customer is in; null: none. */
export function tierIdOf({ loyalty }: { loyalty: { tier?: TierState } }): string | null {
  return loyalty.tier?.id ?? null;
}

/**
 * Of two customers who turned out to be one: the higher tier with its time, and the sum of what counted. Nothing that
 * either was given for entering a tier is given again. What both were told of is counted once when it is counted anew.
 */
export function joinTiers(own: TierState | undefined, other: TierState | undefined): TierState | undefined {
  if (own === undefined || other === undefined) return uncounted(own ?? other);
  const isOther = (other.threshold ?? -1) > (own.threshold ?? -1);
  const [kept, left] = isOther ? [other, own] : [own, other];
  const period = joinPeriods(kept, left);
  const joined: TierState = {
    ...kept,
    ...(kept.total === undefined && left.total === undefined ? {} : { total: (kept.total ?? 0) + (left.total ?? 0) }),
    ...joinedRecord('days', kept.days, left.days, (a, b) => a + b),
    ...joinedRecord('paid', kept.paid, left.paid, Math.max),
    ...(period === undefined ? {} : { period }),
  };
  return uncounted(joined);
}

function uncounted(state: TierState | undefined): TierState | undefined {
  if (state === undefined) return undefined;
  const { counted: _, ...rest } = state;
  return rest;
}

function joinPeriods(kept: TierState, left: TierState): TierPeriod | undefined {
  const [own, other] = [kept.period, left.period];
  if (own === undefined || other === undefined) return own ?? (kept.id === undefined ? other : undefined);
  if (own.of !== other.of || own.fromMs !== other.fromMs) return own;
  return { ...own, base: own.base + other.base, sum: own.sum + other.sum };
}

function joinedRecord<Name extends string>(
  name: Name,
  own: Record<string, number> | undefined,
  other: Record<string, number> | undefined,
  join: (a: number, b: number) => number,
): { [key in Name]?: Record<string, number> } {
  if (own === undefined && other === undefined) return {};
  const joined = { ...own };
  for (const [key, value] of Object.entries(other ?? {})) {
    const mine = joined[key];
    joined[key] = mine === undefined ? value : join(mine, value);
  }
  return { [name]: joined } as { [key in Name]?: Record<string, number> };
}
