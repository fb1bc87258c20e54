/** Definitions at random: every kind of condition, nested and negated, Klaviyo's reading and ours. */
import fc from 'fast-check';
import type {
  Condition,
  ConsentFilter,
  Definition,
  MembershipCondition,
  MetricCondition,
  OrdersCondition,
  PropertyFilter,
} from '../../../worker/domain/segments/definition.ts';
import {
  booleanFilter,
  countFilter,
  dateFilter,
  dateOrExistence,
  eventName,
  numericFilter,
  stringFilter,
  timeframe,
  undatedFilter,
  valueFilter,
  windowFilter,
} from './arbitrary-filters.ts';

const some = fc.constantFrom;

/** Paths into the properties of the lives, by what mostly stands there: see `content`. */
const DATED = ['when', 'dates[]', 'dates'];
const NUMBERED = ['value', 'products[].price', 'products.price'];
const MIXED = ['tags', 'tags[]', 'dotted.name', 'address.city', 'products.sku', 'products', 'missing'];
const property = some(...DATED, ...NUMBERED, ...MIXED);

/** Mostly a question that fits the property. */
const propertyFilter: fc.Arbitrary<PropertyFilter> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ property: some(...DATED), filter: dateFilter }) },
  { weight: 2, arbitrary: fc.record({ property: some(...NUMBERED), filter: numericFilter }) },
  { weight: 4, arbitrary: fc.record({ property: some(...MIXED), filter: undatedFilter }) },
  { weight: 1, arbitrary: fc.record({ property, filter: valueFilter }) },
);

const metricFilters: fc.Arbitrary<PropertyFilter[] | null | undefined> = fc.oneof(
  { weight: 3, arbitrary: some(null, undefined) },
  { weight: 2, arbitrary: fc.array(propertyFilter, { minLength: 1, maxLength: 2 }) },
);
const source = some('trusted' as const, 'any' as const, undefined);

const measure: fc.Arbitrary<Pick<MetricCondition, 'measurement' | 'measurement_filter' | 'measurement_property'>> =
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ measurement: some('count' as const), measurement_filter: countFilter }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        measurement: some('sum' as const, 'min' as const, 'max' as const),
        measurement_filter: numericFilter,
        measurement_property: some(undefined, 'tags', ...NUMBERED),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        measurement: some('first' as const, 'last' as const),
        measurement_filter: dateOrExistence,
        measurement_property: some(undefined, undefined, ...DATED),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        measurement: some('min' as const, 'max' as const, 'first' as const, 'last' as const),
        measurement_filter: valueFilter,
        measurement_property: fc.option(property, { nil: undefined }),
      }),
    },
  );

const metric: fc.Arbitrary<MetricCondition> = fc
  .tuple(
    measure,
    fc.record({ metric_id: eventName, timeframe_filter: timeframe, metric_filters: metricFilters, source }),
  )
  .map(([measured, rest]) => ({ type: 'profile-metric', ...rest, ...measured }));

const known = fc.oneof(
  fc.record({ property: some('birthday', 'created', 'last_active'), filter: dateFilter }),
  fc.record({ property: some('first_name', 'phone_number', "location['country']", 'city'), filter: stringFilter }),
);
const profile: fc.Arbitrary<Condition> = fc
  .oneof(
    { weight: 2, arbitrary: known },
    { weight: 3, arbitrary: propertyFilter },
    {
      weight: 1,
      arbitrary: propertyFilter.map(({ property, filter }) => ({ property: `properties['${property}']`, filter })),
    },
  )
  .map((asked) => ({ type: 'profile-property', ...asked }));

const groupIds = fc.array(some('L1', 'L2', 'L3'), { minLength: 1, maxLength: 2 });
const membership: fc.Arbitrary<MembershipCondition> = fc.oneof(
  fc.record({
    type: some('profile-group-membership' as const),
    is_member: some(true),
    group_ids: groupIds,
    timeframe_filter: fc.option(dateFilter),
  }),
  fc.record({ type: some('profile-group-membership' as const), is_member: some(false), group_ids: groupIds }),
);

