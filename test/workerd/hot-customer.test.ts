/** What a customer's ledger costs to use does not grow with it: the same rows are read, however long the history. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { Customers } from '../../worker/customers/customers.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const PROGRAMME = {
  order: { points: 1, perMinor: 100 },
  expiry: { kind: 'period', unit: 'month', quantity: 12 },
  inactivity: { notices: { warning: 30, last_chance: 3 } },
  tiers: { metric: 'points', window: 'rolling_year', tiers: [{ id: 'gold', name: 'Gold', threshold: 1_000_000 }] },
  rewards: { rewards: [{ id: 'off', name: 'Off', benefit: { kind: 'amount', amountMinor: 100 }, price: 10 }] },
};

const order = (user: string, at: number) =>
  track(user, 'Order Completed', { order_id: `${user}-${at}`, subtotal: 60, total: 60, currency: 'EUR' });

/** Whether copies are told within a measurement or after it is chance: so many rows are read for it. */
const MOST_TOLD = 10;

/** A customer with so many entries, each a lot of its own. */
async function buyer(shop: TestShop, entries: number): Promise<string> {
  const user = newUser();
  for (let from = 0; from < entries; from += 500) {
    const count = Math.min(500, entries - from);
    const answer = await shop.batch(...Array.from({ length: count }, (_, at) => order(user, from + at)));
    expect(answer.status).toBe(200);
  }
  return user;
}

/** Rows that SQLite reads for it, once copies have come to rest. */
async function rowsOf(shop: TestShop, user: string, act: () => Promise<unknown>): Promise<number> {
  const { id } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
  const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${String(id).split('-')[0]}`));
  const read = () => runInDurableObject<Customers, number>(object, (instance) => instance.rowsRead);
  const still = () =>
    eventually(async () => {
      const one = await read();
      await new Promise((resolve) => setTimeout(resolve, 60));
      return one === (await read()) ? one : null;
    });
  const before = await still();
  await act();
  return (await still()) - before;
}

it('INV-3: a spend, its undo and a refund read no more rows at 2,000 entries than at 10', async () => {
  const shop = await makeShop({ layout: 'per_customer' });
  expect((await shop.admin('PUT', '/admin/v1/programme', PROGRAMME)).status).toBe(200);
  const measured: Record<'spend' | 'undo' | 'back', number>[] = [];
  for (const entries of [10, 2_000]) {
    const user = await buyer(shop, entries);
    let voucher = '';
    const path = `/admin/v1/customers/user:${user}`;
    const spend = await rowsOf(shop, user, async () => {
      voucher = (await shop.admin('POST', `${path}/rewards/off/redeem`, {})).body.voucher;
    });
    const undo = await rowsOf(shop, user, () => shop.admin('POST', `${path}/vouchers/${voucher}/undo`, {}));
    const back = await rowsOf(shop, user, () =>
      shop.batch(track(user, 'Order Refunded', { order_id: `${user}-5`, total: 30, currency: 'EUR' })),
    );
    measured.push({ spend, undo, back });
  }
  const [short, long] = measured;
  const more = (['spend', 'undo', 'back'] as const).map((what) => (long?.[what] ?? 0) - (short?.[what] ?? 0));
  for (const rows of more) expect(rows).toBeLessThanOrEqual(MOST_TOLD);
});
