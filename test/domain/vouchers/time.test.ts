import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publish } from '../../../worker/domain/vouchers/publish.ts';
import { redeem } from '../../../worker/domain/vouchers/redeem.ts';
import { counted, countsAt, periodStart, type Tally, weekStartOf } from '../../../worker/domain/vouchers/tally.ts';
import { validAt } from '../../../worker/domain/vouchers/valid-at.ts';
import {
  durationOf,
  durationText,
  isOpen,
  later,
  type Validity,
  validityFlaws,
} from '../../../worker/domain/vouchers/validity.ts';
import { ask, campaign, DAY, made, NOW, naming, voucher } from './offers.ts';

const PARIS = 'Europe/Paris';
const NEW_YORK = 'America/New_York';
const at = (iso: string) => Date.parse(iso);
const good = (
  of: Parameters<typeof validAt>[0],
  iso: string,
  from: Parameters<typeof validAt>[1] = null,
  timeZone = 'UTC',
) => validAt(of, from, { nowMs: at(iso), timeZone });

describe('case 16: a voucher', () => {
  const dated = voucher({ startsAtMs: at('2026-06-01T00:00:00Z'), endsAtMs: at('2026-07-01T00:00:00Z') });

  test.each([
    ['2026-05-31T23:59:59.999Z', 'voucher_not_active'],
    ['2026-06-01T00:00:00.000Z', null],
    ['2026-06-30T23:59:59.999Z', null],
    ['2026-07-01T00:00:00.000Z', 'voucher_expired'],
  ])('from its start, included, to its end, left out: at %s it is %s', (iso, key) => {
    expect(good(dated, iso)).toBe(key);
  });

  test('is not good while it or its campaign is switched off', () => {
    expect(good(voucher({ active: false }), '2026-06-10T12:00:00Z')).toBe('voucher_disabled');
    expect(good(voucher(), '2026-06-10T12:00:00Z', campaign({ active: false }))).toBe('campaign_not_active');
  });

  test.each([
    ['2026-06-05T21:59:59Z', 'voucher_not_active_now'],
    ['2026-06-05T22:00:00Z', null],
    ['2026-06-07T21:59:59Z', null],
    ['2026-06-07T22:00:00Z', 'voucher_not_active_now'],
  ])('for weekends is good on the shop’s days: at %s it is %s', (iso, key) => {
    expect(good(voucher({ validity: { kind: 'weekdays', days: [0, 6] } }), iso, null, PARIS)).toBe(key);
  });

  test.each([
    ['2026-06-10T06:59:59Z', 'voucher_not_active_now'],
    ['2026-06-10T07:00:00Z', null],
    ['2026-06-10T14:59:59Z', null],
    ['2026-06-10T15:00:00Z', 'voucher_not_active_now'],
    ['2026-06-14T07:00:00Z', 'voucher_not_active_now'],
    ['2026-06-13T20:30:00Z', null],
    ['2026-06-13T23:30:00Z', null],
    ['2026-06-14T00:00:00Z', 'voucher_not_active_now'],
    ['2026-06-12T23:30:00Z', 'voucher_not_active_now'],
  ])('for hours of days is good on the shop’s clock: at %s it is %s', (iso, key) => {
    const spans = [
      { fromMinute: 9 * 60, toMinute: 17 * 60, days: [1, 2, 3, 4, 5] },
      { fromMinute: 22 * 60, toMinute: 2 * 60, days: [6] },
    ];
    expect(good(voucher({ validity: { kind: 'hours', spans } }), iso, null, PARIS)).toBe(key);
  });

  test('has its campaign’s dates and hours until it is published or used, and then those of that day', () => {
    const first = campaign({ endsAtMs: at('2026-07-01T00:00:00Z') });
    const cut = campaign({ endsAtMs: at('2026-06-15T00:00:00Z') });
    const free = voucher({ campaign: 'camp_1', limit: 5 });
    const given = {
      customer: 'c1',
      atMs: NOW,
      timeZone: 'UTC',
      holderOnly: false,
      publication: null,
      distribution: null,
    };
    const published = made(publish(free, first, given)).voucher;
    const used = made(redeem(ask(free, { campaign: first }), naming('r_1'))).voucher;
    const then = '2026-06-20T00:00:00Z';
    expect([free, published, used].map((one) => good(one, then, cut))).toEqual(['voucher_expired', null, null]);
    expect(good({ ...used, validity: null }, then, { ...cut, validity: { kind: 'weekdays', days: [1] } })).toBe(
      'voucher_not_active_now',
    );
  });

  test('that is the one code of its campaign follows it always', () => {
    const one = made(
      redeem(
        ask(voucher({ campaign: 'camp_1', limit: null }), { campaign: campaign({ kind: 'standalone' }) }),
        naming('r_1'),
      ),
    );
    expect(good(one.voucher, '2026-06-20T00:00:00Z', campaign({ kind: 'standalone', endsAtMs: NOW }))).toBe(
      'voucher_expired',
    );
  });
});

