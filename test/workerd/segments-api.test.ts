/** The API of segments: made, changed, previewed, dropped; each once for a key, and every bad one refused by field and rule. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { READY_KEYS } from '../../worker/domain/segments/ready.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { all, did, segmentIds, transitions } from './segment-book.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const VIEWED = all(did('Viewed', 'greater-than-or-equal', 1));
const TWICE = all(did('Viewed', 'greater-than-or-equal', 2));

const iso = (ms: number) => new Date(ms).toISOString();

async function make(shop: TestShop, about: object = {}, headers?: Record<string, string>) {
  const body = { name: 'Viewers', definition: VIEWED, ...about };
  const made = await shop.admin('POST', '/admin/v1/segments', body, headers);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made;
}

async function ended(shop: TestShop, id: string) {
  await jobsOf(env, shop.id).ended(id, 10_000);
  return (await shop.admin('GET', `/admin/v1/jobs/${id}`)).body;
}

const jobsIn = async (shop: TestShop) => (await shop.admin('GET', '/admin/v1/jobs')).body.items;

describe('a segment', () => {
  it('is made with a job that looks at everybody, and read back as it was said', async () => {
    const shop = await makeShop();
    const users = [newUser(), newUser(), newUser()];
    await shop.batch(track(users[0] ?? '', 'Viewed'), track(users[1] ?? '', 'Viewed'), track(users[2] ?? '', 'Else'));
    const { body, headers } = await make(shop, { description: 'Who looked', perSecond: 10_000 });
    const { segment, job } = body;
    expect(segment).toEqual({
      id: expect.stringMatching(/^seg_[0-9a-z]{20}$/),
      name: 'Viewers',
      description: 'Who looked',
      definition: VIEWED,
      ready: null,
      members: null,
      createdAtMs: expect.any(Number),
      updatedAtMs: segment.createdAtMs,
    });
    expect(headers.get('location')).toBe(`/admin/v1/segments/${segment.id}`);
    expect(job).toMatchObject({ kind: 'evaluate_segments', input: { perSecond: 10_000 } });
    expect(await ended(shop, job.id)).toMatchObject({ state: 'done', result: { customers: 3, entered: 2, left: 0 } });
    expect((await shop.admin('GET', `/admin/v1/segments/${segment.id}`)).body).toEqual(segment);
    const counted = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/segments?counts=true')).body;
      return items[0].members === 2 ? items[0] : null;
    });
    expect(counted).toEqual({ ...segment, members: 2 });
    const one = await shop.admin('GET', `/admin/v1/segments/${segment.id}?counts=true`);
    expect(one.body.members).toBe(2);
  });

  it('INV-2: is made once for a key, with the same job', async () => {
    const shop = await makeShop();
    const headers = { 'Idempotency-Key': 'one' };
    const [first, again] = [await make(shop, {}, headers), await make(shop, {}, headers)];
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect((await shop.admin('GET', '/admin/v1/segments')).body.items).toHaveLength(1);
    expect(await jobsIn(shop)).toHaveLength(1);
  });

  it('is changed field by field; only another definition looks at everybody again', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Viewed'));
    const { segment, job } = (await make(shop)).body;
    await ended(shop, job.id);
    const path = `/admin/v1/segments/${segment.id}`;
    const named = await shop.admin('PATCH', path, { name: 'Other', definition: VIEWED, perSecond: 5 });
    expect([named.status, named.body.job, named.body.segment.name]).toEqual([200, null, 'Other']);
    const changed = await shop.admin('PATCH', path, { definition: TWICE, announce: true });
    expect(changed.body.segment).toMatchObject({ name: 'Other', definition: TWICE });
    expect((await shop.admin('PATCH', path, { description: 'meanwhile' })).body.job).toBe(null);
    expect(await ended(shop, changed.body.job.id)).toMatchObject({ result: { left: 1 } });
    expect((await transitions(shop, user)).map(({ kind, announced }) => [kind, announced])).toEqual([
      ['segment.entered', false],
      ['segment.left', true],
    ]);
    const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`)).body;
    const told = items.filter(({ kind }: { kind: string }) => kind.startsWith('segment.'));
    const about = { segment_id: segment.id, cause: 'definition', cause_event: null };
    expect(told.map(({ kind, properties }: { kind: string; properties: object }) => [kind, properties])).toEqual([
      ['segment.left', expect.objectContaining({ ...about, segment_name: 'Other', since: iso(told[1].atMs) })],
      [
        'segment.entered',
        expect.objectContaining({ ...about, segment_name: 'Viewers', effective_at: iso(told[1].atMs) }),
      ],
    ]);
  });

  it('is evaluated again harmlessly, with or without a body', async () => {
    const shop = await makeShop();
    await shop.batch(track(newUser(), 'Viewed'));
    const { segment, job } = (await make(shop)).body;
    await ended(shop, job.id);
    for (const [body, perSecond] of [
      [undefined, null],
      [{ perSecond: 100 }, 100],
    ]) {
      const { status, body: again } = await shop.admin('POST', `/admin/v1/segments/${segment.id}/evaluate`, body);
      expect([status, again.input]).toEqual([202, { perSecond }]);
      expect(await ended(shop, again.id)).toMatchObject({ state: 'done', result: { entered: 0, left: 0 } });
    }
    // a client that names the type of all it sends
    const path = `/admin/v1/segments/${segment.id}/evaluate`;
    expect((await shop.admin('POST', path, '')).status).toBe(202);
    expect((await shop.admin('POST', path, ' ')).status).toBe(400);
  });

  it('is dropped with its copies, and not while others ask for it', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Viewed'));
    const { segment, job } = (await make(shop)).body;
    await ended(shop, job.id);
    const asks = all({ type: 'profile-group-membership', is_member: true, group_ids: [segment.id] });
    const outer = (await make(shop, { name: 'Outer', definition: asks })).body.segment;
    const copies = async () =>
      Number(await env.DB.prepare('SELECT COUNT(*) AS n FROM member WHERE shop = ?').bind(shop.id).first('n'));
    await eventually(async () => ((await copies()) === 2 ? true : null));
    const rule = { change: 'added', on: 'segment', segment: segment.id, transition: 'entered' };
    const list = (await shop.admin('POST', '/admin/v1/lists', { name: 'Kept', rules: [rule] })).body;
    const path = `/admin/v1/segments/${segment.id}`;
    const refused = await shop.admin('DELETE', path);
    expect([refused.status, refused.body.key]).toEqual([409, 'conflict']);
    expect(refused.body.detail).toContain(outer.id);
    expect(refused.body.detail).toContain(list.id);
    expect((await shop.admin('DELETE', `/admin/v1/segments/${outer.id}`)).status).toBe(204);
    await shop.admin('PATCH', `/admin/v1/lists/${list.id}`, { rules: [] });
    const headers = { 'Idempotency-Key': 'drop' };
    for (const _ of [1, 2]) expect((await shop.admin('DELETE', path, undefined, headers)).status).toBe(204);
    expect((await shop.admin('GET', path)).status).toBe(404);
    expect((await shop.admin('DELETE', path)).status).toBe(404);
    const [last] = await jobsIn(shop);
    expect(await ended(shop, last.id)).toMatchObject({ kind: 'evaluate_segments', input: { perSecond: null } });
    await eventually(async () => ((await copies()) === 0 ? true : null));
    expect(await segmentIds(shop, user)).toEqual([]);
  });

  it('is listed by birth, page by page, also while others are dropped', async () => {
    const shop = await makeShop();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      ids.push((await make(shop, { name })).body.segment.id);
      await scheduler.wait(2);
    }
    const first = (await shop.admin('GET', '/admin/v1/segments?limit=2')).body;
    await shop.admin('DELETE', `/admin/v1/segments/${ids[1]}`);
    const second = (await shop.admin('GET', `/admin/v1/segments?limit=2&cursor=${first.nextCursor}`)).body;
    const third = (await shop.admin('GET', `/admin/v1/segments?limit=2&cursor=${second.nextCursor}`)).body;
    const seen = [first, second, third].map(({ items }) => items.map(({ id }: { id: string }) => id));
    expect([seen.flat(), third.nextCursor]).toEqual([ids, null]);
  });
});

describe('a run that died before its answer was kept', () => {
  /** As if nobody had heard the end of it, half a minute ago. */
  async function forgetAnswers(shop: TestShop): Promise<void> {
    await runInDurableObject(env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`)), (_, { storage }) => {
      storage.sql.exec("UPDATE answered SET status = 0, at_ms = 0, body = ''");
    });
  }

  it('INV-2: begins the job that the first run may not have begun, and no other', async () => {
    const shop = await makeShop();
    const { segment, job } = (await make(shop)).body;
    // one that waits would serve the next change as well
    await ended(shop, job.id);
    const path = `/admin/v1/segments/${segment.id}`;
    const again = async (method: string, body: object | undefined, key: string) => {
      const headers = { 'Idempotency-Key': key };
      const first = await shop.admin(method, path, body, headers);
      await forgetAnswers(shop);
      return [first, await shop.admin(method, path, body, headers)] as const;
    };
    const [changed, rerun] = await again('PATCH', { definition: TWICE, announce: true }, 'change');
    expect([rerun.status, rerun.body.job.id]).toEqual([200, changed.body.job.id]);
    expect(rerun.body.segment.definition).toEqual(TWICE);
    await ended(shop, changed.body.job.id);
    const [dropped, redropped] = await again('DELETE', undefined, 'drop');
    expect([dropped.status, redropped.status]).toEqual([204, 204]);
    expect((await jobsIn(shop)).map(({ kind }: { kind: string }) => kind)).toEqual([
      'evaluate_segments',
      'evaluate_segments',
      'evaluate_segments',
    ]);
  });
});

describe('a ready segment', () => {
  it('is listed with what can be set of it', async () => {
    const { items } = (await (await makeShop()).admin('GET', '/admin/v1/ready-segments')).body;
    expect(items.map(({ key }: { key: string }) => key)).toEqual(READY_KEYS);
    expect(items[0].parameters[0]).toMatchObject({ name: 'window', kind: 'window', default: { quantity: 72 } });
  });

  it.each(READY_KEYS)('is made by its key alone: %s', async (key) => {
    const shop = await makeShop();
    const { segment } = (await make(shop, { name: undefined, definition: undefined, ready: { key } })).body;
    expect(segment).toMatchObject({ ready: key, name: expect.stringMatching(/./), description: expect.any(String) });
  });

  it('takes its parameters, a name of its own, and refuses what it has not', async () => {
    const shop = await makeShop();
    const ready = { key: 'espresso_email', window: { unit: 'hour', quantity: 24 } };
    const { segment } = (await make(shop, { name: 'Mine', definition: undefined, ready })).body;
    expect([segment.name, JSON.stringify(segment.definition)]).toEqual(['Mine', expect.stringContaining('24')]);
    const refused = await shop.admin('POST', '/admin/v1/segments', { ready: { key: 'reviewers', orders: 3 } });
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ field: 'ready.orders', rule: 'is not a parameter of reviewers' }],
    ]);
  });
});

describe('a preview', () => {
  it('counts whom a definition would hold, and saves nothing', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Viewed'), track(newUser(), 'Else'), {
      type: 'track',
      anonymousId: newUser(),
      event: 'Viewed',
    });
    const { status, headers, body } = await shop.admin('POST', '/admin/v1/segments/preview', { definition: VIEWED });
    expect([status, body.kind, headers.get('location')]).toEqual([202, 'preview_segment', `/admin/v1/jobs/${body.id}`]);
    const { result } = await ended(shop, body.id);
    expect(result).toMatchObject({ customers: 3, count: 1, anonymous: 1, samples: [{ says: expect.any(String) }] });
    expect((await shop.admin('GET', '/admin/v1/segments')).body.items).toEqual([]);
    const ready = await shop.admin('POST', '/admin/v1/segments/preview', { ready: { key: 'reviewers' } });
    expect(await ended(shop, ready.body.id)).toMatchObject({ state: 'done', result: { count: 0 } });
  });
});

describe('a snapshot', () => {
  it('puts who is in it on a list, new or not', async () => {
    const shop = await makeShop();
    const users = [newUser(), newUser()];
    await shop.batch(...users.map((user) => track(user, 'Viewed')), track(newUser(), 'Else'));
    const { segment, job } = (await make(shop)).body;
    await ended(shop, job.id);
    const path = `/admin/v1/segments/${segment.id}/snapshot`;
    const headers = { 'Idempotency-Key': 'snap' };
    const [first, again] = [
      await shop.admin('POST', path, { name: 'Kept' }, headers),
      await shop.admin('POST', path, { name: 'Kept' }, headers),
    ];
    expect([first.status, again.body.id, again.headers.get('location')]).toEqual([
      202,
      first.body.id,
      `/admin/v1/jobs/${first.body.id}`,
    ]);
    const { list } = first.body.input;
    expect(await ended(shop, first.body.id)).toMatchObject({ result: { members: 2 } });
    const lists = (await shop.admin('GET', '/admin/v1/lists')).body.items;
    expect(lists.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([[list, 'Kept']]);
    const inside = (await shop.admin('GET', `/admin/v1/customers/user:${users[0]}/segments`)).body;
    expect(inside.lists).toMatchObject([{ id: list, name: 'Kept' }]);
    const other = (await shop.admin('POST', '/admin/v1/lists', { name: 'Other' })).body;
    const more = await shop.admin('POST', path, { list: other.id });
    expect(await ended(shop, more.body.id)).toMatchObject({ input: { segment: segment.id, list: other.id } });
    for (const [body, field] of [
      [{ list: 'lst_nope' }, 'list'],
      [{}, 'list'],
      [{ list: other.id, name: 'Both' }, 'list'],
      [{ name: ' ' }, 'name'],
    ] as const) {
      const refused = await shop.admin('POST', path, body);
      expect([refused.status, refused.body.errors[0].field]).toEqual([400, field]);
    }
  });
});

describe('a request that cannot be', () => {
  const metric = VIEWED.condition_groups[0]?.conditions[0];
  const regex = { type: 'string', operator: 'regex', value: '(' };
  const property = { type: 'profile-property', property: 'city', filter: regex };
  const group = (id: string) => all({ type: 'profile-group-membership', is_member: true, group_ids: [id] });

  const BAD: [object, string][] = [
    [{ definition: VIEWED }, 'name'],
    [{ name: 'a' }, 'definition'],
    [{ name: 'a', definition: VIEWED, ready: { key: 'reviewers' } }, 'ready'],
    [{ name: '', definition: VIEWED }, 'name'],
    [{ name: 7, definition: VIEWED }, 'name'],
    [{ name: 'a\u0000', definition: VIEWED }, 'name'],
    [{ name: 'x'.repeat(201), definition: VIEWED }, 'name'],
    [{ name: 'a', description: null, definition: VIEWED }, 'description'],
    [{ name: 'a', definition: null }, 'definition'],
    [{ name: 'a', definition: {} }, 'definition.condition_groups'],
    [{ name: 'a', definition: VIEWED, announce: 'yes' }, 'announce'],
    [{ name: 'a', definition: VIEWED, perSecond: 0 }, 'perSecond'],
    [{ name: 'a', definition: VIEWED, perSecond: 1.5 }, 'perSecond'],
    [{ name: 'a', definition: VIEWED, perSecond: 10_001 }, 'perSecond'],
    [{ name: 'a', definition: VIEWED, colour: 'red' }, 'colour'],
    [{ ready: { key: 'nope' } }, 'ready.key'],
    [{ ready: { key: 'reviewers', colour: 'red' } }, 'ready.colour'],
    [
      { name: 'a', definition: { condition_groups: [{ conditions: [{ ...metric, measurement: 'avg' }] }] } },
      'definition.condition_groups.0.conditions.0.measurement',
    ],
    [
      { name: 'a', definition: { condition_groups: [{ conditions: [property] }] } },
      'definition.condition_groups.0.conditions.0.filter.value',
    ],
    [{ name: 'a', definition: group('seg_nope') }, 'definition.condition_groups'],
  ];
  it.each(BAD.map(([body, field]) => ({ body, field })))(
    'INV-14: is refused by its $field',
    async ({ body, field }) => {
      const shop = await makeShop();
      const { status, body: problem } = await shop.admin('POST', '/admin/v1/segments', body);
      expect([status, problem.key, problem.errors?.[0]?.field]).toEqual([400, 'invalid_request', field]);
      expect(problem.errors[0].rule).not.toBe('');
      expect(await jobsIn(shop)).toEqual([]);
    },
  );

  it('takes a hundred conditions of ten filters each, wherever one may be asked for, and nothing much larger', async () => {
    const shop = await makeShop();
    await shop.batch(track('hundred', 'Viewed'));
    const filters = Array.from({ length: 10 }, (_, at) => ({
      property: `a property with quite a long name, the ${at}th`,
      filter: { type: 'string', operator: 'equals', value: 'x'.repeat(40) },
    }));
    const one = did('Viewed', 'greater-than-or-equal', 1);
    const conditions = Array.from({ length: 100 }, () => ({ ...one, metric_filters: filters }));
    const definition = { condition_groups: [{ conditions }] };
    expect(JSON.stringify(definition).length).toBeGreaterThan(100_000);
    expect((await make(shop, { definition })).body.segment.definition).toEqual(definition);
    const asked = await shop.admin('POST', '/admin/v1/customers/user:hundred/explain', { definition });
    expect([asked.status, asked.body.holds]).toEqual([200, false]);
    expect((await shop.admin('POST', '/admin/v1/segments/preview', { definition })).status).toBe(202);
    const huge = await shop.admin('POST', '/admin/v1/segments', { name: 'x'.repeat(256 * 1024), definition });
    expect([huge.status, huge.body.key]).toEqual([400, 'payload_too_large']);
  });

  it('INV-14: nor is a bad preview, nor a definition that would ask for itself', async () => {
    const shop = await makeShop();
    const bad = await shop.admin('POST', '/admin/v1/segments/preview', { definition: group('seg_nope') });
    expect([bad.status, bad.body.errors]).toEqual([
      400,
      [{ field: 'definition.condition_groups', rule: 'names no list or segment of this shop: seg_nope' }],
    ]);
    const { id } = (await make(shop)).body.segment;
    const circle = await shop.admin('PATCH', `/admin/v1/segments/${id}`, { definition: group(id) });
    expect([circle.status, circle.body.errors[0].field]).toEqual([400, 'definition.condition_groups']);
    expect((await shop.admin('GET', `/admin/v1/segments/${id}`)).body.definition).toEqual(VIEWED);
  });

  it('INV-14: nor is a list whose rules go by who is on it, whichever of the two was there first', async () => {
    const shop = await makeShop();
    const list = (await shop.admin('POST', '/admin/v1/lists', { name: 'Round' })).body.id;
    const { id } = (await make(shop, { definition: group(list) })).body.segment;
    const rules = [{ change: 'removed', on: 'segment', segment: id, transition: 'left' }];
    const ruled = await shop.admin('PATCH', `/admin/v1/lists/${list}`, { rules });
    expect([ruled.status, ruled.body.errors]).toEqual([
      400,
      [{ field: 'rules.0.segment', rule: 'is a segment that asks, in the end, who is on this very list' }],
    ]);
    await shop.admin('PATCH', `/admin/v1/segments/${id}`, { definition: VIEWED });
    expect((await shop.admin('PATCH', `/admin/v1/lists/${list}`, { rules })).status).toBe(200);
    const circle = await shop.admin('PATCH', `/admin/v1/segments/${id}`, { definition: group(list) });
    expect([circle.status, circle.body.errors[0].field]).toEqual([400, 'definition.condition_groups']);
  });

  it.each(['limit=0', 'limit=201', 'cursor=x', 'counts=yes', 'colour=red'])('INV-14: refuses ?%s', async (query) => {
    const shop = await makeShop();
    for (const path of ['/admin/v1/segments', '/admin/v1/lists'])
      expect((await shop.admin('GET', `${path}?${query}`)).status).toBe(400);
  });

  it('INV-10: is 404 for another shop, and 403 without the scope', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const { id } = (await make(shop)).body.segment;
    const path = `/admin/v1/segments/${id}`;
    for (const [method, more, body] of [
      ['GET', '', undefined],
      ['GET', '/members', undefined],
      ['GET', '/export', undefined],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['POST', '/evaluate', {}],
      ['POST', '/snapshot', { name: 'x' }],
    ] as const)
      expect((await other.admin(method, path + more, body)).status, method + more).toBe(404);
    const secretOf = async (scopes: string[]) =>
      (await shop.admin('POST', '/admin/v1/keys', { kind: 'secret', scopes })).body.secret;
    const people = { Authorization: `Bearer ${await secretOf(['customers'])}` };
    const settings = { Authorization: `Bearer ${await secretOf(['settings'])}` };
    for (const more of ['/members', '/export']) {
      expect((await shop.admin('GET', path + more, undefined, settings)).status).toBe(403);
      expect((await shop.admin('GET', path + more, undefined, people)).status).toBe(200);
    }
    expect((await shop.admin('GET', path, undefined, people)).status).toBe(403);
    expect((await shop.admin('GET', path, undefined, settings)).status).toBe(200);
    expect((await shop.admin('POST', `${path}/snapshot`, { name: 'x' }, people)).status).toBe(403);
  });
});
