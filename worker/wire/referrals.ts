/** Referrals as the merchant sees them: by whom somebody was brought, whom they brought, and what waits for a look. */
import { z } from '@hono/zod-openapi';
import { ReferralStatus } from './hub-referrals.ts';
import { page } from './parts.ts';

const atMs = z.int().describe('Instant in milliseconds since 1970-01-01T00:00Z');
const status = ReferralStatus.describe('`held`: somebody has to look at it');
const reasons = z
  .array(z.string())
  .describe(
    'Why: `self`, `known_customer`, `same_browser`, `address_velocity`, `other_orders`, `by_hand`, `refunded`, ' +
      '`another_link`, `brought_by_another`, `referrer_disabled`, `referrer_gone`',
  );

export const ReceivedReferral = z
  .object({
    id: z.string(),
    code: z.string(),
    referrer: z.string().describe('The customer who brought them'),
    status,
    reasons,
    flagged: z.boolean().describe('Something of what was given had been used, and could not be taken back'),
    claimedAtMs: atMs,
    expiresAtMs: atMs.nullable().describe('When it is forgotten without an order'),
    order: z.object({ id: z.string(), completesAtMs: atMs }).nullable(),
  })
  .openapi('ReceivedReferral');

export const MadeReferral = z
  .object({
    id: z.string(),
    friend: z.string().describe('The customer who was brought'),
    status,
    reasons,
    flagged: z.boolean(),
    startedAtMs: atMs,
    changedAtMs: atMs,
    points: z.int().describe('What whoever brought them got, while it is theirs'),
    voucher: z.string().nullable(),
  })
  .openapi('MadeReferral');

export const CustomerReferrals = z
  .object({
    code: z.string(),
    mayRefer: z.boolean(),
    completed: z.int().describe('How many friends came, those left out who sent everything back'),
    received: z.array(ReceivedReferral).describe('By whom they were brought, the newest first'),
    items: z.array(MadeReferral).describe('Whom they brought, the last that began first'),
    nextCursor: z.string().nullable(),
  })
  .openapi('CustomerReferrals');

export const Referral = z
  .object({
    id: z.string(),
    referrer: z.string(),
    friend: z.string(),
    status,
    reasons,
    flagged: z.boolean(),
    startedAtMs: atMs,
    changedAtMs: atMs,
  })
  .openapi('Referral');
export const ReferralList = page(Referral).openapi('ReferralList');

export const ReferralReviewed = z
  .object({ customer: z.string().describe('The friend'), referral: ReceivedReferral })
  .openapi('ReferralReviewed');
