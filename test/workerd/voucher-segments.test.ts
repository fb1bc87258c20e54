/** Segments as voucher clients read them: whose keys they show, pages, names of any form, and memberships as of now. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { EVALUATE_SEGMENTS } from '../../worker/jobs/evaluate-segments.ts';
import { jobsOf, newJobId } from '../../worker/jobs/stubs.ts';
import { all, customerOf, did, redefine, segment } from './segment-book.ts';
import { type Answer, call, makeShop, newUser, type TestShop, track } from './shop.ts';

const VIEWED = all(did('Viewed', 'greater-than-or-equal', 1));

function ask(shop: TestShop, path: string, method = 'GET', more: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, undefined, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });
}

function ofCustomer(shop: TestShop, id: string): Promise<Answer> {
  return ask(shop, `/v1/customers/${encodeURIComponent(id)}/segments`);
}

const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id);

/** A test shop whose clock stands still. */
async function still(): Promise<TestShop> {
  const shop = await makeShop({ mode: 'test' });
  await shop.admin('POST', '/admin/v1/clock', { by: 'PT0S' });
  return shop;
}

describe('access', () => {
  const DOORS = ['/v1/segments', '/v1/segments/seg_x', '/v1/customers/x/segments', '/v1/segments?limit=0'];

  it.each(DOORS)(
    'to %s needs the id of a shop and a secret key of it, and says nothing else to anybody',
    async (path) => {
      const [shop, other] = [await makeShop(), await makeShop()];
      const { secret, write, publishable } = shop.keys;
      const wrong: Record<string, string>[] = [
        {},
        { 'X-App-Id': shop.id },
        { 'X-App-Token': secret },
        { Authorization: `Bearer ${secret}` },
        { 'X-App-Id': shop.id, 'X-App-Token': '' },
        { 'X-App-Id': shop.id, 'X-App-Token': 'sk_x' },
        { 'X-App-Id': shop.id, 'X-App-Token': write },
        { 'X-App-Id': shop.id, 'X-App-Token': publishable },
        { 'X-App-Id': shop.id, 'X-App-Token': other.keys.secret },
        { 'X-App-Id': other.id, 'X-App-Token': secret },
        { 'X-App-Id': 'shp_x', 'X-App-Token': secret },
      ];
      for (const headers of wrong) {
        const answer = await call('GET', path, undefined, headers);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('content-type')).toBe('application/json');
        expect(answer.body).toEqual({
          code: 401,
          key: 'unauthorized',
          message: 'Unauthorized',
          details: expect.stringContaining('X-App-Token'),
          request_id: answer.headers.get('x-request-id'),
        });
      }
    },
  );

  it('ends with the key, and needs the scope', async () => {
    const shop = await makeShop();
    const made = async (about: object) =>
      (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', ...about })).body;
    const [full, settings, customers] = [
      await made({}),
      ...(await Promise.all([['settings'], ['customers']].map((scopes) => made({ scopes })))),
    ];
    const by = async (secret: string) => {
      const paths = ['/v1/segments', '/v1/segments/x', '/v1/customers/x/segments'];
      const answers = await Promise.all(paths.map((path) => ask(shop, path, 'GET', { 'X-App-Token': secret })));
      return answers.map(({ body }) => body.key ?? body.object);
    };
    const missing = 'resource_not_found';
    expect(await by(full.secret)).toEqual(['list', missing, missing]);
    expect(await by(settings.secret)).toEqual(['list', missing, 'insufficient_scope']);
    expect(await by(customers.secret)).toEqual(['insufficient_scope', 'insufficient_scope', missing]);
    const refused = await ask(shop, '/v1/segments', 'GET', { 'X-App-Token': customers.secret });
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { code: 403, details: expect.stringContaining('settings') },
    ]);
    expect((await shop.admin('DELETE', `/admin/v1/keys/${full.key.id}`)).status).toBe(204);
    expect(await by(full.secret)).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    'by %s is not to be had, and the answer says by which it is',
    async (method) => {
      const shop = await makeShop();
      for (const path of ['/v1/segments', '/v1/segments/seg_x', '/v1/customers/a%2Fb/segments']) {
        const answer = await ask(shop, path, method);
        expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
        expect(answer.body).toEqual({
          code: 405,
          key: 'method_not_allowed',
          message: expect.any(String),
          details: expect.any(String),
          request_id: expect.any(String),
        });
      }
    },
  );
});

