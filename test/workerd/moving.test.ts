/** A customer on the way: what falls due meanwhile, histories of any size, and callers who come late. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { handOver } from '../../worker/customers/hand-over.ts';
import { START } from '../../worker/customers/moving.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import { directoryOf } from '../../worker/directory/cache.ts';
import { emptyOrder } from '../../worker/domain/order.ts';
import { makeShop, newUser, type TestShop, track } from './shop.ts';

const DAY = 86_400_000;

interface Apart {
  /** User ids, and the customers behind them, who live in two objects. */
  a: string;
  b: string;
  loser: string;
  survivor: string;
}

async function customer(shop: TestShop, ref: string) {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}`)).body;
}

async function makeApart(shop: TestShop): Promise<Apart> {
  const a = newUser();
  await shop.batch(track(a, 'A'));
  const loser = (await customer(shop, `user:${a}`)).id;
  for (;;) {
    const b = newUser();
    await shop.batch(track(b, 'B'));
    const survivor = (await customer(shop, `user:${b}`)).id;
    if (labelOf(survivor) !== labelOf(loser)) return { a, b, loser, survivor };
  }
}

const labelOf = (id: string) => id.split('-')[0];
const objectOf = (shop: TestShop, id: string) =>
  env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${labelOf(id)}`));

function merge(shop: TestShop, { a, b }: Apart) {
  return shop.admin('POST', `/admin/v1/customers/user:${a}/merge`, { into: `user:${b}` });
}

