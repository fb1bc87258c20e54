import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBuckets } from '../../worker/time/rate.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const FIVE = { perSecond: 5 };

/** How many of `tries` pass at the same instant. */
function passed(buckets: TokenBuckets, name: string, tries: number, now = NOW): number {
  return Array.from({ length: tries }, () => buckets.take(name, FIVE, now)).filter((wait) => wait === 0).length;
}

describe('a bucket', () => {
  test('holds two seconds’ worth and fills by the second', () => {
    const buckets = new TokenBuckets(10);
    expect(passed(buckets, 'a', 30)).toBe(10);
    expect(passed(buckets, 'a', 30, NOW + 1_000)).toBe(5);
    expect(passed(buckets, 'a', 30, NOW + 60_000)).toBe(10);
  });

  test('tells what is left of it, and takes nothing for that', () => {
    const buckets = new TokenBuckets(10);
    expect(buckets.room('a', FIVE, NOW)).toEqual({ left: 10, size: 10, fullInSeconds: 0 });
    buckets.take('a', FIVE, NOW);
    buckets.take('a', FIVE, NOW);
    for (let at = 0; at < 2; at += 1)
      expect(buckets.room('a', FIVE, NOW)).toEqual({ left: 8, size: 10, fullInSeconds: 1 });
    expect(buckets.room('a', FIVE, NOW + 200)).toEqual({ left: 9, size: 10, fullInSeconds: 1 });
    expect(passed(buckets, 'a', 30)).toBe(8);
    expect(buckets.room('a', FIVE, NOW).left).toBe(0);
  });

  test('says in whole seconds how long to wait, and after that time it passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 20_000 }), (perSecond, cost) => {
        const buckets = new TokenBuckets(10);
        const rate = { perSecond, cost };
        let wait = 0;
        for (let at = 0; wait === 0 && at < 20_000; at += 1) wait = buckets.take('a', rate, NOW);
        expect(Number.isInteger(wait) && wait >= 1).toBe(true);
        expect(buckets.take('a', rate, NOW + wait * 1_000)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('lets pass what it could never hold, once it is full, and is paid off afterwards', () => {
    const buckets = new TokenBuckets(10);
    const batch = { perSecond: 5, cost: 100 };
    expect(buckets.take('a', batch, NOW)).toBe(0);
    expect(buckets.take('a', FIVE, NOW)).toBe(19);
    expect(buckets.take('a', batch, NOW + 19_000)).toBe(1);
    expect(buckets.take('a', batch, NOW + 20_000)).toBe(0);
  });

  test('takes nothing from who is only asking', () => {
    const buckets = new TokenBuckets(10);
    for (let at = 0; at < 100; at += 1) expect(buckets.wait('a', FIVE, NOW)).toBe(0);
    expect(buckets.size).toBe(0);
  });
});

describe('buckets', () => {
  test('never become more than allowed, whatever names are invented', () => {
    const buckets = new TokenBuckets(100);
    for (let at = 0; at < 10_000; at += 1) buckets.take(`invented ${at}`, FIVE, NOW);
    expect(buckets.size).toBe(100);
  });

  test('keep who has to wait, however many names are invented at the same moment', () => {
    const buckets = new TokenBuckets(100);
    passed(buckets, 'greedy', 11);
    for (let at = 0; at < 10_000; at += 1) buckets.take(`invented ${at}`, FIVE, NOW);
    expect(buckets.take('greedy', FIVE, NOW)).toBe(1);
  });

  test('keep who comes again and again, even where everybody has to wait', () => {
    const buckets = new TokenBuckets(100);
    passed(buckets, 'greedy', 11);
    for (let at = 0; at < 1_000; at += 1) {
      passed(buckets, `as greedy ${at}`, 11);
      expect(buckets.take('greedy', FIVE, NOW), `after ${at}`).toBe(1);
    }
  });

  test('forget first who has waited long enough', () => {
    const buckets = new TokenBuckets(3);
    passed(buckets, 'waiting', 11, NOW + 3_000);
    for (const name of ['old', 'older']) passed(buckets, name, 11);
    buckets.take('new', FIVE, NOW + 3_000);
    expect(buckets.take('waiting', FIVE, NOW + 3_000)).toBe(1);
  });
});
