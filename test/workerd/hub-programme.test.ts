/** The programme as a signed-in shopper finds it: what they hold, where they stand, how they earn. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HubView } from '../../worker/wire/hub.ts';
import type { HubEarning } from '../../worker/wire/hub-programme.ts';
import { ask, bearer, everything, get, makeShop, placeOrders, post, prepare, send, type TestShop } from './hub-shop.ts';

beforeAll(prepare);
afterEach(() => {
  vi.useRealTimers();
});

const PROGRAMME = {
  order: { points: 1, perMinor: 100 },
  worth: { points: 100, worthMinor: 500 },
  expiresAfterDays: null,
  overdrawn: 'debt',
};
const WELCOME = { kind: 'sign_up', id: 'welcome', name: 'Welcome', gives: { kind: 'fixed', points: 50 } };

const programmed = (shop: TestShop, more: object) =>
  send('PUT', '/admin/v1/programme', shop.keys.secret, { ...PROGRAMME, ...more });

const view = async (token: string) => (await get<HubView>('/hub/v1/me', token)).body;

const track = async (shop: TestShop, userId: string, event: string, properties: object) => {
  const authorization = `Basic ${btoa(`${shop.keys.write}:`)}`;
  const answer = await post(
    '/v1/track',
    { userId, event, properties, messageId: crypto.randomUUID() },
    { authorization },
  );
  expect(answer.status).toBe(200);
};

describe('the view of a member', () => {
  it('tells what is owed by itself, and a balance that is never below zero', async () => {
    const shop = await makeShop();
    await programmed(shop, {});
    await placeOrders(shop, 'u1', [{ id: 'o1', total: 40 }]);
    await send('POST', '/admin/v1/customers/user:u1/points', shop.keys.secret, { points: -30, reason: 'A gift' });
    await track(shop, 'u1', 'Order Cancelled', { order_id: 'o1' });
    const { customer } = await view(await bearer(shop, 'user:u1'));
    expect(customer?.points).toEqual({ balance: 0, owed: 30, pending: null, worthMinor: 0, nextExpiry: null });
  });

  it('tells the points that wait, and until when the first of them do', async () => {
    const shop = await makeShop();
    await programmed(shop, { earning: { wait: { after: 'paid', days: 14 } } });
    const before = Date.now();
    await placeOrders(shop, 'u2', [{ id: 'o1', total: 40 }]);
    await placeOrders(shop, 'u2', [{ id: 'o2', total: 5 }]);
    const { customer } = await view(await bearer(shop, 'user:u2'));
    expect(customer?.points).toMatchObject({ balance: 0, pending: { points: 45, nextAtMs: expect.any(Number) } });
    const at = customer?.points.pending?.nextAtMs ?? 0;
    expect(at).toBeGreaterThanOrEqual(before + 13 * 86_400_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 14 * 86_400_000);
    vi.useFakeTimers({ toFake: ['Date'], now: at + 86_400_000 });
    const later = await view(await bearer(shop, 'user:u2'));
    expect(later.customer?.points).toMatchObject({ balance: 45, pending: null });
    expect(later.customer?.activity).toMatchObject([
      { kind: 'earned', points: 5, orderName: '#o2' },
      { kind: 'earned', points: 40, orderName: '#o1' },
    ]);
  });

  it('tells no day for points that wait for a parcel', async () => {
    const shop = await makeShop();
    await programmed(shop, { earning: { wait: { after: 'delivered', days: 2, longestDays: 30 } } });
    await placeOrders(shop, 'u4', [{ id: 'o1', total: 40 }]);
    const mine = await bearer(shop, 'user:u4');
    expect((await view(mine)).customer?.points.pending).toEqual({ points: 40, nextAtMs: null });
  });

  it('tells the tier as of now, by tiers that were published a moment ago', async () => {
    const shop = await makeShop();
    await programmed(shop, {});
    await placeOrders(shop, 'u3', [{ id: 'o1', total: 150 }]);
    const mine = await bearer(shop, 'user:u3');
    expect((await view(mine)).customer?.tier).toBeNull();
    const tiers = [
      {
        id: 'silver',
        name: 'Silver',
        threshold: 10_000,
        perks: ['Free shipping'],
        entry: { kind: 'points', points: 7 },
      },
      { id: 'gold', name: 'Gold', threshold: 40_000 },
    ];
    await programmed(shop, { tiers: { metric: 'spent', window: 'lifetime', tiers } });
    await vi.waitFor(async () => expect((await view(mine)).customer?.tier).not.toBeNull(), 5_000);
    const { customer } = await view(mine);
    expect(customer?.tier).toEqual({
      current: { name: 'Silver', perks: ['Free shipping'] },
      metric: 'spent',
      progress: 15_000,
      next: { name: 'Gold', perks: [], threshold: 40_000, missing: 25_000 },
      floor: 10_000,
      keep: null,
    });
  });
});

describe('GET /hub/v1/earning', () => {
  const earningOf = async (token: string) => (await get<HubEarning>('/hub/v1/earning', token)).body;
  const VISIT = {
    kind: 'event',
    id: 'visit',
    name: 'A visit',
    event: 'Visited',
    gives: { kind: 'fixed', points: 10 },
    limits: [{ most: 1, per: 'day' }],
  };

  it('tells a shopper what is there to earn, what they had, and what can be had again when', async () => {
    const shop = await makeShop();
    const mine = await bearer(shop, 'user:u1');
    const secret = { ...VISIT, id: 'secret', event: 'Other', onlyTiers: ['gold'] };
    const campaigns = [{ id: 'double', name: 'Double week', bonus: { kind: 'multiplier', numerator: 2 } }];
    const tiers = { metric: 'spent', window: 'lifetime', tiers: [{ id: 'gold', name: 'Gold', threshold: 10_000 }] };
    await programmed(shop, { earning: { rules: [WELCOME, VISIT, secret], campaigns }, tiers });
    await track(shop, 'u1', 'Visited', {});
    await vi.waitFor(async () => expect((await earningOf(mine)).items).toHaveLength(3), 5_000);
    const { items, bonuses } = await earningOf(mine);
    const plain = { minimumMinor: 0, endsAtMs: null, channel: null };
    const points = (many: number) => ({ kind: 'points', points: many });
    expect(items).toEqual([
      {
        ...{ ...plain, id: 'order', kind: 'order', name: 'Orders', state: 'available', againAtMs: null },
        gives: { kind: 'rate', points: 2, perMinor: 100 },
      },
      {
        ...{ ...plain, id: 'visit', kind: 'event', name: 'A visit', gives: points(10), state: 'later' },
        againAtMs: expect.any(Number),
      },
      { ...plain, id: 'welcome', kind: 'sign_up', name: 'Welcome', gives: points(50), state: 'done', againAtMs: null },
    ]);
    expect(bonuses).toEqual([{ name: 'Double week', endsAtMs: null }]);
    vi.useFakeTimers({ toFake: ['Date'], now: items[1]?.againAtMs ?? 0 });
    const again = await bearer(shop, 'user:u1');
    expect((await earningOf(again)).items[1]).toMatchObject({ id: 'visit', state: 'available', againAtMs: null });
  });

  it('counts what is due by now, and writes nothing', async () => {
    const shop = await makeShop();
    const tiers = [{ id: 'gold', name: 'Gold', threshold: 10 }];
    const rules = [{ ...VISIT, onlyTiers: ['gold'] }];
    await programmed(shop, {
      earning: { rules, wait: { after: 'paid', days: 1 } },
      tiers: { metric: 'points', window: 'lifetime', tiers },
    });
    await placeOrders(shop, 'u2', [{ id: 'o1', total: 40 }]);
    const ids = async (token: string) => (await earningOf(token)).items.map(({ id }) => id);
    expect(await ids(await bearer(shop, 'user:u2'))).toEqual(['order']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 86_400_000 });
    const later = await bearer(shop, 'user:u2');
    const before = await everything();
    expect(await ids(later)).toEqual(['order', 'visit']);
    expect(await everything()).toEqual(before);
  });

  it('needs a bearer, and is nothing for who takes no part', async () => {
    const shop = await makeShop();
    const mine = await bearer(shop, 'user:u3');
    expect((await earningOf(mine)).items).toMatchObject([{ id: 'order' }]);
    await send('PUT', '/admin/v1/customers/user:u3/membership', shop.keys.secret, { state: 'disabled' });
    expect(await earningOf(mine)).toEqual({ items: [], bonuses: [] });
    expect((await ask('/hub/v1/earning')).status).toBe(401);
    const answer = await get('/hub/v1/earning', mine);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});
