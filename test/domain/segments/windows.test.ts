/** The rules of `semantics.md` about windows: to the millisecond, by the calendar, and where clocks change. */
import { describe, expect, test } from 'vitest';
import type { DateFilter } from '../../../worker/domain/segments/definition.ts';
import { FOREVER } from '../../../worker/domain/segments/truth.ts';
import { ask, counted, did, expectWindow, holds, lived, trait } from './ask.ts';

describe('a window of one length', () => {
  const hours = { type: 'date', unit: 'hour', quantity: 72 } as const;
  const at = '2026-06-01T10:00:00.000Z';

  test('is left exactly 72 hours after the event', () => {
    expectWindow({ ...hours, operator: 'in-the-last' }, at, [
      ['2026-06-01T10:00:00.000Z', true],
      ['2026-06-04T09:59:59.999Z', true],
      ['2026-06-04T10:00:00.000Z', false],
    ]);
  });

  test('says beforehand when that is, and that it never comes back', () => {
    const asked = counted('Viewed', { timeframe_filter: { ...hours, operator: 'in-the-last' } });
    const life = lived({ events: [did('Viewed', at)] });
    const nextMs = Date.parse('2026-06-04T10:00:00.000Z');
    expect(ask(asked, life, { now: '2026-06-04T09:59:59.999Z' })).toEqual({ holds: true, nextMs });
    expect(ask(asked, life, { now: nextMs })).toEqual({ holds: false, nextMs: FOREVER });
  });

  test('that lies so long ago begins exactly then', () => {
    expectWindow({ ...hours, operator: 'at-least' }, at, [
      ['2026-06-04T09:59:59.999Z', false],
      ['2026-06-04T10:00:00.000Z', true],
      ['2036-06-04T10:00:00.000Z', true],
    ]);
  });

  test('between two ages holds its nearer end and not its farther one', () => {
    expectWindow({ type: 'date', operator: 'between', unit: 'day', start: 1, end: 3 }, at, [
      ['2026-06-02T09:59:59.999Z', false],
      ['2026-06-02T10:00:00.000Z', true],
      ['2026-06-04T09:59:59.999Z', true],
      ['2026-06-04T10:00:00.000Z', false],
    ]);
  });

  test('before a date ends when the date comes', () => {
    expectWindow({ ...hours, operator: 'in-the-next' }, at, [
      ['2026-05-29T09:59:59.999Z', false],
      ['2026-05-29T10:00:00.000Z', true],
      ['2026-06-01T09:59:59.999Z', true],
      ['2026-06-01T10:00:00.000Z', false],
    ]);
  });

  test('takes 24 hours for a day, however long the day is', () => {
    // the clocks were put forward in between
    expectWindow({ type: 'date', operator: 'in-the-last', unit: 'day', quantity: 1 }, '2026-03-28T12:00:00.000Z', [
      ['2026-03-29T11:59:59.999Z', true],
      ['2026-03-29T12:00:00.000Z', false],
    ]);
  });
});

