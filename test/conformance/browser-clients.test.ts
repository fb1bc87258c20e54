/** Segment's and RudderStack's browser clients, unmodified, in a real browser on another origin than the edge. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openShop, type StoryShop } from '../stories/client.ts';
import { type Fault, type FaultyWay, faultyWay } from './faulty-way.ts';
import { openBrowser, type Pages, RUDDERSTACK, SEGMENT, servePages } from './pages.ts';
import { namesOf, namesOnce } from './told.ts';

let browser: Browser;
let listed: Pages;
let unlisted: Pages;
const ways: FaultyWay[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  [listed, unlisted] = await Promise.all([servePages(browser), servePages(browser)]);
});

afterAll(async () => {
  for (const way of ways) way.close();
  await browser.close();
  await Promise.all([listed.close(), unlisted.close()]);
});

interface Told {
  writeKey: string;
  /** Where the page finds everything: nothing else about us stands in it. */
  url: string;
  userId: string;
  options?: object;
}

/** A shop that lists one of the two origins, behind a way with these faults. */
async function shopBehind(faults: Fault[] = []): Promise<{ shop: StoryShop; way: FaultyWay }> {
  const shop = await openShop({ origins: [listed.origin] });
  const way = await faultyWay(shop.url, faults);
  ways.push(way);
  return { shop, way };
}

/** Says everything that Segment's client can say. */
function tellSegment(page: Page, told: Told): Promise<void> {
  return page.evaluate(async ({ writeKey, url, userId, options }) => {
    const { AnalyticsBrowser } = Reflect.get(window, 'AnalyticsNext');
    const analytics = AnalyticsBrowser.load({ writeKey, cdnURL: url }, options);
    await analytics.identify(userId, { firstName: 'Una' });
    await analytics.track('Viewed Product', { product_id: 'p', name: 'Ünïcode ☕ \ud83d' });
    await analytics.page('Shop', 'Home');
    await analytics.screen('Main');
    await analytics.group('g', { plan: 'pro' });
    await analytics.alias(`${userId}-b`);
  }, told);
}

const SAID = ['Identified', 'Viewed Product', 'Viewed Page', 'Viewed Screen', 'Joined Group', 'Aliased'];

function refsOf(userId: string): string[] {
  return [`user:${userId}`, `user:${userId}-b`];
}

/** Whom the page asks from now on: the client must not need, or tell, anybody else. */
function originsAsked(page: Page): Set<string> {
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  return origins;
}

function statusesOf(way: FaultyWay): number[] {
  return way.posts.map(({ status }) => status).sort();
}

describe.concurrent('analytics-next', () => {
  it('boots from the edge alone and sends each call by itself, through refusals, failures and lost answers', async ({
    expect,
  }) => {
    const { shop, way } = await shopBehind(['lost', 'broken', 'busy']);
    const page = await listed.open(SEGMENT);
    const asked = originsAsked(page);
    await tellSegment(page, { writeKey: shop.keys.publishable, url: way.url, userId: 'single' });
    expect((await namesOnce(shop, 6, ...refsOf('single'))).sort()).toEqual([...SAID].sort());
    await expect.poll(() => statusesOf(way)).toEqual([0, 200, 200, 200, 200, 200, 200, 429, 500]);
    expect(await namesOf(shop, ...refsOf('single'))).toHaveLength(6);
    expect(new Set(way.posts.map(({ path }) => path))).toEqual(
      new Set('itpsga'.split('').map((type) => `/v1/${type}`)),
    );
    expect(new Set(way.posts.map(({ headers }) => headers['content-type']))).toEqual(new Set(['text/plain']));
    expect(way.posts.some(({ headers }) => headers['x-retry-count'] !== undefined)).toBe(true);
    expect([...asked]).toEqual([way.url]);
  });

  it('sends batches, each event once and in its order', async ({ expect }) => {
    const { shop, way } = await shopBehind(['lost', 'busy', 'broken']);
    const page = await listed.open(SEGMENT);
    const deliveryStrategy = { strategy: 'batching', config: { size: 6, timeout: 300 } };
    const options = { integrations: { 'Segment.io': { deliveryStrategy } } };
    await tellSegment(page, { writeKey: shop.keys.publishable, url: way.url, userId: 'batched', options });
    await expect.poll(() => way.posts.map(({ status }) => status), { timeout: 10_000 }).toEqual([0, 429, 500, 200]);
    expect(new Set(way.posts.map(({ path }) => path))).toEqual(new Set(['/v1/b']));
    expect(await namesOf(shop, ...refsOf('batched'))).toEqual(SAID);
  });

  it('reads our own 429 across origins, waits as it says and loses nothing', async ({ expect }) => {
    const { shop, way } = await shopBehind();
    await shop.admin('PATCH', '/admin/v1/shop', { ingestPerSecond: 3 });
    const page = await listed.open(SEGMENT);
    await page.waitForTimeout(2_100); // until every isolate has the new setting
    await page.evaluate(
      async ({ writeKey, url }) => {
        const { AnalyticsBrowser } = Reflect.get(window, 'AnalyticsNext');
        const analytics = AnalyticsBrowser.load({ writeKey, cdnURL: url });
        await analytics.identify('patient');
        await Promise.all(Array.from({ length: 8 }, (_, at) => analytics.track(`E${at}`)));
      },
      { writeKey: shop.keys.publishable, url: way.url },
    );
    const names = await namesOnce(shop, 9, 'user:patient');
    expect(names.sort()).toEqual(['E0', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'Identified']);
    expect(statusesOf(way)).toContain(429);
  });

  it('on an origin that the shop does not list reads its refusal and does not try again', async ({ expect }) => {
    const { shop, way } = await shopBehind();
    const page = await unlisted.open(SEGMENT);
    await tellSegment(page, { writeKey: shop.keys.publishable, url: way.url, userId: 'evil' });
    await expect.poll(() => statusesOf(way)).toEqual([403, 403, 403, 403, 403, 403]);
    await page.waitForTimeout(1_500); // its first retry would come after half a second
    expect(statusesOf(way)).toHaveLength(6);
    expect(await namesOf(shop, ...refsOf('evil'))).toEqual([]);
  });

  it('does not load with a key of nobody', async ({ expect }) => {
    const { shop, way } = await shopBehind();
    const page = await listed.open(SEGMENT);
    const refusal = page.evaluate(
      async ({ writeKey, url }) => {
        const { AnalyticsBrowser } = Reflect.get(window, 'AnalyticsNext');
        await AnalyticsBrowser.load({ writeKey, cdnURL: url });
      },
      { writeKey: `${shop.keys.publishable}x`, url: way.url },
    );
    await expect(refusal).rejects.toThrow('not_found');
  });
});

