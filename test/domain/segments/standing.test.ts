/** The rules of `semantics.md` about how somebody stands: consent, region, lists and segments, and Klaviyo's names of a profile. */
import { describe, expect, test } from 'vitest';
import type {
  Channel,
  ChannelConsent,
  Consent,
  ConsentState,
  SuppressionReason,
} from '../../../worker/domain/consent.ts';
import { compile } from '../../../worker/domain/segments/compile.ts';
import type {
  ConsentCondition,
  ConsentFilter,
  DateFilter,
  MembershipCondition,
  RegionCondition,
} from '../../../worker/domain/segments/definition.ts';
import { ask, holds, lived } from './ask.ts';
import { pattern } from './held-against.ts';

const AT = Date.parse('2026-05-01T10:00:00Z');

function said(
  state: ConsentState | null,
  about: Partial<Consent> = {},
  reason: SuppressionReason | null = null,
): ChannelConsent {
  return {
    consent: state && { state, atMs: AT, source: 'shopify', trust: 'server', proof: {}, ...about },
    suppression: reason && { reason, atMs: AT, source: 'shopify' },
    liftedAtMs: null,
  };
}

type Subscription = ConsentCondition['consent']['consent_status']['subscription'];

function asks(can: boolean, subscription: Subscription, filters: ConsentFilter[] = [], channel: Channel = 'email') {
  const consent = { channel, can_receive_marketing: can, consent_status: { subscription, filters } };
  return { type: 'profile-marketing-consent', consent } satisfies ConsentCondition;
}

const STATES: [string, ChannelConsent | undefined][] = [
  ['subscribed', said('subscribed')],
  ['a browser’s word', said('subscribed', { trust: 'browser' })],
  ['pending', said('pending')],
  ['unsubscribed', said('unsubscribed')],
  ['never subscribed', said('never_subscribed')],
  ['nothing said', undefined],
  ['suppressed', said('subscribed', {}, 'bounced')],
  ['suppressed, nothing said', said(null, {}, 'manual')],
];

