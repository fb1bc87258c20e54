/** Where time is awkward: the instants, spans and zones that lives and definitions share, so that edges meet. */
import fc from 'fast-check';
import type { SpanUnit } from '../../../worker/domain/calendar.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Clocks that change at night, at midnight, by half an hour, or never. */
export const zone: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('Europe/Berlin') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'America/New_York',
      'Africa/Cairo',
      'America/Havana',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'UTC',
    ),
  },
);

export interface Span {
  unit: SpanUnit;
  quantity: number;
}

const units: SpanUnit[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];

/** Few spans, used by definitions and lives alike. */
export const SPANS: Span[] = [
  { unit: 'minute', quantity: 90 },
  { unit: 'hour', quantity: 72 },
  { unit: 'hour', quantity: 24 },
  { unit: 'day', quantity: 1 },
  { unit: 'day', quantity: 30 },
  { unit: 'week', quantity: 1 },
  { unit: 'month', quantity: 1 },
  { unit: 'month', quantity: 1 },
  { unit: 'month', quantity: 1 },
  { unit: 'month', quantity: 2 },
  { unit: 'month', quantity: 13 },
  { unit: 'year', quantity: 1 },
  { unit: 'year', quantity: 2 },
];

export const span: fc.Arbitrary<Span> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...SPANS) },
  { weight: 1, arbitrary: fc.record({ unit: fc.constantFrom(...units), quantity: fc.integer({ min: 1, max: 40 }) }) },
);

/** Changes of clocks in four zones, ends of months, leap days, turns of years, midnights of Berlin and of Greenwich. */
export const MOMENTS: number[] = [
  '2026-03-29T00:59:59.999Z',
  '2026-03-29T01:00:00Z',
  '2026-10-25T00:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T05:00:00Z',
  '2026-04-23T22:00:00Z',
  '2026-10-29T21:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-01-30T09:00:00Z',
  '2026-01-31T08:00:00Z',
  '2026-02-27T23:00:00Z',
  '2026-02-28T00:00:00Z',
  '2026-02-28T09:30:00Z',
  '2026-02-28T23:00:00Z',
  '2026-03-31T07:00:00Z',
  '2026-04-29T22:00:00Z',
  '2026-12-31T23:00:00Z',
  '2027-01-01T00:00:00Z',
  '2028-02-28T23:00:00Z',
  '2028-02-29T12:00:00Z',
  '2028-02-29T23:00:00Z',
  '2028-03-01T00:00:00Z',
  '2024-02-29T11:00:00Z',
].map((text) => Date.parse(text));

/** Some of these days, as people write them: few, so that a definition's meets a life's. */
export const DATE_TEXTS = [
  '2026-03-29',
  '2026-03-29T02:30:00',
  '2026-10-25',
  '2026-02-28T10:30:00+01:00',
  '2026-01-31',
  '2026-11-01',
  '2024-02-29',
];

export const BIRTHDAYS = ['02-29', '03-29', '10-25', '01-31', '12-31', '02-28'];

export const jitter: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, -1, 1) },
  { weight: 2, arbitrary: fc.constantFrom(-HOUR, HOUR, 30 * MINUTE, -DAY, DAY, DAY - 1) },
  { weight: 2, arbitrary: fc.integer({ min: -2 * DAY, max: 2 * DAY }) },
);

export const instant: fc.Arbitrary<number> = fc
  .tuple(fc.constantFrom(...MOMENTS), jitter)
  .map(([moment, off]) => moment + off);
