/** Times as people write them: the same instant however it is said, and a wall clock's where no zone is. */
import { describe, expect, test } from 'vitest';
import { instantOf } from '../../worker/domain/zoned.ts';

describe('a time', () => {
  test.each([
    ['2024-07-01T12:00:00Z', '2024-07-01T12:00:00.000Z'],
    ['2024-07-01 12:00:00 UTC', '2024-07-01T12:00:00.000Z'],
    ['2024-07-01T14:00:00+02:00', '2024-07-01T12:00:00.000Z'],
    ['2024-07-01 07:00:00.1234-05', '2024-07-01T12:00:00.123Z'],
    ['2024-07-01T17:45+0545', '2024-07-01T12:00:00.000Z'],
    ['2024-07-01', '2024-06-30T22:00:00.000Z'],
    ['2024-01-01', '2023-12-31T23:00:00.000Z'],
    ['2024-07-01 14:00', '2024-07-01T12:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(new Date(instantOf(text, 'Europe/Berlin') ?? 0).toISOString()).toBe(instant);
  });

  // the clocks of Berlin: 2024-03-31 02:00 -> 03:00, 2024-10-27 03:00 -> 02:00
  test.each([
    ['2024-03-31T01:59:59', '2024-03-31T00:59:59.000Z'],
    ['2024-03-31T02:30:00', '2024-03-31T01:30:00.000Z'],
    ['2024-03-31T03:00:00', '2024-03-31T01:00:00.000Z'],
    ['2024-10-27T01:59:59', '2024-10-26T23:59:59.000Z'],
    ['2024-10-27T02:30:00', '2024-10-27T00:30:00.000Z'],
    ['2024-10-27T03:00:00', '2024-10-27T02:00:00.000Z'],
  ])('around the change of the clocks %s is %s', (text, instant) => {
    expect(new Date(instantOf(text, 'Europe/Berlin') ?? 0).toISOString()).toBe(instant);
  });

  test('in every zone is what its clock shows at that instant', () => {
    for (const timeZone of [
      'UTC',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'America/Sao_Paulo',
    ]) {
      const shown = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
      for (let at = Date.UTC(2011, 11, 1); at < Date.UTC(2013, 0, 1); at += 5.5 * 3_600_000) {
        const told = instantOf(shown.format(at), timeZone) ?? 0;
        // an hour that happens twice is the first one
        expect([told, told + 3_600_000, told + 1_800_000], `${timeZone} ${new Date(at).toISOString()}`).toContain(at);
        expect(shown.format(told)).toBe(shown.format(at));
      }
    }
  });

  test.each([
    '',
    'yesterday',
    '2024-02-30',
    '2024-13-01',
    '2024-01-01T25:00',
    '2024-01-01T10:60',
    '2024',
    '01.02.2024',
    '0024-01-01',
  ])('%j is none', (text) => {
    expect(instantOf(text, 'UTC')).toBeNull();
  });
});
