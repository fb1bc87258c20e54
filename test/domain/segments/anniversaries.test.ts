/** The rules of `semantics.md` about what returns every year, with its year and without one. */
import { describe, expect, test } from 'vitest';
import type { Condition, DateFilter } from '../../../worker/domain/segments/definition.ts';
import { FOREVER } from '../../../worker/domain/segments/truth.ts';
import { ask, counted, did, expectWindow, holds, lived, trait } from './ask.ts';
import { DAY } from './instants.ts';

describe('an anniversary', () => {
  const born = '1990-10-25T10:00:00.000Z';
  const week = { type: 'date', unit: 'week', quantity: 1 } as const;

  test('is the whole day, also where it has 25 hours', () => {
    expectWindow({ type: 'date', operator: 'anniversary' }, born, [
      ['2026-10-24T21:59:59.999Z', false],
      ['2026-10-24T22:00:00.000Z', true],
      ['2026-10-25T22:59:59.999Z', true],
      ['2026-10-25T23:00:00.000Z', false],
      ['2027-10-25T12:00:00.000Z', true],
    ]);
  });

  test('of 29 February is the 28th in other years', () => {
    expectWindow({ type: 'date', operator: 'anniversary' }, '2024-02-29T11:00:00.000Z', [
      ['2026-02-27T22:59:59.999Z', false],
      ['2026-02-27T23:00:00.000Z', true],
      ['2026-02-28T23:00:00.000Z', false],
      ['2028-02-28T12:00:00.000Z', false],
      ['2028-02-29T12:00:00.000Z', true],
    ]);
  });

  test('returns without a year as well', () => {
    const life = lived({ traits: { birthday: '02-29' } });
    const asked = trait('birthday', { type: 'date', operator: 'anniversary' });
    expect(holds(asked, life, { now: '2026-02-28T12:00:00Z' })).toBe(true);
    expect(holds(asked, life, { now: '2028-02-28T12:00:00Z' })).toBe(false);
    expect(holds(asked, life, { now: '2028-02-29T12:00:00Z' })).toBe(true);
  });

  test.each<DateFilter>([
    { type: 'date', operator: 'before', date: '2020-01-01' },
    { type: 'date', operator: 'at-least', unit: 'year', quantity: 18 },
    { type: 'date', operator: 'in-the-last', unit: 'year', quantity: 100 },
  ])('without a year makes nobody of any age: $operator', (filter) => {
    expect(holds(trait('birthday', filter), lived({ traits: { birthday: '02-29' } }))).toBe(false);
  });

  test('month is the month of any year', () => {
    expectWindow({ type: 'date', operator: 'anniversary-month' }, born, [
      ['2026-09-30T21:59:59.999Z', false],
      ['2026-09-30T22:00:00.000Z', true],
      ['2026-10-31T22:59:59.999Z', true],
      ['2026-10-31T23:00:00.000Z', false],
    ]);
  });

  test('in the last week began at the first instant of its day', () => {
    expectWindow({ ...week, operator: 'anniversary-last' }, born, [
      ['2026-10-24T21:59:59.999Z', false],
      ['2026-10-24T22:00:00.000Z', true],
      ['2026-10-31T21:59:59.999Z', true],
      ['2026-10-31T22:00:00.000Z', false],
    ]);
  });

  test('in the last week may have been last year', () => {
    expectWindow({ ...week, operator: 'anniversary-last' }, '1990-12-30T10:00:00.000Z', [
      ['2027-01-03T12:00:00.000Z', true],
      ['2027-01-05T23:00:00.000Z', false],
    ]);
  });

  test('in the next week counts until its day is over', () => {
    expectWindow({ ...week, operator: 'anniversary-next' }, born, [
      ['2026-10-17T21:59:59.999Z', false],
      ['2026-10-17T22:00:00.000Z', true],
      ['2026-10-25T22:59:59.999Z', true],
      ['2026-10-25T23:00:00.000Z', false],
    ]);
  });

  test('in the next week may be next year', () => {
    expectWindow({ ...week, operator: 'anniversary-next' }, '1990-01-03T10:00:00.000Z', [
      ['2026-12-26T22:59:59.999Z', false],
      ['2026-12-26T23:00:00.000Z', true],
    ]);
  });

  test.each<DateFilter>([
    { type: 'date', operator: 'anniversary-next', unit: 'year', quantity: 2 },
    { type: 'date', operator: 'anniversary-next', unit: 'month', quantity: 12 },
    { type: 'date', operator: 'anniversary-next', unit: 'day', quantity: 365 },
    { type: 'date', operator: 'anniversary-last', unit: 'year', quantity: 1 },
    { type: 'date', operator: 'anniversary-last', unit: 'day', quantity: 367 },
  ])('in a window of a year is always: $operator $quantity $unit', (filter) => {
    const told = ask(trait('birthday', filter), lived({ traits: { birthday: '1990-06-20' } }));
    expect(told).toEqual({ holds: true, nextMs: FOREVER });
  });

  test('in the last year leaves out the day before a leap day', () => {
    const asked = trait('birthday', { type: 'date', operator: 'anniversary-last', unit: 'year', quantity: 1 });
    const life = lived({ traits: { birthday: '02-29' } });
    const [gone, back] = ['2028-02-27T23:00:00Z', '2028-02-28T23:00:00Z'].map((text) => Date.parse(text));
    expect(ask(asked, life)).toEqual({ holds: true, nextMs: gone });
    expect(ask(asked, life, { now: gone ?? 0 })).toEqual({ holds: false, nextMs: back });
  });

  test('that another excludes for ever names no instant', () => {
    const today: DateFilter = { type: 'date', operator: 'anniversary' };
    const life = lived({ traits: { birthday: '05-10', joined: '2020-08-20' } });
    const conditions = [trait('birthday', today), trait('joined', today)];
    expect(ask({ type: 'group', operator: 'and', conditions }, life)).toEqual({ holds: false, nextMs: FOREVER });
  });

  test('that another excludes but in leap years names the next of those', () => {
    const today: DateFilter = { type: 'date', operator: 'anniversary' };
    const life = lived({ traits: { birthday: '02-29', joined: '02-28' } });
    const other: Condition = { type: 'group', operator: 'not', conditions: [trait('joined', today)] };
    const conditions = [trait('birthday', today), other];
    expect(ask({ type: 'group', operator: 'and', conditions }, life)).toEqual({
      holds: false,
      nextMs: Date.parse('2028-02-28T23:00:00Z'),
    });
  });

  test.each([9, 366])('of events that are never enough names no instant: of %i days', (days) => {
    const first = Date.parse('2020-01-01T10:00:00Z');
    const events = Array.from({ length: days }, (_, day) => did('Viewed', new Date(first + day * DAY).toISOString()));
    const never = { type: 'numeric', operator: 'greater-than', value: days } as const;
    const timeframe_filter: DateFilter = { type: 'date', operator: 'anniversary' };
    const asked = counted('Viewed', { measurement_filter: never, timeframe_filter });
    expect(ask(asked, lived({ events }), { now: '2026-06-15T12:00:00Z' })).toEqual({ holds: false, nextMs: FOREVER });
  });
});
