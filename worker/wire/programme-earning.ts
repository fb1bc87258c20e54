/** What earns points besides the base rate of orders: rules, bonus campaigns, waiting periods. Every field may be left out that has a usual value. */
import { z } from '@hono/zod-openapi';
import { Channel } from './consents.ts';
import { flawsOfRule, flawsOfRules, inOrder } from './earning-flaws.ts';
import { LONGEST_NAME, ValueFilter } from './segment-filters.ts';

const MOST_RULES = 49;
const MOST_CAMPAIGNS = 20;
const MOST_LIMITS = 5;
const MOST_CONDITIONS = 10;
const MOST_TIERS = 50;
const MOST_LINE_NAMES = 100;
const LATEST_MS = Date.UTC(2189, 0, 1);

const ruleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, _ and -, a letter or digit first');
const otherId = z.string().trim().min(1).max(100);
const ruleName = z.string().trim().min(1).max(120).describe("What it is called in the shopper's history");
const points = z.int().min(1).max(1_000_000);
const instant = z.int().min(0).max(LATEST_MS).nullable().default(null);
const bounds = {
  startsAtMs: instant.describe('From this instant on: by when an order was placed, when anything else happened'),
  endsAtMs: instant.describe('Before this instant'),
  segment: otherId.nullable().default(null).describe('Only for members of this segment, by trusted events alone'),
  onlyTiers: z
    .array(otherId)
    .max(MOST_TIERS)
    .default([])
    .describe('Only in one of these tiers; empty: in any, or none'),
};
const fraction = { numerator: z.int().min(0).max(10_000), denominator: z.int().min(1).max(10_000).default(1) };

const fixed = z.strictObject({ kind: z.literal('fixed'), points });
const rate = z.strictObject({
  kind: z.literal('rate'),
  points,
  perMinor: z.int().min(1).max(1_000_000_000).describe("Minor units of the shop's currency that earn `points`"),
});
const reward = z.strictObject({ kind: z.literal('reward'), reward: otherId.describe("The reward's id") });

const Limit = z.strictObject({
  most: z.int().min(1).max(1_000_000_000),
  of: z.enum(['times', 'points']).default('times'),
  per: z
    .union([z.enum(['lifetime', 'day', 'week', 'month']), z.strictObject({ days: z.int().min(1).max(3_650) })])
    .describe("Days, weeks (from Monday) and months of the shop's calendar, or so many days of 24 hours that roll on"),
});
const limits = z
  .array(Limit)
  .max(MOST_LIMITS)
  .refine(
    (all) => all.every(({ of, per, most }) => of === 'points' || typeof per === 'string' || most <= 100),
    'of times in rolling days may be at most 100',
  );
/** What is made once: without a limit every mention of it would earn. */
const onceOrLimited = limits
  .min(1, 'must hold at least one')
  .prefault([{ most: 1, per: 'lifetime' }])
  .describe('Default: once in a lifetime');

export const Wait = z
  .discriminatedUnion('after', [
    z.strictObject({ after: z.literal('paid'), days: z.int().min(1).max(365) }),
    z
      .strictObject({
        after: z.literal('delivered'),
        days: z.int().min(0).max(365).default(0),
        longestDays: z.int().min(1).max(365).describe('After the payment, where no carrier ever says that it arrived'),
      })
      .refine(({ days, longestDays }) => days <= longestDays, {
        path: ['days'],
        message: 'must not be above longestDays',
      }),
  ])
  .describe('How long points wait before they can be spent; of what is no order from its own instant on')
  .openapi('EarningWait');

const budget = z
  .strictObject({ most: z.int().min(1).max(1_000_000_000_000), of: z.enum(['times', 'points']).default('points') })
  .nullable()
  .optional()
  .describe(
    'What it may give in the whole shop, all customers together, as long as the rule has this id; null: any number. ' +
      'Points wait for a moment until they are granted; an award that does not fit whole is not given',
  );

const terms = {
  ...bounds,
  tiers: z
    .record(
      otherId,
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('multiplier'), ...fraction }),
        z.strictObject({ kind: z.literal('points'), points }).describe('In the place of the points of the rule'),
      ]),
    )
    .refine((tiers) => Object.keys(tiers).length <= MOST_TIERS, `must name at most ${MOST_TIERS} tiers`)
    .default({}),
  stackable: z
    .boolean()
    .default(false)
    .describe(
      'It adds to whatever else earns. Of the others only the one of the highest priority earns, of equals the first',
    ),
  priority: z.int().min(0).max(1_000).default(0),
  wait: Wait.nullable()
    .optional()
    .describe('null: points are there at once; left out: as `wait` of the programme says'),
};

const names = z.array(otherId).max(MOST_LINE_NAMES).default([]);
const lineNames = z
  .strictObject({ products: names.describe('Product ids, variant ids or SKUs'), collections: names, tags: names })
  .prefault({});
