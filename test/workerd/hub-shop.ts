/** A shop of its own for each test of the hub, and the calls that its pages, its server and its shoppers make. */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { SignJWT } from 'jose';
import { expect } from 'vitest';
import type { HubView } from '../../worker/wire/hub.ts';
import { makeCopies } from './shop.ts';

const EDGE = 'https://edge.example';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export async function ask<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  const response = await exports.default.fetch(new Request(EDGE + path, init));
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

export function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export async function send(method: string, path: string, key: string, body: unknown): Promise<Answer> {
  const answer = await ask<Record<string, unknown>>(path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return answer;
}

export interface TestShop {
  id: string;
  keys: { publishable: string; write: string; secret: string };
  identity: { id: string; secret: string };
}

export async function makeShop(more: object = {}): Promise<TestShop> {
  const wanted = { name: 'Beans', currency: 'EUR', timeZone: 'Europe/Berlin', locale: 'en', mode: 'live', ...more };
  const made = await send('POST', '/admin/v1/shops', env.OPERATOR_TOKEN, wanted);
  const { shop, keys } = made.body as unknown as { shop: { id: string }; keys: TestShop['keys'] };
  const identity = await send('POST', '/admin/v1/identity-keys', keys.secret, { algorithm: 'HS256' });
  return { id: shop.id, keys, identity: identity.body as unknown as TestShop['identity'] };
}

export const now = () => Math.floor(Date.now() / 1000);

export function token(shop: TestShop, claims: Record<string, unknown>): Promise<string> {
  const all = { iss: shop.id, aud: 'regulars', iat: now(), exp: now() + 300, ...claims };
  const secret = new TextEncoder().encode(shop.identity.secret);
  return new SignJWT(all).setProtectedHeader({ alg: 'HS256', kid: shop.identity.id }).sign(secret);
}

export async function session(shop: TestShop, claims: Record<string, unknown>, headers = {}): Promise<Answer<HubView>> {
  const proof = { kind: 'merchant_jwt', token: await token(shop, claims) };
  return post<HubView>('/hub/v1/session', { key: shop.keys.publishable, proof }, headers);
}

export async function bearer(shop: TestShop, sub: string): Promise<string> {
  const { status, body } = await session(shop, { sub });
  expect(status).toBe(200);
  return body.session?.token ?? '';
}

export function get<T>(path: string, token: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
  return ask<T>(path, { headers: { authorization: `Bearer ${token}`, ...headers } });
}

export function customerIn(token: string): string {
  return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))).sub;
}

/** Orders by a server's Segment client, the newest last; each earns a point a euro. */
export async function placeOrders(
  shop: TestShop,
  userId: string,
  orders: { id: string; total: number }[],
): Promise<void> {
  const batch = orders.map(({ id, total }, index) => ({
    type: 'track',
    event: 'Order Completed',
    userId,
    messageId: `m-${id}`,
    timestamp: new Date(Date.now() - (orders.length - index) * 60_000).toISOString(),
    properties: {
      order_id: id,
      subtotal: total,
      total,
      currency: 'EUR',
      products: [{ product_id: 'p1', name: 'Beans', price: total, quantity: 1 }],
    },
  }));
  const answer = await post('/v1/batch', { batch }, { authorization: `Basic ${btoa(`${shop.keys.write}:`)}` });
  expect(answer.status).toBe(200);
}

/** Objects of the files before, in the same runtime: emptied, but still listed. */
const strangers = new Set<string>();

/** Everything that the objects of this file's tests have stored, but for how far D1 was told, which goes on by itself. */
export async function everything(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const [namespace, id] of await objects()) {
    if (!strangers.has(id.toString())) {
      all[id.toString()] = await runInDurableObject(namespace.get(id), (_, { storage }) => {
        const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
        const own = tables
          .map((table) => String(table.name))
          .filter((name) => !name.startsWith('_cf_') && name !== 'told');
        return own.map((name) => [name, storage.sql.exec(`SELECT * FROM ${name}`).toArray()]);
      });
    }
  }
  // an object that stored nothing is as good as none
  return Object.fromEntries(Object.entries(all).filter(([, tables]) => Array.isArray(tables) && tables.length > 0));
}

export const problem = (key: string) => ({ key, requestId: expect.any(String) });

/** Every item of a list, page by page. */
export async function walk<T>(path: string, token: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { body } = await get<{ items: T[]; nextCursor: string | null }>(path + more, token);
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return items;
}

async function objects(): Promise<[DurableObjectNamespace, DurableObjectId][]> {
  const namespaces = [env.CUSTOMERS, env.DIRECTORY, env.SHOP] as DurableObjectNamespace[];
  const lists = await Promise.all(
    namespaces.map(async (one) => (await listDurableObjectIds(one)).map((id) => [one, id] as const)),
  );
  return lists.flat().map(([namespace, id]) => [namespace, id]);
}

export async function prepare(): Promise<void> {
  for (const [, id] of await objects()) strangers.add(id.toString());
  await makeCopies();
}
