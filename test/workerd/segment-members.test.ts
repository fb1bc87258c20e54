/** Who is in a segment, why, and all of them as a file: in any order, exactly counted, and nothing in it that runs. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import Papa from 'papaparse';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exported } from '../../worker/admin/member-export.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import type { MemberRow } from '../../worker/projection/members.ts';
import { all, bringUp, customerOf, did, list, segment } from './segment-book.ts';
import { eventually, makeShop, newUser, type TestShop, track, worker } from './shop.ts';

const HOUR = 3_600_000;
const VIEWED = all(did('Viewed', 'greater-than-or-equal', 1));

interface Item {
  customer: string;
  userId: string;
  email: string | null;
  balance: number;
  sinceMs: number;
}

async function page(shop: TestShop, path: string) {
  const { status, body } = await shop.admin('GET', `/admin/v1/${path}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { items: Item[]; total: number; nextCursor: string | null };
}

/** Once the copies hold so many. */
function members(shop: TestShop, path: string, total: number) {
  return eventually(async () => {
    const found = await page(shop, path);
    return found.total === total ? found : null;
  }, 8_000);
}

async function download(shop: TestShop, path: string) {
  const headers = { Authorization: `Bearer ${shop.keys.secret}` };
  const response = await worker.fetch(new Request(`https://edge.test/admin/v1/${path}`, { headers }));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const idOf = (user: string) => `${user}@example.com`;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the members of a segment', () => {
  it('are paged in every order, and counted exactly', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    const users = Array.from({ length: 5 }, newUser).sort();
    for (const [at, user] of users.entries()) {
      const traits = at === 2 ? {} : { email: idOf(user), firstName: `N${at}` };
      const bought = { order_id: user, subtotal: (at * 7) % 5, currency: 'EUR' };
      await shop.batch({ type: 'identify', userId: user, traits }, track(user, 'Order Completed', bought));
      await shop.batch(track(user, 'Viewed'));
      await scheduler.wait(2);
    }
    await shop.batch({ type: 'identify', userId: newUser(), traits: { email: 'nobody@example.com' } });
    const found = await members(shop, `segments/${id}/members`, 5);
    expect(found.items.map(({ userId }) => userId)).toEqual([...users].reverse());
    expect(found.items[0]).toEqual({
      customer: await customerOf(shop, users[4] ?? ''),
      userId: users[4],
      email: idOf(users[4] ?? ''),
      name: 'N4',
      balance: 3,
      sinceMs: expect.any(Number),
    });
    const value: Record<string, (one: Item) => number | string> = {
      since: (one: Item) => one.sinceMs,
      id: (one: Item) => one.customer,
      balance: (one: Item) => one.balance,
      last_seen: () => 0,
      email: (one: Item) => one.email ?? '',
    };
    for (const sort of ['since', 'id', 'balance', 'last_seen', 'email'] as const) {
      for (const order of ['asc', 'desc']) {
        const seen: Item[] = [];
        for (let cursor = ''; ; ) {
          const path = `segments/${id}/members?limit=2&sort=${sort}&order=${order}${cursor}`;
          const { items, total, nextCursor } = await page(shop, path);
          expect(total).toBe(5);
          seen.push(...items);
          if (nextCursor === null) break;
          cursor = `&cursor=${nextCursor}`;
        }
        expect(new Set(seen.map(({ customer }) => customer)).size, sort).toBe(5);
        const sorted = seen.map((one) => value[sort]?.(one) ?? 0);
        const expected = [...sorted].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect(sorted, `${sort} ${order}`).toEqual(order === 'asc' ? expected : expected.reverse());
      }
    }
  });

  it('are those who are there: nobody who left, was merged away, or cannot be named', async () => {
    const shop = await makeShop();
    const id = await segment(shop, all(did('Viewed', 'greater-than-or-equal', 1), did('Left', 'equals', 0)));
    const [a, b, c] = [newUser(), newUser(), newUser()];
    await shop.batch(track(a, 'Viewed'), track(b, 'Viewed'), track(c, 'Viewed'));
    await shop.batch({ type: 'track', anonymousId: newUser(), event: 'Viewed' });
    await members(shop, `segments/${id}/members`, 3);
    await shop.batch(track(c, 'Left'));
    await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
    const { items } = await members(shop, `segments/${id}/members`, 1);
    expect(items.map(({ customer }) => customer)).toEqual([await customerOf(shop, b)]);
  });

  it.each(['limit=201', 'sort=name', 'order=up', 'cursor=x', 'colour=red'])('INV-14: refuses ?%s', async (query) => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    const { status, body } = await shop.admin('GET', `/admin/v1/segments/${id}/members?${query}`);
    expect([status, ['invalid_request', 'invalid_cursor'].includes(body.key)]).toEqual([400, true]);
  });

  it('INV-14: refuses the cursor of another order', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    await shop.batch(track(newUser(), 'Viewed'), track(newUser(), 'Viewed'));
    await members(shop, `segments/${id}/members`, 2);
    const { nextCursor } = await page(shop, `segments/${id}/members?limit=1&sort=email`);
    const { body } = await shop.admin('GET', `/admin/v1/segments/${id}/members?sort=since&cursor=${nextCursor}`);
    expect(body.key).toBe('invalid_cursor');
  });
});