describe('the list', () => {
  it('shows a segment in the shape that clients know, with the definition as ours', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED, 'Viewers');
    const { status, body } = await ask(shop, '/v1/segments');
    const shown = {
      id,
      name: 'Viewers',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: null,
      metadata: {},
      type: 'auto-update',
      initial_sync_status: 'DONE',
      filter: {},
      definition: VIEWED,
      object: 'segment',
    };
    expect([status, body]).toEqual([200, { object: 'list', data_ref: 'data', data: [shown], total: 1 }]);
    expect((await ask(shop, `/v1/segments/${id}`)).body).toEqual(shown);
    await redefine(shop, id, all(did('Viewed', 'greater-than-or-equal', 2)));
    expect((await ask(shop, `/v1/segments/${id}`)).body.updated_at).toEqual(expect.any(String));
  });

  it('pages without leaving out or repeating any, the newest first', async () => {
    const shop = await makeShop();
    const made: string[] = [];
    for (let at = 0; at < 12; at += 1) made.push(await segment(shop, VIEWED, `S${11 - at}`));
    const newest = made.toReversed();
    expect(idsOf(await ask(shop, '/v1/segments'))).toEqual(newest.slice(0, 10));
    const pages = await Promise.all([1, 2, 3, 4].map((page) => ask(shop, `/v1/segments?limit=5&page=${page}`)));
    expect(pages.map(idsOf)).toEqual([newest.slice(0, 5), newest.slice(5, 10), newest.slice(10), []]);
    expect(pages.map(({ body }) => body.total)).toEqual([12, 12, 12, 12]);
    expect(idsOf(await ask(shop, '/v1/segments?limit=100&order=created_at'))).toEqual(made);
    expect(idsOf(await ask(shop, '/v1/segments?limit=100&order=-id'))).toEqual([...made].sort().reverse());
    const named = (await ask(shop, '/v1/segments?limit=2&order=name')).body.data;
    expect(named.map(({ name }: { name: string }) => name)).toEqual(['S0', 'S1']);
    await redefine(shop, made[3] ?? '', all(did('Viewed', 'equals', 4)));
    expect(idsOf(await ask(shop, '/v1/segments?limit=1&order=-updated_at'))).toEqual([made[3]]);
  });

  it('takes the time of creation as a place to go on from', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    const { created_at } = (await ask(shop, `/v1/segments/${id}`)).body;
    const found = async (filter: string, at: string) => {
      const name = encodeURIComponent(`filters[created_at][conditions][${filter}]`);
      return (await ask(shop, `/v1/segments?${name}=${encodeURIComponent(at)}`)).body.total;
    };
    const later = new Date(Date.parse(created_at) + 1).toISOString();
    expect([await found('$before', created_at), await found('$before', later)]).toEqual([0, 1]);
    expect([await found('$after', created_at), await found('$after', '2020-01-01')]).toEqual([0, 1]);
  });

  it.each([
    ['limit=0', 'invalid_query_params'],
    ['limit=101', 'invalid_query_params'],
    ['limit=-1', 'invalid_query_params'],
    ['limit=1.5', 'invalid_query_params'],
    ['limit=1e2', 'invalid_query_params'],
    ['limit=', 'invalid_query_params'],
    ['limit=1&limit=2', 'invalid_query_params'],
    ['page=0', 'invalid_query_params'],
    ['page=x', 'invalid_query_params'],
    ['page=1001', 'page_over_limit'],
    ['order=size', 'invalid_query_params'],
    ['filters[created_at][conditions][$after]=soon', 'invalid_query_params'],
  ])('refuses %s as %s, and names the parameter', async (query, key) => {
    const shop = await makeShop();
    const answer = await ask(shop, `/v1/segments?${query}`);
    const details = expect.stringContaining(query.split('=')[0] ?? '');
    expect([answer.status, answer.body]).toMatchObject([400, { code: 400, key, details }]);
  });

  it('leaves aside what it does not know, and holds nothing of another shop', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const id = await segment(other, VIEWED);
    const { status, body } = await ask(shop, '/v1/segments?customer=1&expand=x');
    expect([status, body]).toEqual([200, { object: 'list', data_ref: 'data', data: [], total: 0 }]);
    expect((await ask(shop, `/v1/segments/${id}`)).status).toBe(404);
  });

  it('says that it is not done yet while customers are held against definitions', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    await shop.batch(...[1, 2, 3].map(() => track(newUser(), 'Viewed')));
    const status = async () => (await ask(shop, `/v1/segments/${id}`)).body.initial_sync_status;
    expect(await status()).toBe('DONE');
    const jobs = jobsOf(env, shop.id);
    const job = await newJobId(shop.id, null);
    await jobs.start({ id: job, kind: EVALUATE_SEGMENTS, input: { perSecond: 1 } });
    expect(await status()).toBe('IN_PROGRESS');
    expect((await ask(shop, '/v1/segments')).body.data[0].initial_sync_status).toBe('IN_PROGRESS');
    await jobs.cancel(job);
    await jobs.ended(job, 5_000);
    expect(await status()).toBe('DONE');
  });

  it('INV-13: makes nothing by being read', async () => {
    const shop = await makeShop();
    await ask(shop, '/v1/segments');
    await ofCustomer(shop, 'nobody');
    const tables = (stub: DurableObjectStub) =>
      runInDurableObject(stub, (_, { storage }) => storage.sql.exec('SELECT name FROM sqlite_master').toArray());
    expect(await tables(env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`)))).toEqual([]);
    expect(await tables(env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${shop.id}`)))).toEqual([]);
  });
});

