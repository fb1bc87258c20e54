/** Segments that most shops want, ready to be made: what each asks, and what of it can be set, within which bounds. */
import { SPAN_UNITS, type Span, type SpanUnit } from '../calendar.ts';
import type { Channel } from '../consent.ts';
import { type Flaw, LONGEST_SPAN } from './compile.ts';
import type { Condition, Definition, NumericFilter, OrdersCondition, Timeframe } from './definition.ts';

export const READY_KEYS = [
  'espresso_email',
  'espresso_sms',
  'espresso_push',
  'first_time_buyers',
  'returning_buyers',
  'high_order_value',
  'redeemed_last_month',
  'frequent_referrers',
  'recently_reached_tier',
  'reviewers',
  'points_expiring',
  'birthday_this_month',
] as const;
export type ReadyKey = (typeof READY_KEYS)[number];

/** All that a ready segment can let be set. */
interface Settings {
  window: Span;
  times: number;
  orders: number;
  amount: number;
  measure: 'order' | 'sum';
  appOpens: number;
}
type SettingName = keyof Settings;
export type ReadyParameters = { [name in SettingName]?: Settings[name] | undefined };

export type ReadyParameter = { name: SettingName; description: string } & (
  | { kind: 'window'; default: Span; most: Record<SpanUnit, number> }
  | { kind: 'number'; default: number; least: number; most: number; whole: boolean }
  | { kind: 'choice'; default: string; options: string[] }
);

export interface ReadySegment {
  key: ReadyKey;
  name: string;
  description: string;
  parameters: ReadyParameter[];
}

interface Recipe {
  name: string;
  description: string;
  /** What can be set, and what it is where it is not. */
  settings: ReadyParameters;
  define(told: Settings): Condition[][];
}

const NUMBERS = {
  times: { least: 1, most: 1_000, whole: true, description: 'How often it happened, at least' },
  orders: { least: 2, most: 1_000, whole: true, description: 'How many orders, at least' },
  amount: { least: 0.01, most: 1e9, whole: false, description: "In major units of the shop's currency" },
  appOpens: { least: 0, most: 1_000, whole: true, description: 'How often the app was opened, at least; 0: not asked' },
} as const;
const MEASURES: Settings['measure'][] = ['order', 'sum'];
/** Of settings that a segment does not ask for. */
const UNUSED: Settings = {
  window: { unit: 'day', quantity: 30 },
  times: 1,
  orders: 2,
  amount: 100,
  measure: 'order',
  appOpens: 0,
};
const EVER: Timeframe = { type: 'date', operator: 'alltime' };
const THREE_DAYS: Span = { unit: 'hour', quantity: 72 };

const RECIPES: Record<ReadyKey, Recipe> = {
  espresso_email: {
    name: 'Espresso shot: e-mail',
    description: 'Subscribed, opened or clicked an e-mail just now, and has not ordered since',
    settings: { window: THREE_DAYS },
    define: ({ window }) => [
      [canReceive('email', 'subscribed')],
      [did('Opened Email', 1, last(window)), did('Clicked Email', 1, last(window))],
      [didNot('Placed Order', window)],
    ],
  },
  espresso_sms: {
    name: 'Espresso shot: SMS',
    description: 'Can be sent SMS, clicked one just now, and has not ordered since',
    settings: { window: THREE_DAYS },
    define: ({ window }) => [
      [canReceive('sms', 'subscribed')],
      [did('Clicked SMS', 1, last(window))],
      [didNot('Placed Order', window)],
    ],
  },
  espresso_push: {
    name: 'Espresso shot: push',
    description: 'Can be sent push messages, opened one just now, and has not ordered since',
    settings: { window: THREE_DAYS, appOpens: 0 },
    define: ({ window, appOpens }) => [
      [canReceive('push', 'any')],
      [did('Opened Push', 1, last(window))],
      [didNot('Placed Order', window)],
      ...(appOpens > 0 ? [[did('Opened App', appOpens, last(window))]] : []),
    ],
  },
  first_time_buyers: {
    name: 'First-time buyers',
    description: 'Bought once',
    settings: {},
    define: () => [[bought(compared('equals', 1))]],
  },
  returning_buyers: {
    name: 'Returning buyers',
    description: 'Bought more than once',
    settings: { orders: 2 },
    define: ({ orders }) => [[bought(atLeast(orders))]],
  },
  high_order_value: {
    name: 'High order value',
    description: 'Placed an order of at least this much, or all orders together make it',
    settings: { amount: 100, measure: 'order' },
    define: ({ amount, measure }) => [[measure === 'order' ? boughtFor(amount) : bought(atLeast(amount), 'sum')]],
  },
  redeemed_last_month: {
    name: 'Redeemed points lately',
    description: 'Redeemed points twice or more within the last month',
    settings: { times: 2, window: { unit: 'month', quantity: 1 } },
    define: ({ times, window }) => [[did('Points Redeemed', times, last(window))]],
  },
  frequent_referrers: {
    name: 'Frequent referrers',
    description: 'Brought several friends who bought, within the last year',
    settings: { times: 3, window: { unit: 'month', quantity: 12 } },
    define: ({ times, window }) => [[did('Referral Completed', times, last(window))]],
  },
  recently_reached_tier: {
    name: 'Recently reached a tier',
    description: 'Came into a tier lately',
    settings: { window: { unit: 'day', quantity: 30 } },
    define: ({ window }) => [[did('VIP Tier Achieved', 1, last(window))]],
  },
  reviewers: {
    name: 'Reviewers',
    description: 'Ever wrote a review',
    settings: {},
    define: () => [[did('review_left', 1, EVER), did('Product Reviewed', 1, EVER)]],
  },
  points_expiring: {
    name: 'Points expire soon',
    description: 'Has points that run out soon',
    settings: { window: { unit: 'day', quantity: 30 } },
    define: ({ window }) => [
      [
        {
          type: 'profile-loyalty',
          property: 'next_expiry_at',
          filter: { type: 'date', operator: 'in-the-next', ...window },
        },
      ],
    ],
  },
  birthday_this_month: {
    name: 'Birthday this month',
    description: 'Has a birthday this month, by the trait `birthday`',
    settings: {},
    define: () => [
      [{ type: 'profile-property', property: 'birthday', filter: { type: 'date', operator: 'anniversary-month' } }],
    ],
  },
};

