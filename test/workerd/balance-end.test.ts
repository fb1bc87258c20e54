/** The end of a balance that nobody uses, wherever somebody looks: the customer, segments, what the shop stands for, exports. */
import { describe, expect, it } from 'vitest';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

/** Later than any test runs. */
const START = Date.parse('2030-01-10T11:00:00Z');
/** A year after it, at midnight in Berlin. */
const END = Date.parse('2031-01-10T23:00:00Z');
const MONTHS = (quantity: number) => ({ inactivity: { expiry: { unit: 'month', quantity } } });

async function clock(shop: TestShop, toMs: number): Promise<void> {
  const { status, body } = await shop.admin('POST', '/admin/v1/clock', { toMs });
  expect([status, body.status], JSON.stringify(body)).toEqual([200, 'ready']);
}

async function put(shop: TestShop, programme: object): Promise<void> {
  const answer = await shop.admin('PUT', '/admin/v1/programme', { order: { points: 1, perMinor: 100 }, ...programme });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  if (answer.body.job !== null) await done(shop, answer.body.job.id);
}

const done = (shop: TestShop, job: string) =>
  eventually(async () => {
    const { body } = await shop.admin('GET', `/admin/v1/jobs/${job}`);
    return body.state === 'done' ? body : null;
  }, 10_000);

async function still(): Promise<TestShop> {
  const shop = await makeShop({ mode: 'test', timeZone: 'Europe/Berlin' });
  await clock(shop, START);
  await put(shop, MONTHS(12));
  return shop;
}

function buy(shop: TestShop, user: string, units: number) {
  const order = { order_id: crypto.randomUUID(), subtotal: units, total: units, currency: 'EUR' };
  return shop.batch(track(user, 'Order Completed', order));
}

const nextOf = async (shop: TestShop, user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points.nextExpiry;

const segmentsOf = async (shop: TestShop, user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}/segments`)).body.segments;

describe('the end of a balance that nobody uses', () => {
  it('is what runs out next, unless a lot does before it', async () => {
    const [shop, user] = [await still(), newUser()];
    await buy(shop, user, 100);
    expect(await nextOf(shop, user)).toEqual({ points: 100, atMs: END });
    const give = { points: 7, reason: 'x', expiresAtMs: END - 86_400_000 };
    await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, give);
    expect(await nextOf(shop, user)).toEqual({ points: 7, atMs: give.expiresAtMs });
    await clock(shop, give.expiresAtMs);
    expect(await nextOf(shop, user)).toEqual({ points: 100, atMs: END });
    await clock(shop, END);
    expect(await nextOf(shop, user)).toBeNull();
  });

  it('puts people into the segment of points that run out soon, and whoever buys leaves it', async () => {
    const [shop, user] = [await still(), newUser()];
    const made = await shop.admin('POST', '/admin/v1/segments', { ready: { key: 'points_expiring' } });
    await done(shop, made.body.job.id);
    await buy(shop, user, 100);
    await clock(shop, END - 31 * 86_400_000);
    expect(await segmentsOf(shop, user)).toEqual([]);
    await clock(shop, END - 29 * 86_400_000);
    expect(await segmentsOf(shop, user)).toMatchObject([{ id: made.body.segment.id }]);
    await buy(shop, user, 1);
    expect(await segmentsOf(shop, user)).toEqual([]);
  });

  it('moves with the programme, which begins a whole period anew, for whoever waited already', async () => {
    const [shop, user] = [await still(), newUser()];
    const made = await shop.admin('POST', '/admin/v1/segments', { ready: { key: 'points_expiring' } });
    await done(shop, made.body.job.id);
    await buy(shop, user, 100);
    await clock(shop, END - 29 * 86_400_000);
    await put(shop, MONTHS(24));
    expect(await nextOf(shop, user)).toEqual({ points: 100, atMs: Date.parse('2032-12-13T23:00:00Z') });
    expect(await segmentsOf(shop, user)).toEqual([]);
  });

  it('passes where the programme has nothing of it any more', async () => {
    const [shop, user] = [await still(), newUser()];
    await buy(shop, user, 100);
    await put(shop, {});
    expect(await nextOf(shop, user)).toBeNull();
    await clock(shop, END + 86_400_000);
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.points.balance).toBe(100);
  });

  it('is the month in which the shop stands for it no more', async () => {
    const [shop, user] = [await still(), newUser()];
    await buy(shop, user, 100);
    await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, {
      points: 7,
      reason: 'x',
      expiresAtMs: START + 86_400_000,
    });
    const { months, never } = (await shop.admin('GET', '/admin/v1/liability')).body.expiring;
    const told = months.filter(({ points }: { points: number }) => points > 0);
    expect([told.map(({ month, points }: { month: string; points: number }) => [month, points]), never.points]).toEqual(
      [
        [
          ['2030-01', 7],
          ['2031-01', 100],
        ],
        0,
      ],
    );
  });
});
