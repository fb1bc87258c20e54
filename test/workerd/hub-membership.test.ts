/** A signed-in shopper joins the programme or leaves it: once, and not against the shop's will. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HubView } from '../../worker/wire/hub.ts';
import { ask, bearer, get, makeShop, post, prepare, problem, send, type TestShop } from './hub-shop.ts';

beforeAll(prepare);
afterEach(() => {
  vi.useRealTimers();
});

const WELCOME = { kind: 'sign_up', id: 'welcome', name: 'Welcome', gives: { kind: 'fixed', points: 50 } };

const programmed = (shop: TestShop, more: object) =>
  send('PUT', '/admin/v1/programme', shop.keys.secret, { order: { points: 1, perMinor: 100 }, ...more });

const view = async (token: string) => (await get<HubView>('/hub/v1/me', token)).body;

describe('PUT /hub/v1/membership', () => {
  const joinable = async () => {
    const shop = await makeShop();
    await programmed(shop, { members: { enrolment: 'join' }, earning: { rules: [WELCOME] } });
    return shop;
  };
  const say = (token: string, state: string, key?: string) =>
    ask('/hub/v1/membership', {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      body: JSON.stringify({ state }),
    });
  const points = async (token: string) => (await view(token)).customer?.points.balance;

  it('joins once: the same word again, and the same key again, earn nothing more', async () => {
    const shop = await joinable();
    const mine = await bearer(shop, 'user:u1');
    expect(await view(mine)).toMatchObject({
      shop: { programme: { joining: true } },
      customer: { participation: 'candidate', points: { balance: 0 } },
    });
    const joins = await Promise.all([say(mine, 'member', 'k1'), say(mine, 'member', 'k1')]);
    expect(joins.map(({ status, body }) => [status, body])).toEqual([
      [200, { state: 'member' }],
      [200, { state: 'member' }],
    ]);
    expect((await say(mine, 'member')).body).toEqual({ state: 'member' });
    const { customer } = await view(mine);
    expect(customer).toMatchObject({ participation: 'member', points: { balance: 50 } });
    expect(customer?.activity).toMatchObject([{ kind: 'earned', points: 50, title: 'Welcome', occasion: null }]);
  });

  it('leaves, keeps the balance, and earns the sign-up no second time', async () => {
    const shop = await joinable();
    const mine = await bearer(shop, 'user:u2');
    await say(mine, 'member');
    expect((await say(mine, 'candidate')).body).toEqual({ state: 'candidate' });
    expect((await view(mine)).customer).toMatchObject({ participation: 'candidate', points: { balance: 50 } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    expect((await say(mine, 'member')).status).toBe(200);
    expect(await points(mine)).toBe(50);
  });

  it('brings nobody back whom the shop keeps out, by hand, by tag or by segment, and shows them no points', async () => {
    const shop = await joinable();
    const api = shop.keys.secret;
    const mine = await bearer(shop, 'user:u3');
    await say(mine, 'member');
    await send('PUT', '/admin/v1/customers/user:u3/membership', api, { state: 'disabled' });
    for (const state of ['member', 'candidate']) {
      expect(await say(mine, state)).toMatchObject({ status: 409, body: problem('conflict') });
    }
    expect((await view(mine)).customer).toMatchObject({
      participation: 'disabled',
      points: { balance: 0, owed: 0, pending: null, worthMinor: null, nextExpiry: null },
      activity: [],
    });
    expect((await get('/hub/v1/activity', mine)).body).toEqual({ items: [], nextCursor: null });

    const staff = await send('POST', '/admin/v1/segments', api, {
      name: 'Staff',
      definition: {
        condition_groups: [
          {
            conditions: [
              {
                type: 'profile-property',
                property: 'staff',
                filter: { type: 'boolean', operator: 'equals', value: true },
              },
            ],
          },
        ],
      },
    });
    const { segment } = staff.body as { segment: { id: string } };
    const exclude = { tags: ['Wholesale'], segments: [segment.id] };
    await programmed(shop, { members: { enrolment: 'join', exclude }, earning: { rules: [WELCOME] } });
    for (const [user, traits] of Object.entries({ u4: { tags: 'a, wholesale' }, u5: { staff: true } })) {
      const authorization = `Basic ${btoa(`${shop.keys.write}:`)}`;
      await post('/v1/identify', { userId: user, traits, messageId: crypto.randomUUID() }, { authorization });
      const theirs = await bearer(shop, `user:${user}`);
      await vi.waitFor(async () => expect((await view(theirs)).customer?.participation).toBe('disabled'), 5_000);
      expect(await say(theirs, 'member')).toMatchObject({ status: 409, body: problem('conflict') });
      expect((await view(theirs)).customer?.participation).toBe('disabled');
    }
  });

  it('refuses another request under a used key, a broken body and a bearer of nobody, and changes nothing', async () => {
    const shop = await joinable();
    const mine = await bearer(shop, 'user:u6');
    await say(mine, 'member', 'k');
    expect(await say(mine, 'candidate', 'k')).toMatchObject({ status: 422, body: problem('idempotency_mismatch') });
    expect(await say(mine, 'disabled')).toMatchObject({ status: 400, body: problem('invalid_request') });
    expect((await say('x', 'candidate')).status).toBe(401);
    expect((await view(mine)).customer?.participation).toBe('member');
  });

  it('lets one shopper change their mind twice at once, and then once a second', async () => {
    const shop = await joinable();
    const mine = await bearer(shop, 'user:u7');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    expect((await say(mine, 'member')).status).toBe(200);
    expect((await say(mine, 'candidate')).status).toBe(200);
    const third = await say(mine, 'member');
    expect(third).toMatchObject({ status: 429, body: problem('rate_limited') });
    expect(third.headers.get('retry-after')).toBe('1');
    vi.setSystemTime(Date.now() + 1_000);
    expect((await say(mine, 'member')).status).toBe(200);
  });
});