const orderTerms = {
  select: z
    .strictObject({ include: lineNames.describe('Nothing named: every line'), exclude: lineNames })
    .nullable()
    .default(null)
    .describe('Which lines count. Collections and tags are known only where the source of orders tells them'),
  minimumMinor: z.int().min(0).max(1_000_000_000).default(0).describe('Of what counts'),
  budget,
};
const rounding = z.enum(['floor', 'half-up', 'ceil']).default('floor');

const BaseOrder = z.strictObject({
  name: ruleName.default('Orders'),
  ...terms,
  limits: limits.default([]),
  ...orderTerms,
});

const OrderRule = z.strictObject({
  kind: z.literal('order'),
  id: ruleId,
  name: ruleName,
  gives: z.discriminatedUnion('kind', [rate, fixed, reward]),
  rounding,
  base: z
    .strictObject({
      afterDiscounts: z.boolean().default(true),
      tax: z.boolean().default(false),
      shipping: z.boolean().default(false),
      giftCards: z.boolean().default(false),
    })
    .prefault({}),
  ...orderTerms,
  ...terms,
  limits: limits.default([]),
});

const eventName = z.string().trim().min(1).max(LONGEST_NAME).describe('The name of an event, by any of its aliases');
const conditions = z
  .array(z.strictObject({ property: z.string().min(1).max(LONGEST_NAME), filter: ValueFilter }))
  .max(MOST_CONDITIONS)
  .default([])
  .describe('What its properties must say, all of it');
const trust = z
  .enum(['server', 'any'])
  .default('server')
  .describe('Whose word earns: only a server’s, or a browser’s too, which anybody can send');
const tracked = {
  id: ruleId,
  name: ruleName,
  conditions,
  gives: z.discriminatedUnion('kind', [fixed, rate, reward]),
  rounding,
  moneyProperty: z
    .string()
    .min(1)
    .max(LONGEST_NAME)
    .nullable()
    .default(null)
    .describe('Where a rate finds the money, in major units; `currency` beside it must be the shop’s where it is told'),
  trust,
  budget,
  ...terms,
  limits: limits.default([]),
};
const made = {
  id: ruleId,
  name: ruleName,
  gives: z.discriminatedUnion('kind', [fixed, reward]),
  trust,
  budget,
  ...terms,
  limits: onceOrLimited,
};

export const EarningRule = z
  .discriminatedUnion('kind', [
    OrderRule,
    z.strictObject({ kind: z.literal('event'), event: eventName, ...tracked }),
    z.strictObject({ kind: z.literal('review'), event: eventName.default('Product Reviewed'), ...tracked }),
    z.strictObject({
      kind: z.literal('sign_up'),
      events: z
        .array(eventName)
        .max(10)
        .default([])
        .describe(
          'By which events somebody has an account, besides joining the programme. Empty: Signed Up, Created Customer (with an account), Joined Hub',
        ),
      ...made,
    }),
    z.strictObject({ kind: z.literal('consent'), channel: Channel, ...made }),
    z.strictObject({
      kind: z.literal('profile'),
      traits: z.array(z.string().min(1).max(LONGEST_NAME)).min(1).max(20).describe('Once all of these are known'),
      ...made,
    }),
  ])
  .superRefine((rule, { addIssue }) => {
    for (const { path, message } of flawsOfRule(rule)) addIssue({ code: 'custom', path, message });
  })
  .openapi('EarningRule');

export const BonusCampaign = z
  .strictObject({
    id: ruleId,
    name: ruleName,
    ...bounds,
    bonus: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('multiplier'), ...fraction }),
      z.strictObject({ kind: z.literal('addition'), points }).describe('For every order that earns'),
    ]),
    rules: z
      .array(ruleId)
      .max(50)
      .default([])
      .describe('The rules it is for, `order` being the base rate; empty: every rule of orders'),
    minimumMinor: orderTerms.minimumMinor,
    stackable: z
      .boolean()
      .default(true)
      .describe('It multiplies what the tier and other campaigns multiply; else it stands alone, and the best counts'),
  })
  .refine(inOrder, { path: ['endsAtMs'], message: 'must be after startsAtMs' })
  .openapi('BonusCampaign');

export const EarningProgramme = z
  .strictObject({
    order: BaseOrder.refine(inOrder, { path: ['endsAtMs'], message: 'must be after startsAtMs' })
      .nullable()
      .default(null)
      .describe('What the base rate of orders has besides the rate'),
    rules: z.array(EarningRule).max(MOST_RULES).default([]),
    campaigns: z.array(BonusCampaign).max(MOST_CAMPAIGNS).default([]),
    wait: Wait.nullable()
      .default(null)
      .describe('Of every rule that says nothing itself; null: points are there at once'),
  })
  .superRefine((earning, { addIssue }) => {
    for (const { path, message } of flawsOfRules(earning)) addIssue({ code: 'custom', path, message });
  })
  .openapi('EarningProgramme');
