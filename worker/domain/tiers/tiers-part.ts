/** Tiers as a part of the programme: counts what happens, moves customers, and knows when time alone does. */
import { daysBefore } from '../calendar.ts';
import type { Head } from '../customer.ts';
import type { Happened, Part, When } from '../loyalty/part.ts';
import { earns, participationOf } from '../members/participation.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { contributionsOf, countingOf, pastContributions } from './counting.ts';
import { ladderOf, rankAt, rankOf, tierAt } from './ladder.ts';
import { type Moved, moved } from './moves.ts';
import type { TierProgramme } from './programme.ts';
import { added, type Counting, keepingOf, reached, risesMs, rolled, windowed } from './progress.ts';
import type { InTier, TierState } from './state.ts';
import { type Telling, tellExpiring, tellKept, tellMove } from './tell.ts';

export const tiers: Part = { after, filledIn: after, dueMs, due, changed };

function after(work: Work, happened: Happened, terms: Terms): void {
  const rules = terms.programme.tiers;
  if (rules === undefined) return;
  const { event, nowMs } = happened;
  // what came late counts at its own time, and moves somebody when it is decided
  const atMs = event === null ? happened.atMs : nowMs;
  const counting = countingBy(rules, terms);
  const contributions = contributionsOf(work, rules, terms);
  if (contributions.length === 0 && !isBelow(work, counting, atMs)) return;
  const state = added(rolled(stateOf(work, terms), counting, atMs), contributions, counting, atMs);
  const isImported = event?.backfill !== undefined || work.rows[0]?.about.backfill === true;
  const gives = !isImported || event?.backfill?.earn === true;
  const cause = isImported ? 'import' : 'activity';
  const telling: Telling = { counting, terms, when: { atMs, nowMs }, cause, quiet: isImported, gives };
  const isLess = contributions.some(({ amount }) => amount < 0);
  settle(work, state, telling, { mayFall: isLess && rules.onRefund === 'at_once' });
}

/** Whether somebody is lower than what they reached, as who takes part only now: there is something to do though nothing was counted. */
function isBelow({ head }: Work, counting: Counting, atMs: number): boolean {
  const { rules } = counting;
  const state = head.loyalty.tier;
  if (state?.lock !== undefined) return false;
  if (state === undefined) return head.known && rules.tiers[0]?.threshold === 0;
  return rankAt(rules, reached(rolled(state, counting, atMs), counting, atMs)) > rankOf(rules, state.id);
}

function countingBy(rules: TierProgramme, terms: Terms): Counting {
  return { rules, timeZone: terms.segments.manner.timeZone };
}

/** Of whom nothing was counted yet is counted by the rules of today. */
function stateOf({ head }: Work, { programme }: Terms): TierState {
  const known = head.loyalty.tier;
  if (known !== undefined || programme.tiers === undefined) return known ?? {};
  return { counted: countingOf(programme), ladder: ladderOf(programme.tiers) };
}

/** `from`: the tier before, where the state says another. */
function settle(
  work: Work,
  counted: TierState,
  telling: Telling,
  { mayFall, from = counted.id ?? null }: { mayFall: boolean; from?: string | null },
): void {
  const { counting, when } = telling;
  if (counted.lock !== undefined) return void save(work, counted);
  const takesPart = earnsIn(work, telling.terms, when.atMs);
  const moving = { ...counting, atMs: when.atMs, known: work.head.known, takesPart, mayFall };
  const done: Moved = moved(counted, moving);
  let state = tellMove(work, from, done, telling);
  if (done.kept && !telling.quiet) tellKept(work, state, telling);
  const noticeMs = noticeOf(state, counting);
  if (noticeMs !== null && noticeMs <= when.atMs) {
    state = { ...state, ...warned(state, counting) };
    tellExpiring(work, state, telling);
  }
  save(work, state);
}

function earnsIn(work: Work, { programme }: Terms, atMs: number): boolean {
  const isIn = (segment: string) => work.guardedSince(segment, atMs) !== null;
  return earns(participationOf(work.head, programme, isIn), programme);
}

function save(work: Work, state: TierState): void {
  const { tier: _, ...rest } = work.head.loyalty;
  const isEmpty = Object.keys(state).every((name) => name === 'counted' || name === 'ladder');
  work.head = { ...work.head, loyalty: isEmpty ? rest : { ...rest, tier: state } };
}

function warned(state: TierState, counting: Counting): Pick<TierState, 'warnedMs'> {
  const keeping = keepingOf(state, counting);
  return keeping === null ? {} : { warnedMs: keeping.endMs };
}

/** When somebody is told that they will lose their tier; null: they will not, or were told. */
function noticeOf(state: TierState, counting: Counting): number | null {
  const { noticeDays } = counting.rules;
  const keeping = keepingOf(state, counting);
  if (noticeDays === null || keeping === null || state.warnedMs === keeping.endMs) return null;
  return daysBefore(counting.timeZone, keeping.endMs, noticeDays);
}

function dueMs({ loyalty }: Head, terms: Terms): number | null {
  const rules = terms.programme.tiers;
  const state = loyalty.tier;
  if (rules === undefined || state === undefined) return null;
  if (state.lock !== undefined) return state.lock.untilMs;
  const counting = countingBy(rules, terms);
  const lostAtMs = keepingOf(state, counting)?.lostAtMs ?? null;
  const dues = [lostAtMs, noticeOf(state, counting), risesMs(state, counting)].filter((at) => at !== null);
  return dues.length === 0 ? null : Math.min(...dues);
}