const consentFilter: fc.Arbitrary<ConsentFilter> = fc.oneof(
  fc.record({ field: some('is_double_opt_in' as const), filter: booleanFilter }),
  fc.record({
    field: some('status_date' as const, 'bounce_date' as const, 'manual_suppression_date' as const),
    filter: dateOrExistence,
  }),
  fc.record({ field: some('custom_source' as const), filter: stringFilter }),
  fc.record({
    field: some('method' as const),
    method: some('form', 'Import', 'us', 'spam_complaint'),
    filter: fc.option(stringFilter, { nil: undefined }),
  }),
);
const consent: fc.Arbitrary<Condition> = fc.record({
  type: some('profile-marketing-consent' as const),
  consent: fc.record({
    channel: some('email' as const, 'email' as const, 'sms' as const, 'push' as const),
    can_receive_marketing: fc.boolean(),
    consent_status: fc.record({
      subscription: some('any' as const, 'subscribed' as const, 'never_subscribed' as const, 'unsubscribed' as const),
      filters: fc.oneof(some(null), some(undefined), fc.array(consentFilter, { minLength: 1, maxLength: 2 })),
    }),
  }),
});

const orders: fc.Arbitrary<OrdersCondition> = fc
  .tuple(
    fc.oneof(
      fc.record({ measurement: some('count' as const), measurement_filter: countFilter }),
      fc.record({ measurement: some('sum' as const), measurement_filter: numericFilter }),
      fc.record({ measurement: some('first' as const, 'last' as const), measurement_filter: dateOrExistence }),
    ),
    fc.record({
      timeframe_filter: timeframe,
      products: fc.option(fc.array(some('p1', 'P2', 'sku-1'), { minLength: 1, maxLength: 2 }), { nil: undefined }),
      total_filter: fc.option(numericFilter, { nil: undefined, freq: 3 }),
    }),
  )
  .map(([measure, rest]) => ({ type: 'profile-orders', ...measure, ...rest }));

const rest: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    type: some('profile-region' as const),
    in_region: fc.boolean(),
    region: some('european_union' as const, 'united_states' as const),
  }),
  fc.record({
    type: some('profile-predictive-analytics' as const),
    dimension: some(
      'historic_number_of_orders' as const,
      'historic_clv' as const,
      'average_order_value' as const,
      'average_days_between_orders' as const,
    ),
    filter: numericFilter,
  }),
  fc.record({
    type: some('profile-loyalty' as const),
    property: some('balance' as const, 'debt' as const, 'lifetime' as const, 'next_expiry_points' as const),
    filter: fc.oneof(numericFilter, valueFilter),
  }),
  fc.record({
    type: some('profile-loyalty' as const),
    property: some('next_expiry_at' as const, 'tier' as const),
    filter: dateOrExistence,
  }),
  fc.record({
    type: some('profile-vouchers' as const),
    measurement: some('held' as const, 'redeemed' as const),
    measurement_filter: numericFilter,
    timeframe_filter: fc.option(dateFilter, { nil: undefined }),
    campaign_ids: fc.option(fc.array(some('c1', 'c2'), { minLength: 1, maxLength: 2 }), { nil: undefined }),
  }),
);

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: metric },
  { weight: 3, arbitrary: profile },
  { weight: 1, arbitrary: membership },
  { weight: 2, arbitrary: consent },
  { weight: 2, arbitrary: orders },
  { weight: 2, arbitrary: rest },
);

function conditionBelow(depth: number): fc.Arbitrary<Condition> {
  if (depth === 0) return leaf;
  const below = conditionBelow(depth - 1);
  return fc.oneof(
    { weight: 5, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({
        type: some('group' as const),
        operator: some('and' as const, 'or' as const),
        conditions: fc.array(below, { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: some('group' as const),
        operator: some('not' as const),
        conditions: below.map((one) => [one]),
      }),
    },
  );
}

/** What turns over by itself, and says little else. */
const timed: fc.Arbitrary<Condition> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(measure, windowFilter).map(
      ([measured, timeframe_filter]): MetricCondition => ({
        type: 'profile-metric',
        metric_id: 'Placed Order',
        timeframe_filter,
        ...measured,
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(orders, windowFilter).map(
      ([{ measurement, measurement_filter }, timeframe_filter]): OrdersCondition => ({
        type: 'profile-orders',
        measurement,
        measurement_filter,
        timeframe_filter,
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: some('profile-property' as const),
      property: some('when', 'dates', 'birthday'),
      filter: dateFilter,
    }),
  },
);

/** Mostly small: what many conditions hide, few show. */
export const definition: fc.Arbitrary<Definition> = fc.record({
  condition_groups: fc.oneof(
    fc.array(fc.record({ conditions: fc.array(conditionBelow(3), { minLength: 1, maxLength: 2 }) }), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.array(timed, { minLength: 1, maxLength: 3 }).map((conditions) => [{ conditions }]),
    fc.array(timed, { minLength: 1, maxLength: 3 }).map((all) => all.map((one) => ({ conditions: [one] }))),
  ),
  klaviyo: fc.option(fc.boolean(), { nil: undefined }),
});
