/** The properties that events of the product have in common: their types, their units, and when they are there. */

export interface EventProperty {
  name: string;
  /** As in JSON; `| null` where it may be null. */
  type: string;
  /** null: it has none. */
  unit: string | null;
  /** Whether every event of that name has it. */
  always: boolean;
  says: string;
}

const MINOR = 'minor units of `currency`';
const INSTANT = 'ISO 8601, UTC';

function property(name: string, type: string, unit: string | null, says: string): EventProperty {
  return { name, type, unit, always: true, says };
}

export function text(name: string, says: string): EventProperty {
  return property(name, 'string', null, says);
}

export function points(name: string, says: string): EventProperty {
  return property(name, 'integer', 'points', says);
}

export function minor(name: string, says: string): EventProperty {
  return property(name, 'integer', MINOR, says);
}

export function instant(name: string, says: string): EventProperty {
  return property(name, 'string', INSTANT, says);
}

export function flag(name: string, says: string): EventProperty {
  return property(name, 'boolean', null, says);
}

export function list(name: string, of: string, says: string): EventProperty {
  return property(name, `${of}[]`, null, says);
}

export function orNull(one: EventProperty): EventProperty {
  return { ...one, type: `${one.type} | null` };
}

/** Those that only some events of that name have. */
export function sometimes(...some: EventProperty[]): EventProperty[] {
  return some.map((one) => ({ ...one, always: false }));
}

export const BALANCE = points('balance_after', 'Below zero where points are owed');
export const CURRENCY = text('currency', 'ISO 4217');

export const REWARD = [
  text('reward_id', 'Of the programme'),
  text('reward_name', 'As it was called then'),
  text('voucher_id', 'Of the voucher in the wallet'),
  text('code', 'Of that voucher'),
];
export const EXPIRES = orNull(instant('expires_at', 'The first instant at which it is no longer good; null: never'));

const OF_VOUCHER = [
  text('voucher_id', 'Of the voucher'),
  text('code', 'Of the voucher'),
  orNull(text('campaign_id', 'null: of none')),
];
const OF_REWARD = [
  orNull(text('reward_id', 'null: no reward of the programme')),
  orNull(text('reward_name', 'null: no reward of the programme')),
  EXPIRES,
];
const BALANCE_OF_CARD = minor('balance_minor', 'Of a gift card: what is left on it');

/** Of every event about one voucher that somebody holds. */
export const VOUCHER = [...OF_VOUCHER, ...OF_REWARD, ...sometimes(BALANCE_OF_CARD, CURRENCY)];
export const GIFT_CARD = [...OF_VOUCHER, ...OF_REWARD, BALANCE_OF_CARD, CURRENCY];

const USE = [
  text('redemption_id', 'Of the redemption'),
  orNull(text('parent_redemption_id', 'Of several that were redeemed together; null: it was redeemed alone')),
  orNull(text('order_id', 'null: no order was named')),
  minor('amount_minor', 'What the order was before; 0 where none was named'),
  minor('total_minor', 'What it was after'),
  minor('discount_minor', 'What of it the voucher paid for'),
  orNull(minor('credits_minor', 'Of a gift card: the money spent')),
];
export const REDEMPTION = [...OF_VOUCHER, ...OF_REWARD, ...USE, CURRENCY, ...sometimes(BALANCE_OF_CARD)];

/** Of one redemption, where the event may tell of several as well: then they are in `redemptions`. */
export const ONE_OR_MORE = [
  ...sometimes(...OF_VOUCHER, ...OF_REWARD, BALANCE_OF_CARD, ...USE.slice(1), CURRENCY),
  ...sometimes(list('redemptions', 'object', 'Several together: what else stands here, of each')),
];

/** Of one code by itself, where several were asked about at once they are in `redeemables`. */
const ASKED = [
  orNull(text('voucher_id', 'null: there is no such code')),
  text('code', 'As it was asked for, where there is none'),
  orNull(text('campaign_id', 'null: of none')),
  text('status', '`applicable`, `inapplicable` or `skipped`'),
  orNull(minor('credits_minor', 'Of a gift card: the money it would spend')),
];
export const VALIDATION = [
  text('validation_id', 'The same for the same request'),
  orNull(text('order_id', 'null: no order was named')),
  CURRENCY,
  flag('kept', 'A session keeps what can be used'),
  ...sometimes(
    minor('amount_minor', 'What the order was'),
    minor('total_minor', 'What it would be'),
    minor('discount_minor', 'What of it the vouchers would pay for'),
    ...ASKED,
    list('redeemables', 'object', 'Several at once: `voucher_id`, `code`, `campaign_id`, `status`, `reason` of each'),
  ),
];

/** What the programme gave by itself. */
const GIVEN_POINTS = sometimes(points('points', 'Where points were given'), BALANCE);
export const GIVEN = [
  ...GIVEN_POINTS,
  ...sometimes(
    text('reward_id', 'Where a reward was given: the first'),
    text('reward_name', 'As it was called then'),
    list('rewards', 'object', 'Where rewards were given: `reward_id` and `reward_name` of each'),
  ),
];

/** What is counted has the metric in its name; money is said in minor units. */
const COUNTED = [
  minor('amount_progress_minor', 'Where `spent` counts: what was spent'),
  orNull(minor('amount_to_next_minor', 'Where `spent` counts: what is missing for the next tier; null: there is none')),
  orNull(minor('amount_to_keep_minor', 'Where `spent` counts: what is missing for keeping it; null: nothing')),
  ...['points', 'orders', 'referrals'].flatMap((metric) => [
    property(`${metric}_progress`, 'integer', metric, `Where \`${metric}\` count: how many there are`),
    property(
      `${metric}_to_next`,
      'integer | null',
      metric,
      'How many are missing for the next tier; null: there is none',
    ),
    property(`${metric}_to_keep`, 'integer | null', metric, 'How many are missing for keeping it; null: none'),
  ]),
];

export const TIER = [
  orNull(text('tier_from', 'Id of the tier before; null: none')),
  orNull(text('tier_from_name', 'As it is called')),
  orNull(text('tier_to', 'Id of the tier as of now; null: none')),
  orNull(text('tier_to_name', 'As it is called')),
  text('metric', '`points`, `spent`, `orders` or `referrals`'),
  orNull(text('next_tier', 'Id of the one above; null: none')),
  orNull(text('next_tier_name', 'As it is called')),
  orNull(instant('keep_until', 'The last instant of the tier as things stand; null: for ever, by hand, or in none')),
  ...sometimes(CURRENCY, ...COUNTED),
];

export const REFERRAL = [
  text('role', '`friend` or `referrer`: whose event it is'),
  text('referral_id', 'The same at both'),
  text('code', 'Of the referrer'),
  text('status', '`pending`, `held`, `blocked`, `completed`, `cancelled` or `expired`'),
  orNull(text('reason', 'The first of `reasons`')),
  list('reasons', 'string', 'Why, such as `self` or `refunded`; empty: as it should be'),
  instant('started_at', 'When the friend claimed it'),
  ...sometimes(
    orNull(text('order_id', 'At the friend: the order that completes it; null: none yet')),
    flag('flagged', 'true: something that was given had been used, and could not be taken back'),
  ),
];
