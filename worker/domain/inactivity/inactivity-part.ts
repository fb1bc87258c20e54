/** Inactivity as a part of the programme: a balance that nobody uses runs out, and whoever is about to lose points is told. */
import { daysBefore } from '../calendar.ts';
import type { Head } from '../customer.ts';
import type { JsonObject } from '../json.ts';
import { expire } from '../ledger.ts';
import type { Happened, Part, When } from '../loyalty/part.ts';
import { pointsExpireAt } from '../loyalty/points-expiry.ts';
import { expiredProperties, noteExpiry, POINTS_EXPIRED } from '../loyalty/points-out.ts';
import type { Terms } from '../terms.ts';
import { pushRow, type Work } from '../work.ts';
import { activitiesOf } from './activity.ts';
import { type Leads, lotsAnew, lotsDueMs, lotsToTell, type ToldDate, withLots } from './lot-notices.ts';
import { type InactivityProgramme, STAGES } from './programme.ts';
import type { ActivityState } from './state.ts';

export const inactivity: Part = { after, dueMs, due, changed };

function after(work: Work, happened: Happened, terms: Terms): void {
  const rules = terms.programme.inactivity;
  if (rules === undefined) return;
  const state = work.head.loyalty.activity ?? {};
  const nowMs = happened.event === null ? happened.atMs : happened.nowMs;
  const lots = withLots(state.lots, work.draft.changed.values(), leadsOf(rules, terms), nowMs);
  const active = withActivity(work, state, { ...happened, nowMs }, rules);
  save(work, toldAtOnce(work, withLotsOf(active, lots), { ...happened, atMs: nowMs }, terms, rules), terms);
}

function leadsOf({ notices }: InactivityProgramme, { segments }: Terms): Leads {
  return { notices, timeZone: segments.manner.timeZone };
}

/** An empty balance waits for nothing; one that fills begins its time, whatever filled it. */
function withActivity(work: Work, state: ActivityState, happened: Happened, rules: InactivityProgramme): ActivityState {
  const { sinceMs, told: _, ...rest } = state;
  if (rules.expiry === null || work.draft.balance <= 0) return rest;
  if (work.before.balance <= 0 || sinceMs === undefined) return { ...rest, sinceMs: happened.nowMs };
  const done = activitiesOf(work);
  const isActive = rules.activities.some((one) => done.has(one));
  return isActive ? { ...state, sinceMs: Math.max(sinceMs, happened.atMs) } : state;
}

function withLotsOf(state: ActivityState, lots: ActivityState['lots']): ActivityState {
  if (lots === state.lots) return state;
  const { lots: _, ...rest } = state;
  return lots === undefined ? rest : { ...rest, lots };
}

/** With the end of the balance as things stand, for whoever reads it. */
function save(work: Work, decided: ActivityState, terms: Terms): void {
  const { activity, ...rest } = work.head.loyalty;
  const state = withEnd(decided, endOf(work, decided, terms));
  if (state === activity) return;
  const loyalty = Object.keys(state).length === 0 ? rest : { ...rest, activity: state };
  work.head = { ...work.head, loyalty };
}

function withEnd(state: ActivityState, endMs: number | null): ActivityState {
  if ((state.endMs ?? null) === endMs) return state;
  const { endMs: _, ...rest } = state;
  return endMs === null ? rest : { ...rest, endMs };
}

/** When the whole balance runs out as things stand; null: it does not. */
export function balanceEndMs(
  { balance, loyalty }: Pick<Head, 'balance' | 'loyalty'>,
  { programme, segments }: Terms,
): number | null {
  const { expiry = null, switchedOnAtMs = null } = programme.inactivity ?? {};
  const sinceMs = loyalty.activity?.sinceMs;
  if (expiry === null || sinceMs === undefined || balance <= 0) return null;
  const fromMs = Math.max(sinceMs, switchedOnAtMs ?? 0);
  return pointsExpireAt(
    { expiry: { kind: 'period', ...expiry }, expiresAfterDays: null },
    fromMs,
    segments.manner.timeZone,
  );
}

function dueMs(head: Head, terms: Terms): number | null {
  const rules = terms.programme.inactivity;
  const state = head.loyalty.activity;
  if (rules === undefined || state === undefined) return null;
  const endMs = balanceEndMs(head, terms);
  const notices = endMs === null ? [] : noticesOf(state, endMs, leadsOf(rules, terms)).map(({ atMs }) => atMs);
  const dues = [endMs, lotsDueMs(state.lots, rules), ...notices].filter((at) => at !== null);
  return dues.length === 0 ? null : Math.min(...dues);
}

