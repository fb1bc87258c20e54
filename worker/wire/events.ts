/** What the merchant's API says of the event log and of the schemas learned from it. */
import { z } from '@hono/zod-openapi';
import { EVENT_REASONS, EVENT_VERDICTS, type EventReason } from './event-reasons.ts';
import { page, pageQuery } from './parts.ts';

const verdict = z.enum(EVENT_VERDICTS);
const reason = z.enum(Object.keys(EVENT_REASONS) as [EventReason, ...EventReason[]]);
const source = z.enum(['segment', 'shopify', 'vouchers']);
const trust = z.enum(['server', 'browser']);
const id = z.string().regex(/^[1-9]\d{0,14}$/, 'must be a whole number from 1');

const Line = z.object({
  id: z.string().describe('Counts up; the cursor of lists'),
  atMs: z.int().describe('When it arrived'),
  source,
  trust: trust.nullable().describe('null: refused before anything was known of its sender'),
  type: z.string().nullable().describe("Segment's call or Shopify's topic"),
  name: z.string().nullable().describe('As it is stored'),
  sentName: z.string().nullable().describe('As it was sent'),
  messageId: z.string().nullable(),
  verdict: verdict.describe(
    'recorded, renamed and warned are stored; refused and blocked are not; failed: stored to be played again, or told to send again',
  ),
  reason: reason.nullable().describe(
    Object.entries(EVENT_REASONS)
      .map(([key, says]) => `\`${key}\`: ${says}`)
      .join(' '),
  ),
  differences: z
    .array(z.object({ path: z.string(), rule: z.string() }))
    .describe('Where it differs from a fixed schema; at most 20'),
  customer: z.string().nullable().describe('The id of the customer it reached'),
  count: z.int().describe('How many requests this line stands for: refusals that come in numbers are counted'),
});
export const EventLine = Line.openapi('EventLine');
export const EventList = page(Line)
  .extend({ liveCursor: z.string().describe('`after` of the live call, for what arrives from here on') })
  .openapi('EventList');
export const EventDetail = Line.extend({
  raw: z.string().describe('As received, at most 32 K characters; empty where nothing was read'),
  rawTruncated: z.boolean(),
  normalised: z.record(z.string(), z.unknown()).nullable().describe('As stored; null: not stored, or too long to keep'),
  normalisedTruncated: z.boolean(),
}).openapi('EventDetail');
export const LiveEvents = z
  .object({
    items: z.array(Line).describe('The oldest first'),
    cursor: z.string().describe('`after` of the next call'),
    missed: z.int().describe('Events after the cursor that had gone by before they were asked for'),
  })
  .openapi('LiveEvents');

export const EventFilter = z.strictObject({
  verdict: verdict.optional(),
  reason: reason.optional(),
  source: source.optional(),
  trust: trust.optional(),
  name: z.string().min(1).max(255).optional().describe('Exactly, as stored or as sent'),
  customer: z.string().min(1).max(100).optional().describe('A customer id'),
  text: z.string().min(1).max(200).optional().describe('Part of the raw form, in any case of letters'),
});
export const EventQuery = EventFilter.extend(pageQuery(1_000, 100).shape);
export const LiveQuery = EventFilter.extend({
  after: z.string().min(1).max(500).optional().describe('`liveCursor` of a list or `cursor` of the call before'),
  limit: pageQuery(1_000, 100).shape.limit,
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number from 0')
    .transform(Number)
    .refine((seconds) => seconds <= 20, 'must be at most 20')
    .default(20)
    .describe('Seconds to wait where nothing has arrived yet'),
});
export const eventParam = z.object({ id });

const Drift = z.object({
  id: z.int(),
  kind: z.enum(['new_type', 'vanished']),
  path: z.string(),
  type: z.string().nullable().describe('The type that is new; null for what vanished'),
  before: z.array(z.string()).describe('Its types until then'),
  atMs: z.int(),
});
const Summary = z.object({
  id: z.string(),
  source,
  trust,
  event: z.string().describe('As it is sent, before aliases; what a rule names'),
  events: z.int().describe('Approximate: of a flood only what the log was told of is counted'),
  firstMs: z.int(),
  lastMs: z.int(),
  properties: z.int(),
  drift: z.int().describe('Notices not dismissed yet'),
});
export const EventSchemaList = page(Summary)
  .extend({ unnamed: z.int().describe('Events of names that came after 1,000 were known (500 from browsers)') })
  .openapi('EventSchemaList');
export const EventSchema = Summary.extend({
  properties: z
    .array(
      z.object({
        path: z.string().describe('Such as `products[].price`; a dot or bracket of the key itself is written `\\.`'),
        events: z.int().describe('Events that held it'),
        types: z.record(z.string(), z.int()).describe('How often each type was seen'),
        vanished: z.boolean(),
      }),
    )
    .describe('At most 300'),
  otherProperties: z.int().describe('How often further properties were seen that are not kept'),
  drift: z.array(Drift),
  sample: z.string().nullable().describe('The last one as received, at most 8 K characters; null once erased'),
  sampleCustomer: z.string().nullable(),
}).openapi('EventSchema');
export const SchemaQuery = z
  .strictObject({
    q: z.string().trim().min(1).max(255).optional().describe('Part of the name'),
    source: source.optional(),
    drifting: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
  })
  .extend(pageQuery(200, 50).shape);
export const schemaParam = z.object({ id });
export const noticeParam = z.object({ id, notice: id });
