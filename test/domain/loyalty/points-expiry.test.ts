/** When points run out: cases of calendars, one by one. The right side is worked out by hand. */
import { describe, expect, test } from 'vitest';
import { NEVER } from '../../../worker/domain/ledger.ts';
import { type PointsExpiry, pointsExpireAt } from '../../../worker/domain/loyalty/points-expiry.ts';

const period = (
  quantity: number,
  unit: 'day' | 'month' | 'year',
  until: 'instant' | 'day' | 'month' | 'quarter' | 'year',
) => ({ kind: 'period', unit, quantity, until }) as const;

function gone(expiry: PointsExpiry, earned: string, timeZone: string): string {
  return new Date(pointsExpireAt({ expiry, expiresAfterDays: null }, Date.parse(earned), timeZone)).toISOString();
}

describe('points that are good for a time', () => {
  test.each([
    [
      'X5: a month after 31 January to the end of the last of February',
      period(1, 'month', 'day'),
      '2026-01-31T12:00:00Z',
      'UTC',
      '2026-03-01T00:00:00.000Z',
    ],
    [
      'X5: a month after 31 January of a leap year to the end of the 29th',
      period(1, 'month', 'day'),
      '2028-01-31T12:00:00Z',
      'UTC',
      '2028-03-01T00:00:00.000Z',
    ],
    [
      'X6: 365 days from 1 March 2023, gone on day 366',
      period(365, 'day', 'day'),
      '2023-03-01T08:00:00Z',
      'UTC',
      '2024-03-01T00:00:00.000Z',
    ],
    [
      'X6: twelve months from a 29 February to the end of the 28th',
      period(12, 'month', 'day'),
      '2024-02-29T10:00:00Z',
      'UTC',
      '2025-03-01T00:00:00.000Z',
    ],
    [
      'X7: twelve months to the end of the month, in Berlin',
      period(12, 'month', 'month'),
      '2020-07-06T10:00:00Z',
      'Europe/Berlin',
      '2021-07-31T22:00:00.000Z',
    ],
    [
      'one month to the end of the quarter',
      period(1, 'month', 'quarter'),
      '2026-01-15T10:00:00Z',
      'UTC',
      '2026-04-01T00:00:00.000Z',
    ],
    [
      'one month to the end of the year',
      period(1, 'month', 'year'),
      '2026-11-15T10:00:00Z',
      'UTC',
      '2027-01-01T00:00:00.000Z',
    ],
    [
      'one month into the next year to its end',
      period(1, 'month', 'year'),
      '2026-12-15T10:00:00Z',
      'UTC',
      '2028-01-01T00:00:00.000Z',
    ],
    [
      'a day over the change of the clocks, to midnight where the shop is',
      period(1, 'day', 'day'),
      '2026-03-28T20:00:00Z',
      'Europe/Berlin',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'a day in Seoul, where it is tomorrow already',
      period(1, 'day', 'day'),
      '2026-05-01T16:00:00Z',
      'Asia/Seoul',
      '2026-05-03T15:00:00.000Z',
    ],
    [
      'a month to the instant',
      period(1, 'month', 'instant'),
      '2026-01-31T09:30:00Z',
      'UTC',
      '2026-02-28T09:30:00.000Z',
    ],
    [
      'half an hour off, in St. John’s',
      period(1, 'month', 'day'),
      '2026-06-10T12:00:00Z',
      'America/St_Johns',
      '2026-07-11T02:30:00.000Z',
    ],
  ] as const)('%s', (_, expiry, earned, zone, at) => {
    expect(gone(expiry, earned, zone)).toBe(at);
  });
});

describe('points that run out on one day of the year', () => {
  const june = { kind: 'date', month: 6, day: 30 } as const;
  test.each([
    ['earned before it are gone at its end', june, '2026-06-29T10:00:00Z', '2026-07-01T00:00:00.000Z'],
    ['earned on it are good for another year', june, '2026-06-30T00:00:00Z', '2027-07-01T00:00:00.000Z'],
    [
      'a 29 February is the 28th where there is none',
      { kind: 'date', month: 2, day: 29 } as const,
      '2026-01-01T00:00:00Z',
      '2026-03-01T00:00:00.000Z',
    ],
  ])('%s', (_, expiry, earned, at) => {
    expect(gone(expiry, earned, 'UTC')).toBe(at);
  });
});

test('without a rule of the calendar days of 24 hours count, or nothing does', () => {
  const at = Date.parse('2026-03-28T20:00:00Z');
  expect(pointsExpireAt({ expiresAfterDays: 2 }, at, 'Europe/Berlin')).toBe(at + 2 * 86_400_000);
  expect(pointsExpireAt({ expiresAfterDays: null, expiry: null }, at, 'UTC')).toBe(NEVER);
});
