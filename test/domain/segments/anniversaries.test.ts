/** The rules of `semantics.md` about what returns every year, with its year and without one. */
import { describe, expect, test } from 'vitest';
import type { DateFilter } from '../../../worker/domain/segments/definition.ts';
import { ask, counted, did, expectWindow, holds, lived, trait } from './ask.ts';

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

  test('in the next two years is always', () => {
    const asked = trait('birthday', { type: 'date', operator: 'anniversary-next', unit: 'year', quantity: 2 });
    expect(holds(asked, lived({ traits: { birthday: born } }))).toBe(true);
  });

  test('that changes nothing is looked at again in some years, not searched for decades', () => {
    const events = Array.from({ length: 9 }, (_, day) => did('Viewed', `2020-05-0${day + 1}T10:00:00Z`));
    const never = { type: 'numeric', operator: 'greater-than', value: 9 } as const;
    const timeframe_filter: DateFilter = { type: 'date', operator: 'anniversary' };
    const asked = counted('Viewed', { measurement_filter: never, timeframe_filter });
    const { holds, nextMs } = ask(asked, lived({ events }), { now: '2026-06-15T12:00:00Z' });
    expect(holds).toBe(false);
    expect(nextMs).toBeGreaterThan(Date.parse('2027-06-15T12:00:00Z'));
    expect(nextMs).toBeLessThan(Date.parse('2036-06-15T12:00:00Z'));
  });
});
