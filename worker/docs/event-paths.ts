/** The endpoints that speak other people's contracts, described for the document: they are not validated by these schemas. */
import { type RouteConfig, z } from '@hono/zod-openapi';
import { problem } from '../http/answers.ts';

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
    description: 'Stored; what was refused by itself is listed with its reason under /admin/v1/events',
    ...json(z.object({ success: z.literal(true) })),
  },
  400: problem('No JSON, or larger than allowed: 32 KB an event, 500 KB and 2,500 events a batch'),
  401: problem('No key, an unknown one, or a secret key'),
  429: problem('Too many requests; wait for Retry-After seconds'),
  503: problem('A part did not answer; send the same batch again'),
};
const about = { tags: ['Events in'], security: [{ writeKey: [] }] };

const batch: RouteConfig = {
  ...about,
  method: 'post',
  path: '/v1/batch',
  summary: "Segment's batch call: point any Segment server client here",
  request: {
    body: {
      required: true,
      ...json(
        z.looseObject({
          batch: z.array(Message).max(2_500),
          sentAt: z.string().optional(),
          writeKey: z.string().optional(),
        }),
      ),
    },
  },
  responses,
};

const singles: RouteConfig[] = ['track', 'identify', 'page', 'screen', 'group', 'alias'].map((type) => ({
  ...about,
  method: 'post',
  path: `/v1/${type}`,
  summary: `Segment's ${type} call`,
  request: { body: { required: true, ...json(Message.omit({ type: true })) } },
  responses,
}));

const shopify: RouteConfig = {
  tags: ['Events in'],
  method: 'post',
  path: '/webhooks/shopify/{shop}',
  summary: 'Shopify webhooks, signed with the secret of the connected source',
  description:
    'Topics: orders/create, orders/paid, orders/updated, orders/cancelled, refunds/create, fulfillments/create, ' +
    'fulfillments/update, customers/create, customers/update. Others are answered 200 and left aside.',
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
      description: 'Stored, a duplicate, or a topic that is not read',
      ...json(z.object({ verdict: z.string() })),
    },
    400: problem('A header is missing, or the body is no JSON'),
    401: problem('The signature is not of these bytes, or of another shop'),
    404: problem('No such shop, or no Shopify source connected'),
  },
};

export const eventPaths: RouteConfig[] = [batch, ...singles, shopify];
