/** Instants at which a definition may turn over for a life: everything dated, every span away, every midnight, a millisecond beside. */
import type { Definition } from '../../../worker/domain/segments/definition.ts';
import { DAY, HOUR, type Span } from './instants.ts';
import type { Life } from './naive.ts';
import { calendarOf, instantIn, later, startOfDay } from './naive-calendar.ts';

/** The sorted instants after `nowMs`, up to `untilMs`. */
export function probesOf(definition: Definition, life: Life, zone: string, { nowMs, untilMs }: Stretch): number[] {
  const dates = [...new Set([...datesIn(life, zone), ...datesIn(definition, zone)])];
  const spans = [...new Map(spansIn(definition).map((one) => [`${one.quantity} ${one.unit}`, one])).values()];
  const recurs = JSON.stringify(definition).includes('anniversary');
  const edges = dates.flatMap((atMs) => [
    atMs,
    ...spans.flatMap(({ unit, quantity }) => [later(zone, atMs, unit, quantity), later(zone, atMs, unit, -quantity)]),
    ...(recurs ? returnsOf(atMs, zone, nowMs).flatMap((first) => aroundReturn(first, spans, zone)) : []),
  ]);
  const all = [...edges, ...midnightsAfter(nowMs, zone), ...monthsAfter(nowMs, zone), nowMs, nowMs + HOUR, untilMs];
  const near = all.flatMap((atMs) => [atMs - 1, atMs, atMs + 1]);
  return [...new Set(near)].filter((atMs) => atMs > nowMs && atMs <= untilMs).sort((a, b) => a - b);
}

interface Stretch {
  nowMs: number;
  untilMs: number;
}

const FIRST = Date.UTC(1980, 0, 1);
const LAST = Date.UTC(2040, 0, 1);

/** All that looks like a date, wherever it stands. */
function datesIn(value: unknown, zone: string): number[] {
  if (typeof value === 'number') return [value, value * 1000].filter((atMs) => atMs > FIRST && atMs < LAST);
  if (typeof value === 'string') {
    const text = /^\d\d-\d\d$/.test(value) ? `2028-${value}` : value;
    const at = instantIn(zone, text);
    return at === null ? [] : [at, at + DAY];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) => datesIn(one, zone));
}

/** All spans of a definition; of a `between` both. */
function spansIn(value: unknown): Span[] {
  if (typeof value !== 'object' || value === null) return [];
  const { unit, quantity, start, end } = value as Partial<Span> & { start?: number; end?: number };
  const own = [quantity, start, end].flatMap((one) =>
    unit !== undefined && one !== undefined ? [{ unit, quantity: one }] : [],
  );
  return [...own, ...Object.values(value).flatMap(spansIn)];
}

function returnsOf(atMs: number, zone: string, nowMs: number): number[] {
  const { month, day } = calendarOf(zone, atMs);
  const { year } = calendarOf(zone, nowMs);
  return [year, year + 1, year + 2].map((one) => startOfDay(zone, { year: one, month, day }));
}

function aroundReturn(first: number, spans: readonly Span[], zone: string): number[] {
  const edges = spans.flatMap(({ unit, quantity }) => [
    later(zone, first, unit, quantity),
    later(zone, first, unit, -quantity),
  ]);
  return [first, ...edges];
}

function midnightsAfter(nowMs: number, zone: string): number[] {
  const today = calendarOf(zone, nowMs);
  return [1, 2, 3, 30, 60].map((days) => startOfDay(zone, { ...today, day: today.day + days }));
}

function monthsAfter(nowMs: number, zone: string): number[] {
  const { year, month } = calendarOf(zone, nowMs);
  return [1, 2, 12].map((months) => startOfDay(zone, { year, month: month + months, day: 1 }));
}
