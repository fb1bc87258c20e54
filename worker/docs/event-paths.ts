/** The endpoints that speak other people's contracts, described for the document: they are not validated by these schemas. */
import { type RouteConfig, z } from '@hono/zod-openapi';
import { problem } from '../http/answers.ts';
import { EVENT_VERDICTS } from '../wire/event-reasons.ts';

const json = (schema: z.ZodType) => ({
  content: { 'application/json': { schema } },
});

const Message = z.looseObject({
  type: z.enum(['track', 'identify', 'page', 'screen', 'group', 'alias']),
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  event: z.string().optional().describe('track only'),
  properties: z.record(z.string(), z.unknown()).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
  messageId: z.string().max(100).optional().describe('Repeated: counted once'),
  timestamp: z.string().optional(),
});

const responses = {
  200: {
    description:
      'Stored; what was refused by itself, or by a rule of the shop, is listed with its reason under /admin/v1/events',
    ...json(z.object({ success: z.literal(true) })),
  },
  400: problem('No JSON, or larger than allowed: 32 KB an event, 500 KB and 2,500 events a batch'),
  401: problem('No key, an unknown one, or a secret key'),
  403: problem('A publishable key on a page whose origin the shop does not list'),
  405: problem('Not a POST'),
  429: problem('Too many requests of this key or address; wait for Retry-After seconds'),
  503: problem('A part did not answer; send the same batch again'),
};
const about = { tags: ['Events in'], security: [{ writeKey: [] }] };
const inQuery = z.object({
  writeKey: z.string().optional().describe('A publishable key, where no header can carry it'),
});

const Batch = z.looseObject({
  batch: z.array(Message).max(2_500),
  sentAt: z.string().optional(),
  writeKey: z.string().optional(),
});

const batches: RouteConfig[] = [
  { path: '/v1/batch', summary: "Segment's batch call: point any server client of Segment or RudderStack here" },
  { path: '/v1/b', summary: "The same, as Segment's browser client says it" },
  { path: '/beacon/v1/batch', summary: "The same, as RudderStack's browser client sends it when a page goes" },
].map((one) => ({
  ...about,
  ...one,
  method: 'post',
  description: 'The body is read as JSON whatever its Content-Type, unpacked where Content-Encoding says gzip.',
  request: { query: inQuery, body: { required: true, ...json(Batch) } },
  responses,
}));

const singles: RouteConfig[] = ['track', 'identify', 'page', 'screen', 'group', 'alias'].flatMap((type) =>
  [type, type.charAt(0)].map((name) => ({
    ...about,
    method: 'post' as const,
    path: `/v1/${name}`,
    summary: name === type ? `Segment's ${type} call` : `The ${type} call, as Segment's browser client says it`,
    request: { query: inQuery, body: { required: true, ...json(Message.omit({ type: true })) } },
    responses,
  })),
);

const SegmentIo = z.object({ apiKey: z.string(), apiHost: z.string(), protocol: z.enum(['http', 'https']) });

const boots: RouteConfig[] = [
  {
    tags: about.tags,
    method: 'get',
    path: '/v1/projects/{key}/settings',
    summary: "Where Segment's browser client begins: its cdnURL is this worker",
    request: { params: z.object({ key: z.string().describe('A publishable key') }) },
    responses: {
      200: {
        description: 'Points the client back here',
        ...json(
          z.object({
            integrations: z.object({ 'Segment.io': SegmentIo }),
            metrics: z.object({ sampleRate: z.literal(0) }),
          }),
        ),
      },
      404: problem('No such publishable key'),
      429: problem('Too many refused requests of this address; wait for Retry-After seconds'),
    },
  },
  {
    ...about,
    method: 'get',
    path: '/sourceConfig',
    summary: "Where RudderStack's browser client begins: its configUrl is this worker",
    request: { query: inQuery },
    responses: {
      200: { description: 'A source without destinations', ...json(z.object({ source: z.looseObject({}) })) },
      401: problem('No such publishable key'),
      429: problem('Too many refused requests of this address; wait for Retry-After seconds'),
    },
  },
];

const shopify: RouteConfig = {
  tags: ['Events in'],
  method: 'post',
  path: '/webhooks/shopify/{shop}',
  summary: 'Shopify webhooks, signed with the secret of the connected source',
  description:
    'Topics: orders/create, orders/paid, orders/updated, orders/edited, orders/cancelled, refunds/create, ' +
    'fulfillments/create, fulfillments/update, fulfillment_events/create, customers/create, customers/update, ' +
    'customers/delete, customers_email_marketing_consent/update, customers_marketing_consent/update, ' +
    'checkouts/create, checkouts/update, app/uninstalled; customers/data_request, customers/redact and shop/redact ' +
    'become privacy requests. Others are answered 200 and left aside.',
  request: {
    params: z.object({ shop: z.string() }),
    headers: z.object({
      'x-shopify-hmac-sha256': z.string(),
      'x-shopify-topic': z.string(),
      'x-shopify-shop-domain': z.string(),
      'x-shopify-webhook-id': z.string(),
      'x-shopify-event-id': z.string().optional(),
    }),
    body: { required: true, ...json(z.looseObject({})) },
  },
  responses: {
    200: {
      description: 'Stored, a duplicate, a topic that is not read, or what a rule of the shop blocks or refuses',
      ...json(z.object({ verdict: z.enum(EVENT_VERDICTS) })),
    },
    400: problem('A header is missing, or the body is no JSON'),
    401: problem('The signature is not of these bytes, or of another shop'),
    404: problem('No such shop, or no Shopify source connected'),
  },
};

export const eventPaths: RouteConfig[] = [...batches, ...singles, ...boots, shopify];
