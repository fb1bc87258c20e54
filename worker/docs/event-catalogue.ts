/** Every event that the product tells by itself, each with all of its properties: what webhooks and segments can count on. */
import type { JournalKind } from '../domain/journal.ts';
import {
  BALANCE,
  CURRENCY,
  type EventProperty,
  EXPIRES,
  flag,
  GIFT_CARD,
  GIVEN,
  instant,
  minor,
  ONE_OR_MORE,
  orNull,
  points,
  REDEMPTION,
  REFERRAL,
  REWARD,
  sometimes,
  TIER,
  text,
  VALIDATION,
  VOUCHER,
} from './event-properties.ts';

export interface ToldEvent {
  name: string;
  /**
   * `row`: it has a row of its own in the journal; `entry`: it is an entry inside the row of something else; `kind`: it has a
   * row of its own, which has no name but its kind.
   */
  told: 'row' | 'entry' | 'kind';
  when: string;
  properties: EventProperty[];
}

function row(name: string, when: string, properties: EventProperty[]): ToldEvent {
  return { name, told: 'row', when, properties };
}

/** As `GET /admin/v1/customers/{ref}/points` shows it. */
function entry(name: string, kind: string, when: string): ToldEvent {
  const properties = [
    text('kind', kind),
    points('points', 'Below zero where they were taken'),
    points('balanceAfter', 'Below zero where points are owed'),
    orNull(text('orderId', 'null: of no order')),
    orNull(text('reason', 'null: none is given')),
    orNull({ ...text('rule', '`id` and `name` of the earning rule; null: of none, or of several'), type: 'object' }),
  ];
  return { name, told: 'entry', when, properties };
}

const REASON_OF_EXPIRY = text('reason', '`lots`: each by its own time; `inactivity`: all at once');

const POINTS: ToldEvent[] = [
  entry(
    'Points Earned on Order',
    '`earned`; `restored` where an order gets back what was taken',
    'An order earned, inside the row of the event that brought it.',
  ),
  entry(
    'Points Earned',
    '`earned`, without an order',
    'A rule gave points for something else, inside the row of the event; or the programme did for joining, a tier, a ' +
      'birthday or a referral, inside the row that tells of that.',
  ),
  entry(
    'Points Adjusted',
    '`adjusted`',
    'Points were given or taken by hand or by an import, or an import was undone.',
  ),
  entry(
    'Points Clawed Back',
    '`clawed_back`',
    'What an order had earned was taken back, inside the row of the refund, cancellation or change; or what a referral had given.',
  ),
  row('Points Released', 'Points that waited can be spent from now on.', [
    points('points', 'Spendable from now on'),
    BALANCE,
    orNull(text('rule_id', 'The earning rule; null: not one alone')),
    orNull(text('rule_name', 'As it was called then')),
    orNull(text('order_id', 'null: of no order')),
  ]),
  row('Points Redeemed', 'Points were spent on a reward; its voucher is in the wallet.', [
    points('points', 'Spent, above zero'),
    BALANCE,
    ...REWARD,
    EXPIRES,
  ]),
  row(
    'Points Returned',
    'Points of a bought reward went back: it was given back, could not be had after all, or its order was cancelled or refunded.',
    [
      points('points', 'Went back'),
      BALANCE,
      orNull(text('reward_id', 'Of the programme')),
      orNull(text('reward_name', 'As it was called then')),
      ...REWARD.slice(2),
      text('reason', '`undone`, `out_of_stock`, `not_made`, `order_refunded`, or the words of who gave it back'),
    ],
  ),
  row('Points Expiring', 'Points run out soon: so many days before as `inactivity.notices` of the programme says.', [
    text('stage', '`warning` or `last_chance`'),
    points('points', 'Will run out'),
    instant('expires_at', 'When they do'),
    REASON_OF_EXPIRY,
    BALANCE,
  ]),
  row('Points Expired', 'Points ran out, at their very instant.', [
    points('points', 'Ran out, above zero'),
    BALANCE,
    REASON_OF_EXPIRY,
  ]),
];

const REWARDS: ToldEvent[] = [
  row('Reward Issued', 'A reward was given for nothing: by hand, a rule, a tier, a birthday or a referral.', [
    ...REWARD,
    EXPIRES,
    text('reason', 'What it was given for, such as `tier:gold`, `birthday` or the id of a rule'),
  ]),
  row('Reward Used', 'The voucher of a reward was redeemed alone, or an order named its code.', REDEMPTION),
  row('Reward Expiring', 'A reward runs out soon: so many days before as `rewards.noticeDays` says.', VOUCHER),
  row('Reward Expired', 'A reward ran out unused.', VOUCHER),
  row('Birthday Reward Issued', 'It is the birthday of a member; a reward comes in a row of its own as well.', [
    ...GIVEN,
    ...sometimes(text('birthday', 'Month and day, such as `--02-29`')),
    orNull(text('tier', 'Id of the tier; null: none')),
  ]),
];

const MEMBERSHIP = [
  text('state', '`member`, `candidate` or `disabled`'),
  orNull(text('reason', '`tag`: the programme excludes it; else as the merchant said')),
  text('by', '`api`, `hub`, or `enrolment`: the programme itself'),
];

const STANDING: ToldEvent[] = [
  row(
    'Joined Programme',
    'Somebody is a member from now on. A server may send it as well; then it has the properties it was sent with.',
    MEMBERSHIP,
  ),
  row('Left Programme', 'Somebody is no member any more, or takes no part. A server may send it as well.', MEMBERSHIP),
  row('VIP Tier Achieved', 'Somebody is in a higher tier.', [...TIER, ...GIVEN]),
  row('VIP Tier Lost', 'Somebody is in a lower tier, or in none.', [...TIER, ...GIVEN]),
  row('VIP Tier Kept', 'The time of a tier is over, and it is kept for another one; `tier_from` is `tier_to`.', TIER),
  row(
    'VIP Tier Expiring',
    'A tier will be lost as things stand: so many days before as `tiers.noticeDays` says.',
    TIER,
  ),
];

