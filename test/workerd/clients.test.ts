/** The addresses that clients have built in, each with what its client sends there: bodies, keys, preflights, refusals. */
import { describe, expect, it } from 'vitest';
import { call, makeShop, newUser, type TestShop } from './shop.ts';

const basic = (key: string) => ({ Authorization: `Basic ${btoa(`${key}:`)}` });
const PAGE = 'https://shop.example';

async function namesOf(shop: TestShop, ref: string): Promise<string[]> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/${ref}/timeline`);
  return body.items.map((one: { name: string }) => one.name).reverse();
}

const SINGLES: [string, string][] = [
  ['track', 'Tried'],
  ['identify', 'Identified'],
  ['page', 'Viewed Page'],
  ['screen', 'Viewed Screen'],
  ['group', 'Joined Group'],
  ['alias', 'Aliased'],
];
const BATCHES = ['/v1/batch', '/v1/b', '/beacon/v1/batch'];
const POSTS = [...BATCHES, ...SINGLES.flatMap(([type]) => [`/v1/${type}`, `/v1/${type.charAt(0)}`])];
const GETS = ['/v1/projects/pk_x/settings', '/sourceConfig', '/sourceConfig/'];

describe('an event', () => {
  it.each(SINGLES)(
    'of type %s is taken under its name and under its letter, whatever its body says',
    async (type, name) => {
      const shop = await makeShop();
      const userId = newUser();
      const body = { userId, event: 'Tried', type: 'delete', writeKey: shop.keys.publishable };
      for (const path of [`/v1/${type}`, `/v1/${type.charAt(0)}`]) {
        const answer = await call('POST', path, body, { 'Content-Type': 'text/plain' });
        expect([answer.status, answer.body]).toEqual([200, { success: true }]);
      }
      expect(await namesOf(shop, `user:${userId}`)).toEqual([name, name]);
    },
  );

  it('of an alias from a client that names the same person twice is recorded, and changes nobody', async () => {
    const shop = await makeShop();
    const userId = newUser();
    await shop.segment('/v1/identify', { userId, traits: { firstName: 'Una' } });
    const before = (await shop.admin('GET', `/admin/v1/customers/user:${userId}`)).body;
    expect((await shop.segment('/v1/a', { userId, previousId: userId })).status).toBe(200);
    const after = (await shop.admin('GET', `/admin/v1/customers/user:${userId}`)).body;
    expect({ id: after.id, identifiers: after.identifiers }).toEqual({
      id: before.id,
      identifiers: before.identifiers,
    });
    expect(await namesOf(shop, `user:${userId}`)).toEqual(['Identified', 'Aliased']);
  });
});

describe('a batch', () => {
  it.each(BATCHES)('is taken at %s, its key in the header, in the body or in the query', async (path) => {
    const shop = await makeShop();
    const userId = newUser();
    const body = (event: string) => ({ batch: [{ type: 'track', userId, event }] });
    const pk = shop.keys.publishable;
    const plain = { 'Content-Type': 'text/plain' };
    expect((await call('POST', path, body('header'), { ...plain, ...basic(pk) })).status).toBe(200);
    expect((await call('POST', path, { ...body('body'), writeKey: pk }, plain)).status).toBe(200);
    expect((await call('POST', path, body('query'), { ...plain, Authorization: '' })).status).toBe(401);
    expect((await call('POST', `${path}?writeKey=${pk}`, body('query'), plain)).status).toBe(200);
    expect(await namesOf(shop, `user:${userId}`)).toEqual(['header', 'body', 'query']);
  });

  it('of nothing is 200 and makes nothing', async () => {
    const shop = await makeShop();
    expect((await shop.segment('/v1/batch', { batch: [] })).body).toEqual({ success: true });
    expect((await shop.admin('GET', '/admin/v1/events')).body.items).toEqual([]);
  });
});

describe('a page on another origin', () => {
  it.each([...POSTS, ...GETS])('may ask %s with every header its client sends', async (path) => {
    const wanted = 'authorization,content-type,x-retry-count,anonymousid,sentat,rsa-retry-attempt,rsa-recovered';
    const headers = { Origin: PAGE, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': wanted };
    const answer = await call('OPTIONS', path, undefined, headers);
    const allowed = answer.headers.get('access-control-allow-headers')?.split(', ') ?? [];
    expect(answer.status).toBe(204);
    expect(wanted.split(',').filter((name) => !allowed.includes(name))).toEqual([]);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(600);
  });

  it.each(POSTS)(
    'reads why %s refused it, also where it is not listed, for else its client would go on trying',
    async (path) => {
      const shop = await makeShop({ origins: ['https://other.example'] });
      const key = shop.keys.publishable;
      const refused = await Promise.all([
        call('POST', path, '{}', { Origin: PAGE, ...basic(key) }),
        call('POST', path, '{', { Origin: 'null' }),
        call('POST', path, '{}', { Origin: PAGE, ...basic('pk_made_up') }),
      ]);
      expect(refused.map(({ status, body }) => [status, body.key])).toEqual([
        [403, 'origin_not_allowed'],
        [400, 'invalid_json'],
        [401, 'unauthorized'],
      ]);
      expect(refused.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([PAGE, 'null', PAGE]);
      for (const { headers } of refused) {
        expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
        expect(headers.get('vary')).toBe('Origin');
        expect(headers.get('access-control-allow-credentials')).toBeNull();
      }
    },
  );
});

describe('another method', () => {
  it.each(POSTS)('than POST is 405 at %s', async (path) => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await call(method, path);
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'POST, OPTIONS']);
    }
    expect((await call('GET', path)).body.key).toBe('method_not_allowed');
  });

  it.each(GETS)('than GET is 405 at %s', async (path) => {
    const answer = await call('POST', path, {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});

describe("the settings of Segment's browser client", () => {
  it('point it back at the edge it asked, for a publishable key', async () => {
    const { keys } = await makeShop({ origins: ['https://other.example'] });
    const answer = await call('GET', `/v1/projects/${keys.publishable}/settings`, undefined, { Origin: PAGE });
    expect(answer.body).toEqual({
      integrations: { 'Segment.io': { apiKey: keys.publishable, apiHost: 'edge.test/v1', protocol: 'https' } },
      metrics: { sampleRate: 0 },
    });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
  });

  it('are nobody’s for a key that is unknown, ended or not for pages', async () => {
    const { keys, admin } = await makeShop();
    const { items } = (await admin('GET', '/admin/v1/keys')).body;
    const { id } = items.find((key: { kind: string }) => key.kind === 'publishable');
    await admin('DELETE', `/admin/v1/keys/${id}`);
    for (const key of [keys.publishable, keys.write, keys.secret, 'pk_1', '%00', `${keys.publishable}x`]) {
      const answer = await call('GET', `/v1/projects/${key}/settings`, undefined, { Origin: PAGE });
      expect([answer.status, answer.body.key], key).toEqual([404, 'not_found']);
      expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    }
  });
});

describe("the source of RudderStack's browser client", () => {
  it('is on and loads nothing else, its key in the header or in the query', async () => {
    const { id, keys } = await makeShop();
    const off = { enabled: false };
    const source = {
      id: keys.publishable,
      name: 'Regulars',
      writeKey: keys.publishable,
      enabled: true,
      workspaceId: id,
      connections: [],
      destinations: [],
      config: { statsCollection: { errors: off, metrics: off } },
      dataplanes: {},
    };
    const query = `p=npm&v=3&writeKey=${keys.publishable}`;
    expect((await call('GET', '/sourceConfig/?p=npm', undefined, basic(keys.publishable))).body).toEqual({ source });
    expect((await call('GET', `/sourceConfig?${query}`)).body).toEqual({ source });
  });

  it('is nobody’s for a key that is unknown or not for pages', async () => {
    const { keys } = await makeShop();
    for (const key of [keys.write, keys.secret, 'pk_1', '']) {
      expect((await call('GET', '/sourceConfig/', undefined, basic(key))).status, key).toBe(401);
    }
    expect((await call('GET', `/sourceConfig?writeKey=${keys.write}`)).body.key).toBe('unauthorized');
  });
});
