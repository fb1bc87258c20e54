/** What a page sends and receives about bringing friends: a claim, and what somebody's own link has come to. */
import { z } from '@hono/zod-openapi';

const atMs = z.int().describe('Instant in milliseconds since 1970-01-01T00:00Z');

export const ReferralClaimWrite = z
  .strictObject({
    key: z.string().min(1).max(200).describe('The publishable key, pk_…'),
    code: z.string().min(1).max(40).describe('The code of whoever referred them: `ref` in the address of the page'),
    email: z.string().min(3).max(255).describe('The e-mail of the friend'),
    clickedAtMs: z
      .int()
      .min(0)
      .max(8_640_000_000_000_000)
      .nullable()
      .default(null)
      .describe('When the link was followed, as the page remembers it; keep the last link. null: just now'),
    anonymousId: z.string().min(1).max(255).nullable().default(null).describe('The browser, as its events call it'),
  })
  .openapi('ReferralClaimWrite');
export type ReferralClaimWrite = z.input<typeof ReferralClaimWrite>;

/** What somebody gets for a referral, in the words of the programme. */
export const ReferralGift = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('points'), points: z.int() }),
    z.object({ kind: z.literal('reward'), name: z.string() }),
  ])
  .openapi('ReferralGift');
export type ReferralGift = z.infer<typeof ReferralGift>;

export const ReferralStatus = z.enum(['pending', 'held', 'blocked', 'completed', 'cancelled', 'expired']);

export const ReferralClaimed = z
  .object({
    status: ReferralStatus.describe('`held`: the shop looks at it first'),
    gift: ReferralGift.nullable().describe('Points come with the first order'),
    code: z.string().nullable().describe('For the first order; null where there is none, or not yet'),
    minimumMinor: z.int().describe('What the first order must come to'),
    currency: z.string(),
  })
  .openapi('ReferralClaimed');
export type ReferralClaimed = z.infer<typeof ReferralClaimed>;

export const HubReferral = z.object({ startedAtMs: atMs, changedAtMs: atMs, status: ReferralStatus });

export const HubReferrals = z
  .object({
    mayRefer: z.boolean(),
    code: z.string().nullable().describe('null where this shopper may not refer'),
    link: z.string().nullable().describe('null where the shop makes its links itself: add `?ref=` with the code'),
    gift: ReferralGift.nullable().describe('What the shopper gets for each friend'),
    friendGift: ReferralGift.nullable(),
    minimumMinor: z.int(),
    currency: z.string(),
    completed: z.int().describe('How many friends came'),
    items: z.array(HubReferral).describe('Friends, the last that began first; who they are is not told'),
    nextCursor: z.string().nullable(),
  })
  .openapi('HubReferrals');
export type HubReferrals = z.infer<typeof HubReferrals>;
