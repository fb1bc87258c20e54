/** The rules of `semantics.md` about events: names, sources, measures, filters, and what came after another event. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../worker/domain/json.ts';
import type {
  DateFilter,
  MetricCondition,
  NumericFilter,
  PropertyFilter,
  Timeframe,
} from '../../../worker/domain/segments/definition.ts';
import { FOREVER } from '../../../worker/domain/segments/truth.ts';
import { ask, counted, did, holds, lived } from './ask.ts';
import type { LifeEvent } from './naive.ts';

const equals = (value: number): NumericFilter => ({ type: 'numeric', operator: 'equals', value });

/** Bought on days of May, each with its properties. */
function bought(...days: [day: string, properties: JsonObject][]): LifeEvent[] {
  return days.map(([day, properties]) => did('Placed Order', `2026-05-${day}T10:00:00Z`, { properties }));
}

function measure(
  events: LifeEvent[],
  measurement: MetricCondition['measurement'],
  measurement_filter: MetricCondition['measurement_filter'],
  changes: Partial<MetricCondition> = {},
): boolean {
  return holds(counted('Placed Order', { measurement, measurement_filter, ...changes }), lived({ events }));
}

describe('an event', () => {
  test('is meant by any of its names', () => {
    const life = lived({ events: [did('Placed Order', '2026-05-01T10:00:00Z')] });
    expect(holds(counted('Order Completed'), life)).toBe(true);
    expect(holds(counted('placed order'), life)).toBe(false);
  });

  test('counts from any source, unless only what a server vouches for is asked for', () => {
    const life = lived({ events: [did('Viewed', '2026-05-01T10:00:00Z', { trusted: false })] });
    expect(holds(counted('Viewed'), life)).toBe(true);
    expect(holds(counted('Viewed', { source: 'trusted' }), life)).toBe(false);
  });

  test('of a browser counts for nothing where the segment guards value, whatever the condition says', () => {
    const life = lived({ events: [did('Viewed', '2026-05-01T10:00:00Z', { trusted: false })] });
    expect(holds(counted('Viewed', { source: 'any' }), life, { shop: { guard: true } })).toBe(false);
  });

  test('of an order that another source owns counts for nothing', () => {
    const life = lived({ events: [did('Placed Order', '2026-05-01T10:00:00Z', { aside: true })] });
    expect(holds(counted('Placed Order'), life)).toBe(false);
  });

  test('counts only where all filters pass', () => {
    const properties = { products: [{ price: 5 }, { price: 20 }], country: 'DE' };
    const dear: PropertyFilter = {
      property: 'products[].price',
      filter: { type: 'numeric', operator: 'greater-than', value: 10 },
    };
    const abroad: PropertyFilter = {
      property: 'country',
      filter: { type: 'string', operator: 'not-equals', value: 'de' },
    };
    expect(measure(bought(['01', properties]), 'count', equals(1), { metric_filters: [dear] })).toBe(true);
    expect(measure(bought(['01', properties]), 'count', equals(0), { metric_filters: [dear, abroad] })).toBe(true);
  });

  test.each<[DateFilter, from: string, until: string | null]>([
    [
      { type: 'date', operator: 'in-the-next', unit: 'day', quantity: 2 },
      '2026-08-18T10:00:00Z',
      '2026-08-20T10:00:00Z',
    ],
    [{ type: 'date', operator: 'this-month' }, '2026-07-31T22:00:00Z', '2026-08-31T22:00:00Z'],
    [{ type: 'date', operator: 'anniversary' }, '2026-08-19T22:00:00Z', '2026-08-20T22:00:00Z'],
    [{ type: 'date', operator: 'at-least', unit: 'day', quantity: 2 }, '2026-08-22T10:00:00Z', null],
    [{ type: 'date', operator: 'before', date: 'today' }, '2026-08-20T22:00:00Z', null],
  ])('comes to count, and ceases to, when a date in its properties is %o', (filter, from, until) => {
    const events = bought(['01', { pickup: '2026-08-20T10:00:00Z' }]);
    const asked = counted('Placed Order', { metric_filters: [{ property: 'pickup', filter }] });
    const [fromMs, untilMs] = [from, until].map((text) => (text === null ? FOREVER : Date.parse(text)));
    expect(ask(asked, lived({ events }))).toEqual({ holds: false, nextMs: fromMs });
    expect(ask(asked, lived({ events }), { now: from })).toEqual({ holds: true, nextMs: untilMs });
    if (until !== null) expect(holds(asked, lived({ events }), { now: until })).toBe(false);
  });

  test('that fails a filter does not hide an older one that passes', () => {
    const events = bought(['01', { country: 'DE' }], ['02', { country: 'US' }]);
    const german: PropertyFilter = { property: 'country', filter: { type: 'string', operator: 'equals', value: 'DE' } };
    const more: NumericFilter = { type: 'numeric', operator: 'greater-than', value: 0 };
    expect(measure(events, 'count', more, { metric_filters: [german] })).toBe(true);
  });

  test('of another month does not hide an older one of the month', () => {
    const events = [did('Placed Order', '2026-04-01T10:00:00Z'), did('Placed Order', '2026-05-01T10:00:00Z')];
    const more: NumericFilter = { type: 'numeric', operator: 'greater-than', value: 0 };
    const timeframe_filter: Timeframe = { type: 'date', operator: 'calendar-month', value: 4 };
    expect(measure(events, 'count', more, { timeframe_filter })).toBe(true);
  });
});

