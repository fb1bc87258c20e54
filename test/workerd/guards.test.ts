/** What is limited before any object is called: the clock stands still, so that limits are exact. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import app from '../../worker/index.ts';
import { makeShop, newUser, type TestShop } from './shop.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 15, 12) }));
afterEach(() => void vi.useRealTimers());

interface Post {
  path?: string;
  address?: string;
  key?: string;
  body: unknown;
}

function requestOf({ path = '/v1/batch', address = '203.0.113.1', key, body }: Post): Request {
  const headers = new Headers({ 'CF-Connecting-IP': address, Origin: 'https://shop.example' });
  if (key !== undefined) headers.set('Authorization', `Basic ${btoa(`${key}:`)}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(`https://edge.test${path}`, { method: 'POST', headers, body: text });
}

async function send(post: Post, bindings: object = env): Promise<Response> {
  return app.fetch(requestOf(post), bindings, createExecutionContext());
}

/** The bindings, and every use that is made of them. */
function watched() {
  const used: string[] = [];
  const watch = (name: string, binding: object) =>
    new Proxy(binding, {
      get(target, method) {
        used.push(`${name}.${String(method)}`);
        const value: unknown = Reflect.get(target, method);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const names = ['CUSTOMERS', 'DIRECTORY', 'SHOP', 'DEBUGGER', 'DB', 'ASSETS'] as const;
  const bindings = Object.fromEntries(names.map((name) => [name, watch(name, env[name])]));
  return { used, bindings: { ...env, ...bindings } };
}

/** Of one visitor: how many new ones an address may make up is limited by itself, and much lower. */
function events(count: number, anonymousId = newUser()) {
  return { batch: Array.from({ length: count }, () => ({ type: 'track', anonymousId, event: 'X' })) };
}

function countOf(answers: Response[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function flood(count: number, postOf: (at: number) => Post, bindings: object = env): Promise<Response[]> {
  const answers: Response[] = [];
  for (let at = 0; at < count; at += 1) answers.push(await send(postOf(at), bindings));
  return answers;
}

function setIngest(shop: TestShop, ingestPerSecond: number) {
  return shop.admin('PATCH', '/admin/v1/shop', { ingestPerSecond });
}

describe('INV-13: a flood of', () => {
  const KEY = `pk_${'0'.repeat(20)}_${'0'.repeat(32)}`;
  const floods: [string, (at: number) => Post][] = [
    ['made-up keys in the header', () => ({ key: KEY, body: events(1) })],
    ['made-up keys in the body', (at) => ({ body: { ...events(1), writeKey: `${KEY.slice(0, -3)}${at % 10}00` } })],
    ['made-up keys in the query', () => ({ path: `/beacon/v1/batch?writeKey=${KEY}`, body: events(1) })],
    ['broken bodies', () => ({ path: '/v1/t', body: '{"batch":' })],
    ['made-up source addresses', (at) => ({ path: `/v1/projects/pk_${at}/settings`, body: '' })],
  ];

  it.each(floods)('%s calls no object and is turned away after 1,000', async (name, postOf) => {
    const { used, bindings } = watched();
    const answers = await flood(1_050, (at) => ({ ...postOf(at), address: name }), bindings);
    const { 429: refused, ...others } = countOf(answers);
    expect(refused).toBe(50);
    expect(Object.values(others)).toEqual([1_000]);
    expect(used).toEqual([]);
  });

  it('bad requests is not even read, says when to come back, and can be read from any page', async () => {
    const address = '203.0.113.9';
    await flood(1_000, () => ({ address, body: '{' }));
    const request = requestOf({ address, body: events(1) });
    const answer = await app.fetch(request, env, createExecutionContext());
    expect([answer.status, request.bodyUsed]).toEqual([429, false]);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
    vi.setSystemTime(Date.now() + 1_000);
    expect((await send({ address, body: '{' })).status).toBe(400);
  });

  it('bad requests from one IPv6 line stops that line, and nobody else', async () => {
    const of = (at: number) => `2001:db8:7:7:${(at + 1).toString(16)}::1`;
    await flood(1_000, (at) => ({ address: of(at), body: '{' }));
    expect((await send({ address: of(5_000), body: '{' })).status).toBe(429);
    expect((await send({ address: '2001:db8:7:8::1', body: '{' })).status).toBe(400);
  });

  it('bad requests does not stop a server at the same address that holds a write key', async () => {
    const { keys } = await makeShop();
    const address = '203.0.113.10';
    await flood(1_000, () => ({ address, body: '{' }));
    expect((await send({ address, key: keys.write, body: events(1) })).status).toBe(200);
    expect((await send({ address, key: keys.write.replace(/.$/, '!'), body: events(1) })).status).toBe(429);
  });
});

describe('a publishable key', () => {
  it('takes 500 events a second from one address, and others from other addresses', async () => {
    const { keys } = await makeShop();
    const other = await makeShop();
    const key = keys.publishable;
    const address = '203.0.113.11';
    expect((await send({ address, key, body: events(1_000) })).status).toBe(200);
    const { used, bindings } = watched();
    const refused = await send({ address, key, body: events(1) }, bindings);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(used).toEqual([]);
    expect((await send({ address: '203.0.113.12', key, body: events(1) })).status).toBe(200);
    expect((await send({ address, key: other.keys.publishable, body: events(1) })).status).toBe(200);
  });

  it('is not used up by an address that is made to wait', async () => {
    const { keys } = await makeShop();
    const post = { address: '203.0.113.13', key: keys.publishable, body: events(1_000) };
    const answers = await flood(20, () => post);
    expect(countOf(answers)).toEqual({ 200: 1, 429: 19 });
    expect((await send({ ...post, address: '203.0.113.14' })).status).toBe(200);
  });

  it('takes as many events a second as the shop says, whatever their addresses', async () => {
    const shop = await makeShop();
    await setIngest(shop, 10);
    const key = shop.keys.publishable;
    const answers = await flood(4, (at) => ({ address: `198.51.100.${at}`, key, body: events(6) }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  });
});

describe('a write key', () => {
  it('takes as many requests a second as the shop says, however many events they hold', async () => {
    const shop = await makeShop();
    await setIngest(shop, 2);
    const answers = await flood(6, () => ({ key: shop.keys.write, body: events(50) }));
    expect(countOf(answers)).toEqual({ 200: 4, 429: 2 });
  });
});
