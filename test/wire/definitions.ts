/** Definitions to show, one of each condition: what Klaviyo's API writes, by events' names, and what is ours. */

/** A definition of one condition, or of several in one group. */
export function of(...conditions: unknown[]) {
  return { condition_groups: [{ conditions }] };
}

export const LAST_72_HOURS = { type: 'date', operator: 'in-the-last', unit: 'hour', quantity: 72 };
export const EVER = { type: 'date', operator: 'alltime' };
export const ONCE = { type: 'numeric', operator: 'greater-than-or-equal', value: 1 };
export const did = (metric_id: string, more: object = {}) => ({
  type: 'profile-metric',
  metric_id,
  measurement: 'count',
  measurement_filter: ONCE,
  timeframe_filter: LAST_72_HOURS,
  ...more,
});
export const notOrdered = did('Placed Order', {
  measurement_filter: { type: 'numeric', operator: 'equals', value: 0 },
});
export const consent = (channel: string, can: boolean, consent_status: object) => ({
  type: 'profile-marketing-consent',
  consent: { channel, can_receive_marketing: can, consent_status },
});
export const trait = (property: string, filter: object) => ({ type: 'profile-property', property, filter });
export const groups = (...all: object[][]) => ({ condition_groups: all.map((conditions) => ({ conditions })) });

/** As Klaviyo's articles and its API write them. */
export const ESPRESSO: [string, object][] = [
  [
    'email',
    groups(
      [consent('email', true, { subscription: 'subscribed' })],
      [did('Opened Email'), did('Clicked Email')],
      [notOrdered],
    ),
  ],
  [
    'sms',
    groups([consent('sms', true, { subscription: 'subscribed', filters: null })], [did('Clicked SMS')], [notOrdered]),
  ],
  [
    'push',
    groups([consent('push', true, { subscription: 'any' })], [did('Opened Push')], [notOrdered], [did('Opened App')]),
  ],
];

/** One of each that Klaviyo has and is known here. */
export const KLAVIYOS: [string, object][] = [
  [
    'done, filtered',
    did('Viewed Product', {
      metric_filters: [{ property: 'Brand', filter: { type: 'string', operator: 'in', value: ['A'] } }],
    }),
  ],
  ['done for a sum', did('Placed Order', { measurement: 'sum', timeframe_filter: EVER, metric_filters: null })],
  ['a text', trait("properties['Favorite Color']", { type: 'string', operator: 'nregex', value: '^b' })],
  ['a text that is null', trait('city', { type: 'string', operator: 'not-equals', value: null })],
  ['a phone', trait('phone_number', { type: 'string', operator: 'phone-country-code-in', value: ['US', 'GB'] })],
  ['a number', trait("properties['age']", { type: 'numeric', operator: 'less-than', value: 41.5 })],
  ['a boolean', trait("properties['vip']", { type: 'boolean', operator: 'equals', value: true })],
  ['a date', trait('created', { type: 'date', operator: 'after', date: '2022-11-08T00:00:00+00:00' })],
  [
    'two dates',
    trait('created', {
      type: 'date',
      operator: 'between-static',
      start: '2022-11-08T00:00:00Z',
      end: '2023-11-08T00:00:00Z',
    }),
  ],
  ['a window', trait('created', { type: 'date', operator: 'between', unit: 'week', start: 1, end: 3 })],
  [
    'a birthday',
    trait("properties['birthday']", { type: 'date', operator: 'anniversary-next', unit: 'day', quantity: 7 }),
  ],
  ['a month', trait("properties['birthday']", { type: 'date', operator: 'calendar-month', value: 12 })],
  ['a list', trait("properties['sizes']", { type: 'list', operator: 'contains', value: 42 })],
  ['a length', trait("properties['sizes']", { type: 'list', operator: 'length-equals', value: 0 })],
  ['being set', trait('email', { type: 'existence', operator: 'not-set' })],
  [
    'members',
    { type: 'profile-group-membership', is_member: true, group_ids: ['Y6nRLr'], timeframe_filter: LAST_72_HOURS },
  ],
  ['no members', { type: 'profile-group-membership', is_member: false, group_ids: ['Y6nRLr', 'S7aBbC'] }],
  ['a region', { type: 'profile-region', in_region: false, region: 'european_union' }],
  [
    'what was spent',
    {
      type: 'profile-predictive-analytics',
      dimension: 'historic_clv',
      filter: { type: 'numeric', operator: 'greater-than', value: 99 },
    },
  ],
  [
    'double opt-in',
    consent('email', true, {
      subscription: 'subscribed',
      filters: [{ field: 'is_double_opt_in', filter: { type: 'boolean', operator: 'equals', value: true } }],
    }),
  ],
  [
    'a form',
    consent('email', true, {
      subscription: 'subscribed',
      filters: [{ field: 'method', method: 'form', filter: null }],
    }),
  ],
  [
    'a source',
    consent('email', true, {
      subscription: 'subscribed',
      filters: [{ field: 'custom_source', filter: { type: 'string', operator: 'equals', value: 'till' } }],
    }),
  ],
  [
    'an integration',
    consent('sms', true, {
      subscription: 'subscribed',
      filters: [
        { field: 'method', method: 'integration', filter: { type: 'string', operator: 'in', value: ['shopify'] } },
      ],
    }),
  ],
  [
    'bounced',
    consent('email', false, {
      subscription: 'any',
      filters: [{ field: 'bounce_date', filter: { type: 'existence', operator: 'is-set' } }],
    }),
  ],
  [
    'unsubscribed',
    consent('sms', false, { subscription: 'unsubscribed', filters: [{ field: 'status_date', filter: LAST_72_HOURS }] }),
  ],
];

export const OURS: [string, object][] = [
  ['a first', did('Placed Order', { measurement: 'first', measurement_filter: LAST_72_HOURS, timeframe_filter: EVER })],
  [
    'a greatest',
    did('Placed Order', { measurement: 'max', measurement_property: 'products[].price', source: 'trusted' }),
  ],
  [
    'after an event',
    did('Placed Order', {
      timeframe_filter: { type: 'date', operator: 'since-event', metric_id: 'Opened Email', which: 'last' },
    }),
  ],
  ['today', trait('trial_ends', { type: 'date', operator: 'before', date: 'today' })],
  ['this month', trait('trial_ends', { type: 'date', operator: 'this-month' })],
  ['a range', trait('age', { type: 'numeric', operator: 'between', start: -0.5, end: 1e15 })],
  ['capitals', trait('city', { type: 'string', operator: 'equals', value: 'Köln', case_sensitive: true })],
  [
    'points',
    {
      type: 'profile-loyalty',
      property: 'next_expiry_at',
      filter: { type: 'date', operator: 'in-the-next', unit: 'month', quantity: 1 },
    },
  ],
  [
    'orders',
    {
      type: 'profile-orders',
      measurement: 'count',
      measurement_filter: ONCE,
      timeframe_filter: EVER,
      products: ['SKU-1'],
      total_filter: ONCE,
    },
  ],
  [
    'vouchers',
    {
      type: 'profile-vouchers',
      measurement: 'redeemed',
      measurement_filter: ONCE,
      timeframe_filter: LAST_72_HOURS,
      campaign_ids: ['cmp_1'],
    },
  ],
  [
    'groups in groups',
    {
      type: 'group',
      operator: 'or',
      conditions: [{ type: 'group', operator: 'not', conditions: [did('Placed Order')] }, did('Opened App')],
    },
  ],
];
