/** Connections as the merchant's API takes and shows them: where events go, which ones, and how each delivery went. */
import { z } from '@hono/zod-openapi';
import { page, pageQuery } from './parts.ts';
import { exactly, list, name, object, oneOf, text, whole } from './ruled.ts';

const LONGEST_URL = 2_000;
const MOST_PER_SECOND = 500;

const url = name(LONGEST_URL).describe(
  'https and a public name, without a port; in a test shop also http://localhost. Redirects are not followed',
);
const events = list(
  name(255).refine((one) => !one.slice(0, -1).includes('*'), 'must have * at its end or not at all'),
  100,
).describe('Names as in `/docs/events`, or those of your own events; `Points*`: all that begin so; `*`: everything');
const description = text(200);
const maxPerSecond = whole(1, MOST_PER_SECOND).describe('Requests; more wait their turn');

export const Connection = z
  .object({
    id: z.string(),
    kind: z.literal('webhook'),
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()),
    maxPerSecond: z.int(),
    state: z.enum(['active', 'paused']),
    pausedFor: z
      .enum(['merchant', 'gone', 'failing'])
      .nullable()
      .describe('`gone`: the other side answered 410; `failing`: it took nothing for five days; null: it is active'),
    activeFromMs: z.int().describe('What is recorded from here on is told'),
    createdAtMs: z.int(),
    updatedAtMs: z.int(),
  })
  .openapi('Connection');
export const ConnectionPage = page(Connection).openapi('ConnectionPage');
export const ConnectionQuery = z.strictObject(pageQuery(100, 50).shape);
export const ConnectionParam = z.object({ id: z.string().min(1).max(100) });

const count = z.int().describe('Counted up to 10,000');
export const ConnectionStanding = Connection.extend({
  deliveries: z.object({
    pending: count,
    failed: count,
    dead: count,
    failingSinceMs: z.int().nullable().describe('Since then nothing was taken; null: all is well'),
  }),
}).openapi('ConnectionStanding');

export const ConnectionMade = Connection.extend({
  secret: z.string().describe('`whsec_…`, shown this once'),
}).openapi('ConnectionMade');

export const NewConnection = z
  .strictObject(
    {
      kind: exactly('webhook'),
      url,
      events,
      description: description.default(''),
      maxPerSecond: maxPerSecond.default(50),
      state: oneOf(['active', 'paused']).default('active'),
    },
    object,
  )
  .openapi('NewConnection');

export const ConnectionChange = z
  .strictObject(
    {
      url: url.optional(),
      events: events.optional(),
      description: description.optional(),
      maxPerSecond: maxPerSecond.optional(),
      state: oneOf(['active', 'paused'])
        .optional()
        .describe('Paused it goes on taking events, and sends them once it is active'),
    },
    object,
  )
  .openapi('ConnectionChange');

export const SecretRotation = z
  .strictObject({ overlapSeconds: whole(0, 604_800).default(86_400).describe('So long both secrets sign') }, object)
  .openapi('ConnectionSecretRotation');
export const SecretRotated = z
  .object({ secret: z.string().describe('`whsec_…`, shown this once') })
  .openapi('ConnectionSecretRotated');

export const TestResult = z
  .object({
    delivered: z.boolean(),
    status: z.int().nullable().describe('null: nobody answered'),
    error: z.enum(['timeout', 'network', 'redirected', 'refused']).nullable(),
    tookMs: z.int(),
  })
  .openapi('ConnectionTestResult');

const state = z.enum(['pending', 'failed', 'succeeded', 'dead']);
export const Delivery = z
  .object({
    id: z.string().describe('`webhook-id`, the same on every attempt'),
    type: z.string(),
    customer: z.string(),
    state: state.describe(
      '`pending`: waits for its turn; `failed`: will be tried again; `dead`: will not, until it is replayed',
    ),
    attempts: z.int(),
    toldAtMs: z.int().describe('When it was taken'),
    lastAttemptAtMs: z.int().nullable(),
    nextAttemptAtMs: z.int().nullable().describe("null: when the customer's earlier ones are done, or never"),
    status: z.int().nullable().describe('Of the last attempt'),
    error: z
      .enum(['timeout', 'network', 'redirected', 'refused', 'lost'])
      .nullable()
      .describe('Of the last attempt; `lost`: what it tells of is no more'),
  })
  .openapi('Delivery');
export const DeliveryPage = page(Delivery).openapi('DeliveryPage');
export const DeliveryQuery = z.strictObject({ ...pageQuery(200, 50).shape, state: state.optional() });
export const DeliveryParam = z.object({ id: z.string().min(1).max(100), delivery: z.string().min(1).max(150) });

export const ConnectionBackFill = z
  .strictObject({
    sinceMs: z.int().min(0).default(0).describe('What was recorded from here on'),
    perSecond: z.int().min(1).max(10_000).nullable().default(null).describe('Customers; null: as fast as it goes'),
  })
  .openapi('ConnectionBackFill');

export const Replay = z.strictObject({ state: oneOf(['dead', 'failed']) }, object).openapi('Replay');
export const Replayed = z
  .object({ replayed: z.int(), more: z.boolean().describe('There are others: ask again') })
  .openapi('Replayed');
