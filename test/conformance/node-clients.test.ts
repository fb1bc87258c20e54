/** Server clients other than Segment's newest, unmodified: Segment's older one and RudderStack's, over a way that fails. */
import { createRequire } from 'node:module';
import Rudder from '@rudderstack/rudder-sdk-node';
import { afterAll, describe, it } from 'vitest';
import { openShop } from '../stories/client.ts';
import { type FaultyWay, faultyWay } from './faulty-way.ts';
import { namesOf, namesOnce } from './told.ts';

/** What these clients share; the older one brings no types. */
interface Client {
  identify(message: object): void;
  track(message: object): void;
  page(message: object): void;
  screen(message: object): void;
  group(message: object): void;
  alias(message: object): void;
}
const OldSegment: new (writeKey: string, options: object) => Client = createRequire(import.meta.url)('analytics-node');

const opened: FaultyWay[] = [];
afterAll(() => {
  for (const way of opened) way.close();
});

const SETTINGS = { flushAt: 8, flushInterval: 100 };
type Open = (key: string, url: string, more?: { errorHandler: (error: Error) => void }) => Client;
const clients: [string, Open, object][] = [
  [
    'analytics-node 6',
    (key, host, more) => new OldSegment(key, { ...SETTINGS, host, ...more }),
    { 'content-type': 'application/json', encoding: undefined },
  ],
  [
    'rudder-sdk-node',
    (key, dataPlaneUrl, more) => new Rudder(key, { ...SETTINGS, dataPlaneUrl, logLevel: 'none', ...more }),
    { 'content-type': 'application/x-www-form-urlencoded', encoding: 'gzip' },
  ],
  [
    'rudder-sdk-node without gzip',
    (key, dataPlaneUrl, more) => new Rudder(key, { ...SETTINGS, dataPlaneUrl, gzip: false, logLevel: 'none', ...more }),
    { 'content-type': 'application/json', encoding: undefined },
  ],
];

const FIRST = ['Identified'];
/** In this order, for they go in batches one after another. */
const REST = ['Viewed Product', 'Viewed Page', 'Viewed Screen', 'Joined Group', 'Placed Order'];

function tellAll(client: Client, userId: string): void {
  // the first event goes by itself at once, beside the batch of the others
  client.identify({ userId, traits: { email: `${userId}@example.com`, firstName: 'Una' } });
  client.track({ userId, event: 'Viewed Product', properties: { product_id: 'p', name: 'Ünïcode ☕' } });
  client.page({ userId, name: 'Home' });
  client.screen({ userId, name: 'Main' });
  client.group({ userId, groupId: 'g' });
  const properties = { order_id: `o-${userId}`, subtotal: 25, total: 30, currency: 'EUR' };
  client.track({ userId, event: 'Order Completed', properties });
}

describe.concurrent.each(clients)('%s', (name, clientOf, wire) => {
  const userId = name.replaceAll(/[^a-z0-9]/g, '');

  it('delivers every kind of call once, though requests are refused, fail and lose their answers', async ({
    expect,
  }) => {
    const shop = await openShop();
    const way = await faultyWay(shop.url, ['lost', 'busy', 'broken']);
    opened.push(way);
    tellAll(clientOf(shop.keys.write, way.url), userId);
    const names = await namesOnce(shop, 6, `user:${userId}`);
    expect(names.filter((one) => one !== 'Identified')).toEqual(REST);
    expect(names.filter((one) => one === 'Identified')).toEqual(FIRST);
    const sent = way.posts[0]?.headers;
    expect({ 'content-type': sent?.['content-type'], encoding: sent?.['content-encoding'] }).toEqual(wire);
    // what was stored and not answered is told again, so the last answer may come after the last event
    await expect.poll(() => way.posts.map(({ status }) => status).sort()).toEqual([0, 200, 200, 429, 500]);
    expect(new Set(way.posts.map(({ path }) => path))).toEqual(new Set(['/v1/batch']));
    expect(await namesOf(shop, `user:${userId}`)).toHaveLength(6);
    const customer = await shop.admin('GET', `/admin/v1/customers/email:${userId}@example.com`);
    expect(customer.body.points.balance).toBe(25);
  });

  it('tells of an alias, and who it names keeps what they had', async ({ expect }) => {
    const shop = await openShop();
    const client = clientOf(shop.keys.write, shop.url);
    client.track({ userId: 'before', event: 'Joined' });
    client.alias({ userId: 'after', previousId: 'before' });
    // read in the middle of it, one name may lead to a customer who is just leaving
    const names = async () => (await namesOf(shop, 'user:before', 'user:after')).sort();
    await expect.poll(names, { timeout: 10_000 }).toEqual(['Aliased', 'Joined']);
  });

  it('drops what a key of nobody sends', async ({ expect }) => {
    const shop = await openShop();
    const way = await faultyWay(shop.url);
    opened.push(way);
    const failures: string[] = [];
    const errorHandler = (error: Error) => void failures.push(error.message);
    const client = clientOf(`${shop.keys.write.slice(0, -1)}!`, way.url, { errorHandler });
    client.track({ userId: 'nobody', event: 'X' });
    await expect.poll(() => failures.length).toBe(1);
    expect(way.posts.map(({ status }) => status)).toEqual([401]);
    expect(await namesOf(shop, 'user:nobody')).toEqual([]);
  });
});
