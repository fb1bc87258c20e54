/** The hub's addresses as the API document tells them: what goes in, every answer that can come out. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json, problem } from '../http/answers.ts';
import { Channel } from '../wire/consents.ts';
import {
  ActivityPage,
  HubConsent,
  HubConsentWrite,
  HubView,
  OrderDetail,
  OrderPage,
  SessionRequest,
} from '../wire/hub.ts';
import { pageQuery } from '../wire/parts.ts';

const MOST_ITEMS = 50;
const USUAL_ITEMS = 10;

const refusals = {
  401: problem('No bearer, or one that ended: exchange a new proof'),
  403: problem("The page's origin is not on the shop's list"),
  503: problem('A part did not answer; ask again'),
};
const badRequest = { 400: problem('A field breaks its rule') };
const notFound = { 404: problem('Nothing here by that id') };
const shopper = { method: 'get' as const, tags: ['Hub'], security: [{ hubSession: [] }] };
const query = pageQuery(MOST_ITEMS, USUAL_ITEMS);

export const session = createRoute({
  method: 'post',
  path: '/hub/v1/session',
  tags: ['Hub'],
  summary: 'Exchange a proof of who the shopper is for a bearer and the first view',
  description: 'Without a proof, and with the proof of a guest, the answer is the signed-out view.',
  security: [],
  request: { body: { required: true, content: { 'application/json': { schema: SessionRequest } } } },
  responses: {
    200: json(HubView, 'The view; `session` is null for a guest'),
    ...badRequest,
    ...refusals,
    401: problem('The key is not good, or the proof does not hold; `detail` says which rule it breaks'),
    429: problem('Too many sessions from this address; wait for Retry-After seconds'),
  },
});

const proxied = {
  path: '/hub/v1/proxy/{shop}/session' as const,
  tags: ['Hub'],
  summary: "The same exchange through Shopify's app proxy, whose signature is the proof",
  description: "Shopify adds the signed query; the page asks its own shop's `/apps/…/session`, so there is no CORS.",
  security: [],
  request: { params: z.object({ shop: z.string().min(1).max(100) }) },
  responses: {
    200: json(HubView, 'The view; `session` is null for a guest'),
    ...badRequest,
    401: problem('The signed query does not hold; `detail` says which rule it breaks'),
    404: problem('No such shop'),
    429: problem('Too many sessions from this address; wait for Retry-After seconds'),
    503: refusals[503],
  },
};
export const proxyGet = createRoute({ ...proxied, method: 'get' });
export const proxyPost = createRoute({ ...proxied, method: 'post' });

export const me = createRoute({
  ...shopper,
  path: '/hub/v1/me',
  summary: 'The view of the shopper as of now',
  responses: { 200: json(HubView, 'The view; `session` is null: the bearer stays as it is'), ...refusals },
});

export const orders = createRoute({
  ...shopper,
  path: '/hub/v1/orders',
  summary: "The shopper's orders, newest first",
  request: { query },
  responses: { 200: json(OrderPage, 'A page of orders'), ...badRequest, ...refusals },
});

export const order = createRoute({
  ...shopper,
  path: '/hub/v1/orders/{id}',
  summary: 'One order of the shopper',
  request: { params: z.object({ id: z.string().min(1).max(255) }) },
  responses: { 200: json(OrderDetail, 'The order'), ...badRequest, ...refusals, ...notFound },
});

export const activity = createRoute({
  ...shopper,
  path: '/hub/v1/activity',
  summary: "The shopper's points history, newest first",
  request: { query },
  responses: { 200: json(ActivityPage, 'A page of entries'), ...badRequest, ...refusals },
});

export const consent = createRoute({
  method: 'put',
  path: '/hub/v1/consents/{channel}',
  tags: ['Hub'],
  security: [{ hubSession: [] }],
  summary: 'The shopper subscribes to a channel, or unsubscribes',
  description: 'The same word again changes nothing. The proof kept is how the shopper signed in, and the page.',
  request: {
    params: z.object({ channel: Channel }),
    headers: z.object({ 'idempotency-key': z.string().min(1).max(255).optional() }),
    body: body(HubConsentWrite),
  },
  responses: {
    200: json(HubConsent, 'The channel as it stands now'),
    ...badRequest,
    ...refusals,
    409: problem('Subscribing to a channel without an address, or to a suppressed one'),
    429: problem('Too many changes; wait for Retry-After seconds'),
  },
});
