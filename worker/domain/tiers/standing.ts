/** Where a customer stands: their tier, what is missing for the next one, and until when theirs is kept. Pure, and as of any instant from the last decision on. */
import type { Head } from '../customer.ts';
import type { JsonObject } from '../json.ts';
import type { Terms } from '../terms.ts';
import { rankOf, tierAt } from './ladder.ts';
import type { Tier, TierMetric, TierProgramme } from './programme.ts';
import { type Counting, keepingOf, progressOf, rolled } from './progress.ts';
import type { TierState } from './state.ts';

export interface TierStanding {
  tier: Tier | null;
  sinceMs: number | null;
  metric: TierMetric;
  /** Minor units where money counts. */
  progress: number;
  /** null: there is none above. */
  next: { tier: Tier; missing: number } | null;
  /** `untilMs`: the first instant at which it is over, as things stand. `missing` for keeping it longer; null: it is kept. null as a whole: for ever, or in no tier. */
  keep: { untilMs: number; missing: number | null } | null;
  /** Set by hand until then; null as a whole: it is not. */
  locked: { untilMs: number | null } | null;
}

/** null: the shop has no tiers. */
export function tierStanding({ loyalty }: Pick<Head, 'loyalty'>, terms: Terms, nowMs: number): TierStanding | null {
  const rules = terms.programme.tiers;
  if (rules === undefined) return null;
  return standingOf(loyalty.tier ?? {}, { rules, timeZone: terms.segments.manner.timeZone }, nowMs);
}

export function standingOf(stored: TierState, counting: Counting, nowMs: number): TierStanding {
  const { rules } = counting;
  const state = rolled(stored, counting, nowMs);
  const rank = rankOf(rules, state.id);
  const progress = progressOf(state, counting, nowMs);
  const next = tierAt(rules, rank + 1);
  const lock = state.lock ?? null;
  const keeping = lock === null ? keepingOf(state, counting) : null;
  return {
    tier: tierAt(rules, rank),
    sinceMs: state.sinceMs ?? null,
    metric: rules.metric,
    progress,
    next: next === null ? null : { tier: next, missing: Math.max(0, next.threshold - progress) },
    keep: keeping === null ? null : { untilMs: keeping.endMs, missing: keeping.missing === 0 ? null : keeping.missing },
    locked: lock === null ? null : { untilMs: lock.untilMs },
  };
}

/** What every event about tiers says besides where somebody came from: names as in the table of public events. */
export function standingProperties(state: TierState, counting: Counting, nowMs: number, currency: string): JsonObject {
  const { tier, progress, next, keep } = standingOf(state, counting, nowMs);
  const { metric } = counting.rules;
  return {
    tier_to: tier?.id ?? null,
    tier_to_name: tier?.name ?? null,
    metric,
    ...(metric === 'spent' ? { currency } : {}),
    [nameOf(metric, 'progress')]: progress,
    next_tier: next?.tier.id ?? null,
    next_tier_name: next?.tier.name ?? null,
    [nameOf(metric, 'to_next')]: next?.missing ?? null,
    // the last instant, so that its date is the one a shopper is told
    keep_until: keep === null ? null : new Date(keep.untilMs - 1).toISOString(),
    [nameOf(metric, 'to_keep')]: keep?.missing ?? null,
  };
}

function nameOf(metric: TierMetric, what: string): string {
  return metric === 'spent' ? `amount_${what}_minor` : `${metric}_${what}`;
}

/** The names of a tier somebody came from. */
export function fromProperties(rules: TierProgramme, id: string | null): JsonObject {
  return { tier_from: id, tier_from_name: tierAt(rules, rankOf(rules, id))?.name ?? null };
}
