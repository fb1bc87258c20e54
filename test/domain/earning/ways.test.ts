/** The ways to earn as one customer finds them: what is listed is what earns, and what it says it gives is what it gives. */
import { describe, expect, test } from 'vitest';
import type { EarningWay } from '../../../worker/domain/earning/way.ts';
import { waysFor } from '../../../worker/domain/earning/ways.ts';
import { DAY, event, NOW, paid, snapshot, terms } from '../given.ts';
import { Till } from '../till.ts';
import {
  baseTerms,
  campaign,
  consentRule,
  earning,
  eventRule,
  onlyRules,
  orderRule,
  selection,
  signUp,
} from './given-rules.ts';
import { ADA, gives, ids, inTier, look, referrals, rulesOf, states, tiers, withGift } from './given-ways.ts';

describe('the ways to earn', () => {
  test('hold the base rate, every rule, the birthday and bringing friends, each whole', () => {
    const birthdays = {
      bonus: { kind: 'points' as const, points: 100 },
      tiers: {},
      leadDays: 30,
      leapDay: 'march_1' as const,
    };
    const all: EarningWay[] = look({
      earning: earning({ rules: [consentRule(), eventRule('visit', 'Visited')] }),
      birthdays,
      referrals: referrals({ referrer: { kind: 'reward', reward: 'gift' }, minimumMinor: 2_000 }),
      ...withGift(),
    }).ways;
    const plain = { minimumMinor: 0, state: 'available', againAtMs: null, endsAtMs: null, channel: null };
    expect(all).toEqual([
      { ...plain, id: 'order', kind: 'order', name: 'Orders', gives: { kind: 'rate', points: 1, perMinor: 100 } },
      {
        ...plain,
        id: 'consent',
        kind: 'consent',
        name: 'Mail',
        gives: { kind: 'points', points: 10 },
        channel: 'email',
      },
      { ...plain, id: 'visit', kind: 'event', name: 'visit', gives: { kind: 'points', points: 10 } },
      {
        ...plain,
        id: 'programme:birthday',
        kind: 'birthday',
        name: 'Birthday',
        gives: { kind: 'points', points: 100 },
      },
      {
        ...plain,
        ...{ id: 'programme:referral', kind: 'referral', name: 'Referral', minimumMinor: 2_000 },
        gives: { kind: 'reward', name: 'A bag of beans' },
      },
    ]);
  });

  test('leave out what is for other tiers or segments, what is over, and a reward that nobody is given any more', () => {
    const programme = {
      ...rulesOf(
        eventRule('golden', 'A', { onlyTiers: ['gold'] }),
        eventRule('inner', 'B', { segment: 'vip' }),
        eventRule('past', 'C', { endsAtMs: NOW }),
        eventRule('given', 'D', { gives: { kind: 'reward', reward: 'gift' } }),
        eventRule('none', 'E', { tiers: { gold: { kind: 'multiplier', numerator: 0, denominator: 1 } } }),
      ),
      tiers,
    };
    expect(ids(look({ ...programme, ...withGift(false) }))).toEqual(['none']);
    const insider = { segments: ['vip'], head: inTier('gold') };
    expect(ids(look({ ...programme, ...withGift() }, insider))).toEqual(['golden', 'inner', 'given']);
    expect(ids(look({ ...programme, ...withGift() }, { at: NOW - 1 }))).toEqual(['past', 'given', 'none']);
  });

  test('say what a tier and running campaigns make of them, exact, and name the campaigns', () => {
    const thrice = { gold: { kind: 'multiplier' as const, numerator: 3, denominator: 2 } };
    const programme = (campaigns: ReturnType<typeof campaign>[]) => ({
      tiers,
      earning: earning({
        order: baseTerms({ tiers: thrice }),
        rules: [eventRule('v', 'V', { tiers: { gold: { kind: 'points', points: 25 } } })],
        campaigns,
      }),
    });
    expect(gives(look(programme([])))).toEqual([
      { kind: 'rate', points: 1, perMinor: 100 },
      { kind: 'points', points: 10 },
    ]);
    const gold = { head: inTier('gold') };
    expect(gives(look(programme([]), gold))).toEqual([
      { kind: 'rate', points: 3, perMinor: 200 },
      { kind: 'points', points: 25 },
    ]);
    const endsAtMs = NOW + DAY;
    const double = campaign('Advent', { endsAtMs });
    const large = campaign('Large orders', { minimumMinor: 5_000 });
    const past = campaign('Summer', { endsAtMs: NOW });
    const others = campaign('Insiders', { segment: 'vip' });
    const found = look(programme([double, large, past, others]), gold);
    expect(found.ways[0]?.gives).toEqual({ kind: 'rate', points: 3, perMinor: 100 });
    expect(found.bonuses).toEqual([
      { name: 'Advent', endsAtMs },
      { name: 'Large orders', endsAtMs: null },
    ]);
  });

  test('say when a limit has room again, what it leaves, and what is never had again; what is available comes first', () => {
    const day = 'day' as const;
    const usedBy = (rule: string, all: [number, number], fromMs: number) => ({
      [rule]: { all, day: [fromMs, ...all] as [number, number, number] },
    });
    const today = Date.UTC(2026, 0, 15);
    const rules = rulesOf(
      eventRule('once', 'A', { limits: [{ most: 1, of: 'times', per: 'lifetime' }] }),
      eventRule('daily', 'B', { limits: [{ most: 1, of: 'times', per: day }] }),
      eventRule('some', 'C', { limits: [{ most: 14, of: 'points', per: day }] }),
      eventRule('ending', 'D', { limits: [{ most: 1, of: 'times', per: day }], endsAtMs: NOW + 1 }),
      eventRule('soon', 'E', { startsAtMs: NOW + DAY, endsAtMs: NOW + 2 * DAY }),
    );
    const used = {
      ...{ once: { all: [1, 10] as [number, number] } },
      ...usedBy('daily', [1, 10], today),
      ...usedBy('some', [1, 10], today),
      ...usedBy('ending', [1, 10], today),
    };
    const found = look(rules, { head: { loyalty: { earning: { used } } } });
    expect(states(found)).toEqual([
      ['some', 'available', null],
      ['daily', 'later', today + DAY],
      ['soon', 'later', NOW + DAY],
      ['once', 'done', null],
      ['ending', 'done', null],
    ]);
    expect(found.ways[0]?.gives).toEqual({ kind: 'points', points: 4 });
    expect(states(look(rules, { head: { loyalty: { earning: { used } } }, at: today + DAY })).slice(0, 2)).toEqual([
      ['daily', 'available', null],
      ['some', 'available', null],
    ]);
  });

  test('call done what somebody did without being paid for it: a member has signed up, a subscriber subscribed', () => {
    const rules = rulesOf(signUp(), consentRule());
    const said = { state: 'subscribed' as const, atMs: NOW, source: 'api', proof: {} };
    const consented = (trust: 'server' | 'browser') => ({
      consents: { email: { consent: { ...said, trust }, suppression: null, liftedAtMs: null } },
    });
    expect(states(look(rules, { head: consented('server') }))).toEqual([
      ['sign_up', 'done', null],
      ['consent', 'done', null],
    ]);
    expect(states(look(rules, { head: consented('browser') }))[0]).toEqual(['consent', 'available', null]);
    const members = { enrolment: 'join' as const, guestsEarn: false, exclude: { tags: [], segments: [] } };
    expect(states(look({ ...rules, members }))).toEqual([
      ['sign_up', 'available', null],
      ['consent', 'available', null],
    ]);
  });

  test('tell who takes no part nothing, be it by a segment', () => {
    const members = { enrolment: 'automatic' as const, guestsEarn: false, exclude: { tags: [], segments: ['staff'] } };
    const programme = { members, earning: earning({ campaigns: [campaign('Advent')] }) };
    expect(look(programme, { segments: ['staff'] })).toEqual({ ways: [], bonuses: [] });
    expect(ids(look(programme))).toEqual(['order']);
  });

  test('give the birthday from when its date is known at the next one that is rewarded', () => {
    const bonus = { kind: 'points' as const, points: 100 };
    const birthdays = { bonus, tiers: { gold: { ...bonus, points: 300 } }, leadDays: 30, leapDay: 'march_1' as const };
    const only = { order: null, birthdays, tiers };
    const born = (more: object) => ({ head: { loyalty: { birthday: { month: 2, day: 10, ...more } } } });
    expect(states(look(only))).toEqual([['programme:birthday', 'available', null]]);
    expect(states(look(only, born({})))).toEqual([['programme:birthday', 'later', Date.UTC(2026, 1, 10)]]);
    expect(states(look(only, born({ toldMs: NOW })))).toEqual([['programme:birthday', 'later', Date.UTC(2027, 1, 10)]]);
    expect(gives(look(only, { head: inTier('gold') }))).toEqual([{ kind: 'points', points: 300 }]);
  });

  test('let only buyers bring friends where the shop says so', () => {
    const only = { order: null, referrals: referrals({ whoRefers: 'buyers' }) };
    expect(states(look(only))).toEqual([['programme:referral', 'later', null]]);
    expect(states(look(only, { head: { orders: 1 } }))).toEqual([['programme:referral', 'available', null]]);
    expect(ids(look({ order: null, referrals: referrals({ referrer: null }) }))).toEqual([]);
  });

  test('leave out a rule that another one always comes before, until that one is used up', () => {
    const once = { limits: [{ most: 1, of: 'times' as const, per: 'lifetime' as const }] };
    const conditional = {
      conditions: [{ property: 'a', filter: { type: 'existence' as const, operator: 'is-set' as const } }],
    };
    const rules = rulesOf(
      eventRule('first', 'Visited', { ...once }),
      eventRule('second', 'Visited'),
      eventRule('beside', 'Visited', { stackable: true }),
      eventRule('some', 'Visited', { priority: 5, ...conditional }),
      eventRule('other', 'Left'),
    );
    expect(ids(look(rules))).toEqual(['first', 'beside', 'some', 'other']);
    const used = { first: { all: [1, 10] as [number, number] } };
    expect(ids(look(rules, { head: { loyalty: { earning: { used } } } }))).toEqual([
      'second',
      'beside',
      'some',
      'other',
      'first',
    ]);
    const orders = rulesOf(
      orderRule('plain'),
      orderRule('lower', { gives: { kind: 'fixed', points: 5 } }),
      orderRule('cups', { priority: 1, select: selection({ products: ['cup'] }) }),
      orderRule('large', { priority: 2, minimumMinor: 5_000 }),
    );
    expect(ids(look(orders))).toEqual(['plain', 'cups', 'large']);
  });
});

