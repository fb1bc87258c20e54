/** Sums of what counts, by the window of the programme, and periods that follow one another. Pure; pushes no row. */
import { anniversaryIn, type Day, dayOf, startOf } from '../calendar.ts';
import type { Contribution } from './counting.ts';
import type { TierProgramme } from './programme.ts';
import type { TierPeriod, TierState } from './state.ts';

const DAY_MS = 86_400_000;

export interface Counting {
  rules: TierProgramme;
  timeZone: string;
}

/** The number of a day since 1970. */
function numberOf({ year, month, day }: Day): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The day of an instant. */
function dayNumber(timeZone: string, atMs: number): number {
  return numberOf(dayOf(timeZone, atMs));
}

/** Days up to this one do not count any more at an instant: the same day a year before, 28 February for a 29th. */
function outOfWindow(timeZone: string, atMs: number): number {
  const day = dayOf(timeZone, atMs);
  return numberOf(anniversaryIn(day.year - 1, day));
}

/** What was reached: it decides which tier somebody can be in. */
export function reached(state: TierState, { rules, timeZone }: Counting, atMs: number): number {
  if (rules.window === 'lifetime') return Math.max(0, state.total ?? 0);
  // what was reached in a year holds for the next one as well
  if (rules.window === 'calendar_year') return Math.max(0, state.period?.base ?? 0, state.period?.sum ?? 0);
  return inWindow(state, timeZone, atMs);
}

/** What counts towards the next tier: of a calendar year, that of this year alone. */
export function progressOf(state: TierState, counting: Counting, atMs: number): number {
  if (counting.rules.window !== 'calendar_year') return reached(state, counting, atMs);
  return Math.max(0, state.period?.sum ?? 0);
}

function inWindow({ days = {} }: TierState, timeZone: string, atMs: number): number {
  const out = outOfWindow(timeZone, atMs);
  const counted = Object.entries(days).filter(([day]) => Number(day) > out);
  return Math.max(
    0,
    counted.reduce((sum, [, amount]) => sum + amount, 0),
  );
}

/** Adds contributions at their own instants. `nowMs`: no day is kept that does not count any more then. */
export function added(
  state: TierState,
  contributions: Iterable<Contribution>,
  counting: Counting,
  nowMs: number,
): TierState {
  const { rules, timeZone } = counting;
  let next: TierState = { ...state };
  const out = rules.window === 'rolling_year' ? outOfWindow(timeZone, nowMs) : 0;
  for (const { atMs, amount } of contributions) {
    if (rules.window === 'calendar_year') next.period ??= yearOf(timeZone, nowMs);
    if (rules.window === 'lifetime') next.total = (next.total ?? 0) + amount;
    if (rules.window === 'rolling_year') next = withDay(next, dayNumber(timeZone, atMs), amount, out);
    if (next.period !== undefined) next.period = inPeriod(next.period, { atMs, amount }, timeZone);
  }
  return rules.window === 'rolling_year' ? pruned(next, out) : next;
}

function withDay(state: TierState, day: number, amount: number, out: number): TierState {
  if (day <= out) return state;
  return { ...state, days: { ...state.days, [day]: (state.days?.[day] ?? 0) + amount } };
}

function pruned(state: TierState, out: number): TierState {
  const { days = {}, ...rest } = state;
  const kept = Object.entries(days).filter(([day, amount]) => Number(day) > out && amount !== 0);
  return kept.length === 0 ? rest : { ...rest, days: Object.fromEntries(kept) };
}

/** Without the days that do not count any more at an instant. */
export function windowed(state: TierState, { rules, timeZone }: Counting, atMs: number): TierState {
  return rules.window === 'rolling_year' ? pruned(state, outOfWindow(timeZone, atMs)) : state;
}

/** When a day on which more was taken than given leaves the window: what is reached is then more, though nobody did anything. */
export function risesMs({ days = {} }: TierState, { rules, timeZone }: Counting): number | null {
  if (rules.window !== 'rolling_year') return null;
  const below = Object.entries(days).flatMap(([day, amount]) => (amount < 0 ? [Number(day)] : []));
  if (below.length === 0) return null;
  const first = new Date(Math.min(...below) * DAY_MS);
  const [year, month, day] = [first.getUTCFullYear() + 1, first.getUTCMonth() + 1, first.getUTCDate()];
  return startOf(timeZone, { year, month, day });
}

function inPeriod(period: TierPeriod, { atMs, amount }: Contribution, timeZone: string): TierPeriod {
  // what somebody entered a tier by does not count for keeping it
  const isSince = period.of === 'calendar_year' ? atMs >= period.fromMs : atMs > period.fromMs;
  if (isSince) return { ...period, sum: period.sum + amount };
  return isBefore(period, atMs, timeZone) ? { ...period, base: period.base + amount } : period;
}