describe('an export', () => {
  const HOSTILE = [
    '=HYPERLINK("http://evil","x")',
    "+cmd|' /C calc'!A0",
    '-2+3',
    '@SUM(1)',
    '\t=1',
    'a "quoted", name;\nwith lines',
    '=',
    '＝1+1',
    'plain',
    'Zoë 日本',
  ];

  it('is CSV whose cells no spreadsheet runs, and NDJSON as it is', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED, 'Zoë\'s "VIP"; \u202e/..\\ list');
    for (const [at, name] of HOSTILE.entries()) {
      const traits = { name, phone: at === 0 ? '+4930123456' : undefined };
      await shop.batch({ type: 'identify', userId: `u${at}`, traits }, track(`u${at}`, 'Viewed'));
    }
    await shop.batch(track('-5', 'Viewed'), track('=user', 'Viewed'));
    const total = HOSTILE.length + 2;
    const { items } = await members(shop, `segments/${id}/members`, total);
    const csv = await download(shop, `segments/${id}/export`);
    expect([csv.status, csv.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/csv/)]);
    expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="Zoe-s-VIP-list-${id}.csv"`);
    const { data, errors } = Papa.parse<Record<string, string>>(csv.text, { header: true, skipEmptyLines: true });
    expect([errors, data.length]).toEqual([[], total]);
    expect(csv.text.split('\r\n')[0]).toBe('customer,user_id,email,phone,name,balance,since');
    const byUser = new Map(data.map((row) => [row.user_id, row]));
    const names = HOSTILE.map((_, at) => byUser.get(`u${at}`)?.name);
    expect(names).toEqual(HOSTILE.map((name) => (/^[=+\-@\t＝]/.test(name) ? `'${name}` : name)));
    expect(byUser.get('u0')?.phone).toBe('+4930123456');
    expect([byUser.has('-5'), byUser.has("'=user")]).toEqual([true, true]);
    expect(data.map(({ customer }) => customer)).toEqual(items.map(({ customer }) => customer).sort());
    for (const { since } of data) expect(new Date(since ?? '').toISOString()).toBe(since);
    const lines = (await download(shop, `segments/${id}/export?format=ndjson`)).text.trim().split('\n');
    const rows = lines.map((line) => JSON.parse(line));
    expect(new Map(rows.map((row) => [row.user_id, row.name])).get('u0')).toBe(HOSTILE[0]);
    expect(rows[0]).toMatchObject({ email: null, balance: 0, since: expect.stringMatching(/Z$/) });
    expect((await download(shop, `segments/${id}/export?format=xlsx`)).status).toBe(400);
  });

  it('of an empty list is a header, and of none at all nothing', async () => {
    const shop = await makeShop();
    const id = await list(shop);
    expect((await download(shop, `lists/${id}/export`)).text).toBe(
      'customer,user_id,email,phone,name,balance,since\r\n',
    );
    expect((await download(shop, `lists/${id}/export?format=ndjson`)).text).toBe('');
    expect((await download(shop, 'lists/lst_nope/export')).status).toBe(404);
    expect((await download(shop, `segments/${id}/export`)).status).toBe(404);
  });

  it('reads a page when the one before was taken, each customer once, and breaks off where D1 does', async () => {
    const row = (at: number): MemberRow => ({
      customer: String(at).padStart(6, '0'),
      userId: null,
      email: null,
      phone: null,
      name: 'n',
      balance: 1,
      lastSeenDay: 0,
      sinceMs: at,
    });
    const asked: string[] = [];
    const pages = (most: number) => async (after: string, limit: number) => {
      asked.push(after);
      if (after === '000999' && most > 2_000) throw new Error('D1 is gone');
      const from = after === '' ? 0 : Number(after) + 1;
      return Array.from({ length: Math.max(0, Math.min(limit, most - from)) }, (_, at) => row(from + at));
    };
    const slow = (await exported(pages(1_300), 'ndjson')).getReader();
    await slow.read();
    await scheduler.wait(20);
    expect(asked.length).toBeLessThanOrEqual(3);
    await slow.cancel();
    const text = await new Response(await exported(pages(1_300), 'ndjson')).text();
    const customers = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).customer);
    expect([customers.length, new Set(customers).size]).toEqual([1_300, 1_300]);
    await expect(new Response(await exported(pages(3_000), 'csv')).text()).rejects.toThrow();
  });

  it('reads each profile of the shop once, however many pages it takes', async () => {
    const shop = await makeShop();
    const id = await segment(shop, VIEWED);
    const some = Array.from({ length: 1_200 }, (_, at) => at);
    const profile = env.DB.prepare(
      `INSERT INTO profile (shop, customer, seq, balance, debt, lifetime, orders, first_seen_ms, last_seen_day)
       SELECT ?1, 'c' || value, 1, 0, 0, 0, 0, 0, 0 FROM json_each(?2)`,
    );
    const member = env.DB.prepare(
      "INSERT INTO member (shop, customer, target, since_ms) SELECT ?1, 'c' || value, ?3, value FROM json_each(?2)",
    );
    const json = JSON.stringify(some);
    await env.DB.batch([profile.bind(shop.id, json), member.bind(shop.id, json, id)]);
    const { text } = await download(shop, `segments/${id}/export`);
    expect(new Set(text.trim().split('\r\n')).size).toBe(1_201);
    const plan = await env.DB.prepare(
      `EXPLAIN QUERY PLAN SELECT 1 FROM profile CROSS JOIN member WHERE profile.shop = ? AND profile.customer > ?
       AND member.shop = ? AND member.target = ? AND profile.shop = member.shop AND profile.customer = member.customer
       AND profile.gone = 0 ORDER BY profile.customer LIMIT 500`,
    )
      .bind(shop.id, '', shop.id, id)
      .all<{ detail: string }>();
    const steps = plan.results.map(({ detail }) => detail);
    expect(steps).toHaveLength(2);
    expect(steps[0]).toMatch(/^SEARCH profile USING PRIMARY KEY \(shop=\? AND customer>\?\)/);
    expect(steps[1]).toMatch(/^SEARCH member USING PRIMARY KEY \(shop=\? AND customer=\? AND target=\?\)/);
  });
});

