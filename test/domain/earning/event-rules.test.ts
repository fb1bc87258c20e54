/** What an event earns besides an order: by its name and content, once or so often, by whose word. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roomOf } from '../../../worker/domain/earning/limits.ts';
import type { EventEarning, Limit } from '../../../worker/domain/earning/programme.ts';
import { joinEarning } from '../../../worker/domain/earning/state.ts';
import type { CustomerEvent } from '../../../worker/domain/event.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { segmentSet } from '../../../worker/domain/segments/segment-set.ts';
import { DAY, event, NOW, paid, snapshot, terms } from '../given.ts';
import { Till } from '../till.ts';
import { campaign, consentRule, earning, eventRule, onlyRules, profileRule, signUp } from './given-rules.ts';

const HOUR = DAY / 24;
let told = 0;

function happens(till: Till, name: string, changes: Partial<CustomerEvent> = {}, at = NOW) {
  told += 1;
  return till.record(event(`e${told}`, { name, occurredAtMs: at, receivedAtMs: at, ...changes }), at);
}

/** The points of each event of this name, at these instants. */
function earnedAt(changes: Partial<Programme>, instants: number[]): number[] {
  const till = new Till(terms(changes));
  return instants.map((at) => happens(till, 'Visited', {}, at).reduce((sum, { points }) => sum + points, 0));
}

function once(limit: Limit): Partial<Programme> {
  return onlyRules(eventRule('visit', 'Visited', { limits: [limit] }));
}