function isBefore({ of, fromMs, beforeMs }: TierPeriod, atMs: number, timeZone: string): boolean {
  if (of === 'calendar_year') return atMs >= yearBefore(timeZone, fromMs);
  return beforeMs === undefined ? dayNumber(timeZone, atMs) > outOfWindow(timeZone, fromMs) : atMs > beforeMs;
}

function yearBefore(timeZone: string, fromMs: number): number {
  return startOf(timeZone, { year: dayOf(timeZone, fromMs).year - 1, month: 1, day: 1 });
}

/** The calendar year of an instant. */
function yearOf(timeZone: string, atMs: number): TierPeriod {
  const { year } = dayOf(timeZone, atMs);
  const [fromMs, endMs] = [year, year + 1].map((one) => startOf(timeZone, { year: one, month: 1, day: 1 }));
  return { of: 'calendar_year', fromMs: fromMs ?? 0, endMs: endMs ?? 0, base: 0, sum: 0 };
}

/** Twelve months from an instant, to the end of that day; 28 February for a 29th. */
export function yearFrom(timeZone: string, fromMs: number, base: number): TierPeriod {
  const day = dayOf(timeZone, fromMs);
  const last = anniversaryIn(day.year + 1, day);
  return { of: 'rolling_year', fromMs, endMs: startOf(timeZone, { ...last, day: last.day + 1 }), base, sum: 0 };
}

/** When the period after one that ends at an instant ends. */
function nextEnd(timeZone: string, endMs: number): number {
  const lastDay = dayOf(timeZone, endMs - 1);
  const { year, month, day } = anniversaryIn(lastDay.year + 1, lastDay);
  return startOf(timeZone, { year, month, day: day + 1 });
}

/** When a tier whose time is over at an instant is lost. */
function lossOf({ rules, timeZone }: Counting, endMs: number): number {
  const day = dayOf(timeZone, endMs);
  return rules.graceDays === 0 ? endMs : startOf(timeZone, { ...day, day: day.day + rules.graceDays });
}

/** The state in the period that an instant lies in: one that was not enough says when the tier is lost. */
export function rolled(state: TierState, counting: Counting, atMs: number): TierState {
  const { timeZone } = counting;
  const { threshold = 0 } = state.lock?.own ?? state;
  let { period } = state;
  while (period !== undefined && period.endMs <= atMs) {
    const isKept = threshold === 0 || period.sum >= threshold;
    const lostAtMs = isKept ? undefined : (period.lostAtMs ?? lossOf(counting, period.endMs));
    const [fromMs, endMs] = [period.endMs, nextEnd(timeZone, period.endMs)];
    const next: TierPeriod = { of: period.of, fromMs, endMs, base: period.sum, sum: 0 };
    if (period.of === 'rolling_year') next.beforeMs = period.fromMs;
    period = lostAtMs === undefined ? next : { ...next, lostAtMs };
  }
  return period === undefined || period === state.period ? state : { ...state, period };
}

/** The most that a customer can hold a tier by, as things stand. */
export function heldBy(state: TierState, counting: Counting, atMs: number): number {
  const value = reached(state, counting, atMs);
  const { period } = state;
  if (counting.rules.window === 'lifetime' || period === undefined) return value;
  const { base, sum, late } = period;
  return Math.max(value, base, sum, late === true ? base + sum : 0);
}

/** Whether a customer holds their tier by what counted, or because it was given until its end. */
export function isEarned(state: TierState, counting: Counting, atMs: number): boolean {
  return state.period?.granted === true || heldBy(state, counting, atMs) >= (state.threshold ?? 0);
}

export interface Keeping {
  /** The first instant at which its time is over, as things stand. */
  endMs: number;
  /** When it is lost then: later, where there is a grace. */
  lostAtMs: number;
  /** What is still missing for keeping it beyond its period; 0: it is kept. */
  missing: number;
}

/** How long a tier is held; null: for ever, or there is none. `state` may lie in an earlier period than now. */
export function keepingOf(state: TierState, counting: Counting): Keeping | null {
  const { id, threshold = 0, period } = state;
  if (id === undefined || threshold === 0 || period === undefined) return null;
  const { fromMs, endMs, base, sum, lostAtMs } = period;
  if (lostAtMs !== undefined) return { endMs: fromMs, lostAtMs, missing: Math.max(0, threshold - base - sum) };
  const missing = Math.max(0, threshold - sum);
  const end = missing === 0 ? nextEnd(counting.timeZone, endMs) : endMs;
  return { endMs: end, lostAtMs: lossOf(counting, end), missing };
}
