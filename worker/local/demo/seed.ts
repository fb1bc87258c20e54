/** Makes the two demo shops through the admin API, as a merchant would, and keeps their keys. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writePrivateJson } from '../private-file.ts';
import { GIFT_CARD, READERS, SPRING, WELCOME } from './offers.ts';
import { customerPayload } from './payload.ts';
import { PROGRAMME } from './programme.ts';
import { SHOPPERS } from './shoppers.ts';
import type { IdentityKey } from './token.ts';
import { postWebhook, type Source } from './webhook.ts';

export type Keys = { publishable: string; write: string; secret: string };
export type DemoShop = { id: string; keys: Keys };
export type DemoShops = {
  live: DemoShop;
  test: DemoShop;
  shopify: { domain: string; secret: string };
  identity: IdentityKey;
};

const DOMAIN = 'fern-and-kettle.myshopify.com';

/** `storefront` is the origin that the drawer is embedded in; it may differ at every start. */
export async function loadDemoShops(file: string, edge: Edge, storefront: string): Promise<DemoShops> {
  const isNew = !existsSync(file);
  const shops: DemoShops = isNew ? await makeShops(edge) : JSON.parse(readFileSync(file, 'utf8'));
  if (isNew) writePrivateJson(file, shops);
  const token = shops.live.keys.secret;
  const { origins } = await call<{ origins: string[] }>(edge, 'GET /admin/v1/shop', { token });
  // whoever tries the demo may have added origins of their own
  const here = { origins: [...new Set([...origins, ...originsOf(storefront)])], links: linksOf(storefront) };
  await call(edge, 'PATCH /admin/v1/shop', { token, body: here });
  if (isNew) await makeOffers(edge, shops.live);
  if (isNew) await introduceShoppers(edge, shops);
  return shops;
}

export type Edge = { origin: string; operatorToken: string };

async function makeShops(edge: Edge): Promise<DemoShops> {
  const live = await makeShop(edge, 'Fern & Kettle', 'live');
  const test = await makeShop(edge, 'Fern & Kettle (test)', 'test');
  const shopify = { domain: DOMAIN, secret: randomBytes(24).toString('hex') };
  await call(edge, 'PUT /admin/v1/sources/shopify', { token: live.keys.secret, body: shopify });
  const identity = await call<IdentityKey>(edge, 'POST /admin/v1/identity-keys', {
    token: live.keys.secret,
    body: { algorithm: 'HS256' },
  });
  return {
    live,
    test,
    shopify,
    identity: { id: identity.id, secret: identity.secret },
  };
}

async function makeShop(edge: Edge, name: string, mode: 'live' | 'test'): Promise<DemoShop> {
  const about = {
    name,
    currency: 'EUR',
    timeZone: 'Europe/Dublin',
    locale: 'en-IE',
    mode,
    origins: [],
  };
  const made = await call<{ shop: { id: string }; keys: Keys }>(edge, 'POST /admin/v1/shops', {
    token: edge.operatorToken,
    body: about,
  });
  await call(edge, 'PUT /admin/v1/programme', { token: made.keys.secret, body: PROGRAMME });
  return { id: made.shop.id, keys: made.keys };
}

const originsOf = (storefront: string): string[] => [storefront, storefront.replace('//localhost:', '//127.0.0.1:')];

const linksOf = (storefront: string) => ({
  signIn: `${storefront}/account/login`,
  createAccount: `${storefront}/account/login`,
  account: `${storefront}/account`,
  privacy: `${storefront}/privacy`,
  terms: `${storefront}/terms`,
  applyCode: `${storefront}/discount/{code}`,
});

/** Before the shoppers come: who may be written to gets a code at once. */
async function makeOffers(edge: Edge, { id, keys }: DemoShop): Promise<void> {
  const token = keys.secret;
  const client = { token, headers: { 'x-app-id': id, 'x-app-token': token } };
  await call(edge, 'POST /v1/campaigns', { ...client, body: SPRING });
  await call(edge, `POST /v1/vouchers/${GIFT_CARD.code}`, { ...client, body: GIFT_CARD.about });
  const campaign = await call<{ id: string }>(edge, 'POST /v1/campaigns', { ...client, body: WELCOME });
  const { segment } = await call<{ segment: { id: string } }>(edge, 'POST /admin/v1/segments', {
    token,
    body: READERS,
  });
  const trigger = { on: 'segment', segment: segment.id };
  const body = { name: WELCOME.name, campaign: campaign.id, trigger };
  await call(edge, 'POST /admin/v1/distributions', { token, body });
}

async function introduceShoppers(edge: Edge, shops: DemoShops): Promise<void> {
  const source = sourceOf(edge, shops);
  await Promise.all(SHOPPERS.map((shopper) => postWebhook(source, 'customers/create', customerPayload(shopper))));
}

export const sourceOf = (edge: Edge, shops: DemoShops): Source => ({
  ...shops.shopify,
  url: `${edge.origin}/webhooks/shopify/${shops.live.id}`,
});

type Asked = { token: string; body?: object; headers?: Record<string, string> };

async function call<T>(edge: Edge, request: string, { token, body, headers }: Asked): Promise<T> {
  const [method = '', path = ''] = request.split(' ');
  const answer = await fetch(edge.origin + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${request} answered ${answer.status}: ${text}`);
  return JSON.parse(text === '' ? '{}' : text);
}
