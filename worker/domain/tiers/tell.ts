/** Writes down that somebody changed tiers, keeps theirs, or is about to lose it; and gives what entering a tier gives. */
import type { JsonObject } from '../json.ts';
import { type Giving, givenProperties, giveRewards, pointsGiven } from '../loyalty/give-bonus.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import { pushRow, type Work } from '../work.ts';
import { rankOf } from './ladder.ts';
import { paidUntil } from './moves.ts';
import type { Tier } from './programme.ts';
import type { Counting } from './progress.ts';
import { fromProperties, standingProperties } from './standing.ts';
import type { TierState } from './state.ts';

/** Why somebody moved. `programme` and `import`: nobody is to be told of it as of news. */
export type TierCause = 'activity' | 'time' | 'programme' | 'merge' | 'hand' | 'import';

export interface Telling {
  counting: Counting;
  terms: Terms;
  when: When;
  cause: TierCause;
  /** It is told to copies and segments, and no messages are to be sent of it. */
  quiet: boolean;
  /** Entering gives what the tiers say. */
  gives: boolean;
}

/** The row of a change, and what it gives. `from`: the tier before; answers the state with what was given. */
export function tellMove(
  work: Work,
  from: string | null,
  { state, passed }: { state: TierState; passed: readonly Tier[] },
  telling: Telling,
): TierState {
  const { counting, terms, when } = telling;
  const { rules } = counting;
  const { givings, paid } = entryGivings(state, passed, telling);
  const after: TierState = Object.keys(paid).length === 0 ? state : { ...state, paid: { ...state.paid, ...paid } };
  if ((after.id ?? null) === from) return after;
  const entries = pointsGiven(work, givings, terms, when.atMs);
  const isUp = rankOf(rules, after.id) > rankOf(rules, from);
  pushRow(work, {
    kind: 'tier.changed',
    name: isUp ? 'VIP Tier Achieved' : 'VIP Tier Lost',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    terms,
    entries,
    about: about(telling, {
      ...fromProperties(rules, from),
      ...standingProperties(after, counting, when.atMs, terms.currency),
      ...givenProperties(givings, entries, terms),
    }),
  });
  giveRewards(work, givings, terms, when);
  return after;
}

/** Each tier's once in its time: whoever falls and comes back within it gets nothing again. */
function entryGivings(state: TierState, passed: readonly Tier[], { counting, when, gives }: Telling) {
  const given = counting.rules.entryRewards === 'each_passed' ? passed : passed.slice(-1);
  const untilMs = paidUntil(state, counting);
  const fresh = given.filter(({ id, entry }) => entry !== null && (state.paid?.[id] ?? 0) <= when.atMs);
  const givings = fresh.flatMap(({ id, name, entry }): Giving[] =>
    gives && entry !== null ? [{ bonus: entry, by: `tier:${id}`, reason: name }] : [],
  );
  return { givings, paid: Object.fromEntries(fresh.map(({ id }) => [id, untilMs])) };
}

export function tellKept(work: Work, state: TierState, telling: Telling): void {
  tellStanding(work, state, telling, { kind: 'tier.kept', name: 'VIP Tier Kept' });
}

export function tellExpiring(work: Work, state: TierState, telling: Telling): void {
  tellStanding(work, state, telling, { kind: 'tier.expiring', name: 'VIP Tier Expiring' });
}

function tellStanding(
  work: Work,
  state: TierState,
  telling: Telling,
  row: { kind: 'tier.kept' | 'tier.expiring'; name: string },
): void {
  const { counting, terms, when } = telling;
  const properties = {
    ...fromProperties(counting.rules, state.id ?? null),
    ...standingProperties(state, counting, when.atMs, terms.currency),
  };
  const times = { atMs: when.atMs, recordedAtMs: when.nowMs };
  pushRow(work, { ...row, ...times, terms, entries: [], about: about(telling, properties) });
}

function about({ cause, quiet }: Telling, properties: JsonObject): JsonObject {
  return { properties, cause, ...(quiet ? { quiet: true } : {}) };
}