describe('a rule of an event', () => {
  test('earns by its name, any alias of it, and says which rule it was', () => {
    const till = new Till(terms(onlyRules(eventRule('open', 'Email Opened'))));
    const [entry, ...more] = happens(till, 'Opened Email');
    expect([entry, more]).toEqual([
      {
        kind: 'earned',
        points: 10,
        balanceAfter: 10,
        lots: [{ lot: 64 + 32, points: 10, expiresAtMs: 8_640_000_000_000_000 }],
        debt: 0,
        orderId: null,
        reason: null,
        rule: { id: 'open', name: 'open' },
      },
      [],
    ]);
    expect(happens(till, 'Clicked Email')).toEqual([]);
  });

  test('asks all its conditions of the properties', () => {
    const conditions: EventEarning['conditions'] = [
      { property: 'score', filter: { type: 'numeric', operator: 'greater-than', value: 3 } },
      { property: 'answers.city', filter: { type: 'string', operator: 'equals', value: 'graz' } },
    ];
    const till = new Till(terms(onlyRules(eventRule('survey', 'Survey', { conditions }))));
    const all = [{ score: 4, answers: { city: 'Graz' } }, { score: 3, answers: { city: 'Graz' } }, { score: 4 }];
    expect(all.map((properties) => happens(till, 'Survey', { properties }).length)).toEqual([1, 0, 0]);
  });

  test.each([
    ['a server', 'server' as const, 'server' as const, 1],
    ['a browser', 'browser' as const, 'server' as const, 0],
    ['a browser where the rule lets it', 'browser' as const, 'any' as const, 1],
  ])('earns by the word of %s', (_, trust, of, entries) => {
    const till = new Till(terms(onlyRules(eventRule('visit', 'Visited', { trust: of }))));
    expect(happens(till, 'Visited', { trust })).toHaveLength(entries);
  });

  test('earns a rate of the money it tells, in the shop’s currency', () => {
    const changes = { gives: { kind: 'rate' as const, points: 2, perMinor: 100 }, moneyProperty: 'value' };
    const till = new Till(terms(onlyRules(eventRule('donate', 'Donated', changes))));
    const all = [{ value: 10.5 }, { value: '3', currency: 'usd' }, { value: 10, currency: 'EUR' }, { value: -4 }, {}];
    expect(all.map((properties) => happens(till, 'Donated', { properties })[0]?.points)).toEqual([
      21,
      6,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('E11: told twice under one id earns once', () => {
    const till = new Till(terms(onlyRules(eventRule('visit', 'Visited'))));
    const same = event('token:1', { name: 'Visited' });
    expect([till.record(same).length, till.record(same).length, till.balance]).toEqual([1, 0, 10]);
  });

  test('of several for one event the first of the highest priority earns, and whatever stacks', () => {
    const rules = [
      eventRule('a', 'Visited'),
      eventRule('b', 'Visited', { priority: 2, gives: { kind: 'fixed', points: 20 } }),
      eventRule('c', 'Visited', { stackable: true, gives: { kind: 'fixed', points: 5 } }),
    ];
    const till = new Till(terms(onlyRules(...rules)));
    expect(happens(till, 'Visited').map(({ rule, points }) => [rule?.id, points])).toEqual([
      ['b', 20],
      ['c', 5],
    ]);
  });

  test('is in force by when the event happened', () => {
    const window = { startsAtMs: NOW - DAY, endsAtMs: NOW };
    const till = new Till(terms(onlyRules(eventRule('visit', 'Visited', window))));
    const at = [NOW - DAY - 1, NOW - DAY, NOW - 1, NOW];
    expect(at.map((occurredAtMs) => happens(till, 'Visited', { occurredAtMs }, NOW).length)).toEqual([0, 1, 1, 0]);
  });

  test('is multiplied by a tier, and by a campaign that names it', () => {
    const tiers = { gold: { kind: 'multiplier' as const, numerator: 3, denominator: 2 } };
    const campaigns = [campaign('double', { rules: ['visit'] }), campaign('orders')];
    const rules = [eventRule('visit', 'Visited', { tiers, gives: { kind: 'fixed', points: 11 } })];
    const till = new Till(terms({ order: null, earning: earning({ rules, campaigns }) }));
    happens(till, 'Seen');
    if (till.head !== null) till.head.loyalty = { tier: { id: 'gold' } };
    expect(happens(till, 'Visited')[0]?.points).toBe(33);
  });

  test('earns nothing by what is filled in without earning, or told by who does not own it', () => {
    const till = new Till(terms(onlyRules(eventRule('visit', 'Visited'))));
    happens(till, 'Visited', { backfill: { from: 'imp:1', earn: false } });
    happens(till, 'Visited', { aside: true });
    expect(till.balance).toBe(0);
    happens(till, 'Visited', { backfill: { from: 'imp:2', earn: true } });
    expect(till.balance).toBe(10);
  });

  test('beside an order, both earn in one row', () => {
    const rules = [eventRule('placed', 'Placed Order', { gives: { kind: 'fixed', points: 3 } })];
    const till = new Till(terms({ earning: earning({ rules }) }));
    const entries = happens(till, 'Placed Order', { fact: paid(snapshot(5000)) });
    expect(entries.map(({ rule, points }) => [rule?.id, points])).toEqual([
      ['order', 50],
      ['placed', 3],
    ]);
    expect(till.lots).toHaveLength(2);
  });
});

describe('a limit', () => {
  test('E10: of 2 in 30 rolling days: day 0, 1, 2 and 31 earn, earn, not, earn', () => {
    const days = [0, 1, 2, 31].map((day) => NOW + day * DAY);
    expect(earnedAt(once({ most: 2, of: 'times', per: { days: 30 } }), days)).toEqual([10, 10, 0, 10]);
  });

  test('of a lifetime is never over', () => {
    expect(earnedAt(once({ most: 1, of: 'times', per: 'lifetime' }), [NOW, NOW + 5000 * DAY])).toEqual([10, 0]);
  });

  test.each([
    ['day', Date.UTC(2026, 2, 28, 22, 59), Date.UTC(2026, 2, 28, 23)],
    ['day', Date.UTC(2026, 2, 29, 21, 59), Date.UTC(2026, 2, 29, 22)],
    ['week', Date.UTC(2026, 2, 29, 21, 59), Date.UTC(2026, 2, 29, 22)],
    ['month', Date.UTC(2026, 2, 31, 21, 59), Date.UTC(2026, 2, 31, 22)],
  ] as const)(
    'of a %s ends at midnight where the shop is, also where its clocks are put forward',
    (per, last, next) => {
      const manner = { ...terms().segments.manner, timeZone: 'Europe/Vienna' };
      const changes = once({ most: 1, of: 'times', per });
      const till = new Till(terms(changes, { segments: segmentSet(0, [], [], manner) }));
      const at = [last - HOUR, last, next, next + HOUR];
      expect(at.map((one) => happens(till, 'Visited', {}, one).length)).toEqual([1, 0, 1, 0]);
    },
  );

  test('of points gives what is left of them', () => {
    const days = [0, 1, 2].map((day) => NOW + day * DAY);
    expect(earnedAt(once({ most: 15, of: 'points', per: { days: 30 } }), days)).toEqual([10, 5, 0]);
  });

  test('of several all must leave room', () => {
    const limits: Limit[] = [
      { most: 1, of: 'times', per: 'day' },
      { most: 2, of: 'times', per: 'lifetime' },
    ];
    const at = [0, 1, 24, 48].map((hours) => NOW + hours * HOUR);
    expect(earnedAt(onlyRules(eventRule('visit', 'Visited', { limits })), at)).toEqual([10, 0, 10, 0]);
  });

  test('says from when on there is room again', () => {
    const used = {
      all: [2, 20] as [number, number],
      recent: [[NOW, 10] as [number, number], [NOW + DAY, 10] as [number, number]],
    };
    const rolling: Limit = { most: 2, of: 'times', per: { days: 30 } };
    const again = roomOf(used, [rolling], NOW + 2 * DAY, 'UTC').againAtMs;
    expect(again).toBe(NOW + 30 * DAY);
    expect(roomOf(used, [rolling], again ?? 0, 'UTC')).toEqual({ points: Number.POSITIVE_INFINITY, againAtMs: null });
    expect(roomOf(used, [{ most: 2, of: 'times', per: 'lifetime' }], NOW, 'UTC')).toEqual({
      points: 0,
      againAtMs: null,
    });
  });

  test('is counted by the event’s own time where it is filled in', () => {
    const till = new Till(terms(once({ most: 1, of: 'times', per: 'day' })));
    const backfill = { from: 'imp:1', earn: true };
    const days = [-3, -2, -2, -1].map((day) => NOW + day * DAY);
    const all = days.map((occurredAtMs) => happens(till, 'Visited', { backfill, occurredAtMs }, NOW).length);
    expect(all).toEqual([1, 1, 0, 1]);
  });

  test('of two who are one holds for both: what either used counts', () => {
    const usage = (n: number, at: number) => ({
      used: { visit: { all: [n, 10 * n] as [number, number], day: [at, n, 10 * n] as [number, number, number] } },
    });
    expect(joinEarning(usage(1, NOW), usage(2, NOW))?.used?.visit).toEqual({ all: [3, 30], day: [NOW, 3, 30] });
    expect(joinEarning(usage(1, NOW), usage(2, NOW - DAY))?.used?.visit).toEqual({ all: [3, 30], day: [NOW, 1, 10] });
  });

  test('is never passed, in any window, whatever comes when', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), (hours, most, days) => {
        let at = NOW;
        const instants = hours.map((hour) => (at += hour * HOUR));
        const points = earnedAt(once({ most, of: 'times', per: { days } }), instants);
        const uses = instants.filter((_, place) => (points[place] ?? 0) > 0);
        instants.forEach((now, place) => {
          const inside = uses.filter((one) => one > now - days * DAY && one <= now);
          expect(inside.length).toBeLessThanOrEqual(most);
          // and what was not earned found it used up
          if (points[place] === 0) expect(inside.length).toBe(most);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a sign-up', () => {
  test.each([
    ['Signed Up', {}, 1],
    ['Joined Hub', {}, 1],
    ['Created Customer', { state: 'enabled' }, 1],
    ['Created Customer', { state: 'disabled' }, 0],
    ['Updated Customer', { state: 'enabled' }, 0],
  ])('%s with %j earns %i', (name, properties, entries) => {
    const till = new Till(terms(onlyRules(signUp())));
    expect(happens(till, name, { properties })).toHaveLength(entries);
  });

  test('earns once in a life, whichever way it is told', () => {
    const till = new Till(terms(onlyRules(signUp())));
    for (const name of ['Signed Up', 'Joined Hub', 'Signed Up']) happens(till, name);
    expect(till.balance).toBe(10);
  });

  test('goes by the events that the rule names', () => {
    const till = new Till(terms(onlyRules(signUp({ events: ['Account Opened'] }))));
    expect(['Signed Up', 'Account Opened'].map((name) => happens(till, name).length)).toEqual([0, 1]);
  });
});

describe('a consent', () => {
  const grant = (state: 'subscribed' | 'unsubscribed' | 'pending', atMs: number): Partial<CustomerEvent> => ({
    consents: [{ kind: 'state', channel: 'email', state, atMs, source: 'test', proof: {} }],
  });

  test('earns when it is given, once, and not when it is asked for, taken back or told again', () => {
    const till = new Till(terms(onlyRules(consentRule())));
    const states = ['pending', 'subscribed', 'subscribed', 'unsubscribed', 'subscribed'] as const;
    const all = states.map((state, at) => happens(till, 'Updated Consent', grant(state, NOW - DAY + at)).length);
    expect(all).toEqual([0, 1, 0, 0, 0]);
  });

  test('of another channel earns nothing', () => {
    const till = new Till(terms(onlyRules(consentRule({ channel: 'sms' }))));
    expect(happens(till, 'Updated Consent', grant('subscribed', NOW))).toEqual([]);
  });
});

describe('a profile', () => {
  test('earns once when the last of its traits is known', () => {
    const till = new Till(terms(onlyRules(profileRule(['city', 'firstName']))));
    const all = [{ city: 'Graz' }, { firstName: '' }, { firstName: 'Eva' }, { city: 'Wien' }];
    expect(all.map((traits) => happens(till, 'Identified', { traits }).length)).toEqual([0, 0, 1, 0]);
  });
});
