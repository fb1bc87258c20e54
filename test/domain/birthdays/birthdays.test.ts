/** Birthdays: the hard cases, one by one. */
import { describe, expect, test } from 'vitest';
import { birthdayOf } from '../../../worker/domain/birthdays/date.ts';
import type { BirthdayProgramme } from '../../../worker/domain/birthdays/programme.ts';
import { joinBirthdays } from '../../../worker/domain/birthdays/state.ts';
import type { JsonObject } from '../../../worker/domain/json.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { segmentSet } from '../../../worker/domain/segments/segment-set.ts';
import { event, NO_SEGMENTS, terms } from '../given.ts';
import { Till } from '../till.ts';

const at = (text: string) => Date.parse(text.includes('T') ? text : `${text}T12:00:00Z`);

function rules(changes: Partial<BirthdayProgramme> = {}): BirthdayProgramme {
  return { bonus: { kind: 'points', points: 100 }, tiers: {}, leadDays: 30, leapDay: 'february_28', ...changes };
}

class Celebrant extends Till {
  constructor(
    birthdays: BirthdayProgramme | undefined = rules(),
    timeZone = 'UTC',
    programme: Partial<Programme> = {},
  ) {
    const segments = segmentSet(0, [], [], { ...NO_SEGMENTS.manner, timeZone });
    super(terms({ ...programme, ...(birthdays === undefined ? {} : { birthdays }) }, { segments }));
  }

  told(traits: JsonObject, day: string, changes: object = {}): void {
    this.record(event(`t:${this.journal.length}`, { name: 'Identify', traits, ...changes }), at(day));
  }

  get rewards(): string[] {
    return this.journal
      .filter(({ kind }) => kind === 'birthday.rewarded')
      .map(({ atMs }) => new Date(atMs).toISOString());
  }
}

test.each([
  ['1990-05-17', 5, 17],
  ['05-17', 5, 17],
  ['--05-17', 5, 17],
  ['1004-05-17', 5, 17],
  ['1990-05-17T23:00:00.000Z', 5, 17],
  [' 2000-02-29 ', 2, 29],
])('B6: %j is a birthday, its year let go', (text, month, day) => {
  expect(birthdayOf(text)).toEqual({ month, day });
});

test.each(['', '17.05.1990', '05/17', '1990-13-01', '1990-02-30', '00-10', '1990-05-17x', 5, null, { month: 5 }])(
  '%j is none',
  (text) => {
    expect(birthdayOf(text)).toBeNull();
  },
);