describe('consent', () => {
  /** Which of the states answer yes. */
  function among(condition: ConsentCondition, klaviyo = false): string[] {
    const { channel } = condition.consent;
    return STATES.flatMap(([name, own]) => {
      const life = lived({ consents: own === undefined ? {} : { [channel]: own } });
      return holds(condition, life, { klaviyo }) ? [name] : [];
    });
  }

  test.each<[boolean, Subscription, string[]]>([
    [true, 'any', ['subscribed']],
    [true, 'subscribed', ['subscribed']],
    [true, 'never_subscribed', []],
    [true, 'unsubscribed', []],
    [false, 'any', STATES.map(([name]) => name).slice(1)],
    [false, 'subscribed', ['a browser’s word', 'suppressed']],
    [false, 'never_subscribed', ['never subscribed', 'nothing said', 'suppressed, nothing said']],
    [false, 'unsubscribed', ['unsubscribed']],
  ])('can receive: %j, %s', (can, subscription, expected) => {
    expect(among(asks(can, subscription))).toEqual(expected);
  });

  test.each<[boolean, Subscription, string[]]>([
    [true, 'any', ['subscribed', 'never subscribed', 'nothing said']],
    [true, 'subscribed', ['subscribed']],
    [true, 'never_subscribed', ['never subscribed', 'nothing said']],
    [false, 'never_subscribed', ['suppressed, nothing said']],
    [false, 'subscribed', ['a browser’s word', 'suppressed']],
  ])('as Klaviyo reads it, can receive mail: %j, %s', (can, subscription, expected) => {
    expect(among(asks(can, subscription), true)).toEqual(expected);
  });

  test('of SMS is needed for Klaviyo as well', () => {
    expect(among(asks(true, 'any', [], 'sms'), true)).toEqual(['subscribed']);
  });

  test.each<[string, ChannelConsent, boolean]>([
    ['who complained', said('subscribed', {}, 'complained'), true],
    ['who is written to', said('subscribed'), false],
    ['whose address bounced', said('subscribed', {}, 'bounced'), false],
    ['whom the merchant put aside', said('subscribed', {}, 'manual'), false],
  ])('by a complaint is an unsubscription by that method: %s', (_, own, expected) => {
    const complaint: ConsentFilter = { field: 'method', method: 'SPAM_COMPLAINT' };
    expect(holds(asks(false, 'unsubscribed', [complaint]), lived({ consents: { email: own } }))).toBe(expected);
  });

  test('of one channel says nothing of another', () => {
    expect(holds(asks(true, 'any', [], 'push'), lived({ consents: { sms: said('subscribed') } }))).toBe(false);
  });

  test.each<[string, ConsentFilter, ChannelConsent, boolean]>([
    [
      'a double opt-in',
      { field: 'is_double_opt_in', filter: yes() },
      said('subscribed', { proof: { optInLevel: 'CONFIRMED_OPT_IN' } }),
      true,
    ],
    [
      'a single opt-in',
      { field: 'is_double_opt_in', filter: yes() },
      said('subscribed', { proof: { optInLevel: 'single_opt_in' } }),
      false,
    ],
    ['no opt-in level', { field: 'is_double_opt_in', filter: { ...yes(), value: false } }, said('subscribed'), true],
    ['a source', { field: 'custom_source', filter: text('Shopify') }, said('subscribed'), true],
    [
      'the proof’s method',
      { field: 'method', method: 'form' },
      said('subscribed', { proof: { method: 'Form' } }),
      true,
    ],
    ['the source as method', { field: 'method', method: 'shopify' }, said('subscribed'), true],
    [
      'another method',
      { field: 'method', method: 'shopify' },
      said('subscribed', { proof: { method: 'form' } }),
      false,
    ],
    [
      'the method’s form',
      { field: 'method', method: 'shopify', filter: text('footer') },
      said('subscribed', { proof: { form: 'footer' } }),
      true,
    ],
    [
      'another form',
      { field: 'method', method: 'shopify', filter: text('popup') },
      said('subscribed', { proof: { form: 'footer' } }),
      false,
    ],
  ])('is asked for by %s', (_, filter, own, expected) => {
    expect(holds(asks(true, 'any', [filter]), lived({ consents: { email: own } }))).toBe(expected);
  });

  test.each<[ConsentFilter['field'] & ('bounce_date' | 'manual_suppression_date'), SuppressionReason, boolean]>([
    ['bounce_date', 'bounced', true],
    ['bounce_date', 'manual', false],
    ['manual_suppression_date', 'manual', true],
    ['manual_suppression_date', 'complained', false],
  ])('%s is set where it was %s: %j', (field, reason, expected) => {
    const filter: ConsentFilter = { field, filter: { type: 'existence', operator: 'is-set' } };
    const life = lived({ consents: { email: said('subscribed', {}, reason) } });
    expect(holds(asks(false, 'any', [filter]), life)).toBe(expected);
  });

  test('leaves a window by when it was said', () => {
    const lately: DateFilter = { type: 'date', operator: 'in-the-last', unit: 'day', quantity: 1 };
    const asked = asks(true, 'subscribed', [{ field: 'status_date', filter: lately }]);
    const life = lived({ consents: { email: said('subscribed') } });
    expect(ask(asked, life, { now: AT })).toEqual({ holds: true, nextMs: AT + 86_400_000 });
    expect(holds(asked, life, { now: AT + 86_400_000 })).toBe(false);
  });

  function yes() {
    return { type: 'boolean', operator: 'equals', value: true } as const;
  }
  function text(value: string) {
    return { type: 'string', operator: 'equals', value } as const;
  }
});