const REFERRALS: ToldEvent[] = [
  row(
    'Referral Started',
    'A friend claimed a referral; told to both. Again where one that waited is approved.',
    REFERRAL,
  ),
  row('Referral Held', 'A claim waits for somebody to look at it; told to both.', REFERRAL),
  row('Referral Blocked', 'A claim is refused, at once or after a look; told to both.', [
    ...REFERRAL,
    ...sometimes(points('points', 'At the referrer: taken back, below zero'), BALANCE),
  ]),
  row('Referral Completed', "The friend's order counts, and what was promised is given; told to both.", [
    ...REFERRAL,
    ...GIVEN,
  ]),
  row('Referral Cancelled', 'The order went back, another link counts, or the referrer takes no part; told to both.', [
    ...REFERRAL,
    ...sometimes(points('points', 'At the friend: given; at the referrer: taken back, below zero'), BALANCE),
  ]),
  row('Referral Expired', 'The friend ordered nothing in time; told to the referrer.', REFERRAL),
];

const VOUCHERS: ToldEvent[] = [
  row('Voucher Published', "A voucher was put into somebody's wallet.", [
    ...VOUCHER,
    orNull(text('campaign_name', 'null: of none')),
    orNull(text('publication_id', 'Of the publication')),
    orNull(text('distribution_id', 'Of the distribution')),
    orNull(text('channel', 'By which way')),
  ]),
  row('Voucher Publication Failed', 'A distribution could not give its code.', [
    text('campaign_id', 'Of the campaign'),
    text('distribution_id', 'Of the distribution'),
    text('reason', 'Why, such as `no_voucher_suitable_for_publication` or `campaign_not_active`'),
  ]),
  row('Voucher Validated', 'A server asked for somebody what codes would do, and they can be used.', VALIDATION),
  row('Voucher Validation Failed', 'A server asked for somebody what codes would do, and they cannot be used.', [
    ...VALIDATION,
    text('reason', 'Why, such as `quantity_exceeded`; of several the first'),
  ]),
  row(
    'Voucher Redeemed',
    'A voucher that is no reward was redeemed, or several of any kind for one order. Of a code that nobody holds it is told to ' +
      'whoever used it.',
    [
      text('redemption_id', 'Of the redemption; of several the one they hang from'),
      CURRENCY,
      ...ONE_OR_MORE.filter(({ name }) => name !== 'currency'),
    ],
  ),
  row('Voucher Redemption Failed', 'A redemption was refused.', [
    orNull(text('redemption_id', 'Of the attempt; null: of several that were never begun')),
    text('reason', 'Why, such as `quantity_exceeded`'),
    ...ONE_OR_MORE.filter(({ name }) => name !== 'redemptions'),
  ]),
  row('Voucher Rolled Back', 'A redemption was taken back, or several together.', [
    orNull(text('reason', 'As it was said; `order_refunded`: the order went back')),
    CURRENCY,
    ...sometimes(
      text('redemption_id', 'Of the redemption'),
      text('rollback_id', 'Of the rollback'),
      orNull(minor('returned_minor', 'Of a gift card: the money that went back')),
      flag('whole', 'The use was given back as well'),
    ),
    ...ONE_OR_MORE.filter(({ name }) => name !== 'currency'),
  ]),
  row('Gift Card Credited', 'Money was put on a gift card.', [
    ...GIFT_CARD,
    minor('amount_minor', 'Put on it'),
    orNull(text('reason', 'As it was said')),
  ]),
  row('Voucher Expiring', 'A voucher runs out soon: so many days before as `rewards.noticeDays` says.', VOUCHER),
  row('Voucher Expired', 'A voucher ran out unused.', VOUCHER),
];

function kind(name: JournalKind, when: string, properties: EventProperty[]): ToldEvent {
  return { name, told: 'kind', when, properties };
}

const CROSSED = [
  text('segment_id', 'Of the segment'),
  text('segment_name', 'As it was called then'),
  { ...text('definition_version', 'By which definition it was decided'), type: 'integer' },
  text(
    'cause',
    '`event`, `points`, `time` (a window ran out), `definition` (it is new or was changed), `merge`, or `new` (somebody is new)',
  ),
  orNull(text('cause_event', 'The name of the event that caused it')),
  instant('effective_at', 'Since when it holds: earlier than it was decided where a late event caused it'),
];

const GROUPS: ToldEvent[] = [
  kind('segment.entered', 'Somebody is in a segment from now on.', CROSSED),
  kind('segment.left', 'Somebody is in a segment no more.', [...CROSSED, orNull(instant('since', 'They were in it'))]),
];

const CUSTOMERS: ToldEvent[] = [
  kind('customer.merged', 'Another customer turned out to be this one. Told to connections.', [
    text('customer', 'The id of the other one, which leads here from now on'),
    { ...text('rows', 'How many rows of its journal came along'), type: 'integer' },
  ]),
  kind('customer.erased', 'Nothing is left of the customer; forget them as well. Told to connections.', []),
];

export const EVENT_CATALOGUE: readonly ToldEvent[] = [
  ...POINTS,
  ...REWARDS,
  ...STANDING,
  ...GROUPS,
  ...CUSTOMERS,
  ...REFERRALS,
  ...VOUCHERS,
];
