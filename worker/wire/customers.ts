/** What the merchant's API says of customers, their points and their events. */
import { z } from '@hono/zod-openapi';
import { ChannelConsent, ConsentStep } from './consents.ts';
import { page } from './parts.ts';

/** The platform knows no alarms after this. */
const LATEST_EXPIRY_MS = Date.UTC(2189, 0, 1) - 1;

export const CustomerSummary = z
  .object({
    id: z.string(),
    userId: z.string().nullable(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    balance: z.int(),
    debt: z.int(),
    lifetime: z.int(),
    orders: z.int(),
    firstSeenMs: z.int(),
    lastSeenDay: z.string().describe('UTC date; the copy keeps it by the day'),
  })
  .openapi('CustomerSummary');
export const CustomerList = page(CustomerSummary).openapi('CustomerList');

const Entry = z.object({
  id: z.string(),
  kind: z.enum(['earned', 'adjusted', 'clawed_back', 'restored', 'spent', 'expired', 'settled']),
  points: z.int(),
  balanceAfter: z.int(),
  debtChange: z.int(),
  lots: z.array(
    z.object({
      lot: z.int(),
      points: z.int(),
      expiresAtMs: z.int().nullable(),
    }),
  ),
  orderId: z.string().nullable(),
  reason: z.string().nullable(),
  rule: z.object({ id: z.string(), name: z.string() }).nullable().describe('The earning rule it came by'),
  note: z.string().nullable().describe('Never shown to the shopper'),
  atMs: z.int().describe('When it took effect'),
  recordedAtMs: z.int(),
  seq: z.int(),
  programmeVersion: z.int(),
});
export const PointsEntry = Entry.openapi('PointsEntry');
export const PointsJournal = page(Entry).openapi('PointsJournal');

export const Customer = z
  .object({
    id: z.string(),
    identifiers: z
      .array(z.object({ kind: z.string(), value: z.string() }))
      .describe('What leads to this customer, at most 200; orders lead here too and are not listed'),
    formerIds: z
      .array(z.string())
      .describe('Customers who were merged into this one, at most 100; each id still leads here'),
    traits: z.record(z.string(), z.unknown()),
    consents: z.array(ChannelConsent).describe('One for each channel; their history is on the timeline'),
    points: z.object({
      balance: z.int().describe('Below zero where points are owed'),
      debt: z.int().describe('What of the balance is owed: taken from the next points'),
      usable: z.int().describe('What can be spent: the balance without what is owed'),
      pending: z.int().describe('Earned, and not spendable yet; no part of the balance'),
      lifetime: z.int(),
      nextExpiry: z.object({ points: z.int(), atMs: z.int() }).nullable(),
    }),
    orders: z.int(),
    firstSeenMs: z.int(),
    lastSeenMs: z.int(),
    seq: z.int(),
  })
  .openapi('Customer');

export const Merge = z
  .strictObject({
    into: z.string().min(1).max(300).describe('Who stays: an id, or `user:…`, `email:…` as in the path'),
  })
  .openapi('Merge');

export const Merged = z.object({ customer: z.string().describe('Who holds everything') }).openapi('Merged');

export const TimelineEntry = z
  .object({
    seq: z.int(),
    kind: z.string(),
    name: z.string().nullable(),
    atMs: z.int(),
    recordedAtMs: z.int(),
    orderId: z.string().nullable(),
    source: z.string().nullable(),
    trust: z.string().nullable(),
    properties: z.record(z.string(), z.unknown()),
    consents: z.array(ConsentStep).describe('What it said of consent'),
    points: z.int(),
    backfill: z.boolean().describe('It was imported, not told as it happened'),
    carriedFrom: z
      .string()
      .nullable()
      .describe('The customer it was first recorded of, where that one was merged into this'),
  })
  .openapi('TimelineEntry');
export const Timeline = page(TimelineEntry).openapi('Timeline');

export const Adjust = z
  .strictObject({
    points: z
      .int()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .refine((points) => points !== 0, 'must not be 0'),
    reason: z.string().trim().min(1).max(200).describe('The shopper sees it'),
    note: z.string().max(1_000).nullable().default(null).describe('Only the merchant sees it'),
    expiresAtMs: z
      .int()
      .max(LATEST_EXPIRY_MS, 'must be before the year 2189; leave it out for points that never run out')
      .nullable()
      .default(null)
      .describe('Of points given; default: as the programme says'),
    allowDebt: z
      .boolean()
      .optional()
      .describe(
        'More may be taken than there is: the rest is owed, and paid by the next points. Default: refused with 422',
      ),
    countsTowardTier: z.boolean().optional().describe('Whether it counts for tiers. Default: points by hand do not'),
  })
  .openapi('Adjust');
export const Adjusted = z.object({ customer: z.string(), entry: PointsEntry, balance: z.int() }).openapi('Adjusted');

export const CustomerQuery = z.object({
  q: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('Start of an e-mail or of a word of the name, or a whole id'),
  sort: z.enum(['balance', 'last_seen', 'id']).default('last_seen'),
  order: z.enum(['asc', 'desc']).default('desc'),
});

export const OrderRow = z
  .object({
    id: z.string(),
    name: z.string(),
    customer: z.string(),
    placedAtMs: z.int(),
    currency: z.string(),
    totalMinor: z.int(),
    payment: z.string(),
    fulfilment: z.string(),
    points: z.int().describe('What the order stands at now: earned less clawed back'),
  })
  .openapi('OrderRow');
export const OrderList = page(OrderRow).openapi('OrderList');
