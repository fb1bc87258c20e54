/** What bringing a friend brings, and what keeps it honest. */
import { z } from '@hono/zod-openapi';

const ReferralReward = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('points'), points: z.int().min(1).max(1_000_000_000) }),
    z.strictObject({ kind: z.literal('reward'), reward: z.string().min(1).max(64).describe('The id of a reward') }),
  ])
  .nullable()
  .default(null);

const ReferralChecks = z.strictObject({
  self: z.boolean().default(true).describe('Nobody brings themselves, however they spell their e-mail'),
  knownCustomers: z.boolean().default(true).describe('Nor anybody who bought before'),
  sameBrowser: z.boolean().default(true).describe('Nor anybody who sits at the same browser'),
  perAddress: z
    .strictObject({ count: z.int().min(1).max(500), days: z.int().min(1).max(90) })
    .nullable()
    .default({ count: 10, days: 7 })
    .describe(
      'Claims beyond so many from one IP address, by whichever links, wait for a look; null: any number may come',
    ),
});

export const ReferralProgramme = z
  .strictObject({
    friend: ReferralReward.describe(
      'What the friend gets: points with their order, a reward with the claim, for that order',
    ),
    referrer: ReferralReward.describe('What whoever brought them gets once it is completed'),
    minimumMinor: z
      .int()
      .min(0)
      .max(1_000_000_000_000)
      .default(0)
      .describe("What the friend's order must come to after discounts, without tax, shipping and gift cards"),
    waitingDays: z.int().min(0).max(365).default(0).describe('Days that the order has to stand before it counts'),
    claimWithinDays: z.int().min(1).max(365).default(30).describe('Days that a link is good for after it was followed'),
    expiresAfterDays: z
      .int()
      .min(1)
      .max(3_650)
      .nullable()
      .default(180)
      .describe('Days after which a friend who ordered nothing is forgotten; null: never'),
    whoRefers: z.enum(['members', 'buyers']).default('members').describe('Every member, or those who bought something'),
    attribution: z
      .enum(['last', 'first'])
      .default('last')
      .describe('Which of two people counts who refer the same friend before that one orders'),
    landingUrl: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .nullable()
      .default(null)
      .describe('The page that links lead to; `?ref=` with the code is added'),
    checks: ReferralChecks.prefault({}),
  })
  .openapi('ReferralProgramme');