describe('a count', () => {
  test.each<[NumericFilter['operator'], number, number, boolean]>([
    ['equals', 0, 0, true],
    ['equals', 2, 3, false],
    ['not-equals', 2, 3, true],
    ['not-equals', 3, 3, false],
    ['greater-than', 2, 3, true],
    ['greater-than', 2.5, 3, true],
    ['greater-than', 3, 3, false],
    ['greater-than-or-equal', 3, 3, true],
    ['less-than', 3, 3, false],
    ['less-than', 1, 0, true],
    ['less-than-or-equal', 3, 3, true],
  ])('%s %d of %i events is %j', (operator, value, many, expected) => {
    const events = Array.from({ length: many }, () => did('Placed Order', '2026-05-01T10:00:00Z'));
    expect(measure(events, 'count', { type: 'numeric', operator, value })).toBe(expected);
  });

  test('falls when the window lets go of the event that made it', () => {
    const timeframe_filter: Timeframe = { type: 'date', operator: 'in-the-last', unit: 'day', quantity: 30 };
    const twice: NumericFilter = { type: 'numeric', operator: 'greater-than-or-equal', value: 2 };
    const events = bought(['20', {}], ['25', {}], ['30', {}]);
    const asked = counted('Placed Order', { measurement_filter: twice, timeframe_filter });
    const nextMs = Date.parse('2026-06-24T10:00:00Z');
    expect(ask(asked, lived({ events }))).toEqual({ holds: true, nextMs });
  });
});

