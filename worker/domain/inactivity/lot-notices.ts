/**
 * Notices before points run out lot by lot. No write reads the lots for them: it keeps a bound on the next date that was
 * not told, and whoever comes at that time with all lots at hand sees whether it still stands.
 */
import { daysBefore } from '../calendar.ts';
import { type Lot, NEVER } from '../ledger.ts';
import { type InactivityProgramme, STAGES, type Stage } from './programme.ts';
import type { ActivityState, LotNotice } from './state.ts';

/** So many told dates that lie ahead are told apart. */
const MOST_AHEAD = 60;

type Lots = ActivityState['lots'];

export interface Leads {
  notices: InactivityProgramme['notices'];
  timeZone: string;
}

/** With lots that were made or changed at an instant: the bound is theirs where they run out sooner. */
export function withLots(lots: Lots, changed: Iterable<Lot>, leads: Leads, atMs: number): Lots {
  const dates = new Set([...changed].filter(({ remaining }) => remaining > 0).map(({ expiresAtMs }) => expiresAtMs));
  dates.delete(NEVER);
  if (dates.size === 0) return lots;
  let next = lots;
  for (const stage of STAGES) {
    const days = leads.notices[stage];
    if (days === null) continue;
    const known: LotNotice = next?.[stage] ?? { toldMs: 0 };
    const sooner = [...dates].filter((date) => !isTold(known, date) && date < (known.nextMs ?? NEVER));
    if (sooner.length > 0) next = { ...next, [stage]: awaiting(known, Math.min(...sooner), days, leads, atMs) };
  }
  return next;
}

/** One whose time for notice is past already is told at once. */
function awaiting(told: LotNotice, nextMs: number, days: number, leads: Leads, atMs: number): LotNotice {
  return { ...toldOf(told), nextMs, atMs: Math.max(atMs, daysBefore(leads.timeZone, nextMs, days)) };
}

/** What was told, without what is awaited. */
function toldOf({ toldMs, ahead }: LotNotice): LotNotice {
  return { toldMs, ...(ahead === undefined ? {} : { ahead }) };
}

function isTold({ toldMs, ahead = [] }: LotNotice, date: number): boolean {
  return date <= toldMs || ahead.includes(date);
}

/** Of too many dates ahead the soonest count as told together with all before them. */
function withTold({ toldMs, ahead = [] }: LotNotice, dates: readonly number[], atMs: number): LotNotice {
  const all = [...ahead, ...dates].filter((date) => date > atMs).sort((a, b) => a - b);
  const spare = Math.max(0, all.length - MOST_AHEAD);
  const kept = all.slice(spare);
  return { toldMs: Math.max(toldMs, all[spare - 1] ?? 0), ...(kept.length === 0 ? {} : { ahead: kept }) };
}

/** Anew by all open lots, with what was told; of stages that the shop does not have nothing. */
export function lotsAnew(lots: Lots, open: Iterable<Lot>, leads: Leads, atMs: number): Lots {
  const told = STAGES.flatMap((stage): [Stage, LotNotice][] => {
    const known = lots?.[stage];
    return leads.notices[stage] === null || known === undefined ? [] : [[stage, toldOf(known)]];
  });
  return withLots(told.length === 0 ? undefined : Object.fromEntries(told), open, leads, atMs);
}

/** What waits of a stage that the shop does not have any more is not due. */
export function lotsDueMs(lots: Lots, { notices }: Pick<Leads, 'notices'>): number | null {
  const dues = STAGES.flatMap((stage) => (notices[stage] === null ? [] : (lots?.[stage]?.atMs ?? [])));
  return dues.length === 0 ? null : Math.min(...dues);
}

export interface ToldDate {
  stage: Stage;
  expiresAtMs: number;
  points: number;
}

/** What is to be told at an instant, all open lots being at hand; afterwards nothing is due before a later one. */
export function lotsToTell(
  lots: Lots,
  open: readonly Lot[],
  leads: Leads,
  atMs: number,
): { told: ToldDate[]; lots: Lots } {
  const told: ToldDate[] = [];
  const later: LotNotice[] = [];
  const dates = datesOf(open);
  let next = lots;
  for (const stage of STAGES) {
    const days = leads.notices[stage];
    const known = next?.[stage];
    if (days === null || known === undefined) continue;
    // of a date whose last chance was told no warning follows
    const waiting = dates.filter((date) => ![known, ...later].some((one) => isTold(one, date)));
    const due = waiting.filter((date) => daysBefore(leads.timeZone, date, days) <= atMs);
    told.push(...due.map((date) => ({ stage, expiresAtMs: date, points: pointsAt(open, date) })));
    const after = withTold(known, due, atMs);
    later.push(after);
    const first = waiting.find((date) => !due.includes(date));
    next = { ...next, [stage]: first === undefined ? after : awaiting(after, first, days, leads, atMs) };
  }
  return { told, lots: next };
}

function datesOf(open: readonly Lot[]): number[] {
  const dates = new Set(open.filter(({ remaining }) => remaining > 0).map(({ expiresAtMs }) => expiresAtMs));
  return [...dates].filter((date) => date < NEVER).sort((a, b) => a - b);
}

function pointsAt(open: readonly Lot[], date: number): number {
  return open.reduce((sum, lot) => sum + (lot.expiresAtMs === date ? lot.remaining : 0), 0);
}