function due(work: Work, when: When, terms: Terms): void {
  const rules = terms.programme.tiers;
  if (rules === undefined) return;
  const counting = countingBy(rules, terms);
  const stored = stateOf(work, terms);
  const telling: Telling = { counting, terms, when, cause: 'time', quiet: false, gives: true };
  const from = stored.id ?? null;
  const state = windowed(stored.lock === undefined ? stored : unlocked(stored), counting, when.atMs);
  settle(work, rolled(state, counting, when.atMs), telling, { mayFall: stored.lock !== undefined, from });
}

/** In the tier of their own again. */
export function unlocked({ id: _, threshold: __, sinceMs: ___, lock, ...rest }: TierState): TierState {
  return { ...rest, ...lock?.own };
}

/** The state in the period of an instant. */
export function stateNow(work: Work, terms: Terms, atMs: number): TierState {
  const rules = terms.programme.tiers;
  const stored = stateOf(work, terms);
  return rules === undefined ? stored : rolled(stored, countingBy(rules, terms), atMs);
}

/** Takes the lock off by hand: as if its time were over. */
export function releaseLock(work: Work, when: When, terms: Terms): void {
  const rules = terms.programme.tiers;
  const stored = stateOf(work, terms);
  if (rules === undefined || stored.lock === undefined) return;
  const counting = countingBy(rules, terms);
  const telling: Telling = { counting, terms, when, cause: 'hand', quiet: false, gives: true };
  const state = rolled(windowed(unlocked(stored), counting, when.atMs), counting, when.atMs);
  settle(work, state, telling, { mayFall: true, from: stored.id ?? null });
}

/** Other rules: everything is counted anew where they count otherwise, and everybody is where they would be by them. */
function changed(work: Work, when: When, terms: Terms): void {
  const rules = terms.programme.tiers;
  const stored = work.head.loyalty.tier;
  if (rules === undefined) return void dropped(work, when, terms);
  const counting = countingBy(rules, terms);
  const [counted, ladder] = [countingOf(terms.programme), ladderOf(rules)];
  const isMerge = stored !== undefined && stored.counted === undefined;
  const isRecounted = stored?.counted !== counted;
  const isMoved = isRecounted || stored?.ladder !== ladder;
  const from = stored?.id ?? null;
  let state = rolled(windowed(fitting(stored ?? {}, counting), counting, when.atMs), counting, when.atMs);
  if (isRecounted) state = recounted(work, state, counting, terms, when.atMs);
  const isQuiet = isMoved && !isMerge;
  const telling: Telling = {
    counting,
    terms,
    when,
    cause: isMerge ? 'merge' : 'programme',
    quiet: isQuiet,
    gives: !isQuiet,
  };
  settle(work, { ...state, counted, ladder }, telling, { mayFall: isQuiet, from });
}

function recounted(work: Work, state: TierState, counting: Counting, terms: Terms, atMs: number): TierState {
  const { total: _, days: __, period, ...rest } = state;
  const empty: TierState = period === undefined ? rest : { ...rest, period: { ...period, base: 0, sum: 0 } };
  return added(empty, pastContributions(work.past, counting.rules, terms), counting, atMs);
}

/** By the tiers and the window of the rules: a tier they do not have is none, a period of another kind is over. */
function fitting(stored: TierState, { rules }: Counting): TierState {
  const isGone = stored.lock !== undefined && stored.id !== undefined && rankOf(rules, stored.id) < 0;
  const { id, threshold: _, sinceMs, period, paid, lock, ...rest } = isGone ? unlocked(stored) : stored;
  const own = inTier(rules, lock?.own ?? { id, sinceMs });
  const fits = period?.of === rules.window && (own.id !== undefined || rules.window === 'calendar_year');
  const kept = Object.entries(paid ?? {}).filter(([one]) => rankOf(rules, one) >= 0);
  return {
    ...rest,
    ...inTier(rules, { id, sinceMs }),
    ...(fits ? { period } : {}),
    ...(kept.length === 0 ? {} : { paid: Object.fromEntries(kept) }),
    ...(lock === undefined ? {} : { lock: { ...lock, own } }),
  };
}

function inTier(
  rules: TierProgramme,
  { id, sinceMs }: { id?: string | undefined; sinceMs?: number | undefined },
): InTier {
  const tier = tierAt(rules, rankOf(rules, id));
  if (tier === null) return {};
  return { id: tier.id, threshold: tier.threshold, ...(sinceMs === undefined ? {} : { sinceMs }) };
}

/** The shop has no tiers any more. What was given for entering one is remembered, lest it is given again. */
function dropped(work: Work, when: When, terms: Terms): void {
  const state = work.head.loyalty.tier;
  if (state === undefined) return;
  const { paid, id = null } = state;
  const none: TierProgramme = NO_TIERS;
  const counting = countingBy(none, terms);
  const telling: Telling = { counting, terms, when, cause: 'programme', quiet: true, gives: false };
  tellMove(work, id, { state: {}, passed: [] }, telling);
  // counted by no rules, which is another thing than not counted
  save(work, paid === undefined ? {} : { paid, counted: '' });
}

const NO_TIERS: TierProgramme = {
  metric: 'points',
  spent: 'paid',
  window: 'lifetime',
  startsAtMs: null,
  tiers: [],
  entryRewards: 'each_passed',
  demotion: 'by_value',
  graceDays: 0,
  onRefund: 'at_once',
  noticeDays: null,
};
