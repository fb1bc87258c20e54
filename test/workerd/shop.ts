/** A shop of its own for each test, made through the API as an operator makes one, and short ways to talk to it. */
import { applyD1Migrations } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';

type WithMigrations = { D1_MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of every route and says itself what it expects
  body: any;
}

export interface TestShop {
  id: string;
  keys: { publishable: string; write: string; secret: string };
  admin: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  segment: (path: string, body: unknown) => Promise<Answer>;
  batch: (...messages: object[]) => Promise<Answer>;
}

export const worker = exports.default;

export async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type: Record<string, string> = text === undefined ? {} : { 'Content-Type': 'application/json' };
  const init = { method, headers: { ...type, ...headers }, ...(text === undefined ? {} : { body: text }) };
  const response = await worker.fetch(new Request(`https://edge.test${path}`, init));
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(answer) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const OPERATOR = { Authorization: `Bearer ${env.OPERATOR_TOKEN}` };

export const NEW_SHOP = { name: 'Test', currency: 'EUR', timeZone: 'Europe/Berlin', locale: 'en', mode: 'live' };

/** D1's tables, made where they are not there yet. */
export async function makeCopies(): Promise<void> {
  await applyD1Migrations(env.DB, (env as typeof env & WithMigrations).D1_MIGRATIONS);
}

export async function makeShop(about: object = {}): Promise<TestShop> {
  await makeCopies();
  const made = await call('POST', '/admin/v1/shops', { ...NEW_SHOP, ...about }, OPERATOR);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const { shop, keys } = made.body;
  const secret = { Authorization: `Bearer ${keys.secret}` };
  const segment = (path: string, body: unknown) =>
    call('POST', path, body, { Authorization: `Basic ${btoa(`${keys.write}:`)}` });
  return {
    id: shop.id,
    keys,
    admin: (method, path, body, headers) => call(method, path, body, { ...secret, ...headers }),
    segment,
    batch: (...messages) => segment('/v1/batch', { batch: messages }),
  };
}

/** A track message with ids that no other test uses. */
export function track(userId: string, event: string, properties: object = {}, more: object = {}): object {
  return { type: 'track', userId, event, properties, messageId: crypto.randomUUID(), ...more };
}

export function newUser(): string {
  return `u-${crypto.randomUUID()}`;
}

/** Repeats `read` until it answers something other than null; what is awaited has no event of its own to wait for. */
export async function eventually<T>(read: () => Promise<T | null>, withinMs = 3_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await read();
    if (found !== null) return found;
    if (Date.now() > until) throw new Error('it did not happen in time');
    await scheduler.wait(10);
  }
}
