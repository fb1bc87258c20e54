/** When a delivery is tried again, and when it is given up. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isOutage,
  type Outcome,
  RETRY_AFTER_MS,
  readRetryAfter,
  verdictOf,
} from '../../../worker/domain/connections/attempts.ts';

const HOUR_MS = 3_600_000;
const failed = (about: Partial<Outcome> = {}): Outcome => ({
  status: 500,
  error: 'refused',
  retryAfterMs: null,
  ...about,
});
/** Without any chance in it. */
const at = (tries: number) => ({ tries, nowMs: 0, chance: 0.5 });

describe('an attempt', () => {
  test('that is taken ends it', () => {
    expect(verdictOf({ status: 204, error: null, retryAfterMs: null }, at(1))).toEqual({ state: 'succeeded' });
  });

  test('that fails is made again by the schedule, ten times in all within 76 hours, and then it is dead', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tries) => verdictOf(failed(), at(tries)));
    expect(waits).toEqual(RETRY_AFTER_MS.map((nextMs) => ({ state: 'failed', nextMs, gone: false })));
    expect(RETRY_AFTER_MS.reduce((sum, wait) => sum + wait, 0) / HOUR_MS).toBeCloseTo(75.585, 2);
    expect(verdictOf(failed(), at(10))).toEqual({ state: 'dead' });
  });

  test('is made a tenth sooner or later, by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
        const verdict = verdictOf(failed(), { tries, nowMs: 1_000, chance });
        const wait = RETRY_AFTER_MS[tries - 1] ?? 0;
        if (verdict.state !== 'failed') throw new Error('it is tried again');
        expect(verdict.nextMs - 1_000).toBeGreaterThanOrEqual(wait * 0.9);
        expect(verdict.nextMs - 1_000).toBeLessThanOrEqual(wait * 1.1 + 1);
      }),
    );
  });

  test('waits for Retry-After, for a day at most, and never shorter for it', () => {
    const wait = (retryAfterMs: number, tries = 1) => verdictOf(failed({ status: 503, retryAfterMs }), at(tries));
    expect(wait(60_000)).toEqual({ state: 'failed', nextMs: 60_000, gone: false });
    expect(wait(1_000)).toEqual({ state: 'failed', nextMs: 5_000, gone: false });
    expect(wait(99 * HOUR_MS)).toEqual({ state: 'failed', nextMs: 24 * HOUR_MS, gone: false });
  });

  test('that is answered 410 says that it is gone, be it the last', () => {
    expect(verdictOf(failed({ status: 410 }), at(1))).toMatchObject({ state: 'failed', gone: true });
    expect(verdictOf(failed({ status: 410 }), at(10))).toMatchObject({ state: 'failed', gone: true });
  });

  test('for what is no more is the last', () => {
    expect(verdictOf(failed({ status: null, error: 'lost' }), at(1))).toEqual({ state: 'dead' });
  });
});

test('an outage is what is no fault of the one event', () => {
  const statuses = [400, 404, 408, 410, 422, 425, 429, 500, 503];
  expect(statuses.filter((status) => isOutage({ status, error: 'refused' }))).toEqual([408, 425, 429, 500, 503]);
  expect(isOutage({ status: null, error: 'timeout' })).toBe(true);
  expect(isOutage({ status: 302, error: 'redirected' })).toBe(false);
});

test.each([
  [null, null],
  ['120', 120_000],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 1969 23:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['1e9', null],
])('reads Retry-After %s as %s', (text, ms) => {
  expect(readRetryAfter(text, 0)).toBe(ms);
});
