/** The merchant's settings: the shop, and the platform whose orders count. */
import { createRoute } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import { sameText } from '../shops/crypto.ts';
import { sealSecret, secretsNamed } from '../shops/secrets.ts';
import { Shop, ShopChange, ShopifySource, ShopifySourceView } from '../wire/admin.ts';
import { ProblemError } from '../wire/problem.ts';
import { applySettings } from './apply-settings.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { given } from './given.ts';
import { shopView } from './views.ts';

/** Shopify may sign with the secret before for an hour after a rotation. */
const SECRET_OVERLAP_MS = 3_600_000;

export const settings = routes();

const readShop = createRoute({
  method: 'get',
  path: '/admin/v1/shop',
  tags: ['Settings'],
  summary: 'The shop of this key',
  security: bearer,
  responses: { 200: json(Shop, 'The shop'), ...refusals },
});
settings.openapi(readShop, async (c) => {
  const { shop } = await requireScope(c, 'settings');
  return c.json(shopView(shop), 200);
});

const changeShop = createRoute({
  method: 'patch',
  path: '/admin/v1/shop',
  tags: ['Settings'],
  summary: 'Change what is named; it is live within two seconds',
  security: bearer,
  request: { headers: idempotent, body: body(ShopChange) },
  responses: { 200: json(Shop, 'The shop as it is now'), ...writeRefusals },
});
settings.openapi(changeShop, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const { links, ...change } = c.req.valid('json');
  const named = { ...given(change), ...(links === undefined ? {} : { links: given(links) }) };
  return raw(await once(c, shop.id, async () => c.json(shopView(await applySettings(c, shop.id, named, key.id)))));
});

const connectShopify = createRoute({
  method: 'put',
  path: '/admin/v1/sources/shopify',
  tags: ['Settings'],
  summary: "Take Shopify's orders: from now on they earn, count and show",
  security: bearer,
  request: { headers: idempotent, body: body(ShopifySource) },
  responses: {
    200: json(ShopifySourceView, 'Where Shopify sends its webhooks and its app proxy'),
    ...writeRefusals,
  },
});
settings.openapi(connectShopify, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  const { domain, secret } = c.req.valid('json');
  return raw(
    await once(c, shop.id, async () => {
      await storeShopifySecret(c, shop.id, secret);
      await applySettings(c, shop.id, { shopify: { domain, connectedAtMs: Date.now() } }, key.id);
      const paths = {
        webhookPath: `/webhooks/shopify/${shop.id}`,
        proxyPath: `/hub/v1/proxy/${shop.id}`,
      };
      return c.json({ domain, ...paths });
    }),
  );
});

const disconnectShopify = createRoute({
  method: 'delete',
  path: '/admin/v1/sources/shopify',
  tags: ['Settings'],
  summary: 'Stop taking Shopify orders',
  security: bearer,
  request: { headers: idempotent },
  responses: { 204: { description: 'Done' }, ...writeRefusals },
});
settings.openapi(disconnectShopify, async (c) => {
  const { shop, key } = await requireScope(c, 'settings');
  return raw(
    await once(c, shop.id, async () => {
      const object = shopOf(c.env, shop.id);
      const connected = (await object.snapshot())?.settings.shopify != null;
      if (connected) await applySettings(c, shop.id, { shopify: null }, key.id);
      // a run that died between the two left the secret behind
      const dropped = await object.dropSecret('shopify');
      if (!connected && !dropped) throw new ProblemError('not_found');
      forgetShop(shop.id);
      return c.body(null, 204);
    }),
  );
});

/** A secret that is already in force stays as it is: to put it again would push out the one it still overlaps with. */
async function storeShopifySecret(c: AppContext, shop: string, secret: string): Promise<void> {
  const object = shopOf(c.env, shop);
  const now = await object.snapshot();
  const [current] = now === null ? [] : await secretsNamed(c.env, now, 'shopify');
  if (current !== undefined && (await sameText(current, secret))) return;
  const sealed = await sealSecret(c.env, shop, 'shopify', secret);
  const stored = {
    name: 'shopify',
    about: {},
    sealed,
    createdAtMs: Date.now(),
    endsAtMs: null,
  };
  await object.putSecret(stored, Date.now() + SECRET_OVERLAP_MS);
}
