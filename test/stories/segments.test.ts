/** The espresso segments over HTTP: in at the open, out at once with a purchase, and by the clock to the second. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ask, eventually, openShop, type StoryShop } from './client.ts';

const HOUR = 3_600_000;
const SECOND = 1_000;

async function tell(shop: StoryShop, ...messages: object[]): Promise<void> {
  const headers = { Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
  const batch = messages.map((message) => ({ messageId: randomUUID(), ...message }));
  expect((await ask('POST', `${shop.url}/v1/batch`, { batch }, headers)).status).toBe(200);
}

function subscriber(userId: string): object {
  const consent = Object.fromEntries(
    ['email', 'sms', 'push'].map((channel) => [channel, { state: 'subscribed', at: '2020-01-01T00:00:00Z' }]),
  );
  return { type: 'identify', userId, traits: { email: `${userId}@example.com`, consent } };
}

async function ready(shop: StoryShop, key: string, more: object = {}): Promise<string> {
  const made = await shop.admin('POST', '/admin/v1/segments', { ready: { key, ...more } });
  expect(made.status).toBe(201);
  return made.body.segment.id;
}

async function inside(
  shop: StoryShop,
  userId: string,
): Promise<{ id: string; sinceMs: number; leavesAtMs: number | null }[]> {
  return (await shop.admin('GET', `/admin/v1/customers/user:${userId}/segments`)).body.segments;
}

async function clockBy(shop: StoryShop, by: string): Promise<number> {
  return (await shop.admin('POST', '/admin/v1/clock', { by })).body.nowMs;
}

async function changes(shop: StoryShop, userId: string) {
  const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${userId}/timeline?limit=100`)).body;
  return items
    .filter(({ kind }: { kind: string }) => kind.startsWith('segment.'))
    .map(({ kind, atMs }: { kind: string; atMs: number }) => [kind, atMs])
    .reverse();
}

const CHANNELS = [
  { key: 'espresso_email', opens: 'Email Opened', again: 'Email Link Clicked' },
  { key: 'espresso_sms', opens: 'Clicked SMS', again: 'Clicked SMS' },
  { key: 'espresso_push', opens: 'Push Notification Tapped', again: 'Opened Push' },
];

describe.each(CHANNELS)('$key', ({ key, opens, again }) => {
  test('holds from the open for 72 hours, to the second', async () => {
    const shop = await openShop({ mode: 'test' });
    const openedMs = await clockBy(shop, 'PT0S');
    const id = await ready(shop, key);
    const user = `u-${randomUUID()}`;
    await tell(shop, subscriber(user));
    expect(await inside(shop, user)).toEqual([]);
    await tell(shop, { type: 'track', userId: user, event: opens });
    const leavesAtMs = openedMs + 72 * HOUR;
    expect(await inside(shop, user)).toMatchObject([{ id, sinceMs: openedMs, leavesAtMs }]);
    await clockBy(shop, 'PT71H59M59S');
    expect(await inside(shop, user)).toHaveLength(1);
    await clockBy(shop, 'PT1S');
    expect(await inside(shop, user)).toEqual([]);
    expect(await changes(shop, user)).toEqual([
      ['segment.entered', openedMs],
      ['segment.left', leavesAtMs],
    ]);
  });

  test('lets go with a purchase, and takes back exactly 72 hours after it whoever opened again', async () => {
    const shop = await openShop({ mode: 'test' });
    const openedMs = await clockBy(shop, 'PT0S');
    const id = await ready(shop, key);
    const user = `u-${randomUUID()}`;
    await tell(shop, subscriber(user), { type: 'track', userId: user, event: opens });
    const boughtMs = await clockBy(shop, 'PT1H');
    const properties = { order_id: randomUUID(), total: 10, currency: 'EUR' };
    await tell(shop, { type: 'track', userId: user, event: 'Order Completed', properties });
    expect(await inside(shop, user)).toEqual([]);
    const againMs = await clockBy(shop, 'PT10H');
    await tell(shop, { type: 'track', userId: user, event: again });
    expect(await inside(shop, user)).toEqual([]);
    await clockBy(shop, 'PT61H59M59S');
    expect(await inside(shop, user)).toEqual([]);
    await clockBy(shop, 'PT1S');
    const backMs = boughtMs + 72 * HOUR;
    expect(await inside(shop, user)).toMatchObject([{ id, sinceMs: backMs, leavesAtMs: againMs + 72 * HOUR }]);
    expect(await changes(shop, user)).toEqual([
      ['segment.entered', openedMs],
      ['segment.left', boughtMs],
      ['segment.entered', backMs],
    ]);
  });
});

test('whoever unsubscribes is out at once, and its window may be another', async () => {
  const shop = await openShop({ mode: 'test' });
  const nowMs = await clockBy(shop, 'PT0S');
  const id = await ready(shop, 'espresso_email', { window: { unit: 'hour', quantity: 24 } });
  const user = `u-${randomUUID()}`;
  await tell(shop, subscriber(user), { type: 'track', userId: user, event: 'Opened Email' });
  expect(await inside(shop, user)).toMatchObject([{ id, leavesAtMs: nowMs + 24 * HOUR }]);
  await clockBy(shop, 'PT1S');
  await shop.admin('PUT', `/admin/v1/customers/user:${user}/consents/email`, { state: 'unsubscribed' });
  expect(await inside(shop, user)).toEqual([]);
  expect((await changes(shop, user)).at(-1)).toEqual(['segment.left', nowMs + SECOND]);
});

test('a segment of people who were there before counts them, lists them, and says why', async () => {
  const shop = await openShop();
  const users = Array.from({ length: 30 }, () => `u-${randomUUID()}`);
  await tell(shop, ...users.map((userId) => ({ type: 'track', userId, event: 'Viewed', properties: { page: '/' } })));
  const definition = {
    condition_groups: [
      {
        conditions: [
          {
            type: 'profile-metric',
            metric_id: 'Viewed',
            measurement: 'count',
            measurement_filter: { type: 'numeric', operator: 'greater-than-or-equal', value: 1 },
            timeframe_filter: { type: 'date', operator: 'alltime' },
          },
        ],
      },
    ],
  };
  const done = (path: string) =>
    eventually(async () => {
      const { body } = await shop.admin('GET', path);
      return body.state === 'done' ? body : null;
    }, 20_000);
  const preview = await shop.admin('POST', '/admin/v1/segments/preview', { definition });
  const { result } = await done(`/admin/v1/jobs/${preview.body.id}`);
  expect([result.count, result.samples.length]).toEqual([30, 10]);
  expect(result.samples[0].says).toContain('Viewed: count 1');
  const made = await shop.admin('POST', '/admin/v1/segments', { name: 'Viewers', definition });
  const { id } = made.body.segment;
  expect((await done(`/admin/v1/jobs/${made.body.job.id}`)).result).toMatchObject({ customers: 30, entered: 30 });
  const members = await eventually(async () => {
    const { body } = await shop.admin('GET', `/admin/v1/segments/${id}/members?limit=20`);
    return body.total === 30 ? body : null;
  });
  expect(members.items).toHaveLength(20);
  const why = await shop.admin('GET', `/admin/v1/customers/user:${users[0]}/segments/${id}`);
  expect(why.body).toMatchObject({ holds: true, changesAtMs: null });
  const csv = await shop.admin('GET', `/admin/v1/segments/${id}/export?format=csv`);
  expect(String(csv.body).trim().split('\n')).toHaveLength(31);
});
