/** Which tier somebody is in after something counted, or after time went by. Pure: what is told and given of it is said elsewhere. */
import { NEVER } from '../ledger.ts';
import { rankAt, rankOf, tierAt } from './ladder.ts';
import type { Tier } from './programme.ts';
import { type Counting, heldBy, isEarned, keepingOf, reached, yearFrom } from './progress.ts';
import type { TierPeriod, TierState } from './state.ts';

export interface Moving extends Counting {
  atMs: number;
  /** The shop can name the customer: a tier that asks for nothing is for such customers. */
  known: boolean;
  /** The customer takes part in the programme; who does not enters no tier. */
  takesPart: boolean;
  /** A tier that is not earned any more is lost now, not at its end. */
  mayFall: boolean;
}

export interface Moved {
  state: TierState;
  /** The tiers that were passed on the way up, the one that was reached last. */
  passed: Tier[];
  /** The tier is now kept beyond its time. */
  kept: boolean;
}

/** `counted`: in the period of `atMs`, with everything that counts, and not locked. */
export function moved(counted: TierState, moving: Moving): Moved {
  const { rules, atMs } = moving;
  const rank = rankOf(rules, counted.id);
  const value = reached(counted, moving, atMs);
  const top = reachedRank(value, moving);
  if (top > rank && moving.takesPart) return entered(counted, rank, top, moving);
  const { period } = counted;
  if (rank < 0) return still(counted);
  if (period?.lostAtMs !== undefined) return inGrace(counted, period, rank, moving);
  if (moving.mayFall && !isEarned(counted, moving, atMs)) {
    const held = reachedRank(heldBy(counted, moving, atMs), moving);
    return still(fallen(longerPaid(counted), held, moving, { soon: true }));
  }
  const keeping = keepingOf(counted, moving);
  const isKept = keeping !== null && keeping.missing === 0 && counted.keptMs !== period?.endMs;
  return isKept && period !== undefined
    ? { state: { ...counted, keptMs: period.endMs }, passed: [], kept: true }
    : still(counted);
}

function still(state: TierState): Moved {
  return { state, passed: [], kept: false };
}

function reachedRank(value: number, { rules, known }: Moving): number {
  const rank = rankAt(rules, value);
  return known || (tierAt(rules, rank)?.threshold ?? 0) > 0 ? rank : -1;
}

function entered(counted: TierState, rank: number, top: number, moving: Moving): Moved {
  const { rules, atMs, timeZone } = moving;
  const tier = tierAt(rules, top);
  if (tier === null) return still(counted);
  const { period: before, keptMs: _, warnedMs: __, ...rest } = counted;
  const state: TierState = { ...rest, id: tier.id, threshold: tier.threshold, sinceMs: atMs };
  if (rules.window === 'calendar_year' && before !== undefined) {
    state.period = bare(before);
    // entered by what counts this year, it is kept through the next: that is told with the entry
    if (before.sum >= tier.threshold) state.keptMs = before.endMs;
  }
  if (rules.window === 'rolling_year' && tier.threshold > 0)
    state.period = yearFrom(timeZone, atMs, reached(counted, moving, atMs));
  return { state, passed: rules.tiers.slice(rank + 1, top + 1), kept: false };
}

/** The period without what was said of the tier that was held in it before. */
function bare({ granted: _, late: __, lostAtMs: ___, ...period }: TierPeriod): TierPeriod {
  return period;
}

/** Its time is over: it is lost at the end of the grace, unless what was missing came meanwhile. */
function inGrace(counted: TierState, period: TierPeriod, rank: number, moving: Moving): Moved {
  const { rules, atMs } = moving;
  const { base, sum, lostAtMs = 0 } = period;
  if (base + sum >= (counted.threshold ?? 0)) {
    const state = { ...counted, period: { ...bare(period), late: true as const } };
    return { state, passed: [], kept: true };
  }
  if (lostAtMs > atMs) return still(counted);
  const top = reachedRank(reached(counted, moving, atMs), moving);
  const rankAfter = rules.demotion === 'one_down' ? Math.max(rank - 1, top) : top;
  return still(fallen(counted, rankAfter, moving, { soon: false }));
}

/** In a lower tier, or in none. `soon`: within the time it was held for, which goes on for what is left. */
function fallen(counted: TierState, rank: number, moving: Moving, { soon }: { soon: boolean }): TierState {
  const { rules, atMs, timeZone } = moving;
  const { id: _, threshold: __, sinceMs: ___, period, keptMs: ____, warnedMs: _____, ...rest } = counted;
  const tier = tierAt(rules, rank);
  const within = tier === null ? {} : { id: tier.id, threshold: tier.threshold, sinceMs: atMs };
  const state: TierState = { ...rest, ...within };
  const isHeld = tier !== null && tier.threshold > 0;
  if (rules.window === 'calendar_year' && period !== undefined) state.period = bare(period);
  if (rules.window === 'rolling_year' && isHeld)
    state.period = soon && period !== undefined ? period : yearFrom(timeZone, atMs, reached(counted, moving, atMs));
  if (state.period === undefined || !isHeld) return state;
  if (!isEarned(state, moving, atMs)) state.period = { ...state.period, granted: true };
  // that the lower one is kept already is told with the loss
  if (state.period.sum >= tier.threshold) state.keptMs = state.period.endMs;
  return state;
}

/** What was given for entering is not given again before the time is over for which it would have been held. */
function longerPaid(state: TierState): TierState {
  const { paid, period } = state;
  if (paid === undefined || period === undefined) return state;
  const longer = Object.entries(paid).map(([id, untilMs]) => [id, Math.max(untilMs, period.endMs)]);
  return { ...state, paid: Object.fromEntries(longer) };
}

/** Until when entering the tier that somebody is in now gives nothing again. */
export function paidUntil(state: TierState, counting: Counting): number {
  return keepingOf(state, counting)?.endMs ?? NEVER;
}