/** The stages in which the end of a balance is not told yet. */
function noticesOf({ told = {} }: ActivityState, endMs: number, { notices, timeZone }: Leads) {
  return STAGES.flatMap((stage) => {
    const days = notices[stage];
    if (days === null || told[stage] === endMs) return [];
    return [{ stage, atMs: daysBefore(timeZone, endMs, days) }];
  });
}

function due(work: Work, when: When, terms: Terms): void {
  const rules = terms.programme.inactivity;
  if (rules === undefined) return;
  const endMs = balanceEndMs({ ...work.head, balance: work.draft.balance }, terms);
  if (endMs !== null && endMs <= when.atMs) return void runOut(work, when, terms);
  const leads = leadsOf(rules, terms);
  const state = work.head.loyalty.activity ?? {};
  const { told, lots } = lotsToTell(state.lots, work.draft.lots, leads, when.atMs);
  for (const date of told) tell(work, date, 'lots', terms, when);
  save(work, toldInTime(work, withLotsOf(state, lots), when, terms, leads), terms);
}

/** One entry for all lots, at the very instant. */
function runOut(work: Work, when: When, terms: Terms): void {
  const { lots } = work.draft;
  for (const lot of lots) noteExpiry(work, lot);
  const entry = expire(work.draft, lots);
  pushRow(work, {
    kind: 'points.expired',
    name: POINTS_EXPIRED,
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    terms,
    entries: [entry],
    about: { properties: expiredProperties(entry, 'inactivity') },
  });
  save(work, {}, terms);
}

/** The notices whose time has come: of two at once only the later one is told. */
function toldInTime(work: Work, state: ActivityState, when: When, terms: Terms, leads: Leads): ActivityState {
  const endMs = endOf(work, state, terms);
  if (endMs === null) return state;
  const due = noticesOf(state, endMs, leads).filter(({ atMs }) => atMs <= when.atMs);
  const [first] = due;
  if (first === undefined) return state;
  tell(work, { stage: first.stage, expiresAtMs: endMs, points: work.draft.balance }, 'inactivity', terms, when);
  return marked(
    state,
    due.map(({ stage }) => stage),
    endMs,
  );
}

function endOf({ head, draft }: Work, state: ActivityState, terms: Terms): number | null {
  return balanceEndMs({ balance: draft.balance, loyalty: { ...head.loyalty, activity: state } }, terms);
}

function marked(state: ActivityState, stages: readonly (typeof STAGES)[number][], endMs: number): ActivityState {
  return { ...state, told: { ...state.told, ...Object.fromEntries(stages.map((stage) => [stage, endMs])) } };
}

/**
 * Where notices come earlier than a period is long, the first one is told at once. It is not told again whenever somebody
 * is active: the new end counts as told.
 */
function toldAtOnce(
  work: Work,
  state: ActivityState,
  when: When,
  terms: Terms,
  rules: InactivityProgramme,
): ActivityState {
  const endMs = endOf(work, state, terms);
  if (endMs === null) return state;
  const leads = leadsOf(rules, terms);
  const due = noticesOf(state, endMs, leads).filter(({ atMs }) => atMs <= when.atMs);
  const again = due.filter(({ stage }) => state.told?.[stage] !== undefined).map(({ stage }) => stage);
  return toldInTime(work, again.length === 0 ? state : marked(state, again, endMs), when, terms, leads);
}

function tell(work: Work, date: ToldDate, reason: 'lots' | 'inactivity', terms: Terms, when: When): void {
  const properties: JsonObject = {
    stage: date.stage,
    points: date.points,
    expires_at: new Date(date.expiresAtMs).toISOString(),
    reason,
    balance_after: work.draft.balance,
  };
  const times = { atMs: when.atMs, recordedAtMs: when.nowMs };
  pushRow(work, {
    kind: 'points.expiring',
    name: 'Points Expiring',
    ...times,
    terms,
    entries: [],
    about: { properties },
  });
}

/** All open lots are at hand. Whoever holds points begins to wait when the expiry was switched on. */
function changed(work: Work, when: When, terms: Terms): void {
  const rules = terms.programme.inactivity;
  const { activity: stored, ...rest } = work.head.loyalty;
  if (rules === undefined) {
    if (stored !== undefined) work.head = { ...work.head, loyalty: rest };
    return;
  }
  const leads = leadsOf(rules, terms);
  const { sinceMs, told, ...others } = stored ?? {};
  const isWaiting = rules.expiry !== null && work.draft.balance > 0;
  const since = isWaiting ? { sinceMs: sinceMs ?? rules.switchedOnAtMs ?? when.nowMs } : {};
  const state = { ...others, ...since, ...(isWaiting && told !== undefined ? { told } : {}) };
  const lots = lotsAnew(state.lots, work.draft.lots, leads, when.atMs);
  save(work, toldInTime(work, withLotsOf(state, lots), when, terms, leads), terms);
}
