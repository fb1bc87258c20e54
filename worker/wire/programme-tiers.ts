/** The tiers, what counts towards them, how long one is kept. */
import { z } from '@hono/zod-openapi';
import { Bonus, programmeId } from './bonus.ts';

const MOST_TIERS = 20;
/** A tier has to be lost, or kept, well before the year after it ends. */
const LONGEST_GRACE_DAYS = 180;

export const Tier = z
  .strictObject({
    id: programmeId,
    name: z.string().trim().min(1).max(120),
    threshold: z
      .int()
      .min(0)
      .max(1_000_000_000_000)
      .describe('Whoever reaches exactly this is in; minor units where money counts. 0: everybody the shop can name'),
    entry: Bonus.nullable()
      .default(null)
      .describe('What entering it gives; once in the time for which it is then kept'),
    perks: z.array(z.string().trim().min(1).max(200)).max(20).default([]).describe('Words for the shopper'),
  })
  .openapi('Tier');

export const TierProgramme = z
  .strictObject({
    metric: z
      .enum(['points', 'spent', 'orders', 'referrals'])
      .describe('What counts: points earned by rules, money spent, paid orders, or completed referrals'),
    spent: z
      .enum(['paid', 'earning_base'])
      .default('paid')
      .describe(
        'Of money: what orders were paid with less refunds, tax and shipping included; or the part that earns points',
      ),
    window: z
      .enum(['lifetime', 'calendar_year', 'rolling_year'])
      .describe(
        '`lifetime`: a tier is for ever. `calendar_year`: what counts in a year, where the shop is; a tier is kept for the ' +
          'rest of it and the next one. `rolling_year`: what counts in 12 months; a tier is kept for 12 months from its entry',
      ),
    startsAtMs: z
      .int()
      .min(0)
      .max(8_640_000_000_000)
      .nullable()
      .default(null)
      .describe('What happened before counts for nothing; null: everything that is known counts'),
    tiers: z.array(Tier).min(1).max(MOST_TIERS).describe('From the lowest threshold to the highest'),
    entryRewards: z
      .enum(['each_passed', 'reached'])
      .default('each_passed')
      .describe('What somebody gets who passes several tiers at once'),
    demotion: z
      .enum(['one_down', 'by_value'])
      .default('by_value')
      .describe('Where somebody falls whose time is over: to the next lower tier, or to the one they reached'),
    graceDays: z
      .int()
      .min(0)
      .max(LONGEST_GRACE_DAYS)
      .default(0)
      .describe(
        'A tier whose time is over is held so many days longer; what counts in them still counts for keeping it',
      ),
    onRefund: z
      .enum(['at_once', 'at_period_end'])
      .default('at_once')
      .describe(
        'When somebody loses a tier whose purchases went back: with the refund, or at the end of its time (of a lifetime: never)',
      ),
    noticeDays: z
      .int()
      .min(1)
      .max(180)
      .nullable()
      .default(null)
      .describe('Days before the end of a tier at which whoever would lose it is told; null: nobody is'),
  })
  .refine(({ tiers }) => tiers.every((tier, at) => at === 0 || tier.threshold > (tiers[at - 1]?.threshold ?? -1)), {
    path: ['tiers'],
    message: 'must go from the lowest threshold to the highest, no two alike',
  })
  .refine(({ tiers }) => new Set(tiers.map((tier) => tier.id)).size === tiers.length, {
    path: ['tiers'],
    message: 'must have an id each',
  })
  .openapi('TierProgramme');
