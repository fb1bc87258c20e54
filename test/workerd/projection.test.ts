/** D1's copies: gaps, repeats and faults cannot hurt them, and their tables are what the schema says. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { getTableColumns } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Projector } from '../../worker/customers/projector.ts';
import { CustomerStore } from '../../worker/customers/store.ts';
import { newHead } from '../../worker/domain/customer.ts';
import { applyChangeSets, type ChangeSet, MAY_CHANGE_ALL } from '../../worker/projection/apply.ts';
import { members, orders, profiles, shops } from '../../worker/projection/schema.ts';
import { retryAfterMs } from '../../worker/time/retry.ts';
import { withFaults } from './faulty-copies.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

function set(customer: string, from: number, to: number, balance: number): ChangeSet {
  return {
    customer,
    from,
    head: { ...newHead(1_000), seq: to, balance, known: true },
    orders: [],
    referrals: [],
    held: {},
    may: MAY_CHANGE_ALL,
  };
}

async function copyOf(shop: string, customer: string) {
  return env.DB.prepare('SELECT seq, balance FROM profile WHERE shop = ? AND customer = ?')
    .bind(shop, customer)
    .first();
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a change set', () => {
  it('INV-8: counts only where the copy stands at its start, and says where the copy stands', async () => {
    const { id } = await makeShop();
    const tell = async (...sets: ChangeSet[]) => Object.fromEntries((await applyChangeSets(env.DB, id, sets)).seqs);
    expect(await tell(set('a', 0, 2, 20))).toEqual({ a: 2 });
    expect(await tell(set('a', 3, 5, 50))).toEqual({ a: 2 });
    expect(await copyOf(id, 'a')).toEqual({ seq: 2, balance: 20 });
    expect(await tell(set('a', 2, 5, 50), set('b', 0, 1, 1))).toEqual({ a: 5, b: 1 });
    expect(await tell(set('a', 0, 2, 20), set('a', 2, 4, 40))).toEqual({ a: 5 });
    expect(await copyOf(id, 'a')).toEqual({ seq: 5, balance: 50 });
  });

  it('writes 3 rows at most for a customer whose balance changed, and 7 for a new one', async () => {
    const { id } = await makeShop();
    const traits = { email: 'a@example.com', userId: 'u', firstName: 'A' };
    const named = (from: number, to: number, balance: number): ChangeSet => {
      const one = set('a', from, to, balance);
      return { ...one, head: { ...one.head, traits } };
    };
    expect((await applyChangeSets(env.DB, id, [named(0, 1, 10)])).rowsWritten).toBeLessThanOrEqual(7);
    expect((await applyChangeSets(env.DB, id, [named(1, 2, 20)])).rowsWritten).toBeLessThanOrEqual(3);
    expect((await applyChangeSets(env.DB, id, [named(2, 3, 20)])).rowsWritten).toBe(1);
  });
});

describe('while D1 is at fault', () => {
  it('INV-8: events are stored all the same, and the copy has them once D1 is back', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch({ type: 'identify', userId: user, messageId: 'i', traits: { email: `${user}@example.com` } });
    await found(shop, user);
    await env.DB.exec('ALTER TABLE profile RENAME TO gone');
    const order = { order_id: 'o', subtotal: 70, total: 70, currency: 'EUR' };
    expect((await shop.batch(track(user, 'Order Completed', order))).status).toBe(200);
    const given = await shop.admin('POST', `/admin/v1/customers/user:${user}/points`, { points: 5, reason: 'x' });
    expect([given.status, given.headers.get('x-projected')]).toEqual([200, 'false']);
    await env.DB.exec('ALTER TABLE gone RENAME TO profile');
    const copy = await eventually(async () => {
      const row = await found(shop, user);
      return row.balance === 75 ? row : null;
    }, 8_000);
    expect(copy.orders).toBe(1);
  });

  it('INV-8: a stall of 30 seconds, applied or not once it is over, leaves the copy where the customer stands', async () => {
    const shop = await makeShop();
    const { user, id, seq, object } = await somebody(shop);
    let stalls = true;
    const faults = withFaults(() => (stalls ? 'stalled' : 'none'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await shop.batch(track(user, 'Order Completed', { order_id: `s-${user}`, subtotal: 7, total: 7, currency: 'EUR' }));
    // the object's timers are its own: they run inside it
    await runInDurableObject(object, async () => {
      for (let second = 0; second < 30; second += 1) await vi.advanceTimersByTimeAsync(1_000);
    });
    expect(faults.stalled).toBeGreaterThan(2);
    expect(await copyOf(shop.id, id)).toEqual({ seq, balance: 0 });
    stalls = false;
    await faults.applyStalled();
    await faults.applyStalled();
    vi.useRealTimers();
    await runInDurableObject(object, (instance) => instance.retell([id]));
    faults.restore();
    expect(await copyOf(shop.id, id)).toEqual({ seq: seq + 1, balance: 7 });
  });

  it('INV-8: a copy that was lost is told again from the beginning, orders and all, with the next change', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Order Completed', { order_id: `l-${user}`, subtotal: 7, total: 7, currency: 'EUR' }));
    const { id } = await found(shop, user);
    const orders = () => env.DB.prepare('SELECT order_id FROM orders WHERE shop = ?').bind(shop.id).all();
    for (const table of ['profile', 'orders']) {
      await env.DB.prepare(`DELETE FROM ${table} WHERE shop = ?`).bind(shop.id).run();
    }
    await shop.batch(track(user, 'Looked'));
    expect(await eventually(() => copyOf(shop.id, id))).toMatchObject({ balance: 7 });
    expect((await orders()).results).toEqual([{ order_id: `l-${user}` }]);
  });

  it('INV-8: what a crash kept from being told is told by the next instance, whoever it was about', async () => {
    const shop = await makeShop();
    const [user, other] = [newUser(), newUser()];
    await shop.batch(track(user, 'A'), track(other, 'A'));
    await found(shop, other);
    const { id, seq, object } = await copied(shop, user);
    // what this instance tells hangs; the next one knows nothing of it
    const faults = withFaults(() => 'stalled');
    await shop.batch(track(user, 'B'));
    await eventually(async () => (faults.stalled > 0 ? true : null));
    faults.restore();
    expect(await copyOf(shop.id, id)).toMatchObject({ seq });
    await runInDurableObject(object, async (_, state) => {
      const next = new Projector(new CustomerStore(state.storage), env.DB, () => shop.id);
      expect(next.behind).toBe(true);
      await next.flush();
      expect(next.behind).toBe(false);
    });
    expect(await copyOf(shop.id, id)).toMatchObject({ seq: seq + 1 });
  });

  it('how far D1 was told costs a row in seconds, not one for each batch, and is written down when the alarm rings', async () => {
    const shop = await makeShop();
    const { user, id, seq, object } = await somebody(shop);
    const saved = () =>
      runInDurableObject(object, (_, state) =>
        Number(state.storage.sql.exec("SELECT n FROM told WHERE reader = 'd1'").one().n),
      );
    const first = await saved();
    await shop.batch(track(user, 'B'));
    await eventually(async () => ((await copyOf(shop.id, id))?.seq === seq + 1 ? true : null));
    expect(await saved()).toBe(first);
    await runDurableObjectAlarm(object);
    expect(await saved()).toBeGreaterThan(first);
  });

  it('INV-8: an answer that was lost after D1 had applied the set does no harm', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'A'));
    const { id, seq } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
    await found(shop, user);
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${id.split('-')[0]}`));
    await runInDurableObject(object, (_, state) => {
      state.storage.sql.exec("UPDATE told SET n = 0 WHERE reader = 'd1'");
    });
    await shop.batch(track(user, 'B'));
    const copy = await eventually(async () => {
      const row = await copyOf(shop.id, id);
      return row?.seq === seq + 1 ? row : null;
    });
    expect(copy).toEqual({ seq: seq + 1, balance: 0 });
  });
});

it('waits longer after each failure, up to five minutes, and never twice the same', () => {
  const waits = Array.from({ length: 20 }, (_, failures) => retryAfterMs(failures + 1));
  expect(waits.every((wait, at) => wait >= Math.min(300_000, 250 * 2 ** at) / 2)).toBe(true);
  expect(Math.max(...waits)).toBeLessThanOrEqual(300_000);
});

it.each([
  ['shop', shops],
  ['profile', profiles],
  ['orders', orders],
  ['member', members],
] as const)('the table %s has the columns that the schema names', async (name, table) => {
  await makeShop();
  const { results } = await env.DB.prepare(`SELECT name, type, "notnull" FROM pragma_table_info('${name}')`).all();
  const declared = Object.values(getTableColumns(table)).map((column) => ({
    name: column.name,
    type: column.getSQLType().toUpperCase(),
    notnull: column.notNull ? 1 : 0,
  }));
  expect(results).toEqual(declared);
});

async function somebody(shop: TestShop) {
  const user = newUser();
  await shop.batch(track(user, 'A'));
  return { user, ...(await copied(shop, user)) };
}

/** Somebody whose copy is there, and the object that tells it. */
async function copied(shop: TestShop, user: string) {
  await found(shop, user);
  const { id, seq } = (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body;
  const name = `customers:${shop.id}:${id.split('-')[0]}`;
  return { id, seq, object: env.CUSTOMERS.get(env.CUSTOMERS.idFromName(name)) };
}

async function found(shop: TestShop, user: string) {
  return eventually(async () => (await shop.admin('GET', `/admin/v1/customers?q=${user}`)).body.items[0] ?? null);
}
