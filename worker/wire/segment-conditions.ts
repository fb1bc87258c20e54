/** The conditions of a segment that ask one thing each: what of Klaviyo's is known here, what is not and why, and ours. */
import { z } from '@hono/zod-openapi';
import { flag, kinds, list, name, object, oneOf } from './ruled.ts';
import {
  BooleanFilter,
  DateFilter,
  DateOrExistence,
  filterOrNull,
  LONGEST_NAME,
  NumericFilter,
  StringFilter,
  Timeframe,
  ValueFilter,
} from './segment-filters.ts';

const MOST_PROPERTY_FILTERS = 10;
const MOST_CONSENT_FILTERS = 20;
const MOST_IDS = 100;
const MOST_PRODUCTS = 500;
const LONGEST_ID = 100;
/** `properties['…']` around a name. */
const LONGEST_PROPERTY = LONGEST_NAME + "properties['']".length;

const PREDICTED = 'nothing predicts what somebody will do';
const FOREIGN_DIMENSIONS = {
  predicted_clv: PREDICTED,
  total_clv: PREDICTED,
  predicted_number_of_orders: PREDICTED,
  churn_probability: PREDICTED,
  expected_date_of_next_purchase: PREDICTED,
  predicted_gender: 'nothing predicts what somebody is',
  channel_affinity: PREDICTED,
};
const FOREIGN_CONSENT_FILTERS = {
  invalid_email_date: 'no source tells when an address was found to be invalid; ask for bounce_date',
  is_rcs_capable: 'no source tells what a phone can show',
};

const eventName = name(LONGEST_NAME);
const ids = list(name(LONGEST_ID), MOST_IDS);

const metric = z.strictObject(
  {
    type: z.literal('profile-metric'),
    metric_id: eventName.describe("The event's name, by any of its aliases"),
    measurement: oneOf(['count', 'sum', 'min', 'max', 'first', 'last']).describe(
      'What measurement_filter is held against: of a count or a sum it is numeric',
    ),
    measurement_property: name(LONGEST_NAME)
      .optional()
      .describe("What is measured, such as `products[].price`; default: the event's value, of first and last its time"),
    measurement_filter: ValueFilter,
    timeframe_filter: Timeframe,
    metric_filters: list(
      z.strictObject({ property: name(LONGEST_NAME).describe('A name or a path'), filter: filterOrNull }, object),
      MOST_PROPERTY_FILTERS,
      0,
    )
      .transform((filters) =>
        // it asks for nothing
        filters.flatMap(({ property, filter }) => (filter == null ? [] : [{ property, filter }])),
      )
      .nullish()
      .describe('All of them must pass'),
    source: oneOf(['trusted', 'any'])
      .optional()
      .describe(
        'trusted: only what a server vouches for. Left out, anything counts, but where the segment guards value',
      ),
  },
  object,
);

const property = z.strictObject(
  {
    type: z.literal('profile-property'),
    property: name(LONGEST_PROPERTY).describe("A name that Klaviyo knows, `properties['name']`, or a path of a trait"),
    filter: ValueFilter,
  },
  object,
);

const membership = z.strictObject(
  {
    type: z.literal('profile-group-membership'),
    is_member: flag().describe('In any of the groups; false: in none of them'),
    group_ids: ids.describe('Lists and segments'),
    timeframe_filter: DateFilter.nullish().describe('Since when; of members only'),
  },
  object,
);

const consentFilter = z.discriminatedUnion(
  'field',
  [
    z.strictObject({ field: z.literal('is_double_opt_in'), filter: BooleanFilter }, object),
    z.strictObject(
      { field: z.enum(['status_date', 'bounce_date', 'manual_suppression_date']), filter: DateOrExistence },
      object,
    ),
    z.strictObject({ field: z.literal('custom_source'), filter: StringFilter }, object),
    z.strictObject(
      {
        field: z.literal('method'),
        method: name(LONGEST_ID).describe('Such as form, import or checkout'),
        filter: StringFilter.nullable()
          .transform((filter) => filter ?? undefined)
          .optional()
          .describe('Of the form or the page'),
      },
      object,
    ),
  ],
  kinds(FOREIGN_CONSENT_FILTERS),
);

const consent = z.strictObject(
  {
    type: z.literal('profile-marketing-consent'),
    consent: z.strictObject(
      {
        channel: oneOf(['email', 'sms', 'push']),
        can_receive_marketing: flag(),
        consent_status: z.strictObject(
          {
            subscription: oneOf(['any', 'subscribed', 'never_subscribed', 'unsubscribed']),
            filters: list(consentFilter, MOST_CONSENT_FILTERS, 0).nullish().describe('All of them must pass'),
          },
          object,
        ),
      },
      object,
    ),
  },
  object,
);

const region = z.strictObject(
  {
    type: z.literal('profile-region'),
    in_region: flag(),
    region: oneOf(['european_union', 'united_states']),
  },
  object,
);

const historic = z.discriminatedUnion(
  'dimension',
  [
    z.strictObject(
      {
        type: z.literal('profile-predictive-analytics'),
        dimension: z
          .enum(['historic_number_of_orders', 'historic_clv', 'average_order_value', 'average_days_between_orders'])
          .describe('What looks back'),
        filter: NumericFilter,
      },
      object,
    ),
  ],
  kinds(FOREIGN_DIMENSIONS),
);

const loyalty = z.strictObject(
  {
    type: z.literal('profile-loyalty'),
    property: oneOf([
      'balance',
      'debt',
      'lifetime',
      'tier',
      'tier_since',
      'status',
      'next_expiry_at',
      'next_expiry_points',
    ]),
    filter: ValueFilter,
  },
  object,
);

const orders = z.strictObject(
  {
    type: z.literal('profile-orders'),
    measurement: oneOf(['count', 'sum', 'first', 'last']).describe(
      "A sum is in major units of the shop's currency, less what was given back; first and last are when they were placed",
    ),
    measurement_filter: ValueFilter,
    timeframe_filter: Timeframe,
    products: list(name(LONGEST_NAME), MOST_PRODUCTS)
      .optional()
      .describe('Only orders that hold one of these, by product id or SKU'),
    total_filter: NumericFilter.optional(),
  },
  object,
);

const vouchers = z.strictObject(
  {
    type: z.literal('profile-vouchers'),
    measurement: oneOf(['held', 'redeemed']).describe('Held and usable now; or redemptions that stand'),
    measurement_filter: NumericFilter,
    timeframe_filter: DateFilter.optional().describe('Of redemptions, by when they were made'),
    campaign_ids: ids.optional(),
  },
  object,
);

/** All but groups of conditions. */
export const leaves = [metric, property, membership, consent, region, historic, loyalty, orders, vouchers] as const;
