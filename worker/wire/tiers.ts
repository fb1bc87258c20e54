/** What the merchant's API says of one customer's tier and birthday, and of what other tiers would change. */
import { z } from '@hono/zod-openapi';
import { Tier, TierProgramme } from './programme-tiers.ts';

/** The platform knows no alarms after this. */
const LATEST_MS = Date.UTC(2189, 0, 1) - 1;

export const CustomerTier = z
  .object({
    customer: z.string(),
    asOfMs: z.int(),
    tier: Tier.nullable().describe('null: in none'),
    sinceMs: z.int().nullable(),
    metric: z.enum(['points', 'spent', 'orders', 'referrals']),
    progress: z.int().describe('What counts towards the next tier; minor units where money counts'),
    next: z.object({ tier: Tier, missing: z.int() }).nullable().describe('null: there is none above'),
    keep: z
      .object({
        untilMs: z.int().describe('The first instant at which its time is over, as things stand'),
        missing: z.int().nullable().describe('For keeping it beyond its period; null: it is kept'),
      })
      .nullable()
      .describe('null: it is for ever, or set by hand, or there is none'),
    locked: z
      .object({ untilMs: z.int().nullable().describe('null: until somebody lets it go') })
      .nullable()
      .describe('Set by hand: nothing moves the customer before'),
  })
  .openapi('CustomerTier');

export const LockTier = z
  .strictObject({
    tier: z.string().min(1).max(40).nullable().describe('The id of a tier of the programme; null: none'),
    untilMs: z
      .int()
      .min(0)
      .max(LATEST_MS, 'must be before the year 2189; null for ever')
      .nullable()
      .default(null)
      .describe('The customer moves by themselves again from this instant on; null: not before somebody lets them'),
    reason: z.string().trim().min(1).max(200).describe('Only the merchant sees it'),
  })
  .openapi('LockTier');

export const ReleaseTier = z
  .strictObject({ reason: z.string().trim().min(1).max(200).describe('Only the merchant sees it') })
  .openapi('ReleaseTier');

export const PreviewTiers = z
  .strictObject({
    tiers: TierProgramme.nullable().describe('What the programme would say of tiers; null: it had none'),
  })
  .openapi('PreviewTiers');

export const SetBirthday = z
  .strictObject({
    birthday: z
      .string()
      .regex(/^(\d{4}-|--)\d{2}-\d{2}$/, 'must be a date such as 1990-05-17, or --05-17 without the year')
      .nullable()
      .describe('null: none is known any more'),
  })
  .openapi('SetBirthday');

export const Birthday = z
  .object({
    customer: z.string(),
    birthday: z.string().nullable().describe('Day and month, such as --05-17'),
  })
  .openapi('Birthday');
