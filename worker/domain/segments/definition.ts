/**
 * What a segment's definition can say: Klaviyo's shape (its API's `condition_groups`, revision 2026-07-15), with an event's
 * name where Klaviyo has a metric's id, and with what it lacks. Checked by `wire`; here it is only named.
 */
import type { SpanUnit } from '../calendar.ts';
import type { Channel } from '../consent.ts';

/** Groups are joined by AND, the conditions of each by OR. */
export interface Definition {
  condition_groups: { conditions: Condition[] }[];
  /** Read it as Klaviyo does where the two differ: see `semantics.md`. */
  klaviyo?: boolean | undefined;
}

export type Condition =
  | GroupCondition
  | MetricCondition
  | PropertyCondition
  | MembershipCondition
  | ConsentCondition
  | RegionCondition
  | HistoricCondition
  | LoyaltyCondition
  | OrdersCondition
  | VouchersCondition;

/** Ours: conditions nested to any bounded depth. `not` takes one. */
export interface GroupCondition {
  type: 'group';
  operator: 'and' | 'or' | 'not';
  conditions: Condition[];
}

export type Source = 'trusted' | 'any';

export interface MetricCondition {
  type: 'profile-metric';
  /** The event's name, by any of its aliases. */
  metric_id: string;
  /** Klaviyo has `count` and `sum`. */
  measurement: 'count' | 'sum' | 'min' | 'max' | 'first' | 'last';
  /** What is measured; default: the event's value. Of `first` and `last` without it the time of the event is. */
  measurement_property?: string | undefined;
  measurement_filter: ValueFilter;
  timeframe_filter: Timeframe;
  metric_filters?: PropertyFilter[] | null | undefined;
  /** Whose word counts; default `any`. Where the segment guards value, only trusted events do. */
  source?: Source | undefined;
}

export interface PropertyFilter {
  property: string;
  filter: ValueFilter;
}

export interface PropertyCondition {
  type: 'profile-property';
  /** A name that Klaviyo knows, `properties['name']`, or a path of a trait. */
  property: string;
  filter: ValueFilter;
}

/** In any of these lists or segments, or in none. */
export interface MembershipCondition {
  type: 'profile-group-membership';
  is_member: boolean;
  group_ids: string[];
  /** Since when; of members only. */
  timeframe_filter?: DateFilter | null | undefined;
}

export interface ConsentCondition {
  type: 'profile-marketing-consent';
  consent: {
    channel: Channel;
    can_receive_marketing: boolean;
    consent_status: {
      subscription: 'any' | 'subscribed' | 'never_subscribed' | 'unsubscribed';
      filters?: ConsentFilter[] | null | undefined;
    };
  };
}

export type ConsentFilter =
  | { field: 'is_double_opt_in'; filter: BooleanFilter }
  | { field: 'status_date' | 'bounce_date' | 'manual_suppression_date'; filter: DateFilter | ExistenceFilter }
  | { field: 'custom_source'; filter: StringFilter }
  | { field: 'method'; method: string; filter?: StringFilter | undefined };

export interface RegionCondition {
  type: 'profile-region';
  in_region: boolean;
  region: 'european_union' | 'united_states';
}

/** Of Klaviyo's predictive conditions those that look back. */
export interface HistoricCondition {
  type: 'profile-predictive-analytics';
  dimension: 'historic_number_of_orders' | 'historic_clv' | 'average_order_value' | 'average_days_between_orders';
  filter: NumericFilter;
}

export interface LoyaltyCondition {
  type: 'profile-loyalty';
  property:
    | 'balance'
    | 'debt'
    | 'lifetime'
    | 'tier'
    | 'tier_since'
    | 'status'
    | 'next_expiry_at'
    | 'next_expiry_points';
  filter: ValueFilter;
}

/** Orders as the owner of orders tells them: neither cancelled nor tests. Money in major units of the shop's currency, less refunds. */
export interface OrdersCondition {
  type: 'profile-orders';
  measurement: 'count' | 'sum' | 'first' | 'last';
  measurement_filter: ValueFilter;
  /** By when they were placed. */
  timeframe_filter: Timeframe;
  /** Only orders that hold one of these, by product id or SKU. */
  products?: string[] | undefined;
  /** Of one order. */
  total_filter?: NumericFilter | undefined;
}

export interface VouchersCondition {
  type: 'profile-vouchers';
  /** Held and usable now, or redemptions that stand. */
  measurement: 'held' | 'redeemed';
  measurement_filter: NumericFilter;
  /** Of redemptions, by when they were made. */
  timeframe_filter?: DateFilter | undefined;
  campaign_ids?: string[] | undefined;
}

export type ValueFilter = StringFilter | NumericFilter | BooleanFilter | DateFilter | ListFilter | ExistenceFilter;

export type StringFilter =
  | {
      type: 'string';
      operator:
        | 'equals'
        | 'not-equals'
        | 'contains'
        | 'not-contains'
        | 'starts-with'
        | 'not-starts-with'
        | 'ends-with'
        | 'not-ends-with'
        | 'regex'
        | 'nregex';
      value: string;
      case_sensitive?: boolean | undefined;
    }
  | {
      type: 'string';
      operator: 'in' | 'not-in' | 'phone-country-code-in' | 'phone-country-code-not-in';
      value: string[];
      case_sensitive?: boolean | undefined;
    };

export interface NumericFilter {
  type: 'numeric';
  operator:
    | 'equals'
    | 'not-equals'
    | 'greater-than'
    | 'greater-than-or-equal'
    | 'less-than'
    | 'less-than-or-equal'
    | 'between';
  value?: number | undefined;
  /** Of `between`, both included. */
  start?: number | undefined;
  end?: number | undefined;
}

export interface BooleanFilter {
  type: 'boolean';
  operator: 'equals';
  value: boolean;
}

export interface ExistenceFilter {
  type: 'existence';
  operator: 'is-set' | 'not-set';
}

export type ListFilter = { type: 'list'; case_sensitive?: boolean | undefined } & (
  | { operator: 'contains' | 'not-contains'; value: string | number }
  | { operator: 'contains-any' | 'contains-all' | 'not-contains-any' | 'not-contains-all'; value: (string | number)[] }
  | { operator: 'contains-substring' | 'not-contains-substring'; value: string }
  | {
      operator:
        | 'length-equals'
        | 'length-greater-than'
        | 'length-greater-than-or-equal'
        | 'length-less-than'
        | 'length-less-than-or-equal';
      value: number;
    }
);

/** A date with its time, or a date alone (the whole day, where the definition's clock hangs); of `before` and `after` also `today`. */
export type DateText = string;

export type DateFilter =
  | { type: 'date'; operator: 'before' | 'after'; date: DateText }
  | { type: 'date'; operator: 'between-static'; start: DateText; end: DateText }
  | { type: 'date'; operator: 'at-least' | 'in-the-last' | 'in-the-next'; unit: SpanUnit; quantity: number }
  | { type: 'date'; operator: 'between'; unit: SpanUnit; start: number; end: number }
  | { type: 'date'; operator: 'anniversary-last' | 'anniversary-next'; unit: SpanUnit; quantity: number }
  | { type: 'date'; operator: 'calendar-month'; value: number }
  | { type: 'date'; operator: 'anniversary' | 'anniversary-month' }
  | { type: 'date'; operator: 'this-month' | 'alltime' };

/** Which events count, by their time. */
export type Timeframe =
  | DateFilter
  /** Ours: after the first or last of another event; where there was none, no event counts. */
  | { type: 'date'; operator: 'since-event'; metric_id: string; which: 'first' | 'last' };