function give(shop: TestShop, user: string, points: number, expiresAtMs?: number) {
  const wanted = { points, reason: 'x', ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
  return shop.admin('POST', `/admin/v1/customers/user:${user}/points`, wanted);
}

async function freeze(shop: TestShop, { loser, survivor }: Apart) {
  const move = { loser, survivor, trust: 'server' as const };
  await directoryOf(env, shop.id).merge({ ...move, reason: 'merchant' }, Date.now());
  await customersOf(env, shop.id, loser).leave({ ...move, shop: shop.id, version: 1, from: START });
}

const advance = (shop: TestShop, by: string) => shop.admin('POST', '/admin/v1/clock', { by });

describe('points that would run out', () => {
  it('INV-9: run out where they are now, and leave nothing due where they were', async () => {
    const shop = await makeShop({ mode: 'test' });
    const both = await makeApart(shop);
    const { nowMs } = (await advance(shop, 'PT0S')).body;
    await give(shop, both.a, 50, nowMs + DAY);
    await merge(shop, both);
    expect((await advance(shop, 'P3D')).body).toMatchObject({ status: 'ready', nowMs: nowMs + 3 * DAY });
    expect((await customer(shop, `user:${both.b}`)).points.balance).toBe(0);
  });

  it('let no alarm ring for ever where they were', async () => {
    const shop = await makeShop();
    const both = await makeApart(shop);
    const expiresAtMs = Date.now() + 1_000;
    await give(shop, both.a, 50, expiresAtMs);
    await merge(shop, both);
    await scheduler.wait(expiresAtMs - Date.now() + 200);
    const ringsNow = await runInDurableObject(objectOf(shop, both.loser), async (_, { storage }) => {
      const seen: boolean[] = [];
      // while one rings there is none to be read: the next one shows only now and then. That for the next telling is far off
      for (let look = 0; look < 60; look += 1) {
        seen.push(((await storage.getAlarm()) ?? Number.POSITIVE_INFINITY) < Date.now() + 1_000);
        await scheduler.wait(5);
      }
      return new Set(seen);
    });
    expect(ringsNow).toEqual(new Set([false]));
  });

  it('INV-3: of a customer who leaves while some are overdue, the others are not closed behind its back', async () => {
    const shop = await makeShop({ mode: 'test' });
    const both = await makeApart(shop);
    const { nowMs } = (await advance(shop, 'PT0S')).body;
    await give(shop, both.a, 50, nowMs + DAY);
    await give(shop, both.a, 60, nowMs + 2 * DAY);
    await runInDurableObject(objectOf(shop, both.loser), (_, { storage }) => {
      storage.sql.exec('UPDATE lot SET expires_ms = ? WHERE customer = ? AND points = 50', nowMs - 1, both.loser);
      storage.sql.exec('UPDATE customer SET next_due_ms = ? WHERE customer = ?', nowMs - 1, both.loser);
    });
    await freeze(shop, both);
    await advance(shop, 'P3D');
    await merge(shop, both);
    const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${both.b}/points`)).body;
    const moved = items.map((entry: { kind: string; points: number; balanceAfter: number }) => [
      entry.kind,
      entry.points,
      entry.balanceAfter,
    ]);
    const given = [
      ['adjusted', 60, 110],
      ['adjusted', 50, 50],
    ];
    expect(moved).toEqual([['expired', -60, 0], ['expired', -50, 60], ...given]);
  });

  it('INV-9: pay no debt where they ran out on the way', async () => {
    const shop = await makeShop({ mode: 'test' });
    const both = await makeApart(shop);
    const { nowMs } = (await advance(shop, 'PT0S')).body;
    await give(shop, both.a, 50, nowMs + DAY);
    const about = { order_id: 'owing', total: 70, subtotal: 70, currency: 'EUR' };
    await shop.batch(track(both.b, 'Order Completed', about));
    await give(shop, both.b, -70);
    await shop.batch(track(both.b, 'Order Refunded', about));
    await freeze(shop, both);
    await advance(shop, 'P2D');
    await merge(shop, both);
    expect((await customer(shop, `user:${both.b}`)).points).toMatchObject({ balance: -70, debt: 70 });
  });
});

it('a history of rows larger than one value of a statement arrives whole', async () => {
  const shop = await makeShop();
  const both = await makeApart(shop);
  const big = '"'.repeat(15_000);
  for (let sent = 0; sent < 12; sent += 1) {
    const part = Array.from({ length: 12 }, () => track(both.a, 'E', { big }));
    expect((await shop.batch(...part)).status).toBe(200);
  }
  expect((await merge(shop, both)).status).toBe(200);
  expect((await customer(shop, both.survivor)).seq).toBe(1 + 145 + 1);
});

it('INV-7: a caller who comes late with a move that another one overtook changes nothing', async () => {
  const shop = await makeShop();
  const { a, survivor } = await makeApart(shop);
  const anonymousId = newUser();
  await shop.batch({ type: 'track', anonymousId, event: 'Looked', messageId: 'l' });
  const loser = (await customer(shop, `anonymous:${anonymousId}`)).id;
  await shop.batch({ type: 'identify', userId: a, anonymousId, messageId: 'i' });
  const late = { loser, survivor, trust: 'browser' as const };
  await handOver(env, { id: shop.id, version: 1 }, late, directoryOf(env, shop.id));
  expect((await customer(shop, loser)).id).toBe((await customer(shop, `user:${a}`)).id);
  expect((await customer(shop, survivor)).seq).toBe(1);
});

it('moves more orders than one call carries, each once, with those that both were told of', async () => {
  const shop = await makeShop();
  const both = await makeApart(shop);
  const bodyOf = (at: number) =>
    JSON.stringify({ ...emptyOrder(`big-${String(at).padStart(5, '0')}`), padding: 'x'.repeat(30_000) });
  const fill = (id: string, from: number, to: number) =>
    runInDurableObject(objectOf(shop, id), (_, { storage }) => {
      for (let at = from; at < to; at += 1) {
        const body = bodyOf(at);
        const sql = 'INSERT INTO orders (customer, order_id, seq, placed_ms, body) VALUES (?, ?, 1, NULL, ?)';
        storage.sql.exec(sql, id, JSON.parse(body).orderId, body);
      }
    });
  await fill(both.loser, 0, 1_300);
  await fill(both.survivor, 1_290, 1_310);
  expect((await merge(shop, both)).status).toBe(200);
  const held = await runInDurableObject(objectOf(shop, both.survivor), (_, { storage }) => ({
    ...storage.sql.exec('SELECT COUNT(*) AS orders FROM orders WHERE customer = ?', both.survivor).one(),
    ...storage.sql.exec('SELECT COUNT(*) AS arriving FROM arriving_order').one(),
  }));
  expect(held).toEqual({ orders: 1_310, arriving: 0 });
  expect((await customer(shop, `user:${both.a}`)).id).toBe(both.survivor);
});