describe('a window of months', () => {
  const month = { type: 'date', unit: 'month', quantity: 1 } as const;

  test('ends on the last of February for what happened on 31 January', () => {
    expectWindow({ ...month, operator: 'in-the-last' }, '2026-01-31T09:00:00.000Z', [
      ['2026-02-28T08:59:59.999Z', true],
      ['2026-02-28T09:00:00.000Z', false],
    ]);
    expectWindow({ ...month, operator: 'in-the-last' }, '2028-01-31T09:00:00.000Z', [
      ['2028-02-28T09:00:00.000Z', true],
      ['2028-02-29T09:00:00.000Z', false],
    ]);
  });

  test('ends at the same time on the wall, though the clocks were put forward', () => {
    expectWindow({ ...month, operator: 'in-the-last' }, '2026-03-01T09:00:00.000Z', [
      ['2026-04-01T07:59:59.999Z', true],
      ['2026-04-01T08:00:00.000Z', false],
    ]);
  });

  test('that would end in an hour that is skipped ends an hour later on the wall', () => {
    expectWindow({ ...month, quantity: 2, operator: 'in-the-last' }, '2026-01-29T01:30:00.000Z', [
      ['2026-03-29T01:29:59.999Z', true],
      ['2026-03-29T01:30:00.000Z', false],
    ]);
  });

  test('that would end in an hour that comes twice ends in the first', () => {
    expectWindow({ ...month, operator: 'in-the-last' }, '2026-09-25T00:30:00.000Z', [
      ['2026-10-25T00:29:59.999Z', true],
      ['2026-10-25T00:30:00.000Z', false],
      ['2026-10-25T01:00:00.000Z', false],
    ]);
  });

  test('of a year ends on 28 February for what happened on the 29th', () => {
    expectWindow({ ...month, unit: 'year', operator: 'in-the-last' }, '2024-02-29T11:00:00.000Z', [
      ['2025-02-28T10:59:59.999Z', true],
      ['2025-02-28T11:00:00.000Z', false],
    ]);
  });

  test('may lose what came later first: a month after the 31st is over before one after the 30th', () => {
    const events = [did('Viewed', '2026-01-30T09:00:00Z'), did('Viewed', '2026-01-31T08:00:00Z')];
    const once = { type: 'numeric', operator: 'greater-than', value: 0 } as const;
    const timeframe_filter = { ...month, operator: 'in-the-last' } as const;
    const asked = counted('Viewed', { measurement_filter: once, timeframe_filter });
    const nextMs = Date.parse('2026-02-28T09:00:00.000Z');
    expect(ask(asked, lived({ events }), { now: '2026-02-28T08:30:00Z' })).toEqual({ holds: true, nextMs });
    const last = counted('Viewed', { measurement: 'last', measurement_filter: isSet, timeframe_filter });
    expect(ask(last, lived({ events }), { now: '2026-02-28T08:30:00Z' })).toEqual({ holds: true, nextMs });
  });

  test('before a date opens once, a month before it by the calendar', () => {
    expectWindow({ ...month, operator: 'in-the-next' }, '2026-03-31T09:30:00.000Z', [
      // the clocks are put forward in between
      ['2026-02-28T10:29:59.999Z', false],
      ['2026-02-28T10:30:00.000Z', true],
      ['2026-03-01T00:00:00.000Z', true],
      ['2026-03-31T09:29:59.999Z', true],
      ['2026-03-31T09:30:00.000Z', false],
    ]);
  });

  const isSet = { type: 'existence', operator: 'is-set' } as const;
});

describe('a date without a time', () => {
  const date = '2026-03-29';
  // the day of Berlin has 23 hours
  const first = '2026-03-28T23:00:00.000Z';
  const last = '2026-03-29T21:59:59.999Z';
  const now = '2026-06-01T00:00:00.000Z';

  test.each<[string, DateFilter, string, boolean]>([
    [
      'before it is before its first instant',
      { type: 'date', operator: 'before', date },
      '2026-03-28T22:59:59.999Z',
      true,
    ],
    ['its first instant is not before it', { type: 'date', operator: 'before', date }, first, false],
    ['its last instant is not after it', { type: 'date', operator: 'after', date }, last, false],
    ['after it is after its last instant', { type: 'date', operator: 'after', date }, '2026-03-29T22:00:00.000Z', true],
    [
      'from it on is from its first instant on',
      { type: 'date', operator: 'between-static', start: date, end: '2026-03-30' },
      first,
      true,
    ],
    [
      'up to it is up to its last instant',
      { type: 'date', operator: 'between-static', start: '2026-03-28', end: date },
      last,
      true,
    ],
    [
      'up to it is no longer',
      { type: 'date', operator: 'between-static', start: date, end: date },
      '2026-03-29T22:00:00.000Z',
      false,
    ],
  ])('%s', (_, filter, at, isIn) => {
    expectWindow(filter, at, [[now, isIn]]);
  });

  test('hangs in Greenwich where the definition is Klaviyo’s', () => {
    const life = lived({ traits: { when: '2026-03-28T23:30:00Z' } });
    const asked = trait('when', { type: 'date', operator: 'before', date });
    expect(holds(asked, life, { now })).toBe(false);
    expect(holds(asked, life, { now, klaviyo: true })).toBe(true);
  });

  test('is its first instant where a profile has it', () => {
    const life = lived({ traits: { when: date } });
    const asked = trait('when', { type: 'date', operator: 'in-the-last', unit: 'hour', quantity: 1 });
    expect(holds(asked, life, { now: first })).toBe(true);
    expect(holds(asked, life, { now: '2026-03-28T22:59:59.999Z' })).toBe(false);
  });
});

