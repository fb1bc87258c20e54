/** The operator's routes: shops are made here, with their first keys. */
import { createRoute, z } from '@hono/zod-openapi';
import { exponentOf } from '../domain/money.ts';
import { defaultProgramme } from '../domain/programme.ts';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { once, seedOf } from '../http/once.ts';
import { requireOperator } from '../http/scope.ts';
import { listShops } from '../projection/queries.ts';
import { shopOf } from '../shops/cache.ts';
import { sha256Hex } from '../shops/crypto.ts';
import { KEY_KINDS, newShopId } from '../shops/keys.ts';
import { mintKey } from '../shops/mint.ts';
import type { ShopSettings } from '../shops/settings.ts';
import { NewShop, ShopCreated, ShopList } from '../wire/admin.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { pageQuery } from '../wire/parts.ts';
import { idempotent, operator, refusals, writeRefusals } from './docs.ts';
import { shopView } from './views.ts';

export const shops = routes();

const create = createRoute({
  method: 'post',
  path: '/admin/v1/shops',
  tags: ['Shops'],
  summary: 'Make a shop, with its first keys',
  security: operator,
  request: { headers: idempotent, body: body(NewShop) },
  responses: {
    201: json(ShopCreated, 'The shop, and its keys for the only time'),
    ...writeRefusals,
  },
});

shops.openapi(create, async (c) => {
  await requireOperator(c.env, c.req.raw);
  const wanted = c.req.valid('json');
  const key = idempotencyKey(c);
  const id = await newShopId(c.env.ROOT_SECRET, key === null ? null : await sha256Hex(`shop ${key}`));
  return raw(await once(c, id, () => makeShop(c, id, wanted)));
});

async function makeShop(c: AppContext, id: string, wanted: NewShop): Promise<Response> {
  const minted = await Promise.all(KEY_KINDS.map((kind) => mintKey(c.env, id, { kind, seed: seedOf(c) })));
  const [publishable, write, secret] = minted.map((one) => one.key);
  const shop = await shopOf(c.env, id).create(
    settingsOf(wanted),
    minted.map((one) => one.stored),
  );
  return c.json({ shop: shopView(shop), keys: { publishable, write, secret } }, 201);
}

function settingsOf(wanted: NewShop): ShopSettings {
  return {
    ...wanted,
    links: {
      signIn: null,
      createAccount: null,
      account: null,
      privacy: null,
      terms: null,
      applyCode: null,
    },
    shopify: null,
    programme: defaultProgramme(10 ** exponentOf(wanted.currency)),
    programmeVersion: 1,
    ingestPerSecond: 5_000,
    createdAtMs: Date.now(),
  };
}

const list = createRoute({
  method: 'get',
  path: '/admin/v1/shops',
  tags: ['Shops'],
  summary: 'List shops',
  security: operator,
  request: { query: pageQuery(100, 20) },
  responses: { 200: json(ShopList, 'A page of shops, by id'), ...refusals },
});

shops.openapi(list, async (c) => {
  await requireOperator(c.env, c.req.raw);
  const { limit, cursor } = c.req.valid('query');
  const rows = await listShops(c.env.DB, fromCursor(cursor, z.string()) ?? '', limit + 1);
  const items = rows.slice(0, limit).map(({ shop, name, mode, createdMs }) => ({
    id: shop,
    name,
    mode,
    createdAtMs: createdMs,
  }));
  return c.json(
    {
      items,
      nextCursor: rows.length > limit ? toCursor(items.at(-1)?.id) : null,
    },
    200,
  );
});