describe('case 17: published on the last day of its campaign', () => {
  test.each([
    ['2026-07-07T10:59:59Z', null],
    ['2026-07-07T11:00:00Z', 'voucher_expired'],
  ])('with seven days from then it is, at %s, %s', (iso, key) => {
    const last = campaign({ endsAtMs: at('2026-07-01T00:00:00Z'), liveAfterPublishing: 'P7D' });
    const given = { customer: 'c1', timeZone: PARIS, holderOnly: false, publication: null, distribution: null };
    const { voucher: held } = made(publish(voucher(), last, { ...given, atMs: at('2026-06-30T11:00:00Z') }));
    expect(good(held, iso, last, PARIS)).toBe(key);
    const { datesFixed: _, ...loose } = held;
    expect(good({ ...loose, endsAtMs: null }, iso, last, PARIS)).toBe(key);
  });

  test('the days are the calendar’s: over a changed clock they end at the same hour', () => {
    const end = later(PARIS, at('2026-03-27T11:00:00Z'), { months: 0, days: 7, ms: 0 });
    expect(new Date(end).toISOString()).toBe('2026-04-03T10:00:00.000Z');
  });
});

describe('case 18: open for an hour every second day from the start of the campaign', () => {
  const frames: Validity = {
    kind: 'frames',
    every: { months: 0, days: 2, ms: 0 },
    open: { months: 0, days: 0, ms: 3_600_000 },
  };
  const from = (startsAtMs: number) => campaign({ startsAtMs, validity: frames });

  // clocks in Paris go forward on 29 March 2026 and back on 25 October 2026
  test.each([
    ['2026-03-25T08:00:00Z', '2026-03-27T07:59:59Z', 'voucher_not_active_now'],
    ['2026-03-25T08:00:00Z', '2026-03-27T08:00:00Z', null],
    ['2026-03-25T08:00:00Z', '2026-03-27T08:59:59Z', null],
    ['2026-03-25T08:00:00Z', '2026-03-27T09:00:00Z', 'voucher_not_active_now'],
    ['2026-03-25T08:00:00Z', '2026-03-28T08:30:00Z', 'voucher_not_active_now'],
    ['2026-03-25T08:00:00Z', '2026-03-29T07:00:00Z', null],
    ['2026-03-25T08:00:00Z', '2026-03-29T08:00:00Z', 'voucher_not_active_now'],
    ['2026-10-23T07:00:00Z', '2026-10-25T07:30:00Z', 'voucher_not_active_now'],
    ['2026-10-23T07:00:00Z', '2026-10-25T08:00:00Z', null],
    ['2026-10-23T07:00:00Z', '2026-10-25T08:59:59Z', null],
    ['2026-10-23T07:00:00Z', '2026-10-23T06:59:59Z', 'voucher_not_active'],
    // 02:30 does not exist on 29 March: the frame is where the clock would have stood
    ['2026-03-27T01:30:00Z', '2026-03-29T01:29:59Z', 'voucher_not_active_now'],
    ['2026-03-27T01:30:00Z', '2026-03-29T01:30:00Z', null],
    // 02:30 comes twice on 25 October: the first one opens
    ['2026-10-23T00:30:00Z', '2026-10-25T00:30:00Z', null],
    ['2026-10-23T00:30:00Z', '2026-10-25T01:30:00Z', 'voucher_not_active_now'],
  ])('started at %s it is at %s %s', (start, iso, key) => {
    expect(good(voucher(), iso, from(at(start)), PARIS)).toBe(key);
  });

  test('opens once in every frame, wherever the calendar takes it', () => {
    const unit = fc.record({
      months: fc.integer({ min: 0, max: 3 }),
      days: fc.integer({ min: 0, max: 40 }),
      ms: fc.constantFrom(0, 3_600_000),
    });
    fc.assert(
      fc.property(
        unit,
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 3_599_999 }),
        (every, nth, within) => {
          fc.pre(every.months + every.days + every.ms > 0);
          const anchorMs = at('2026-01-31T23:30:00Z');
          const times = (n: number) =>
            later(NEW_YORK, anchorMs, { months: every.months * n, days: every.days * n, ms: every.ms * n });
          const open = { months: 0, days: 0, ms: 1_800_000 };
          const start = times(nth);
          const isIn = isOpen({ kind: 'frames', every, open }, start + within, { timeZone: NEW_YORK, anchorMs });
          // the next frame may begin within this one's hour where an hour is all there is between them
          const expected =
            within < open.ms || (times(nth + 1) <= start + within && start + within < times(nth + 1) + open.ms);
          expect(isIn).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a duration', () => {
  test.each([
    ['P2D', { months: 0, days: 2, ms: 0 }],
    ['PT1H', { months: 0, days: 0, ms: 3_600_000 }],
    ['P1Y2M3W4DT5H6M7S', { months: 14, days: 25, ms: 18_367_000 }],
  ])('%s is read', (text, duration) => {
    expect(durationOf(text)).toEqual(duration);
    expect(durationOf(durationText(duration))).toEqual(duration);
  });

  test.each(['', 'P', 'P0D', '2D', 'P1.5D', 'P-1D', 'PT', 'P99999999999D'])('%j is none', (text) => {
    expect(durationOf(text)).toBe(null);
  });
});

describe('a validity is refused', () => {
  const hours = (...spans: [number, number, number[] | null][]): Validity => ({
    kind: 'hours',
    spans: spans.map(([fromMinute, toMinute, days]) => ({ fromMinute, toMinute, days })),
  });
  const hour = { months: 0, days: 0, ms: 3_600_000 };
  test.each<[string, Validity, string[]]>([
    ['where days repeat', { kind: 'weekdays', days: [1, 1] }, ['validity.days']],
    ['where a day is none', { kind: 'weekdays', days: [7] }, ['validity.days']],
    ['where hours overlap', hours([540, 1_020, null], [1_000, 1_100, [3]]), ['validity.spans.1']],
    ['where hours overlap past midnight', hours([1_320, 120, [6]], [60, 180, [0]]), ['validity.spans.1']],
    ['where a span is empty', hours([60, 60, null]), ['validity.spans.0']],
    ['where a minute is none', hours([0, 1_441, null]), ['validity.spans.0']],
    ['where frames overlap', { kind: 'frames', every: hour, open: { ...hour, ms: 3_600_001 } }, ['validity.open']],
    ['where frames are no time apart', { kind: 'frames', every: { ...hour, ms: 1 }, open: hour }, ['validity.every']],
    ['where it holds itself', { kind: 'all', of: [{ kind: 'all', of: [] }] }, ['validity.of']],
  ])('%s', (_, validity, fields) => {
    expect(validityFlaws(validity).map(({ field }) => field)).toEqual(fields);
  });

  test('only where something is wrong', () => {
    const fine: Validity = {
      kind: 'all',
      of: [{ kind: 'weekdays', days: [0] }, hours([540, 1_020, null], [1_020, 1_440, [3]], [1_380, 60, [5]])],
    };
    expect(validityFlaws({ ...fine, of: [{ kind: 'weekdays', days: [0] }] })).toEqual([]);
    expect(validityFlaws(hours([540, 1_020, null], [1_020, 1_440, [3]], [1_380, 60, [5]]))).toEqual([]);
    expect(validityFlaws({ kind: 'frames', every: { months: 0, days: 2, ms: 0 }, open: hour })).toEqual([]);
  });
});

describe('counts by the shop’s calendar', () => {
  const paris = { timeZone: PARIS, weekStart: 1 };
  const count = (tally: Tally | null, iso: string, calendar = paris) =>
    counted(tally, { by: 1, atMs: at(iso), nowMs: at(iso) }, calendar);

  test('case 4: a tenth of a second before and after midnight are two days, also when the clocks change', () => {
    for (const midnight of [
      '2026-06-09T22:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]) {
      const before = count(null, new Date(at(midnight) - 100).toISOString());
      expect(countsAt(before, at(midnight) - 1, paris).day).toBe(1);
      expect(countsAt(before, at(midnight) + 100, paris).day).toBe(0);
    }
  });

  test.each([
    ['de-DE', 1, 0],
    ['en-US', 0, 1],
  ])('5: of a week begin with the day that is usual in %s (%i)', (locale, weekStart, onSunday) => {
    const calendar = { timeZone: PARIS, weekStart: weekStartOf(locale) };
    expect(calendar.weekStart).toBe(weekStart);
    const saturday = count(null, '2026-06-13T12:00:00Z', calendar);
    expect(countsAt(saturday, at('2026-06-14T12:00:00Z'), calendar).week).toBe(weekStart === 0 ? 0 : 1);
    const sunday = count(null, '2026-06-14T12:00:00Z', calendar);
    expect(countsAt(sunday, at('2026-06-15T12:00:00Z'), calendar).week).toBe(onSunday);
  });

  test.each([
    ['en', 0],
    ['en-GB', 1],
    ['ar-EG', 6],
    ['fa', 6],
    ['pt-BR', 0],
    ['dv-MV', 5],
    ['not a locale', 1],
  ])('know that a week begins in %s with %i', (locale, day) => {
    expect(weekStartOf(locale)).toBe(day);
  });

  test('are once less only in the periods that hold both the counting and the taking back', () => {
    const twice = count(count(null, '2026-06-09T12:00:00Z'), '2026-06-10T12:00:00Z');
    const back = counted(twice, { by: -1, atMs: at('2026-06-09T12:00:00Z'), nowMs: at('2026-06-10T13:00:00Z') }, paris);
    expect(countsAt(back, at('2026-06-10T13:00:00Z'), paris)).toEqual({ ever: 1, day: 1, week: 1, month: 1 });
  });

  test('equal those of a list of all redemptions, whatever is taken back', () => {
    const step = fc.record({ hours: fc.integer({ min: 0, max: 60 }), back: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(PARIS, NEW_YORK, 'UTC'),
        fc.constantFrom(0, 1, 6),
        (steps, timeZone, weekStart) => {
          const calendar = { timeZone, weekStart };
          let nowMs = at('2026-03-20T08:00:00Z');
          let tally: Tally | null = null;
          let standing: number[] = [];
          for (const { hours, back, which } of steps) {
            nowMs += hours * 3_600_000;
            const target = back ? standing[which % Math.max(1, standing.length)] : undefined;
            tally = counted(tally, { by: target === undefined ? 1 : -1, atMs: target ?? nowMs, nowMs }, calendar);
            if (target === undefined) standing.push(nowMs);
            else standing = standing.filter((_, place) => place !== standing.indexOf(target));
            const since = (per: 'ever' | 'day' | 'week' | 'month') => {
              const start = periodStart(per, nowMs, calendar);
              return standing.filter((one) => one >= start).length;
            };
            expect(countsAt(tally, nowMs, calendar)).toEqual({
              ever: since('ever'),
              day: since('day'),
              week: since('week'),
              month: since('month'),
            });
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('begin at the first instant of the day, the week, the month', () => {
    const start = (per: 'day' | 'week' | 'month') =>
      new Date(periodStart(per, at('2026-04-01T09:00:00Z'), paris)).toISOString();
    expect([start('day'), start('week'), start('month')]).toEqual([
      '2026-03-31T22:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ]);
    expect(periodStart('ever', NOW + DAY, paris)).toBe(Number.NEGATIVE_INFINITY);
  });
});
