/** What may happen in a shop with segments, at random: definitions that ask for each other, and a life of a few customers. */
import fc from 'fast-check';
import type { Condition, DateFilter, Definition } from '../../worker/domain/segments/definition.ts';
import { definition } from '../domain/segments/arbitrary.ts';
import { countFilter, dateFilter, EVENTS } from '../domain/segments/arbitrary-filters.ts';
import { type Situation, situation } from '../domain/segments/arbitrary-life.ts';
import { DAY, HOUR, jitter, type Span, span } from '../domain/segments/instants.ts';

const some = fc.constantFrom;

export const PEOPLE = ['a', 'b', 'c'];
/** Filled by an event, by entering the first segment, and by whoever says so. */
export const LISTS = { byEvent: 'l1', bySegment: 'l2', byHand: 'l3' };

export function segmentId(place: number): string {
  return `s${place}`;
}

/** How long ago something happened that is told now; mostly it just did. */
export type Late = { span: Span; off: number } | null;

export type Told =
  | { kind: 'event'; name: string; trusted: boolean; aside: boolean; late: Late; of: number }
  | { kind: 'order'; order: number; late: Late; total: number; currency: string; test: boolean; products: string[] }
  | { kind: 'cancel' | 'refund'; order: number; late: Late; minor: number }
  | { kind: 'points'; points: number; expires: Span | null }
  | { kind: 'traits'; of: number; gone: string | null }
  | { kind: 'consent'; of: number; lifted: boolean }
  | { kind: 'list'; change: 'added' | 'removed'; late: Late }
  /** The one before, word for word. */
  | { kind: 'again' };

export type Step =
  | { kind: 'told'; who: number; told: Told[] }
  | { kind: 'wait'; span: Span; off: number; alarm: 'skipped' | 'once' | 'twice' }
  | { kind: 'define'; place: number; asked: Asked; announced: boolean }
  | { kind: 'drop'; place: number }
  | { kind: 'bringUp' }
  | { kind: 'restart' }
  | { kind: 'merge'; loser: number; survivor: number; gapMs: number };

/** A step, whether it fails before it is done, how long it takes to come, and by what its probes are chosen. */
export interface Turn {
  step: Step;
  fails: boolean;
  passesMs: number;
  spread: number;
}

/** A definition whose groups are still places: see `placed`. */
export interface Asked {
  definition: Definition;
  /** Joined to it. */
  membership: { isMember: boolean; of: number[]; timeframe: DateFilter | null; alone: boolean } | null;
}

const membership = fc.record({
  isMember: some(true, true, false),
  of: fc.array(fc.nat(20), { minLength: 1, maxLength: 2 }),
  timeframe: fc.option(dateFilter),
  alone: fc.boolean(),
});
/** Spans of one length, short enough that a life holds many of them. */
const shortSpan = some<Span[]>(
  { unit: 'minute', quantity: 90 },
  { unit: 'hour', quantity: 24 },
  { unit: 'hour', quantity: 72 },
  { unit: 'day', quantity: 1 },
  { unit: 'week', quantity: 1 },
);
const hours: fc.Arbitrary<Span> = fc.record({ unit: some('hour' as const), quantity: fc.integer({ min: 1, max: 80 }) });
const anySpan = fc.oneof(
  { weight: 2, arbitrary: shortSpan },
  { weight: 1, arbitrary: hours },
  { weight: 1, arbitrary: span },
);

/** A number of events lately: what most segments ask, and time alone turns over. */
const lately: fc.Arbitrary<Definition> = fc
  .record({
    metric_id: some(...EVENTS),
    measurement_filter: countFilter,
    span: fc.oneof({ weight: 3, arbitrary: shortSpan }, { weight: 1, arbitrary: span }),
    source: some('any' as const, 'trusted' as const),
  })
  .map(({ span, ...rest }) => {
    const timeframe_filter = { type: 'date' as const, operator: 'in-the-last' as const, ...span };
    const condition = { type: 'profile-metric' as const, measurement: 'count' as const, timeframe_filter, ...rest };
    return { condition_groups: [{ conditions: [condition] }] };
  });
const asked: fc.Arbitrary<Asked> = fc.record({
  definition: fc.oneof({ weight: 1, arbitrary: definition }, { weight: 1, arbitrary: lately }),
  membership: fc.option(membership, { freq: 2 }),
});