describe('a measure', () => {
  const values = bought(['03', { value: 0.1 }], ['01', { value: 0.2 }], ['02', { revenue: '5' }]);

  test('of nothing is 0 as a count and a sum, and else not set', () => {
    const notSet = { type: 'existence', operator: 'not-set' } as const;
    for (const measurement of ['count', 'sum'] as const) expect(measure([], measurement, equals(0))).toBe(true);
    for (const measurement of ['min', 'max', 'first', 'last'] as const)
      expect(measure([], measurement, notSet)).toBe(true);
  });

  test('adds 0.1 and 0.2 up to 0.3', () => {
    expect(measure(values.slice(0, 2), 'sum', equals(0.3))).toBe(true);
    expect(measure(values.slice(0, 2), 'sum', { type: 'numeric', operator: 'greater-than', value: 0.3 })).toBe(false);
  });

  test('is the first number of $value, value, revenue, total and amount', () => {
    const events = bought(['01', { amount: 1, total: 2, revenue: 4, value: 'none', $value: null }]);
    expect(measure(events, 'sum', equals(4))).toBe(true);
  });

  test.each<[MetricCondition['measurement'], number]>([
    ['min', 0.1],
    ['max', 5],
    ['sum', 5.3],
  ])('%s is %d', (measurement, value) => {
    expect(measure(values, measurement, equals(value))).toBe(true);
  });

  test('first and last go by the events’ own times, not by their recording', () => {
    const named = { measurement_property: 'value' };
    expect(measure(values, 'first', equals(0.2), named)).toBe(true);
    expect(measure(values, 'last', equals(0.1), named)).toBe(true);
  });

  test('first and last of one instant go by the recording', () => {
    const named = { measurement_property: 'value' };
    const events = bought(['01', { value: 1 }], ['01', { value: 2 }]);
    expect(measure(events, 'first', equals(1), named)).toBe(true);
    expect(measure(events, 'last', equals(2), named)).toBe(true);
  });

  test('first and last are about the time where nothing is named', () => {
    const until = (date: string) => ({ type: 'date', operator: 'before', date }) as const;
    expect(measure(values, 'first', until('2026-05-02'))).toBe(true);
    expect(measure(values, 'last', until('2026-05-03'))).toBe(false);
    expect(measure(values, 'last', until('2026-05-04'))).toBe(true);
  });

  test('last is not set where the last event lacks the property', () => {
    const events = bought(['01', { value: 1 }], ['02', {}]);
    expect(measure(events, 'last', { type: 'existence', operator: 'not-set' }, { measurement_property: 'value' })).toBe(
      true,
    );
  });

  test('of a path to many numbers adds all, and looks at each for the least and the most', () => {
    const named = { measurement_property: 'products[].price' };
    const events = bought(['01', { products: [{ price: 5 }, { price: 20 }] }], ['02', { products: [{ price: '7' }] }]);
    expect(measure(events, 'sum', equals(32), named)).toBe(true);
    expect(measure(events, 'min', equals(5), named)).toBe(true);
    expect(measure(events, 'max', equals(20), named)).toBe(true);
  });

  test('of the last event passes where one of many values does', () => {
    const events = bought(['01', { products: [{ sku: 'a' }, { sku: 'b' }] }]);
    const named = { measurement_property: 'products[].sku' };
    expect(measure(events, 'last', { type: 'string', operator: 'equals', value: 'B' }, named)).toBe(true);
  });
});

describe('what came since another event', () => {
  const since = (which: 'first' | 'last', metric_id = 'Opened Email'): Timeframe => ({
    type: 'date',
    operator: 'since-event',
    metric_id,
    which,
  });
  const opened = (at: string, changes: Partial<LifeEvent> = {}) => did('Opened Email', at, changes);
  const asked = (timeframe_filter: Timeframe, changes: Partial<MetricCondition> = {}) =>
    counted('Placed Order', { timeframe_filter, ...changes });
  const order = did('Placed Order', '2026-05-02T10:00:00.000Z');

  test('is nothing where the other never happened', () => {
    expect(holds(asked(since('first')), lived({ events: [order] }))).toBe(false);
    const none = asked(since('last'), { measurement_filter: equals(0) });
    expect(holds(none, lived({ events: [order] }))).toBe(true);
  });

  test.each([
    ['2026-05-02T09:59:59.999Z', true],
    // of the same millisecond is not after
    ['2026-05-02T10:00:00.000Z', false],
    ['2026-05-02T10:00:00.001Z', false],
  ])('the other at %s: %j', (at, expected) => {
    expect(holds(asked(since('last')), lived({ events: [opened(at), order] }))).toBe(expected);
  });

  test('is about its first or its last', () => {
    const events = [opened('2026-05-01T10:00:00Z'), order, opened('2026-05-03T10:00:00Z')];
    expect(holds(asked(since('first')), lived({ events }))).toBe(true);
    expect(holds(asked(since('last')), lived({ events }))).toBe(false);
  });

  test('is about what a server vouches for where only that counts', () => {
    const events = [opened('2026-05-01T10:00:00Z', { trusted: false }), order];
    expect(holds(asked(since('last')), lived({ events }))).toBe(true);
    expect(holds(asked(since('last'), { source: 'trusted' }), lived({ events }))).toBe(false);
    expect(holds(asked(since('last')), lived({ events }), { shop: { guard: true } })).toBe(false);
  });

  test('means the other by any of its names', () => {
    const events = [opened('2026-05-01T10:00:00Z'), order];
    expect(holds(asked(since('last', 'Email Opened')), lived({ events }))).toBe(true);
  });

  test('of the same name is all but the first', () => {
    const events = bought(['01', {}], ['02', {}], ['03', {}]);
    const twice = asked(since('first', 'Placed Order'), { measurement_filter: equals(2) });
    expect(holds(twice, lived({ events }))).toBe(true);
  });
});