describe('a date with a time', () => {
  test.each<[string, DateFilter, boolean]>([
    ['is not before itself', { type: 'date', operator: 'before', date: '2026-03-29T10:00:00Z' }, false],
    ['is not after itself', { type: 'date', operator: 'after', date: '2026-03-29T12:00:00+02:00' }, false],
    ['without an offset is the shop’s', { type: 'date', operator: 'before', date: '2026-03-29T12:00:00.001' }, true],
    [
      'is between itself and itself',
      { type: 'date', operator: 'between-static', start: '2026-03-29T10:00:00Z', end: '2026-03-29T10:00:00Z' },
      true,
    ],
  ])('%s', (_, filter, isIn) => {
    expectWindow(filter, '2026-03-29T10:00:00.000Z', [['2026-06-01T00:00:00.000Z', isIn]]);
  });
});

describe('the calendar', () => {
  const at = '2026-10-25T00:30:00.000Z';

  test('has something before today from the next midnight on, though the day has 25 hours', () => {
    expectWindow({ type: 'date', operator: 'before', date: 'today' }, at, [
      [at, false],
      ['2026-10-25T22:59:59.999Z', false],
      ['2026-10-25T23:00:00.000Z', true],
    ]);
  });

  test('has something after today until its day begins', () => {
    expectWindow({ type: 'date', operator: 'after', date: 'today' }, at, [
      ['2026-10-24T21:59:59.999Z', true],
      ['2026-10-24T22:00:00.000Z', false],
    ]);
  });

  test('says this month from the first instant of the month to its last', () => {
    expectWindow({ type: 'date', operator: 'this-month' }, at, [
      ['2026-09-30T21:59:59.999Z', false],
      ['2026-09-30T22:00:00.000Z', true],
      ['2026-10-31T22:59:59.999Z', true],
      ['2026-10-31T23:00:00.000Z', false],
      ['2027-10-25T00:00:00.000Z', false],
    ]);
  });

  test('takes a month of any year', () => {
    expectWindow({ type: 'date', operator: 'calendar-month', value: 10 }, at, [['2031-01-01T00:00:00.000Z', true]]);
    // in Berlin it is November already
    expectWindow({ type: 'date', operator: 'calendar-month', value: 10 }, '2026-10-31T23:00:00.000Z', [
      ['2031-01-01T00:00:00.000Z', false],
    ]);
  });

  test('counts what was before today, however many came today', () => {
    const events = [did('Viewed', '2026-06-14T10:00:00Z'), did('Viewed', '2026-06-15T10:00:00Z')];
    const asked = counted('Viewed', { timeframe_filter: { type: 'date', operator: 'before', date: 'today' } });
    expect(holds(asked, lived({ events }), { now: '2026-06-15T12:00:00Z' })).toBe(true);
    const twice = { ...asked, measurement_filter: { type: 'numeric', operator: 'equals', value: 2 } } as const;
    const nextMs = Date.parse('2026-06-15T22:00:00.000Z');
    expect(ask(twice, lived({ events }), { now: '2026-06-15T12:00:00Z' })).toEqual({ holds: false, nextMs });
  });

  test.each(['Africa/Cairo', 'America/Havana', 'Asia/Beirut'])(
    'begins the day in %s when the first instant of it comes',
    (timeZone) => {
      // there clocks change at midnight
      for (const month of [3, 4, 10, 11]) {
        for (let day = 1; day <= 30; day += 1) {
          const date = `2026-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const before: DateFilter = { type: 'date', operator: 'before', date };
          const life = (at: number) => lived({ traits: { when: at } });
          const isBefore = (at: number) => holds(trait('when', before), life(at), { shop: { timeZone } });
          const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
          const probes = Array.from(
            { length: 10 },
            (_, hour) => Date.parse(`${date}T00:00:00Z`) + (hour - 5) * 3_600_000,
          );
          const near = probes.flatMap((probe) => [probe - 1, probe]);
          expect(near.map(isBefore)).toEqual(near.map((probe) => format.format(probe) < date));
        }
      }
    },
  );
});