/** What a definition may ask for at its place: lists, and segments before it; the first one fills a list, and asks for others. */
export function askable(place: number): string[] {
  const before = Array.from({ length: place }, (_, one) => segmentId(one));
  const { byEvent, bySegment, byHand } = LISTS;
  return [byEvent, byHand, ...(place > 0 ? [bySegment] : []), ...before];
}

/** The definition as it stands at its place, asking for nothing but groups that are there. */
export function placed(
  { definition, membership }: Asked,
  place: number,
  isThere: (group: string) => boolean,
): Definition {
  const groups = askable(place).filter(isThere);
  const choose = (number: number) => groups[number % groups.length] ?? LISTS.byHand;
  const rename = (condition: Condition): Condition => {
    if (condition.type === 'group') return { ...condition, conditions: condition.conditions.map(rename) };
    if (condition.type !== 'profile-group-membership') return condition;
    return { ...condition, group_ids: condition.group_ids.map((id) => choose(Number(id.slice(1)) + place)) };
  };
  const own = definition.condition_groups.map(({ conditions }) => ({ conditions: conditions.map(rename) }));
  if (membership === null) return { ...definition, condition_groups: own };
  const { isMember, timeframe, alone } = membership;
  const type = 'profile-group-membership' as const;
  const group_ids = membership.of.map(choose);
  const joined: Condition = isMember
    ? { type, is_member: true, group_ids, timeframe_filter: timeframe }
    : { type, is_member: false, group_ids };
  return { ...definition, condition_groups: [...(alone ? [] : own), { conditions: [joined] }] };
}

const late: fc.Arbitrary<Late> = fc.oneof(
  { weight: 3, arbitrary: some(null) },
  { weight: 2, arbitrary: fc.record({ span: anySpan, off: jitter }) },
);
const order = fc.nat(2);
const told: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      kind: some('event' as const),
      name: some(...EVENTS, 'Placed Order'),
      trusted: some(true, true, false),
      aside: some(false, false, false, false, false, true),
      late,
      of: fc.nat(20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: some('order' as const),
      order,
      late,
      total: some(100, 1000, 2599, 25),
      currency: some('EUR', 'EUR', 'EUR', 'USD'),
      test: some(false, false, true),
      products: fc.array(some('p1', 'p2'), { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: some('cancel' as const, 'refund' as const), order, late, minor: some(100, 500) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: some('points' as const),
      points: some(1, 2, 3, 10, -1, -2),
      expires: fc.option(span),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: some('traits' as const), of: fc.nat(20), gone: some(null, 'value', 'when') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: some('consent' as const), of: fc.nat(20), lifted: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: some('list' as const), change: some('added' as const, 'removed' as const), late }),
  },
  { weight: 1, arbitrary: some({ kind: 'again' as const }) },
);

const who = some(0, 0, 0, 0, 1, 2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: some('told' as const), who, told: fc.array(told, { minLength: 1, maxLength: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: some('wait' as const),
      span: anySpan,
      off: jitter,
      alarm: some('skipped' as const, 'once' as const, 'twice' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: some('define' as const), place: fc.nat(7), asked, announced: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: some('drop' as const), place: fc.nat(7) }) },
  { weight: 1, arbitrary: some({ kind: 'bringUp' as const }) },
  { weight: 1, arbitrary: some({ kind: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: some('merge' as const),
      loser: fc.nat(2),
      survivor: fc.nat(2),
      gapMs: some(0, 0, 1, HOUR, 40 * DAY),
    }),
  },
);

/** A shop, what its customers may say, and the course of things. */
export interface World {
  material: Situation;
  asked: Asked[];
  turns: Turn[];
}

export const world: fc.Arbitrary<World> = fc.record({
  material: situation,
  asked: fc.array(asked, { minLength: 3, maxLength: 8, size: 'max' }),
  turns: fc.array(
    fc.record({
      step,
      fails: some(false, false, false, true),
      passesMs: some(0, 0, 1, HOUR, DAY, DAY - 1),
      spread: fc.nat(10_000),
    }),
    { minLength: 8, maxLength: 24, size: 'max' },
  ),
});
