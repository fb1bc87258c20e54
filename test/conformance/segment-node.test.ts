/** Segment's own Node client, unmodified, with nothing changed but its host and its key. */
import { Analytics } from '@segment/analytics-node';
import { afterAll, it } from 'vitest';
import { eventually, openShop, type StoryShop } from '../stories/client.ts';
import { type FaultyWay, faultyWay } from './faulty-way.ts';
import { namesOf } from './told.ts';

const ways: FaultyWay[] = [];
afterAll(() => {
  for (const way of ways) way.close();
});

function clientOf(shop: StoryShop, more: object = {}): Analytics {
  return new Analytics({ writeKey: shop.keys.write, host: shop.url, flushInterval: 200, ...more });
}

async function customerOf(shop: StoryShop, ref: string) {
  return eventually(async () => {
    const { status, body } = await shop.admin('GET', `/admin/v1/customers/${ref}`);
    return status === 200 ? body : null;
  });
}

it.concurrent('delivers every kind of call, in its order, to the customer it names', async ({ expect }) => {
  const shop = await openShop();
  const client = clientOf(shop);
  client.identify({ userId: 'u1', traits: { email: 'u1@example.com', firstName: 'Una' } });
  client.track({ userId: 'u1', event: 'Product Viewed', properties: { product_id: 'p' } });
  client.page({ userId: 'u1', name: 'Home' });
  client.screen({ userId: 'u1', name: 'Main' });
  client.group({ userId: 'u1', groupId: 'g' });
  client.alias({ userId: 'u1', previousId: 'before' });
  client.track({
    userId: 'u1',
    event: 'Order Completed',
    properties: { order_id: 'o', subtotal: 25, total: 30, currency: 'EUR' },
  });
  await client.closeAndFlush();
  const names = [
    'Identified',
    'Product Viewed',
    'Viewed Page',
    'Viewed Screen',
    'Joined Group',
    'Aliased',
    'Placed Order',
  ];
  expect(await namesOf(shop, 'user:u1')).toEqual(names);
  expect((await customerOf(shop, 'email:u1@example.com')).points.balance).toBe(25);
});

it.concurrent('delivers what it flushes in many batches, each event once', async ({ expect }) => {
  const shop = await openShop();
  const client = clientOf(shop, { flushAt: 20 });
  for (let at = 0; at < 45; at += 1) client.track({ userId: 'many', event: `E${at}` });
  await client.closeAndFlush();
  expect([...(await namesOf(shop, 'user:many'))].sort()).toEqual(
    Array.from({ length: 45 }, (_, at) => `E${at}`).sort(),
  );
});

it.concurrent('retries a batch that failed, was refused and lost its answers, and the order in it earns once', async ({
  expect,
}) => {
  const shop = await openShop();
  const way = await faultyWay(shop.url, ['lost', 'broken', 'busy']);
  ways.push(way);
  const client = new Analytics({ writeKey: shop.keys.write, host: way.url, flushInterval: 100 });
  client.track({ userId: 'r', event: 'Order Completed', properties: { order_id: 'o', subtotal: 40, currency: 'EUR' } });
  await client.closeAndFlush();
  expect(way.posts.map(({ status }) => status)).toEqual([0, 500, 429, 200]);
  expect((await customerOf(shop, 'user:r')).points.balance).toBe(40);
  expect(await namesOf(shop, 'user:r')).toEqual(['Placed Order']);
});

it.concurrent('waits for Retry-After when it is told to, and loses nothing', async ({ expect }) => {
  const shop = await openShop();
  await shop.admin('PATCH', '/admin/v1/shop', { ingestPerSecond: 1 });
  const client = clientOf(shop, { flushAt: 1 });
  for (let at = 0; at < 5; at += 1) client.track({ userId: 'w', event: `E${at}` });
  await client.closeAndFlush();
  const found = await eventually(async () => {
    const names = await namesOf(shop, 'user:w');
    return names.length === 5 ? names : null;
  }, 15_000);
  expect(found.sort()).toEqual(['E0', 'E1', 'E2', 'E3', 'E4']);
});

it.concurrent('drops what a revoked key sends, and says so to its owner', async ({ expect }) => {
  const shop = await openShop();
  const { items } = (await shop.admin('GET', '/admin/v1/keys')).body;
  const { id } = items.find((key: { kind: string }) => key.kind === 'write');
  expect((await shop.admin('DELETE', `/admin/v1/keys/${id}`)).status).toBe(204);
  const client = clientOf(shop);
  const failures: unknown[] = [];
  client.on('error', (error) => failures.push(error.code));
  client.track({ userId: 'x', event: 'X' });
  await client.closeAndFlush();
  expect(failures).toEqual(['delivery_failure']);
});