export const READY_SEGMENTS: readonly ReadySegment[] = READY_KEYS.map((key) => {
  const { name, description, settings } = RECIPES[key];
  return { key, name, description, parameters: namesOf(settings).flatMap((one) => parameterOf(one, settings)) };
});

/** The definition with these parameters, and the usual ones for all others; or every rule that they break. */
export function readyDefinition(
  key: ReadyKey,
  given: ReadyParameters = {},
): { definition: Definition } | { flaws: Flaw[] } {
  const { settings, define } = RECIPES[key];
  const flaws = namesOf(given).flatMap((name): Flaw[] => {
    const rule = settings[name] === undefined ? `is not a parameter of ${key}` : brokenRule(name, given);
    return rule === null ? [] : [{ field: name, rule }];
  });
  if (flaws.length > 0) return { flaws };
  const groups = define({ ...UNUSED, ...told(settings), ...told(given) });
  return { definition: { condition_groups: groups.map((conditions) => ({ conditions })) } };
}

/** In one order, whatever the order in which they were given. */
function namesOf(parameters: ReadyParameters): SettingName[] {
  return (Object.keys(UNUSED) as SettingName[]).filter((name) => parameters[name] !== undefined);
}

function told(parameters: ReadyParameters): Partial<Settings> {
  return Object.fromEntries(namesOf(parameters).map((name) => [name, parameters[name]]));
}

function parameterOf(name: SettingName, settings: ReadyParameters): ReadyParameter[] {
  if (name === 'window') {
    const most = Object.fromEntries(SPAN_UNITS.map((unit) => [unit, longest(unit)])) as Record<SpanUnit, number>;
    const { window = UNUSED.window } = settings;
    return [{ name, kind: 'window', description: 'How far from now', default: window, most }];
  }
  if (name === 'measure') {
    const description = 'order: any one order; sum: all orders together';
    return [{ name, kind: 'choice', description, default: settings.measure ?? UNUSED.measure, options: MEASURES }];
  }
  return [{ name, kind: 'number', default: settings[name] ?? UNUSED[name], ...NUMBERS[name] }];
}

function brokenRule(name: SettingName, given: ReadyParameters): string | null {
  if (name === 'window') {
    const { unit, quantity } = given.window ?? UNUSED.window;
    const fits = Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= longest(unit);
    return fits ? null : `must be 1 to ${longest(unit)}, in ${unit}s`;
  }
  if (name === 'measure') return null;
  const { least, most, whole } = NUMBERS[name];
  const value = given[name] ?? least;
  const fits = value >= least && value <= most && (!whole || Number.isSafeInteger(value));
  return fits ? null : `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`;
}

function longest(unit: SpanUnit): number {
  if (unit === 'month') return 1_200;
  return unit === 'year' ? 100 : LONGEST_SPAN;
}

function canReceive(channel: Channel, subscription: 'any' | 'subscribed'): Condition {
  const consent = { channel, can_receive_marketing: true, consent_status: { subscription } };
  return { type: 'profile-marketing-consent', consent };
}

function did(name: string, times: number, timeframe: Timeframe): Condition {
  return counted(name, atLeast(times), timeframe);
}

function didNot(name: string, window: Span): Condition {
  return counted(name, compared('equals', 0), last(window));
}

function counted(metric_id: string, measurement_filter: NumericFilter, timeframe_filter: Timeframe): Condition {
  return { type: 'profile-metric', metric_id, measurement: 'count', measurement_filter, timeframe_filter };
}

function bought(measurement_filter: NumericFilter, measurement: 'count' | 'sum' = 'count'): OrdersCondition {
  return { type: 'profile-orders', measurement, measurement_filter, timeframe_filter: EVER };
}

function boughtFor(amount: number): Condition {
  return { ...bought(atLeast(1)), total_filter: atLeast(amount) };
}

function atLeast(value: number): NumericFilter {
  return compared('greater-than-or-equal', value);
}

function compared(operator: 'equals' | 'greater-than-or-equal', value: number): NumericFilter {
  return { type: 'numeric', operator, value };
}

function last({ unit, quantity }: Span): Timeframe {
  return { type: 'date', operator: 'in-the-last', unit, quantity };
}
