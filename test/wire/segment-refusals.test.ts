/** What the merchant's API answers to definitions that break a rule: the field by its path, and the rule. */
import { describe, expect, it } from 'vitest';
import { flawsOf } from './definition-api.ts';
import { consent, did, LAST_72_HOURS, ONCE, of, trait } from './definitions.ts';

describe('a definition is refused, and told the field and its rule:', () => {
  const first = 'condition_groups.0.conditions.0';
  const CONDITIONS =
    'profile-metric, profile-property, profile-group-membership, profile-marketing-consent, profile-region, ' +
    'profile-predictive-analytics, profile-loyalty, profile-orders, profile-vouchers, group';
  const TEXTS =
    'equals, not-equals, contains, not-contains, starts-with, not-starts-with, ends-with, not-ends-with, regex, nregex, ' +
    'in, not-in, phone-country-code-in, phone-country-code-not-in';
  const NUMBER = 'must be a number from -1000000000000000 to 1000000000000000';
  const DATE = 'must be a date such as 2026-03-31, or with its time, such as 2026-03-31T10:00:00Z';
  const text = (value: unknown) => trait('a', { type: 'string', operator: 'equals', value });
  const amount = (value: unknown) => trait('a', { type: 'numeric', operator: 'equals', value });
  const earlier = (date: unknown) => trait('a', { type: 'date', operator: 'before', date });
  const within = (quantity: unknown, unit: unknown = 'day') =>
    trait('a', { type: 'date', operator: 'in-the-last', unit, quantity });
  const filtered = (filter: object) => consent('email', true, { subscription: 'subscribed', filters: [filter] });
  const predictive = (dimension: string, more: object = {}) => ({
    type: 'profile-predictive-analytics',
    dimension,
    filter: ONCE,
    ...more,
  });

  const CASES: [string, unknown, string, string][] = [
    ['a list', [], '', 'must be an object'],
    ['null', null, '', 'must be an object'],
    ['nothing', {}, 'condition_groups', 'must be given, and be a list'],
    ['no groups', { condition_groups: [] }, 'condition_groups', 'must hold 1 to 100'],
    ['no conditions', of(), 'condition_groups.0.conditions', 'must hold 1 to 100'],
    ['klaviyo', { ...of(did('A')), klaviyo: 'yes' }, 'klaviyo', 'must be true or false'],
    ['a field', { ...of(did('A')), name: 'x' }, 'name', 'is not a known field'],
    ['a condition that is none', of(null), first, 'must be an object'],
    ['an unknown type', of({ type: 'profile' }), `${first}.type`, `must be one of ${CONDITIONS}`],
    ['no type', of({}), `${first}.type`, `must be given, and be one of ${CONDITIONS}`],
    [
      'a type named as what objects inherit',
      of({ type: 'constructor' }),
      `${first}.type`,
      `must be one of ${CONDITIONS}`,
    ],
    ['an unknown field', of(did('A', { metric: 'B' })), `${first}.metric`, 'is not a known field'],
    ['no event', of(did('')), `${first}.metric_id`, 'must not be empty'],
    ['a long event', of(did('é'.repeat(256))), `${first}.metric_id`, 'must be at most 255 characters long'],
    ['half a character', of(did('a\ud800')), `${first}.metric_id`, 'must not hold control characters or broken ones'],
    [
      'a line in a name',
      of(trait('a\nb', ONCE)),
      `${first}.property`,
      'must not hold control characters or broken ones',
    ],
    [
      'a NUL in a text',
      of(text('a\u0000')),
      `${first}.filter.value`,
      'must not hold control characters or broken ones',
    ],
    ['a long text', of(text('a'.repeat(1_001))), `${first}.filter.value`, 'must be at most 1000 characters long'],
    ['a number for a text', of(text(1)), `${first}.filter.value`, 'must be a text'],
    [
      'no filter',
      of({ type: 'profile-property', property: 'a' }),
      `${first}.filter`,
      'must be given, and be an object',
    ],
    [
      'an unknown filter',
      of(trait('a', { type: 'money' })),
      `${first}.filter.type`,
      'must be one of string, numeric, boolean, date, list, existence',
    ],
    [
      'an unknown operator',
      of(trait('a', { type: 'string', operator: 'like' })),
      `${first}.filter.operator`,
      `must be one of ${TEXTS}`,
    ],
    [
      'no values',
      of(trait('a', { type: 'string', operator: 'in', value: [] })),
      `${first}.filter.value`,
      'must hold 1 to 500',
    ],
    [
      '501 values',
      of(trait('a', { type: 'string', operator: 'in', value: Array(501).fill('a') })),
      `${first}.filter.value`,
      'must hold 1 to 500',
    ],
    ['a text for a number', of(amount('NaN')), `${first}.filter.value`, NUMBER],
    ['nothing for a number', of(amount(null)), `${first}.filter.value`, NUMBER],
    ['no number', of(amount(undefined)), `${first}.filter.value`, 'must be given, and be a number'],
    ['1e21', of(amount(1e21)), `${first}.filter.value`, NUMBER],
    [
      'a range for one number',
      of(trait('a', { ...ONCE, end: 2 })),
      `${first}.filter.end`,
      'is not a field of greater-than-or-equal',
    ],
    [
      'half a range',
      of(trait('a', { type: 'numeric', operator: 'between', start: 1 })),
      `${first}.filter.end`,
      'must be given, and be a number',
    ],
    [
      '"true"',
      of(trait('a', { type: 'boolean', operator: 'equals', value: 'true' })),
      `${first}.filter.value`,
      'must be true or false',
    ],
    [
      'an object in a list',
      of(trait('a', { type: 'list', operator: 'contains', value: {} })),
      `${first}.filter.value`,
      'must be a text or a number',
    ],
    [
      'a long text in a list',
      of(trait('a', { type: 'list', operator: 'contains-any', value: ['b', 'a'.repeat(1_001)] })),
      `${first}.filter.value.1`,
      'must be at most 1000 characters long',
    ],
    [
      'a length below nothing',
      of(trait('a', { type: 'list', operator: 'length-equals', value: -1 })),
      `${first}.filter.value`,
      'must be a whole number from 0 to 1000000000000000',
    ],
    ['no time at all', of(within(0)), `${first}.filter.quantity`, 'must be a whole number from 1 to 100000'],
    ['-0', of(within(-0)), `${first}.filter.quantity`, 'must be a whole number from 1 to 100000'],
    ['1e21 days', of(within(1e21)), `${first}.filter.quantity`, 'must be a whole number from 1 to 100000'],
    ['too many months', of(within(1_201, 'month')), `${first}.filter.quantity`, 'must be at most 1200, in months'],
    ['too many years', of(within(101, 'year')), `${first}.filter.quantity`, 'must be at most 100, in years'],
    ['a unit', of(within(1, 'second')), `${first}.filter.unit`, 'must be one of minute, hour, day, week, month, year'],
    [
      'a window that begins in the future',
      of(trait('a', { type: 'date', operator: 'between', unit: 'day', start: -1, end: 2 })),
      `${first}.filter.start`,
      'must be a whole number from 0 to 100000',
    ],
    [
      'a long window',
      of(trait('a', { type: 'date', operator: 'between', unit: 'year', start: 0, end: 101 })),
      `${first}.filter.end`,
      'must be at most 100, in years',
    ],
    [
      'month 13',
      of(trait('a', { type: 'date', operator: 'calendar-month', value: 13 })),
      `${first}.filter.value`,
      'must be a whole number from 1 to 12',
    ],
    ['a day that is none', of(earlier('2026-02-30')), `${first}.filter.date`, `${DATE}, or today`],
    ['a time that is none', of(earlier('2026-02-28T24:00:00Z')), `${first}.filter.date`, `${DATE}, or today`],
    ['a date in words', of(earlier('tomorrow')), `${first}.filter.date`, `${DATE}, or today`],
    ['a date as a number', of(earlier(1_767_225_600_000)), `${first}.filter.date`, `${DATE}, or today`],
    [
      'today, between dates',
      of(trait('a', { type: 'date', operator: 'between-static', start: '2026-01-01', end: 'today' })),
      `${first}.filter.end`,
      DATE,
    ],
    [
      'a window of events that is no date',
      of(did('A', { timeframe_filter: ONCE })),
      `${first}.timeframe_filter.type`,
      'must be one of date',
    ],
    [
      'since an event, of a trait',
      of(trait('a', { type: 'date', operator: 'since-event', metric_id: 'A', which: 'last' })),
      `${first}.filter.operator`,
      'must be one of before, after, between-static, at-least, in-the-last, in-the-next, between, anniversary-last, anniversary-next, calendar-month, anniversary, anniversary-month, this-month, alltime',
    ],
    [
      'a measure',
      of(did('A', { measurement: 'average' })),
      `${first}.measurement`,
      'must be one of count, sum, min, max, first, last',
    ],
    [
      'eleven filters',
      of(did('A', { metric_filters: Array(11).fill({ property: 'a', filter: ONCE }) })),
      `${first}.metric_filters`,
      'must hold 0 to 10',
    ],
    [
      'no group',
      of({ type: 'profile-group-membership', is_member: true, group_ids: [] }),
      `${first}.group_ids`,
      'must hold 1 to 100',
    ],
    [
      'a channel',
      of(consent('whatsapp', true, { subscription: 'any' })),
      `${first}.consent.channel`,
      'must be one of email, sms, push',
    ],
    [
      'a subscription',
      of(consent('sms', true, { subscription: 'maybe' })),
      `${first}.consent.consent_status.subscription`,
      'must be one of any, subscribed, never_subscribed, unsubscribed',
    ],
    [
      "Klaviyo's invalid addresses",
      of(filtered({ field: 'invalid_email_date', filter: LAST_72_HOURS })),
      `${first}.consent.consent_status.filters.0.field`,
      'invalid_email_date is not known here: no source tells when an address was found to be invalid; ask for bounce_date',
    ],
    [
      'a field of consent',
      of(filtered({ field: 'ip' })),
      `${first}.consent.consent_status.filters.0.field`,
      'must be one of is_double_opt_in, status_date, bounce_date, manual_suppression_date, custom_source, method',
    ],
    [
      'a region',
      of({ type: 'profile-region', in_region: true, region: 'europe' }),
      `${first}.region`,
      'must be one of european_union, united_states',
    ],
    [
      'what is predicted',
      of(predictive('churn_probability')),
      `${first}.dimension`,
      'churn_probability is not known here: nothing predicts what somebody will do',
    ],
    [
      'affinity',
      of(predictive('channel_affinity', { measurement: 'rank' })),
      `${first}.dimension`,
      'channel_affinity is not known here: nothing predicts what somebody will do',
    ],
    [
      'a dimension',
      of(predictive('luck')),
      `${first}.dimension`,
      'must be one of historic_number_of_orders, historic_clv, average_order_value, average_days_between_orders',
    ],
    [
      'a funnel',
      of({ type: 'profile-metric-funnel', steps: [] }),
      `${first}.type`,
      'profile-metric-funnel is not known here: there are no funnels; ask for each step `since-event` of the one before',
    ],
    [
      'what points have not',
      of({ type: 'profile-loyalty', property: 'stars', filter: ONCE }),
      `${first}.property`,
      'must be one of balance, debt, lifetime, tier, tier_since, status, next_expiry_at, next_expiry_points',
    ],
    [
      'a window of vouchers that is null',
      of({ type: 'profile-vouchers', measurement: 'held', measurement_filter: ONCE, timeframe_filter: null }),
      `${first}.timeframe_filter`,
      'must be an object',
    ],
    [
      'vouchers by a text',
      of({ type: 'profile-vouchers', measurement: 'held', measurement_filter: { ...ONCE, type: 'string' } }),
      `${first}.measurement_filter.type`,
      'must be numeric',
    ],
    [
      'an operator of groups',
      of({ type: 'group', operator: 'xor', conditions: [did('A')] }),
      `${first}.operator`,
      'must be one of and, or, not',
    ],
    [
      'deep inside',
      of({
        type: 'group',
        operator: 'and',
        conditions: [did('A'), { type: 'group', operator: 'not', conditions: [{ type: 'b' }] }],
      }),
      `${first}.conditions.1.conditions.0.type`,
      `must be one of ${CONDITIONS}`,
    ],
  ];
  it.each(CASES)('%s', async (_, definition, field, rule) => {
    expect(await flawsOf(definition)).toEqual([{ field, rule }]);
  });

  it('every flaw of several', async () => {
    const flaws = await flawsOf(of({ type: 'profile-region', in_region: 1 }, did('A', { b: 1 })));
    expect(flaws.map(({ field }) => field)).toEqual([
      `${first}.in_region`,
      `${first}.region`,
      'condition_groups.0.conditions.1.b',
    ]);
  });
});