describe('a region', () => {
  const region = (name: RegionCondition['region'], in_region: boolean): RegionCondition => ({
    type: 'profile-region',
    region: name,
    in_region,
  });

  test.each([
    [{ country: 'DE' }, true, false],
    [{ country: 'germany' }, true, false],
    [{ address: { country: 'fr' } }, true, false],
    [{ country: '', address: { country_code: 'AT' } }, true, false],
    [{ countryCode: 'us' }, false, true],
    [{ country: 'United States' }, false, true],
    [{ country: 'CH' }, false, false],
    [{ country: 'GB' }, false, false],
  ])('%j: in the Union %j, in the United States %j', (traits, union, states) => {
    const life = lived({ traits });
    expect(holds(region('european_union', true), life)).toBe(union);
    expect(holds(region('european_union', false), life)).toBe(!union);
    expect(holds(region('united_states', true), life)).toBe(states);
  });

  test('has nobody in it or out of it whose country is not known', () => {
    for (const traits of [{}, { country: '' }, { country: null }])
      for (const inside of [true, false])
        expect(holds(region('european_union', inside), lived({ traits }))).toBe(false);
  });
});

describe('a list or segment', () => {
  const member = (group_ids: string[], about: Partial<MembershipCondition> = {}): MembershipCondition => ({
    type: 'profile-group-membership',
    is_member: true,
    group_ids,
    ...about,
  });
  const life = lived({ groups: { L1: AT } });

  test('has somebody in it who is in any of those that are named', () => {
    expect(holds(member(['L2', 'L1']), life)).toBe(true);
    expect(holds(member(['L2']), life)).toBe(false);
  });

  test('has nobody in it who is in none of them', () => {
    expect(holds(member(['L2', 'L1'], { is_member: false }), life)).toBe(false);
    expect(holds(member(['L2', 'L3'], { is_member: false }), life)).toBe(true);
  });

  test('is left by a window over since when', () => {
    const lately = member(['L1'], {
      timeframe_filter: { type: 'date', operator: 'in-the-last', unit: 'month', quantity: 1 },
    });
    const nextMs = Date.parse('2026-06-01T10:00:00Z');
    expect(ask(lately, life, { now: nextMs - 1 })).toEqual({ holds: true, nextMs });
    expect(holds(lately, life, { now: nextMs })).toBe(false);
  });

  test.each([
    ['the last day', false, true],
    ['the last day, as Klaviyo reads it', true, false],
  ])('is asked for dates between which somebody came: %s', (_, klaviyo, expected) => {
    const day = new Date(AT).toISOString().slice(0, 10);
    const between = { type: 'date' as const, operator: 'between-static' as const, start: '2020-01-01', end: day };
    expect(holds(member(['L1'], { timeframe_filter: between }), life, { klaviyo })).toBe(expected);
  });

  test('cannot be asked since when somebody is not in it', () => {
    const condition = member(['L1'], { is_member: false, timeframe_filter: { type: 'date', operator: 'alltime' } });
    expect(compile({ condition_groups: [{ conditions: [condition] }] }, pattern)).toMatchObject({
      flaws: [{ field: 'condition_groups.0.conditions.0.timeframe_filter' }],
    });
  });
});

describe('a profile', () => {
  test.each([
    ['first_name', { firstName: 'Ada' }, 'ada'],
    ['first_name', { first_name: 'Ada' }, 'ada'],
    ['phone_number', { phone: '+4915112345678' }, '+4915112345678'],
    ['external_id', { userId: '42' }, '42'],
    ["location['city']", { address: { city: 'Berlin' } }, 'berlin'],
    ['location.zip', { address: { postalCode: '10115' } }, '10115'],
    ["properties['first_name']", { first_name: 'Ada', firstName: 'Eve' }, 'ada'],
    ["properties['shoe.size']", { shoe: { size: 38 } }, '38'],
    ['shoe.size', { 'shoe.size': 39, shoe: { size: 38 } }, '39'],
  ])('%s of %j is %s', (property, traits, value) => {
    const filter = { type: 'string', operator: 'equals', value } as const;
    expect(holds({ type: 'profile-property', property, filter }, lived({ traits }))).toBe(true);
  });

  test('was first seen and last seen', () => {
    const life = lived({ firstSeenMs: AT, lastSeenMs: AT + 1 });
    const after: DateFilter = { type: 'date', operator: 'after', date: '2026-05-01T10:00:00Z' };
    for (const [property, expected] of [
      ['created', false],
      ['first_active', false],
      ['last_active', true],
    ] as const)
      expect(holds({ type: 'profile-property', property, filter: after }, life)).toBe(expected);
  });
});