describe('a birthday', () => {
  test.each([
    ['2026-05-02', '2027-05-31T00:00:00.000Z'],
    ['2026-05-01', '2027-05-31T00:00:00.000Z'],
    ['2026-04-30', '2026-05-31T00:00:00.000Z'],
    ['2026-05-31', '2027-05-31T00:00:00.000Z'],
  ])('B1: told on %s, 29, 30, 31 or 0 days ahead', (day, first) => {
    const one = new Celebrant();
    one.told({ birthday: '1990-05-31' }, day);
    one.due(at('2027-12-31'));
    expect(one.rewards[0]).toBe(first);
  });

  test('B1: the lead is the merchant’s', () => {
    const one = new Celebrant(rules({ leadDays: 0 }));
    one.told({ birthday: '05-31' }, '2026-05-30');
    one.due(at('2026-06-01'));
    expect(one.rewards).toEqual(['2026-05-31T00:00:00.000Z']);
  });

  test.each([
    ['february_28', '2025-02-28', '2028-02-29'],
    ['march_1', '2025-03-01', '2028-02-29'],
  ] as const)('B2: of 29 February is on %s where there is none', (leapDay, plain, leap) => {
    const one = new Celebrant(rules({ leapDay }));
    one.told({ birthday: '2000-02-29' }, '2024-12-01');
    one.due(at('2028-12-31'));
    expect(one.rewards[0]).toBe(`${plain}T00:00:00.000Z`);
    expect(one.rewards[3]).toBe(`${leap}T00:00:00.000Z`);
    expect(one.rewards).toHaveLength(4);
  });

  test('B3: that is moved from 31 December to 1 January after it was rewarded brings nothing for a year', () => {
    const one = new Celebrant(rules({ leadDays: 0 }));
    one.told({ birthday: '12-31' }, '2026-06-01');
    one.due(at('2026-12-31'));
    one.told({ birthday: '01-01' }, '2026-12-31');
    one.due(at('2028-06-01'));
    expect(one.rewards).toEqual(['2026-12-31T00:00:00.000Z', '2028-01-01T00:00:00.000Z']);
  });

  test('B3: whatever is edited how often, it comes once a year', () => {
    const one = new Celebrant(rules({ leadDays: 0 }));
    one.told({ birthday: '03-10' }, '2026-01-01');
    for (const [month, day] of [
      ['03', '11'],
      ['06', '01'],
      ['11', '05'],
      ['03', '10'],
    ]) {
      one.due(at(`2026-${month}-${day}T00:00:00Z`) - 1);
      one.told({ birthday: `${month}-${day}` }, new Date((one.head?.nowMs ?? 0) - 1).toISOString());
      one.due(at(`2026-${month}-${day}`));
    }
    one.due(at('2026-12-31'));
    expect(one.rewards).toHaveLength(1);
  });

  test.each([
    ['Pacific/Auckland', '2026-05-16T12:00:00.000Z'],
    ['Pacific/Honolulu', '2026-05-17T10:00:00.000Z'],
    ['Asia/Seoul', '2026-05-16T15:00:00.000Z'],
  ])('B4: begins at midnight where the shop is, in %s', (zone, midnight) => {
    const one = new Celebrant(rules(), zone);
    one.told({ birthday: '1990-05-17' }, '2026-01-01');
    one.due(at(midnight) - 1);
    expect(one.rewards).toEqual([]);
    one.due(at(midnight));
    expect(one.rewards).toEqual([midnight]);
  });

  test('B5: is dated by its day and comes once, however late or often the alarm rings', () => {
    const one = new Celebrant(rules(), 'UTC', { expiresAfterDays: 10 });
    one.told({ birthday: '05-17' }, '2026-01-01');
    one.due(at('2026-05-20'));
    one.due(at('2026-05-20'));
    const [row] = one.journal.slice(-1);
    expect(row).toMatchObject({
      kind: 'birthday.rewarded',
      name: 'Birthday Reward Issued',
      atMs: at('2026-05-17T00:00:00Z'),
      recordedAtMs: at('2026-05-20'),
      about: { properties: { points: 100, balance_after: 100, birthday: '--05-17', tier: null } },
    });
    expect(one.lots[0]?.expiresAtMs).toBe(at('2026-05-27T00:00:00Z'));
    expect(one.rewards).toHaveLength(1);
  });

  test('B7: of who takes no part brings nothing, and the next one is a year later', () => {
    const one = new Celebrant();
    one.told({ birthday: '05-17' }, '2026-01-01');
    const change = { op: 'membership' as const, key: 'm', fingerprint: 'm', reason: null, by: 'api' as const };
    one.operate({ ...change, state: 'disabled' }, at('2026-02-01'));
    one.due(at('2026-06-01'));
    one.operate({ ...change, key: 'n', state: 'member' }, at('2026-06-02'));
    one.due(at('2027-05-17'));
    expect(one.rewards).toEqual(['2027-05-17T00:00:00.000Z']);
  });

  test('brings something else in a tier', () => {
    const ladder = { id: 'gold', name: 'Gold', threshold: 0, entry: null, perks: [] };
    const tiers = { metric: 'points', spent: 'paid', window: 'lifetime', startsAtMs: null, tiers: [ladder] } as const;
    const rest = {
      entryRewards: 'reached',
      demotion: 'by_value',
      graceDays: 0,
      onRefund: 'at_once',
      noticeDays: null,
    } as const;
    const one = new Celebrant(rules({ tiers: { gold: { kind: 'points', points: 500 } } }), 'UTC', {
      tiers: { ...tiers, ...rest, tiers: [ladder] },
    });
    one.told({ birthday: '05-17' }, '2026-01-01');
    one.due(at('2026-05-17'));
    expect(one.balance).toBe(500);
  });

  test('is kept in a shop that rewards none; days that went by before it did are over', () => {
    const one = new Celebrant(undefined);
    one.terms = terms({});
    one.told({ birthday: '05-17' }, '2025-01-01');
    one.terms = { ...terms({ birthdays: rules() }), programmeVersion: 2 };
    one.due(at('2026-05-18'));
    one.hold(at('2026-05-18'));
    one.due(at('2027-05-17'));
    expect(one.rewards).toEqual(['2027-05-17T00:00:00.000Z']);
  });
});