describe('what is not there', () => {
  it.each([
    ['segment', '/v1/segments/', 'seg_nothing'],
    ['segment', '/v1/segments/', 'a/b'],
    ['customer', '/v1/customers/', 'nobody'],
    ['customer', '/v1/customers/', 'a/b'],
  ])('a %s under %s%s is 404 and named', async (type, path, id) => {
    const shop = await makeShop();
    const answer = await ask(shop, path + encodeURIComponent(id) + (type === 'customer' ? '/segments' : ''));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json']);
    expect(answer.body).toEqual({
      code: 404,
      key: 'resource_not_found',
      message: 'Resource not found',
      details: `There is no ${type} with the id ${id}`,
      request_id: answer.headers.get('x-request-id'),
      resource_id: id,
      resource_type: type,
    });
  });

  it('INV-10: somebody of another shop is nobody, by either name; so is a guest', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const user = newUser();
    await segment(shop, VIEWED);
    await segment(other, VIEWED);
    await other.batch(track(user, 'Viewed'));
    const email = `${user}@example.com`;
    await other.segment('/v1/identify', { anonymousId: newUser(), traits: { email } });
    const guest = (await other.admin('GET', `/admin/v1/customers/email:${email}`)).body.id;
    expect((await ofCustomer(other, guest)).status).toBe(200);
    for (const id of [user, await customerOf(other, user), guest]) {
      const { status, body } = await ofCustomer(shop, id);
      expect([status, body.key]).toEqual([404, 'resource_not_found']);
    }
    expect((await ofCustomer(other, await customerOf(other, user))).body.total).toBe(1);
  });
});

describe("a customer's segments", () => {
  it('are named, by our id and by the id of the shop', async () => {
    const shop = await makeShop();
    const first = await segment(shop, VIEWED, 'Viewers');
    await segment(shop, all(did('Viewed', 'greater-than-or-equal', 9)), 'Others');
    const user = newUser();
    await shop.batch(track(user, 'Viewed'));
    const data = [{ id: first, name: 'Viewers', object: 'segment' }];
    const expected = { object: 'list', data_ref: 'data', data, total: 1 };
    expect((await ofCustomer(shop, user)).body).toEqual(expected);
    expect((await ofCustomer(shop, await customerOf(shop, user))).body).toEqual(expected);
    expect((await ofCustomer(shop, `user:${user}`)).status).toBe(404);
  });

  it.each(['a/b', '/', '100%', 'a%2Fb', 'ä ü?#&+', '用户/1', 'a\\b', '%', '%zz'])(
    'are found under a name such as %s',
    async (name) => {
      const shop = await makeShop();
      const id = await segment(shop, VIEWED);
      await shop.batch(track(name, 'Viewed'));
      expect(idsOf(await ofCustomer(shop, name))).toEqual([id]);
    },
  );

  it("go by our id first, where one customer's id is another's user id", async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    const customer = await customerOf(shop, user);
    await shop.batch(track(customer, 'Viewed'));
    expect(idsOf(await ofCustomer(shop, customer))).toEqual([]);
    expect(idsOf(await ofCustomer(shop, await customerOf(shop, customer)))).toEqual([id]);
  });

  it('are those of now: in at the event, out at the second in which its window runs out', async () => {
    const shop = await still();
    const id = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 1, 72)));
    const user = newUser();
    await shop.batch(track(user, 'Seen'));
    expect(idsOf(await ofCustomer(shop, user))).toEqual([]);
    await shop.batch(track(user, 'Viewed'));
    expect(idsOf(await ofCustomer(shop, user))).toEqual([id]);
    await shop.admin('POST', '/admin/v1/clock', { by: 'PT71H59M59S' });
    expect(idsOf(await ofCustomer(shop, user))).toEqual([id]);
    await shop.admin('POST', '/admin/v1/clock', { by: 'PT1S' });
    expect(idsOf(await ofCustomer(shop, user))).toEqual([]);
  });

  it('hold a new definition before anybody was looked at', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Viewed'));
    expect(idsOf(await ofCustomer(shop, user))).toEqual([]);
    const id = await segment(shop, VIEWED, 'New');
    expect((await ofCustomer(shop, user)).body.data).toEqual([{ id, name: 'New', object: 'segment' }]);
  });

  it('are those of the survivor, under the id from before a merge too', async () => {
    const shop = await makeShop();
    const id = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 2)));
    const [a, b] = [newUser(), newUser()];
    await shop.batch(track(a, 'Viewed'), track(b, 'Viewed'));
    const former = await customerOf(shop, a);
    await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
    for (const name of [former, b]) expect(idsOf(await ofCustomer(shop, name))).toEqual([id]);
  });
});

it('the API document holds these routes, their headers and their error', async () => {
  const { body } = await call('GET', '/openapi.json');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/v1/segments', '/v1/segments/{id}', '/v1/customers/{id}/segments']),
  );
  const { get } = body.paths['/v1/segments'];
  expect(get.security).toEqual([{ appId: [], appToken: [] }]);
  expect(get.responses['401'].content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/VoucherError',
  });
  expect(body.components.securitySchemes.appToken).toMatchObject({ type: 'apiKey', name: 'X-App-Token' });
});
