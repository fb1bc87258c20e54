/** The drawer's API: a proof becomes a session, a session reads one customer. Nothing here takes a customer from a request. */
import { bodyLimit } from 'hono/body-limit';
import { customersOf } from '../customers/stubs.ts';
import { type AppContext, routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { makeSession } from '../shops/session-token.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { fromCursor } from '../wire/cursor.ts';
import type { HubView, Proof } from '../wire/hub.ts';
import { ProblemError } from '../wire/problem.ts';
import { accessOf, notStored, shopOfKey, shopOfPath } from './access.ts';
import { ActivityPlace, activityOf, activityPage, rowsBefore } from './activity-view.ts';
import { changeConsent } from './consent.ts';
import { NOTHING, requireStanding, signIn } from './customer.ts';
import * as docs from './docs.ts';
import { detailOf } from './order-view.ts';
import { shopperOf } from './prove.ts';
import { FIRST_VIEW, OrderPlace, orderPage, signedInView, signedOutView } from './view.ts';

const LARGEST_REQUEST = 16 * 1024;
/** As long as a page may hand it to us in a body (`Proof`). */
const LONGEST_QUERY = 4096;

export const hub = routes();

hub.use('/hub/v1/*', notStored);
const PATHS = ['session', 'me', 'orders', 'orders/:id', 'activity', 'consents/:channel'];
for (const path of PATHS.map((one) => `/hub/v1/${one}`)) {
  hub.use(path, crossOrigin);
  hub.options(path, (c) => c.body(null, 204));
}
hub.use('/hub/v1/session', bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));
hub.use('/hub/v1/consents/*', bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));

hub.openapi(docs.session, async (c) => {
  const { key, proof } = c.req.valid('json');
  return c.json(await exchange(c, await shopOfKey(c, key), proof), 200);
});

hub.openapi(docs.proxyGet, async (c) => c.json(await exchangeProxied(c, c.req.valid('param').shop), 200));
hub.openapi(docs.proxyPost, async (c) => c.json(await exchangeProxied(c, c.req.valid('param').shop), 200));

hub.openapi(docs.me, async (c) => {
  const { shop, customer } = await accessOf(c);
  const { standing } = await requireStanding(c.env, { shop, customer }, FIRST_VIEW);
  return c.json(signedInView(shop.settings, standing, null), 200);
});

hub.openapi(docs.orders, async (c) => {
  const { shop, customer } = await accessOf(c);
  const { limit, cursor } = c.req.valid('query');
  const after = fromCursor(cursor, OrderPlace);
  const first = after === null ? { activity: 0, orders: limit } : NOTHING;
  const now = await requireStanding(c.env, { shop, customer }, first);
  const { customer: who, standing } = now;
  if (after === null) return c.json(orderPage(standing.orders, standing), 200);
  return c.json(orderPage(await customersOf(c.env, shop.id, who).orders(who, limit, after), standing), 200);
});

hub.openapi(docs.order, async (c) => {
  const { shop, customer } = await accessOf(c);
  const now = await requireStanding(c.env, { shop, customer }, NOTHING);
  const order = await customersOf(c.env, shop.id, now.customer).order(now.customer, c.req.valid('param').id);
  const detail = order === null ? null : detailOf(order);
  if (detail === null) throw new ProblemError('not_found');
  return c.json(now.standing.participation === 'disabled' ? { ...detail, points: 0 } : detail, 200);
});

hub.openapi(docs.activity, async (c) => {
  const { shop, customer } = await accessOf(c);
  const { limit, cursor } = c.req.valid('query');
  const after = fromCursor(cursor, ActivityPlace);
  const first = { activity: after === null ? limit + 1 : 0, orders: 0 };
  const now = await requireStanding(c.env, { shop, customer }, first);
  const { activity, activityOrders, participation } = now.standing;
  if (participation === 'disabled') return c.json({ items: [], nextCursor: null }, 200);
  if (after === null) return c.json(activityPage(activityOf(activity, activityOrders), limit, null), 200);
  const before = rowsBefore(after);
  const page = { limit: limit + 1, before };
  const { rows, orders } = await customersOf(c.env, shop.id, now.customer).points(now.customer, page);
  return c.json(activityPage(activityOf(rows, orders), limit, after), 200);
});

hub.openapi(docs.consent, async (c) => {
  const access = await accessOf(c);
  const { channel } = c.req.valid('param');
  const saying = { channel, key: c.req.valid('header')['idempotency-key'] ?? null, ...c.req.valid('json') };
  return c.json(await changeConsent(c, access, saying), 200);
});

async function exchange(c: AppContext, shop: ShopSnapshot, proof: Proof | null): Promise<HubView> {
  const shopper = await shopperOf(c.env, shop, proof);
  if (shopper === null) return signedOutView(shop.settings);
  const { customer, standing, rowsWritten } = await signIn(c.env, shop, shopper, FIRST_VIEW);
  c.set('rowsWritten', rowsWritten);
  const of = { shop: shop.id, customer, proof: shopper.proof };
  return signedInView(shop.settings, standing, await makeSession(c.env.ROOT_SECRET, of, Date.now()));
}

/** Takes the query as it arrived: what a framework read and wrote again would no longer be what Shopify signed. */
async function exchangeProxied(c: AppContext, id: string): Promise<HubView> {
  const shop = await shopOfPath(c, id);
  const query = new URL(c.req.url).search;
  if (query.length > LONGEST_QUERY) {
    const errors = [{ field: 'query', rule: `must have at most ${LONGEST_QUERY} characters` }];
    throw new ProblemError('invalid_request', { errors });
  }
  return exchange(c, shop, { kind: 'shopify_proxy', query });
}

function tooLarge(): never {
  throw new ProblemError('payload_too_large', { detail: `At most ${LARGEST_REQUEST} bytes.` });
}
