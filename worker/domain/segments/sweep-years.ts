/**
 * Things in a window that comes back every year: their measure now, and the first instant at which what is said of it
 * changes. All that happened on one day of the year comes and goes together.
 */
import { type Day, dayOf } from '../calendar.ts';
import { type Anniversary, anniversaryTruth, CYCLE_YEARS } from './anniversaries.ts';
import { type Measure, type Measured, tallyOf } from './sweep.ts';
import { always, FOREVER, type Truth } from './truth.ts';

interface DayOfYear {
  birth: Day;
  places: number[];
  truth: Truth;
}

/** So many turns are followed; of very many days of the year a cycle of fewer years, yet never less than its leap days. */
const MOST_TURNS = 8_000;
const LEAST_YEARS = 9;
const YEAR_MS = 366 * 86_400_000;

/** `items`: the newest first. `judge` is told a count, a sum in millionths, a number, or a time; null where there is none. */
export function sweepYears(
  items: readonly Measured[],
  nowMs: number,
  asked: {
    filter: Anniversary;
    timeZone: string;
    measure: Measure;
    judge: (value: number | null) => boolean;
  },
): Truth {
  const { filter, timeZone, measure, judge } = asked;
  const tally = tallyOf(measure, items);
  const days = daysOf(items, timeZone, (birth) => anniversaryTruth(filter, birth, nowMs, timeZone));
  for (const { truth, places } of days) if (truth.holds) places.forEach(tally.add);
  const holds = judge(tally.value());
  const years = Math.max(LEAST_YEARS, Math.min(CYCLE_YEARS, MOST_TURNS / (2 * days.length)));
  const untilMs = nowMs + years * YEAR_MS;
  for (;;) {
    const atMs = days.reduce((least, { truth }) => Math.min(least, truth.nextMs), FOREVER);
    if (atMs === FOREVER || atMs > untilMs) return always(holds);
    for (const day of days) {
      if (day.truth.nextMs !== atMs) continue;
      day.places.forEach(day.truth.holds ? tally.remove : tally.add);
      day.truth = anniversaryTruth(filter, day.birth, atMs, timeZone);
    }
    if (judge(tally.value()) !== holds) return { holds, nextMs: atMs };
    if (tally.isSpent()) return { holds, nextMs: atMs, isCut: true };
  }
}

function daysOf(items: readonly Measured[], timeZone: string, truthOf: (birth: Day) => Truth): DayOfYear[] {
  const days = new Map<number, DayOfYear>();
  items.forEach(({ atMs }, place) => {
    const birth = dayOf(timeZone, atMs);
    const key = birth.month * 32 + birth.day;
    const known = days.get(key);
    if (known === undefined) days.set(key, { birth, places: [place], truth: truthOf(birth) });
    else known.places.push(place);
  });
  return [...days.values()];
}