/** Says everything that RudderStack's client can say; alias names who they are from now on. */
function tellRudderStack(page: Page, told: Told): Promise<void> {
  return page.evaluate(async ({ writeKey, url, userId, options }) => {
    const { RudderAnalytics } = Reflect.get(window, 'rudderanalytics');
    const analytics = new RudderAnalytics();
    analytics.load(writeKey, url, { configUrl: url, logLevel: 'NONE', ...options });
    await new Promise<void>((resolve) => analytics.ready(resolve));
    analytics.identify(userId, { firstName: 'Una' });
    analytics.track('Viewed Product', { product_id: 'p', name: 'Ünïcode ☕ \ud83d' });
    analytics.page('Shop', 'Home');
    analytics.group('g', { plan: 'pro' });
    analytics.alias(`${userId}-b`, userId);
  }, told);
}

const SAID_THERE = SAID.filter((name) => name !== 'Viewed Screen');

describe.concurrent('@rudderstack/analytics-js', () => {
  const soon = { maxRetryDelay: 1_000, minRetryDelay: 200, backoffFactor: 2, maxAttempts: 10 };

  it('boots from the edge alone and sends each call by itself, through refusals, failures and lost answers', async ({
    expect,
  }) => {
    const { shop, way } = await shopBehind(['lost', 'broken', 'busy']);
    const page = await listed.open(RUDDERSTACK);
    const asked = originsAsked(page);
    const options = { queueOptions: soon };
    await tellRudderStack(page, { writeKey: shop.keys.publishable, url: way.url, userId: 'rudder', options });
    expect((await namesOnce(shop, 5, ...refsOf('rudder'))).sort()).toEqual([...SAID_THERE].sort());
    await expect.poll(() => statusesOf(way)).toEqual([0, 200, 200, 200, 200, 200, 429, 500]);
    expect(await namesOf(shop, ...refsOf('rudder'))).toHaveLength(5);
    const paths = ['identify', 'track', 'page', 'group', 'alias'].map((type) => `/v1/${type}`);
    expect(new Set(way.posts.map(({ path }) => path))).toEqual(new Set(paths));
    expect(way.posts.some(({ headers }) => headers['rsa-retry-attempt'] !== undefined)).toBe(true);
    expect([...asked]).toEqual([way.url]);
  });

  it('sends beacons, without a header to authenticate by', async ({ expect }) => {
    const { shop, way } = await shopBehind();
    const page = await listed.open(RUDDERSTACK);
    const options = { useBeacon: true, beaconQueueOptions: { maxItems: 5, flushQueueInterval: 300 } };
    await tellRudderStack(page, { writeKey: shop.keys.publishable, url: way.url, userId: 'beacon', options });
    expect(await namesOnce(shop, 5, ...refsOf('beacon'))).toEqual(SAID_THERE);
    const [post] = way.posts;
    expect(post?.path.split('?')).toEqual(['/beacon/v1/batch', `writeKey=${shop.keys.publishable}`]);
    expect(post?.headers).not.toHaveProperty('authorization');
    expect(post?.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('on an origin that the shop does not list is refused', async ({ expect }) => {
    const { shop, way } = await shopBehind();
    const page = await unlisted.open(RUDDERSTACK);
    await tellRudderStack(page, { writeKey: shop.keys.publishable, url: way.url, userId: 'evil' });
    await expect.poll(() => statusesOf(way)).toEqual([403, 403, 403, 403, 403]);
    expect(await namesOf(shop, ...refsOf('evil'))).toEqual([]);
  });
});