describe('one customer', () => {
  async function still(): Promise<TestShop> {
    const shop = await makeShop({ mode: 'test' });
    await shop.admin('POST', '/admin/v1/clock', { by: 'PT0S' });
    return shop;
  }

  it('is in what they are in as of now, by the clock of the shop, whoever they became', async () => {
    const shop = await still();
    const [a, b] = [newUser(), newUser()];
    const windowed = all(did('Viewed', 'greater-than-or-equal', 1, 2));
    const id = await segment(shop, windowed, 'Lately');
    const kept = await list(shop, [{ change: 'added', on: 'event', event: 'Viewed', filters: [] }]);
    const { nowMs } = (await shop.admin('GET', '/admin/v1/clock')).body;
    await shop.batch(track(a, 'Viewed'), track(b, 'Else'));
    const customer = await customerOf(shop, a);
    const inside = { id, name: 'Lately', sinceMs: nowMs, leavesAtMs: nowMs + 2 * HOUR };
    expect((await shop.admin('GET', `/admin/v1/customers/user:${a}/segments`)).body).toEqual({
      customer,
      asOfMs: nowMs,
      segments: [inside],
      lists: [{ id: kept, name: 'List', sinceMs: nowMs }],
    });
    await shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
    const survivor = await customerOf(shop, b);
    const moved = (await shop.admin('GET', `/admin/v1/customers/${customer}/segments`)).body;
    expect(moved).toMatchObject({ customer: survivor, segments: [{ id }], lists: [{ id: kept }] });
    await shop.admin('POST', '/admin/v1/clock', { by: 'PT2H' });
    const later = (await shop.admin('GET', `/admin/v1/customers/user:${a}/segments`)).body;
    expect([later.asOfMs, later.segments]).toEqual([nowMs + 2 * HOUR, []]);
  });

  it('is told of by the Directory and one object, without D1', async () => {
    const shop = await makeShop();
    const user = newUser();
    const id = await segment(shop, VIEWED);
    await shop.batch(track(user, 'Viewed'));
    await members(shop, `segments/${id}/members`, 1);
    const prepare = vi.spyOn(Object.getPrototypeOf(env.DB), 'prepare');
    const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/segments`);
    expect(body.segments).toHaveLength(1);
    expect(prepare).not.toHaveBeenCalled();
  });

  it('is explained by a segment that is saved, and by a definition that is not', async () => {
    const shop = await makeShop();
    const user = newUser();
    const guarded = all(did('Viewed', 'greater-than-or-equal', 2, 1));
    const id = await segment(shop, guarded);
    await shop.batch(track(user, 'Viewed'));
    const customer = await customerOf(shop, user);
    const path = `/admin/v1/customers/user:${user}`;
    const why = await shop.admin('GET', `${path}/segments/${id}`);
    expect([why.status, why.body]).toEqual([
      200,
      {
        customer,
        asOfMs: expect.any(Number),
        holds: false,
        changesAtMs: null,
        says: expect.stringContaining('Viewed: count 1'),
        groups: [
          {
            holds: false,
            changesAtMs: null,
            says: expect.any(String),
            conditions: [
              {
                type: 'profile-metric',
                path: 'condition_groups.0.conditions.0',
                holds: false,
                changesAtMs: null,
                says: expect.any(String),
                value: 1,
                events: [{ seq: 1, atMs: expect.any(Number) }],
                counted: 1,
                conditions: [],
              },
            ],
          },
        ],
      },
    ]);
    const trusted = await shop.admin('GET', `${path}/segments/${id}?guard=true`);
    expect(trusted.body).toMatchObject({ holds: false });
    const other = await shop.admin('POST', `${path}/explain`, { definition: VIEWED });
    expect(other.body).toMatchObject({ customer, holds: true });
    for (const [body, field] of [
      [{}, 'definition.condition_groups'],
      [{ definition: VIEWED, guard: 'x' }, 'guard'],
      [{ definition: VIEWED, colour: 'red' }, 'colour'],
      [
        { definition: all({ type: 'profile-group-membership', is_member: true, group_ids: ['seg_nope'] }) },
        'definition.condition_groups',
      ],
    ] as const) {
      const { status, body: problem } = await shop.admin('POST', `${path}/explain`, body);
      expect([status, problem.errors[0].field.startsWith(field.split('.')[0])], JSON.stringify(body)).toEqual([
        400,
        true,
      ]);
    }
    expect((await shop.admin('GET', `${path}/segments/${id}?guard=maybe`)).status).toBe(400);
    expect((await shop.admin('GET', `${path}/segments/seg_nope`)).status).toBe(404);
    expect((await shop.admin('GET', '/admin/v1/customers/user:nobody/segments')).status).toBe(404);
  });

  it('INV-10, INV-13: of another shop is nobody, and being asked makes nothing', async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    const user = newUser();
    const id = await segment(shop, VIEWED);
    await segment(other, VIEWED);
    await shop.batch(track(user, 'Viewed'));
    await bringUp(shop, user);
    const customer = await customerOf(shop, user);
    for (const ref of [customer, `user:${user}`]) {
      expect((await other.admin('GET', `/admin/v1/customers/${ref}/segments`)).status).toBe(404);
      expect((await other.admin('GET', `/admin/v1/customers/${ref}/segments/${id}`)).status).toBe(404);
    }
    expect(await customersOf(env, other.id, customer).timeline(customer, { limit: 5, before: null })).toMatchObject({
      rows: [],
    });
    const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName(`directory:${other.id}`));
    await runInDurableObject(directory, (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'customer'").toArray()).toEqual([]);
    });
  });
});
