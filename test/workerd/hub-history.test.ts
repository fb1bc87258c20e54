/** The points history as its shopper reads it: every change is told by what it was for, in the merchant's own names. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ActivityPage } from '../../worker/wire/hub.ts';
import { bearer, get, makeShop, placeOrders, post, prepare, send } from './hub-shop.ts';

beforeAll(prepare);

const DAY = 86_400_000;
const PROGRAMME = {
  order: { points: 1, perMinor: 100 },
  earning: {
    rules: [
      {
        kind: 'event',
        id: 'visit',
        name: 'A visit',
        event: 'Visited',
        gives: { kind: 'fixed', points: 10 },
        wait: null,
      },
      { kind: 'order', id: 'thanks', name: 'Thank you', gives: { kind: 'fixed', points: 3 }, stackable: true },
    ],
    wait: { after: 'paid', days: 1 },
  },
  tiers: {
    metric: 'spent',
    window: 'lifetime',
    tiers: [{ id: 'silver', name: 'Silver', threshold: 1_000, entry: { kind: 'points', points: 7 } }],
  },
  birthdays: { bonus: { kind: 'points', points: 100 }, leadDays: 0 },
  rewards: {
    undoMinutes: 60,
    rewards: [{ id: 'five', name: 'Five off', benefit: { kind: 'amount', amountMinor: 500 }, price: 50 }],
  },
};

describe('the history', () => {
  it('names orders, rules, tiers and rewards, and leaves birthdays to the words of the page', async () => {
    const shop = await makeShop({ mode: 'test', timeZone: 'UTC' });
    const api = shop.keys.secret;
    await send('PUT', '/admin/v1/programme', api, PROGRAMME);
    const write = { authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
    const now = Date.now();
    const birthday = new Date(now + 2 * DAY).toISOString().slice(5, 10);
    const traits = { birthday: `1990-${birthday === '02-29' ? '02-28' : birthday}` };
    await post('/v1/identify', { userId: 'u1', traits, messageId: 'i' }, write);
    await placeOrders(shop, 'u1', [{ id: 'o1', total: 40 }]);
    await post('/v1/track', { userId: 'u1', event: 'Visited', messageId: 'v' }, write);
    await send('POST', '/admin/v1/clock', api, { toMs: now + 3 * DAY });
    await send('POST', '/admin/v1/customers/user:u1/points', api, {
      points: 5,
      reason: 'For the long wait',
      note: 'inner',
    });
    const mine = await bearer(shop, 'user:u1');
    const ask = (path: string) =>
      post<{ voucher: string }>(path, {}, { authorization: `Bearer ${mine}`, 'Idempotency-Key': path });
    const spent = await ask('/hub/v1/rewards/five/redeem');
    expect((await ask(`/hub/v1/vouchers/${spent.body.voucher}/undo`)).status).toBe(200);
    const { body } = await get<ActivityPage>('/hub/v1/activity?limit=50', mine);
    const told = body.items.map(({ kind, points, orderName, title, occasion, reason }) => [
      ...[kind, points, orderName, title],
      occasion ?? reason,
    ]);
    const before = told.slice(0, 4);
    expect(before).toEqual([
      ['restored', 50, null, 'Five off', null],
      ['spent', -50, null, 'Five off', null],
      ['adjusted', 5, null, null, 'For the long wait'],
      ['earned', 100, null, null, 'birthday'],
    ]);
    expect(new Set(told.slice(4).map(String))).toEqual(
      new Set(
        [
          ['earned', 3, '#o1', 'Thank you', null],
          ['earned', 40, '#o1', null, null],
          ['earned', 10, null, 'A visit', null],
          ['earned', 7, null, 'Silver', null],
        ].map(String),
      ),
    );
    expect(told).toHaveLength(8);
  });
});
