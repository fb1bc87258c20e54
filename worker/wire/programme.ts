/** The merchant's programme, one versioned document: every part of it has a file of its own. */
import { z } from '@hono/zod-openapi';
import { Job } from './jobs.ts';
import { BirthdayProgramme } from './programme-birthdays.ts';
import { EarningProgramme } from './programme-earning.ts';
import { InactivityProgramme } from './programme-inactivity.ts';
import { MemberProgramme } from './programme-members.ts';
import { ReferralProgramme } from './programme-referrals.ts';
import { RewardProgramme } from './programme-rewards.ts';
import { TierProgramme } from './programme-tiers.ts';

const LONGEST_PERIOD = { day: 36_500, month: 1_200, year: 100 };
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const Programme = z
  .strictObject({
    order: z
      .strictObject({
        points: z.int().min(1).max(1_000_000),
        perMinor: z.int().min(1).max(1_000_000_000).describe("Minor units of the shop's currency that earn `points`"),
        rounding: z.enum(['floor', 'half-up', 'ceil']).default('floor'),
        base: z
          .strictObject({
            afterDiscounts: z.boolean().default(true),
            tax: z.boolean().default(false),
            shipping: z.boolean().default(false),
            giftCards: z.boolean().default(false),
          })
          .prefault({})
          .describe('Which parts of an order count'),
      })
      .nullable()
      .describe('null: orders earn nothing'),
    worth: z
      .strictObject({
        points: z.int().min(1).max(1_000_000_000),
        worthMinor: z.int().min(1).max(1_000_000_000),
      })
      .nullable()
      .default(null)
      .describe('What points are worth to a shopper; null: not shown'),
    expiry: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('period'),
          unit: z.enum(['day', 'month', 'year']),
          quantity: z.int().min(1).max(36_500),
          until: z
            .enum(['instant', 'day', 'month', 'quarter', 'year'])
            .default('day')
            .describe('Good to the end of the day (month …) in which the time is over, where the shop is'),
        }),
        z.strictObject({
          kind: z.literal('date'),
          month: z.int().min(1).max(12),
          day: z.int().min(1).max(31),
        }),
      ])
      .nullable()
      .default(null)
      .describe(
        'When points run out, by the calendar. Points that are there keep their day, and those that had none never run out: ' +
          'switched on, or off and on again, it lets nothing run out before a whole period has passed',
      ),
    expiresAfterDays: z.int().min(1).max(36_500).nullable().default(null).describe('Days of 24 hours; null: never'),
    overdrawn: z
      .enum(['debt', 'negative_balance', 'stop_at_zero'])
      .default('debt')
      .describe(
        'When a refund takes back more than is left: `debt` and `negative_balance` both take the rest from the next points, ' +
          'with a balance below zero until then; `stop_at_zero` lets it go',
      ),
    earning: EarningProgramme.optional(),
    members: MemberProgramme.optional(),
    inactivity: InactivityProgramme.optional(),
    birthdays: BirthdayProgramme.optional(),
    tiers: TierProgramme.optional(),
    rewards: RewardProgramme.optional(),
    referrals: ReferralProgramme.optional(),
  })
  .refine((programme) => programme.expiry === null || programme.expiresAfterDays === null, {
    path: ['expiresAfterDays'],
    message: 'must be null where expiry is given',
  })
  .refine(({ expiry }) => expiry?.kind !== 'period' || expiry.quantity <= LONGEST_PERIOD[expiry.unit], {
    path: ['expiry', 'quantity'],
    message: 'must be at most 36500 days, 1200 months or 100 years',
  })
  .refine(({ expiry }) => expiry?.kind !== 'date' || expiry.day <= (DAYS_OF_MONTH[expiry.month - 1] ?? 0), {
    path: ['expiry', 'day'],
    message: 'must be a day of that month',
  })
  .openapi('Programme');
export type Programme = z.infer<typeof Programme>;
export const ProgrammeVersion = z.object({ version: z.int(), programme: Programme }).openapi('ProgrammeVersion');
export const ProgrammeSaved = ProgrammeVersion.extend({
  job: Job.nullable().describe('It holds every customer against what changed; null: nothing did that moves anybody'),
}).openapi('ProgrammeSaved');
