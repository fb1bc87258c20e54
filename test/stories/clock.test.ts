/** Two years of a test shop in one call: what expired, when, and what is left equal a calculation of its own. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ask, openShop, type StoryShop } from './client.ts';

const DAY = 86_400_000;
const START_MS = Date.UTC(2040, 0, 15, 12);
const EXPIRES_AFTER_DAYS = 90;
const PROGRAMME = { order: { points: 1, perMinor: 100 }, expiresAfterDays: EXPIRES_AFTER_DAYS };

interface Lot {
  atMs: number;
  points: number;
}

async function buy(shop: StoryShop, userId: string, points: number): Promise<void> {
  const properties = { order_id: randomUUID(), subtotal: points, total: points, currency: 'EUR' };
  const message = { type: 'track', userId, event: 'Order Completed', properties, messageId: randomUUID() };
  const headers = { Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
  expect((await ask('POST', `${shop.url}/v1/batch`, { batch: [message] }, headers)).status).toBe(200);
}

/** The ledger by hand: a spend takes the oldest points first, and what is left of a lot goes after its days. */
function reckon(lots: Lot[], spend: number, untilMs: number) {
  const left = lots.map((lot) => ({ ...lot }));
  let owed = spend;
  for (const lot of left) {
    const taken = Math.min(lot.points, owed);
    lot.points -= taken;
    owed -= taken;
  }
  const ends = (lot: Lot) => lot.atMs + EXPIRES_AFTER_DAYS * DAY;
  const over = left.filter((lot) => lot.points > 0 && ends(lot) <= untilMs);
  return {
    balance: left.reduce((sum, lot) => sum + (ends(lot) > untilMs ? lot.points : 0), 0),
    expired: over.map((lot) => ({ atMs: ends(lot), points: -lot.points })).reverse(),
  };
}

test.each(['shared', 'per_customer'])('a test shop (%s) is advanced by two years in one call', async (layout) => {
  const shop = await openShop({ mode: 'test', layout });
  expect((await shop.admin('PUT', '/admin/v1/programme', PROGRAMME)).status).toBe(200);
  const users = [1, 2, 3].map((n) => `u${n}-${randomUUID()}`);
  const lots = new Map<string, Lot[]>(users.map((user) => [user, []]));
  let nowMs = START_MS;
  expect((await shop.admin('POST', '/admin/v1/clock', { toMs: START_MS })).body).toMatchObject({ nowMs, frozen: true });
  for (let month = 0; month < 3; month += 1) {
    for (const [at, user] of users.entries()) {
      const points = 10 * (month + 1) + at;
      await buy(shop, user, points);
      lots.get(user)?.push({ atMs: nowMs, points });
      nowMs = (await shop.admin('POST', '/admin/v1/clock', { by: 'P7DT1H' })).body.nowMs;
    }
  }
  const spent = await shop.admin('POST', `/admin/v1/customers/user:${users[0]}/points`, {
    points: -15,
    reason: 'spent',
  });
  expect(spent.status).toBe(200);
  const after = await shop.admin('POST', '/admin/v1/clock', { by: 'P2Y' });
  // 2041 has 365 days, and so have the twelve months that begin in March 2040
  const endMs = nowMs + 730 * DAY;
  expect([after.status, after.body]).toEqual([200, { nowMs: endMs, frozen: true, status: 'ready', jobId: null }]);
  await buy(shop, users[2] ?? '', 7);
  lots.get(users[2] ?? '')?.push({ atMs: endMs, points: 7 });
  for (const [at, user] of users.entries()) {
    const customer = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    const entries = (await shop.admin('GET', `/admin/v1/customers/user:${user}/points?limit=200`)).body.items;
    const expired = entries.filter(({ kind }: { kind: string }) => kind === 'expired');
    expect({
      balance: customer.points.balance,
      expired: expired.map(({ atMs, points }: Lot) => ({ atMs, points })),
      late: expired.filter((entry: { atMs: number; recordedAtMs: number }) => entry.atMs !== entry.recordedAtMs),
    }).toEqual({ ...reckon(lots.get(user) ?? [], at === 0 ? 15 : 0, endMs), late: [] });
  }
});
