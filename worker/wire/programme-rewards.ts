/** What points can be spent on, as the merchant writes it down. */
import { z } from '@hono/zod-openapi';

const MOST_REWARDS = 100;
const MOST_POINTS = 1_000_000_000;
const MOST_MINOR = 1_000_000_000;

const points = z.int().min(1).max(MOST_POINTS);
const minor = z.int().min(1).max(MOST_MINOR).describe("Minor units of the shop's currency");
const part = z.int().min(1).max(10_000).describe('Hundredths of a percent: 1250 is 12.5 %');
const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, - and _, and begin with a letter or a digit');
const name = z.string().trim().min(1).max(120);
const otherId = z.string().min(1).max(100);

const Selector = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('product'), id: otherId }),
  z.strictObject({ kind: z.literal('variant'), id: otherId }),
  z.strictObject({ kind: z.literal('collection'), id: otherId }),
  z.strictObject({ kind: z.literal('tag'), tag: otherId }),
]);

export const RewardBenefit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('amount'), amountMinor: minor }),
  z
    .strictObject({
      kind: z.literal('variable'),
      stepPoints: points.describe('Spends are rounded down to whole steps'),
      stepMinor: minor.describe('What a step is worth'),
      minPoints: points.describe('Less than this is refused'),
      maxPoints: points.nullable().default(null),
      mostOfOrder: part.nullable().default(null).describe('It pays at most this part of an order; null: all of it'),
    })
    .refine(({ minPoints, maxPoints }) => maxPoints === null || maxPoints >= minPoints, {
      path: ['maxPoints'],
      message: 'must be at least minPoints',
    })
    .refine(({ stepPoints, maxPoints }) => maxPoints === null || maxPoints >= stepPoints, {
      path: ['maxPoints'],
      message: 'must be at least stepPoints',
    }),
  z.strictObject({ kind: z.literal('percent'), hundredths: part, capMinor: minor.nullable().default(null) }),
  z.strictObject({ kind: z.literal('shipping') }),
  z.strictObject({
    kind: z.literal('product'),
    productId: otherId,
    variantId: otherId.nullable().default(null),
    quantity: z.int().min(1).max(100).default(1),
  }),
  z.strictObject({ kind: z.literal('gift_card'), amountMinor: minor }),
  z.strictObject({ kind: z.literal('perk') }).describe('Whatever you do by hand; `text` tells the shopper'),
]);

export const Reward = z
  .strictObject({
    id,
    name,
    text: z.string().trim().min(1).max(1_000).nullable().default(null),
    active: z.boolean().default(true).describe('false: nobody gets it any more; what was given stays good'),
    benefit: RewardBenefit,
    price: points
      .nullable()
      .default(null)
      .describe('In points; null: points do not buy it, a tier or a rule gives it. Of a variable one the steps say it'),
    tierPrices: z.record(otherId, points).default({}).describe('Another price in a tier, by the id of the tier'),
    stock: z.int().min(1).max(1_000_000_000).nullable().default(null).describe('How many there are in all'),
    limit: z
      .strictObject({
        count: z.int().min(1).max(1_000_000),
        per: z.enum(['lifetime', 'day', 'week', 'month', 'year']).default('lifetime'),
      })
      .nullable()
      .default(null)
      .describe("How many one customer may buy, by the shop's calendar"),
    onlyFor: z
      .strictObject({
        segments: z.array(otherId).max(20).default([]),
        tiers: z.array(otherId).max(20).default([]),
      })
      .prefault({})
      .describe('Only for who is in one of these; both empty: for everybody'),
    expires: z
      .strictObject({ unit: z.enum(['day', 'month']), quantity: z.int().min(1).max(3_650) })
      .refine(({ unit, quantity }) => unit === 'day' || quantity <= 120, {
        path: ['quantity'],
        message: 'must be at most 120 months',
      })
      .nullable()
      .default(null)
      .describe('Good to the end of the day, where the shop is, so long after it was given'),
    minimumMinor: minor.nullable().default(null).describe('What an order must come to before discounts'),
    applicable: z
      .strictObject({ only: z.array(Selector).max(100).default([]), not: z.array(Selector).max(100).default([]) })
      .prefault({})
      .describe('Which items it applies to; empty `only`: all of them'),
    combinable: z.boolean().default(false).describe('May be used beside other vouchers'),
    prefix: z
      .string()
      .regex(/^[A-Z0-9-]{0,12}$/, 'must be at most 12 of A-Z, 0-9 and -')
      .default('')
      .describe('Before each of its codes'),
  })
  .refine(({ tierPrices }) => Object.keys(tierPrices).length <= 50, {
    path: ['tierPrices'],
    message: 'must name at most 50 tiers',
  })
  .refine(({ benefit, price, tierPrices }) => benefit.kind !== 'variable' || (price === null && isEmpty(tierPrices)), {
    path: ['price'],
    message: 'must be null of a variable reward: its steps are its price',
  })
  .refine(({ benefit, applicable }) => takesItems(benefit.kind) || isEverything(applicable), {
    path: ['applicable'],
    message: 'only limits amounts and percentages',
  })
  .openapi('Reward');

export const RewardProgramme = z
  .strictObject({
    rewards: z.array(Reward).max(MOST_REWARDS).default([]),
    undoMinutes: z
      .int()
      .min(0)
      .max(43_200)
      .default(0)
      .describe('So long a shopper may take back a reward that was not used; 0: never'),
    noticeDays: z
      .int()
      .min(1)
      .max(365)
      .nullable()
      .default(null)
      .describe('So many days before a voucher runs out its holder is told; of vouchers given from then on'),
    graceDays: z
      .int()
      .min(1)
      .max(3_650)
      .default(30)
      .describe('Points that go back after they would have run out are good for so many days more'),
    refunds: z
      .enum(['proportional', 'none'])
      .default('proportional')
      .describe('Whether points go back when an order that a reward paid for is refunded'),
    inShop: z
      .boolean()
      .default(false)
      .describe('Codes have to be made in the connected shop as well before they can be used'),
  })
  .refine(({ rewards }) => new Set(rewards.map((one) => one.id)).size === rewards.length, {
    path: ['rewards'],
    message: 'two rewards have the same id',
  })
  .openapi('RewardProgramme');

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

function isEverything({ only, not }: { only: unknown[]; not: unknown[] }): boolean {
  return only.length === 0 && not.length === 0;
}

function takesItems(kind: string): boolean {
  return kind === 'amount' || kind === 'variable' || kind === 'percent';
}
