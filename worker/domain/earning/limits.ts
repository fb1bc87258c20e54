/** Whether a customer may earn by a rule once more, how many points at most, and from when on again. Pure. */
import { dayOf, startOf } from '../calendar.ts';
import type { Limit } from './programme.ts';
import { bounded, type EarningState, type Period, type PeriodCount, type Usage } from './state.ts';

const DAY_MS = 86_400_000;
const UNUSED: Usage = { all: [0, 0] };
/** Rules come and go; of those that a programme has no more, so many are remembered. */
const MOST_RULES = 100;

export interface Room {
  /** 0: not now; Infinity: no limit. */
  points: number;
  /** From when on there is room again; null: there is now, or never again. */
  againAtMs: number | null;
}

/** What is left of all limits at an instant. `timeZone`: whose days, weeks and months they are. */
export function roomOf(usage: Usage | undefined, limits: readonly Limit[], atMs: number, timeZone: string): Room {
  let points = Number.POSITIVE_INFINITY;
  let againAtMs: number | null = 0;
  for (const limit of limits) {
    const [times, given] = usedOf(usage ?? UNUSED, limit, atMs, timeZone);
    const left = Math.max(0, limit.most - (limit.of === 'times' ? times : given));
    if (limit.of === 'points') points = Math.min(points, left);
    if (left > 0) continue;
    points = 0;
    const again = againAt(usage ?? UNUSED, limit, atMs, timeZone);
    againAtMs = again === null || againAtMs === null ? null : Math.max(againAtMs, again);
  }
  return { points, againAtMs: points > 0 ? null : againAtMs };
}

function usedOf(usage: Usage, { per }: Limit, atMs: number, timeZone: string): readonly [number, number] {
  if (per === 'lifetime') return usage.all;
  if (typeof per === 'object') {
    // what was counted after this instant counts as well: nothing that comes late makes room
    const inside = (usage.recent ?? []).filter(([at]) => at > atMs - per.days * DAY_MS);
    return [inside.length, inside.reduce((sum, [, points]) => sum + points, 0)];
  }
  const period = usage[per];
  if (period === undefined || period[0] < periodStart(per, atMs, timeZone)) return [0, 0];
  return [period[1], period[2]];
}

function againAt(usage: Usage, { per, of, most }: Limit, atMs: number, timeZone: string): number | null {
  if (per === 'lifetime') return null;
  if (typeof per === 'string') return nextPeriod(per, atMs, timeZone);
  const inside = (usage.recent ?? []).filter(([at]) => at > atMs - per.days * DAY_MS);
  let over = inside.reduce((sum, [, points]) => sum + (of === 'times' ? 1 : points), 0) - most;
  for (const [at, points] of inside) {
    over -= of === 'times' ? 1 : points;
    if (over < 0) return at + per.days * DAY_MS;
  }
  return null;
}

export interface Use {
  times: 0 | 1;
  points: number;
  atMs: number;
}

/** The state with one use more, or with further points of a use that was counted (`times` 0). */
export function counted(
  state: EarningState | undefined,
  rule: { id: string; limits: readonly Limit[] },
  use: Use,
  timeZone: string,
): EarningState {
  const before = state?.used?.[rule.id] ?? UNUSED;
  const { times, points, atMs } = use;
  const usage: Usage = { ...before, all: [before.all[0] + times, before.all[1] + points] };
  for (const { per } of rule.limits) {
    if (per === 'lifetime') continue;
    if (typeof per === 'object') usage.recent = withUse(before.recent ?? [], use);
    else usage[per] = inPeriod(before[per], periodStart(per, atMs, timeZone), use);
  }
  const { [rule.id]: _, ...others } = state?.used ?? {};
  const kept = Object.entries(others).slice(1 - MOST_RULES);
  return { ...state, used: { ...Object.fromEntries(kept), [rule.id]: usage } };
}

/** Further points of a use that was counted go to the newest one: they are no use of their own. */
function withUse(recent: [number, number][], { times, points, atMs }: Use): [number, number][] {
  const last = recent.at(-1);
  if (times === 0 && last !== undefined) return [...recent.slice(0, -1), [last[0], last[1] + points]];
  return bounded([...recent, [atMs, points] satisfies [number, number]].sort((a, b) => a[0] - b[0]));
}

/** A use of an earlier period than the last one counts there: periods do not come back. */
function inPeriod(before: PeriodCount | undefined, fromMs: number, use: Use): PeriodCount {
  if (before === undefined || before[0] < fromMs) return [fromMs, use.times, use.points];
  return [before[0], before[1] + use.times, before[2] + use.points];
}

function periodStart(period: Period, atMs: number, timeZone: string): number {
  return startOf(timeZone, firstDay(period, atMs, timeZone, 0));
}

function nextPeriod(period: Period, atMs: number, timeZone: string): number {
  return startOf(timeZone, firstDay(period, atMs, timeZone, 1));
}

/** The first day of the period of an instant, or of a later one. */
function firstDay(period: Period, atMs: number, timeZone: string, later: 0 | 1) {
  const { year, month, day } = dayOf(timeZone, atMs);
  if (period === 'day') return { year, month, day: day + later };
  if (period === 'month') return { year, month: month + later, day: 1 };
  const sinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return { year, month, day: day - sinceMonday + 7 * later };
}
