/** What the merchant's API says of consents. */
import { z } from '@hono/zod-openapi';

const LONGEST_PROOF = 300;

export const Channel = z.enum(['email', 'sms', 'push']);
export const ConsentState = z.enum(['subscribed', 'pending', 'never_subscribed', 'unsubscribed']);
export const SuppressionReason = z.enum(['manual', 'bounced', 'complained']);

const text = z.string().trim().min(1).max(LONGEST_PROOF).optional();
export const ConsentProof = z.strictObject({
  method: text.describe('How it was given, such as form, import or call'),
  optInLevel: text.describe('single_opt_in, confirmed_opt_in'),
  ip: text,
  form: text,
  text: text.describe('What the customer agreed to, in the words they saw'),
  url: text,
});

export const ChannelConsent = z
  .object({
    channel: Channel,
    state: ConsentState,
    atMs: z.int().nullable().describe('When the customer said so; null: never'),
    source: z.string().nullable(),
    trust: z.enum(['server', 'browser']).nullable().describe('browser: anyone could have said it; it permits nothing'),
    proof: ConsentProof,
    suppression: z
      .object({ reason: SuppressionReason, atMs: z.int(), source: z.string() })
      .nullable()
      .describe('Wins over any state until it is lifted'),
    canReceive: z.boolean(),
    refusal: z
      .enum(['manual', 'bounced', 'complained', 'pending', 'never_subscribed', 'unsubscribed', 'unproved'])
      .nullable()
      .describe('Why marketing may not go out; null: it may'),
  })
  .openapi('ChannelConsent');

export const ConsentWrite = z
  .strictObject({
    state: ConsentState.optional(),
    atMs: z.int().min(0).optional().describe('When the customer said so; default: now, after whatever stands'),
    source: z.string().trim().min(1).max(100).default('api'),
    proof: ConsentProof.default({}),
    suppressed: z
      .boolean()
      .optional()
      .describe('true: suppress by hand; false: lift any suppression. Left out: stays as it is'),
  })
  .refine((write) => write.state !== undefined || write.suppressed !== undefined, 'names neither state nor suppressed')
  .refine((write) => write.state !== undefined || write.atMs === undefined, {
    path: ['atMs'],
    message: 'is the time of a state, and there is none',
  })
  .openapi('ConsentWrite');
export type ConsentWrite = z.infer<typeof ConsentWrite>;

/** A change as the timeline tells it. */
export const ConsentStep = z.object({
  channel: Channel,
  change: z.enum([...ConsentState.options, 'suppressed', 'lifted']),
  reason: SuppressionReason.nullable(),
  atMs: z.int(),
  source: z.string(),
  applied: z.boolean().describe('false: something newer or more trusted stands'),
});
