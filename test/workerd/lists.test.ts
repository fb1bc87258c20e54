/** Lists over the API: kept, filled and emptied by hand and by rules, each person told of once. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { all, customerOf, did } from './segment-book.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const DAY = 86_400_000;
const SINCE_2023 = Date.UTC(2023, 4, 1);

async function make(shop: TestShop, about: object = {}, headers?: Record<string, string>) {
  const made = await shop.admin('POST', '/admin/v1/lists', { name: 'Newsletter', ...about }, headers);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body;
}

async function tell(shop: TestShop, list: string, change: string, members: object[], headers?: Record<string, string>) {
  const answer = await shop.admin('POST', `/admin/v1/lists/${list}/members`, { change, members }, headers);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.items as { ref: string; verdict: string; customer: string | null }[];
}

const listsOf = async (shop: TestShop, ref: string) =>
  (await shop.admin('GET', `/admin/v1/customers/${ref}/segments`)).body.lists;

const timeline = async (shop: TestShop, ref: string) =>
  (await shop.admin('GET', `/admin/v1/customers/${ref}/timeline`)).body.items;

describe('a list', () => {
  it('is made once for a key, read, changed, paged and counted', async () => {
    const shop = await makeShop();
    const headers = { 'Idempotency-Key': 'one' };
    const [first, again] = [await make(shop, {}, headers), await make(shop, {}, headers)];
    expect(first).toEqual({
      id: expect.stringMatching(/^lst_[0-9a-z]{20}$/),
      name: 'Newsletter',
      description: '',
      rules: [],
      members: null,
      createdAtMs: expect.any(Number),
      updatedAtMs: first.createdAtMs,
    });
    expect(again).toEqual(first);
    await scheduler.wait(2);
    const other = await make(shop, { name: 'Other', description: 'more' });
    const path = `/admin/v1/lists/${first.id}`;
    const rules = [{ change: 'added', on: 'event', event: 'Order Completed', filters: [] }];
    const changed = await shop.admin('PATCH', path, { rules });
    expect(changed.body).toMatchObject({ name: 'Newsletter', rules: [{ event: 'Placed Order' }] });
    expect((await shop.admin('GET', path)).body).toEqual(changed.body);
    const page = (await shop.admin('GET', '/admin/v1/lists?limit=1')).body;
    const rest = (await shop.admin('GET', `/admin/v1/lists?limit=1&cursor=${page.nextCursor}`)).body;
    expect([page.items[0].id, rest.items[0].id, rest.nextCursor]).toEqual([first.id, other.id, null]);
    await tell(shop, other.id, 'added', [{ userId: newUser() }]);
    await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/lists?counts=true')).body;
      return items.map((one: { members: number }) => one.members).join() === '0,1' ? true : null;
    });
  });

  it('is dropped with its copies, and not while a segment asks for it', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const user = newUser();
    await tell(shop, id, 'added', [{ userId: user }]);
    const count = async () => (await shop.admin('GET', `/admin/v1/lists/${id}?counts=true`)).body.members;
    await eventually(async () => ((await count()) === 1 ? true : null));
    const definition = all({ type: 'profile-group-membership', is_member: true, group_ids: [id] });
    const { segment, job } = (await shop.admin('POST', '/admin/v1/segments', { name: 'On it', definition })).body;
    await jobsOf(env, shop.id).ended(job.id, 10_000);
    const refused = await shop.admin('DELETE', `/admin/v1/lists/${id}`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(segment.id)]);
    expect((await shop.admin('DELETE', `/admin/v1/segments/${segment.id}`)).status).toBe(204);
    expect((await shop.admin('DELETE', `/admin/v1/lists/${id}`)).status).toBe(204);
    expect((await shop.admin('GET', `/admin/v1/lists/${id}`)).status).toBe(404);
    expect(await listsOf(shop, `user:${user}`)).toEqual([]);
    const [last] = (await shop.admin('GET', '/admin/v1/jobs')).body.items;
    expect(last).toMatchObject({ kind: 'evaluate_segments', input: { perSecond: null } });
  });

  it('follows its rules: an event with filters puts people on it, leaving a segment takes them off', async () => {
    const shop = await makeShop();
    const definition = all(did('Came', 'greater-than-or-equal', 1), did('Went', 'equals', 0));
    const { segment } = (await shop.admin('POST', '/admin/v1/segments', { name: 'Here', definition })).body;
    const filter = { type: 'string', operator: 'regex', value: '^VI' };
    const { id } = await make(shop, {
      rules: [
        { change: 'added', on: 'event', event: 'Came', filters: [{ property: 'level', filter }] },
        { change: 'removed', on: 'segment', segment: segment.id, transition: 'left' },
      ],
    });
    const user = newUser();
    await shop.batch(track(user, 'Came', { level: 'plain' }));
    expect(await listsOf(shop, `user:${user}`)).toEqual([]);
    await shop.batch(track(user, 'Came', { level: 'VIP' }));
    expect(await listsOf(shop, `user:${user}`)).toMatchObject([{ id, name: 'Newsletter' }]);
    await shop.batch(track(user, 'Went'));
    expect(await listsOf(shop, `user:${user}`)).toEqual([]);
  });

  const filter = { type: 'string', operator: 'regex', value: '(' };
  const on = (event: object) => ({ change: 'added', on: 'event', event: 'Came', ...event });
  const BAD: [object, string][] = [
    [{ name: '' }, 'name'],
    [{ name: '\n' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ description: 'x'.repeat(2_001) }, 'description'],
    [{ colour: 'red' }, 'colour'],
    [{ rules: {} }, 'rules'],
    [{ rules: Array.from({ length: 21 }, () => on({})) }, 'rules'],
    [{ rules: [{ change: 'added', on: 'time' }] }, 'rules.0.on'],
    [{ rules: [on({ change: 'kept' })] }, 'rules.0.change'],
    [{ rules: [on({ event: '' })] }, 'rules.0.event'],
    [{ rules: [on({ filters: [{ property: 'a' }] })] }, 'rules.0.filters.0.filter'],
    [{ rules: [on({ filters: [{ property: 'a', filter }] })] }, 'rules.0.filters.0.filter.value'],
    [{ rules: [on({ filters: Array.from({ length: 11 }, () => ({ property: 'a', filter })) })] }, 'rules.0.filters'],
    [{ rules: [{ change: 'added', on: 'segment', segment: 'seg_nope', transition: 'left' }] }, 'rules.0.segment'],
    [{ rules: [{ change: 'added', on: 'segment', segment: 'seg_nope', transition: 'stayed' }] }, 'rules.0.transition'],
  ];
  it.each(BAD.map(([about, field]) => ({ about, field })))(
    'INV-14: is refused by its $field',
    async ({ about, field }) => {
      const shop = await makeShop();
      const { status, body } = await shop.admin('POST', '/admin/v1/lists', { name: 'a', ...about });
      expect([status, body.key, body.errors[0].field]).toEqual([400, 'invalid_request', field]);
      expect((await shop.admin('GET', '/admin/v1/lists')).body.items).toEqual([]);
    },
  );

  it('INV-10: is 404 for another shop', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const { id } = await make(shop);
    for (const [method, more, body] of [
      ['GET', '', undefined],
      ['GET', '/members', undefined],
      ['GET', '/export', undefined],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['POST', '/members', { change: 'added', members: [{ userId: 'u' }] }],
    ] as const)
      expect((await other.admin(method, `/admin/v1/lists/${id}${more}`, body)).status, method + more).toBe(404);
    expect((await other.admin('GET', '/admin/v1/customers/user:u')).status).toBe(404);
  });
});

describe('people put on a list', () => {
  it('are found by whatever names them, or made, and told of on the timeline', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const user = newUser();
    await shop.batch({ type: 'identify', userId: user, traits: { email: `${user}@example.com`, firstName: 'Ann' } });
    const customer = await customerOf(shop, user);
    const items = await tell(shop, id, 'added', [
      { email: ` ${user.toUpperCase()}@Example.com `, sinceMs: SINCE_2023 },
      { customer },
      { userId: user, sinceMs: SINCE_2023 - DAY },
      { email: 'new@example.com' },
      { phone: '+49 30 123456' },
      { userId: 'new-user' },
      { customer: '0-nobody' },
      { email: 'NEW@example.com' },
    ]);
    expect(items.map(({ ref, verdict }) => [ref, verdict])).toEqual([
      [`email:${user}@example.com`, 'changed'],
      [customer, 'unchanged'],
      [`user:${user}`, 'changed'],
      ['email:new@example.com', 'changed'],
      ['phone:+4930123456', 'changed'],
      ['user:new-user', 'changed'],
      ['0-nobody', 'unknown'],
      ['email:new@example.com', 'unchanged'],
    ]);
    expect(items.map((item) => item.customer)).toEqual([
      customer,
      customer,
      customer,
      expect.any(String),
      expect.any(String),
      expect.any(String),
      null,
      items[3]?.customer,
    ]);
    expect(await listsOf(shop, `user:${user}`)).toEqual([{ id, name: 'Newsletter', sinceMs: SINCE_2023 - DAY }]);
    const [row] = (await timeline(shop, `user:${user}`)) as { name: string }[];
    expect(row).toMatchObject({
      name: 'Subscribed to List',
      source: 'api',
      trust: 'server',
      properties: { list: id, list_name: 'Newsletter' },
    });
    for (const [ref, traits] of [
      ['email:new@example.com', { email: 'new@example.com' }],
      ['phone:+4930123456', { phone: '+4930123456' }],
      ['user:new-user', { userId: 'new-user' }],
      [`user:${user}`, { email: `${user}@example.com`, firstName: 'Ann', userId: user }],
    ] as const)
      expect((await shop.admin('GET', `/admin/v1/customers/${ref}`)).body.traits).toEqual(traits);
    const found = await eventually(async () => {
      const { body } = await shop.admin('GET', `/admin/v1/lists/${id}/members?sort=email&order=asc`);
      return body.total === 4 ? body : null;
    });
    expect(found.items.map(({ email }: { email: string }) => email)).toEqual([
      null,
      null,
      'new@example.com',
      `${user}@example.com`,
    ]);
  });

  it('are taken off by the same names; nobody is made for that', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const [user, other] = [newUser(), newUser()];
    await shop.batch(track(other, 'Seen'));
    await tell(shop, id, 'added', [{ userId: user }]);
    const customer = await customerOf(shop, user);
    const items = await tell(shop, id, 'removed', [
      { userId: user },
      { customer },
      { userId: other },
      { userId: 'stranger' },
      { email: 'stranger@example.com' },
    ]);
    expect(items.map(({ verdict }) => verdict)).toEqual(['changed', 'unchanged', 'unchanged', 'unknown', 'unknown']);
    expect(await listsOf(shop, `user:${user}`)).toEqual([]);
    expect((await timeline(shop, `user:${user}`))[0]).toMatchObject({ name: 'Unsubscribed from List' });
    for (const ref of ['user:stranger', 'email:stranger@example.com'])
      expect((await shop.admin('GET', `/admin/v1/customers/${ref}`)).status).toBe(404);
  });

  it('are the same where they were merged, and in the segments that ask for the list at once', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const definition = all({ type: 'profile-group-membership', is_member: true, group_ids: [id] });
    const { segment } = (await shop.admin('POST', '/admin/v1/segments', { name: 'On it', definition })).body;
    const [a, b] = [newUser(), newUser()];
    await shop.batch(track(a, 'Seen'), track(b, 'Seen'));
    const loser = await customerOf(shop, a);
    await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
    const survivor = await customerOf(shop, b);
    const items = await tell(shop, id, 'added', [{ customer: loser }, { userId: a }]);
    expect(items).toEqual([
      { ref: loser, verdict: 'changed', customer: survivor },
      { ref: `user:${a}`, verdict: 'unchanged', customer: survivor },
    ]);
    const { segments, lists } = (await shop.admin('GET', `/admin/v1/customers/${survivor}/segments`)).body;
    expect([segments, lists]).toMatchObject([[{ id: segment.id }], [{ id }]]);
  });

  it('INV-2: are told of once for a key', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const user = newUser();
    const headers = { 'Idempotency-Key': 'once' };
    const first = await tell(shop, id, 'added', [{ userId: user }], headers);
    expect(await tell(shop, id, 'added', [{ userId: user }], headers)).toEqual(first);
    const body = { change: 'added', members: [{ userId: newUser() }] };
    expect((await shop.admin('POST', `/admin/v1/lists/${id}/members`, body, headers)).status).toBe(422);
    expect(await timeline(shop, `user:${user}`)).toHaveLength(1);
  });

  it('are a thousand at once, with long names', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const long = 'x'.repeat(220);
    const members = Array.from({ length: 1_000 }, (_, at) => ({ email: `${long}${at}@example.com` }));
    const items = await tell(shop, id, 'added', members);
    expect([items.length, new Set(items.map(({ customer }) => customer)).size]).toEqual([1_000, 1_000]);
    expect((await tell(shop, id, 'added', members)).every(({ verdict }) => verdict === 'unchanged')).toBe(true);
    const more = [...members, { email: 'one@example.com' }];
    const refused = await shop.admin('POST', `/admin/v1/lists/${id}/members`, { change: 'added', members: more });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'members']);
  });

  const BAD: [object, string, RegExp][] = [
    [{}, 'members.0', /exactly one/],
    [{ userId: 'a', email: 'a@example.com' }, 'members.0', /exactly one/],
    [{ userId: 'a', colour: 'red' }, 'members.0.colour', /known field/],
    [{ userId: 7 }, 'members.0.userId', /text/],
    [{ userId: ' ' }, 'members.0.userId', /blank/],
    [{ userId: 'null' }, 'members.0.userId', /placeholder/],
    [{ userId: 'x'.repeat(256) }, 'members.0.userId', /255/],
    [{ userId: 'a\u0000' }, 'members.0.userId', /control/],
    [{ email: 'nobody' }, 'members.0.email', /e-mail/],
    [{ phone: '030 123456' }, 'members.0.phone', /international/],
    [{ userId: 'a', sinceMs: 1_700_000_000 }, 'members.0.sinceMs', /not seconds/],
    [{ userId: 'a', sinceMs: -5 }, 'members.0.sinceMs', /1970/],
    [{ userId: 'a', sinceMs: 1.5 }, 'members.0.sinceMs', /whole/],
    [{ userId: 'a', sinceMs: 99_999_999_999_999 }, 'members.0.sinceMs', /future/],
  ];
  const refusals = BAD.map(([member, field, rule]) => ({ member, field, rule }));
  it.each(refusals)('INV-14: are refused by field and rule: $field $rule', async ({ member, field, rule }) => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const path = `/admin/v1/lists/${id}/members`;
    const { status, body } = await shop.admin('POST', path, { change: 'added', members: [member, { userId: 'ok' }] });
    expect([status, body.errors]).toEqual([400, [{ field, rule: expect.stringMatching(rule) }]]);
    expect((await shop.admin('GET', '/admin/v1/customers/user:ok')).status).toBe(404);
  });

  it('INV-14: nor may what is removed have a date, nor may nobody be named', async () => {
    const shop = await makeShop();
    const { id } = await make(shop);
    const path = `/admin/v1/lists/${id}/members`;
    for (const [body, field] of [
      [{ change: 'removed', members: [{ userId: 'a', sinceMs: SINCE_2023 }] }, 'members.0.sinceMs'],
      [{ change: 'added', members: [] }, 'members'],
      [{ change: 'kept', members: [{ userId: 'a' }] }, 'change'],
      [{ members: [{ userId: 'a' }] }, 'change'],
    ] as const) {
      const { status, body: problem } = await shop.admin('POST', path, body);
      expect([status, problem.errors[0].field]).toEqual([400, field]);
    }
    const odd = await tell(shop, id, 'added', [
      { customer: '\u0000' },
      { customer: '\ud800' },
      { customer: "' OR 1=1" },
    ]);
    expect(odd.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown']);
  });
});