describe('whose word it is', () => {
  test('a browser’s sets none, of nobody', () => {
    const one = new Celebrant();
    one.record(event('b', { trust: 'browser', traits: { birthday: '05-17' } }), at('2026-01-01'), false);
    expect(one.head?.loyalty.birthday).toBeUndefined();
    one.told({ birthday: '06-18' }, '2026-01-02');
    one.record(event('c', { trust: 'browser', traits: { birthday: '05-17', dob: '05-17' } }), at('2026-01-03'));
    expect([one.head?.loyalty.birthday?.month, one.head?.traits]).toEqual([6, { birthday: '06-18' }]);
  });

  test('what is filled in was known before: its day counts however close it is', () => {
    const one = new Celebrant();
    one.told({ date_of_birth: '1990-05-17' }, '2026-05-10', { backfill: { from: 'i:1', earn: false } });
    one.due(at('2026-05-17'));
    expect(one.rewards).toEqual(['2026-05-17T00:00:00.000Z']);
  });

  test('a trusted one moves it and takes it away; the same again changes nothing', () => {
    const one = new Celebrant();
    one.told({ birthdate: '1990-05-17' }, '2026-01-01');
    const first = one.head?.loyalty.birthday;
    one.told({ birthdate: '1991-05-17' }, '2026-05-01');
    expect(one.head?.loyalty.birthday).toEqual(first);
    one.told({ birthdate: null }, '2026-05-02');
    expect(one.head?.loyalty.birthday).toBeUndefined();
  });

  test('set by hand it is the profile’s, whatever it was called there', () => {
    const one = new Celebrant();
    one.told({ dob: '1990-05-17', name: 'Ada' }, '2026-01-01');
    const set = { op: 'set_birthday' as const, fingerprint: 'f', by: 'merchant' as const };
    one.operate({ ...set, key: 'k', birthday: '--06-18' }, at('2026-01-02'));
    expect(one.head?.traits).toEqual({ name: 'Ada', birthday: '--06-18' });
    expect(one.journal.at(-1)?.about).toMatchObject({ traits: { dob: null, birthday: '--06-18' } });
    one.due(at('2026-06-18'));
    expect(one.rewards).toEqual(['2026-06-18T00:00:00.000Z']);
    one.operate({ ...set, key: 'l', birthday: null }, at('2026-06-19'));
    expect(one.head?.traits).toEqual({ name: 'Ada' });
    one.due(at('2028-01-01'));
    expect(one.rewards).toHaveLength(1);
  });
});

test('X11: of points that live no longer than the lead of the warning it comes with the reward, and the day passes', () => {
  const notices = { warning: 30, last_chance: 3 };
  const one = new Celebrant(rules({ leadDays: 0 }), 'UTC', {
    expiry: { kind: 'period', unit: 'day', quantity: 7, until: 'day' },
    inactivity: { expiry: null, activities: ['order'], switchedOnAtMs: null, notices },
  });
  one.told({ birthdate: '1990-03-05' }, '2026-01-10');
  one.due(at('2026-04-01'));
  const days = one.journal.map(({ kind, atMs, about }) => {
    const { stage = '' } = (about.properties ?? {}) as { stage?: string };
    return `${new Date(atMs).toISOString().slice(0, 10)} ${kind} ${stage}`.trim();
  });
  expect(days.slice(1)).toEqual([
    '2026-03-05 birthday.rewarded',
    '2026-03-05 points.expiring warning',
    '2026-03-10 points.expiring last_chance',
    '2026-03-13 points.expired',
  ]);
  expect([one.balance, one.head?.nextDueMs]).toEqual([0, at('2027-03-05T00:00:00Z')]);
});

test('two customers who turn out to be one have one birthday, and no second reward in a year', () => {
  const own = { month: 5, day: 17, toldMs: 1, afterMs: 1, paidMs: 10 };
  const other = { month: 6, day: 18, toldMs: 2, afterMs: 2, paidMs: 20 };
  expect(joinBirthdays(own, other)).toEqual({ ...own, paidMs: 20 });
  expect(joinBirthdays({ paidMs: 30 }, other)).toEqual({ ...other, paidMs: 30 });
});