describe('what is available earns what it says', () => {
  test('of events, one after another, until nothing is left', () => {
    const limits = [{ most: 25, of: 'points' as const, per: 'lifetime' as const }];
    const rule = eventRule('visit', 'Visited', { limits, tiers: {} });
    const shop = terms({
      ...onlyRules(rule),
      earning: earning({ rules: [rule], campaigns: [campaign('x', { rules: ['visit'] })] }),
    });
    const till = new Till(shop);
    const told: [EarningWay['state'], number, number][] = [];
    for (let at = 0; at < 3; at += 1) {
      const [way] = waysFor({ head: till.head ?? ADA, guardedSince: () => null }, shop, NOW).ways;
      const earned = till
        .record(event(`e${at}`, { name: 'Visited' }), NOW)
        .reduce((sum, { points }) => sum + points, 0);
      told.push([way?.state ?? 'done', way?.gives.kind === 'points' ? way.gives.points : -1, earned]);
    }
    expect(told).toEqual([
      ['available', 20, 20],
      ['available', 5, 5],
      ['done', 20, 0],
    ]);
  });

  test('of orders, at any rate that a tier and campaigns make', () => {
    for (const [numerator, denominator] of [
      [2, 1],
      [3, 2],
      [5, 7],
      [1, 3],
    ] as const) {
      const bonus = { kind: 'multiplier' as const, numerator, denominator };
      const shop = terms({ earning: earning({ campaigns: [campaign('x', { bonus })] }) });
      const till = new Till(shop);
      const [way] = waysFor({ head: till.head ?? ADA, guardedSince: () => null }, shop, NOW).ways;
      if (way?.gives.kind !== 'rate') throw new Error('no rate');
      const { points, perMinor } = way.gives;
      const order = snapshot(12_345, { placedAtMs: NOW });
      const entries = till.record(event('o', { fact: paid(order) }), NOW);
      expect(entries.map((one) => one.points)).toEqual([Math.floor((12_345 * points) / perMinor)]);
    }
  });
});
