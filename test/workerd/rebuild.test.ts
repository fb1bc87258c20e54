/** INV-8: the copies can be thrown away at any moment, and come back as the objects tell them. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Customers } from '../../worker/customers/customers.ts';
import type { StepCall } from '../../worker/jobs/kind.ts';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { withFaults } from './faulty-copies.ts';
import { referralShop, referrer, somebody } from './referral-shop.ts';
import { eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

const order = (orderId: string, euros: number) => ({
  order_id: orderId,
  subtotal: euros,
  total: euros,
  currency: 'EUR',
});

async function rows(sql: string, shop: string) {
  return (await env.DB.prepare(sql).bind(shop).all()).results;
}

/** Everything the copies hold; an order's seq says when it was told last, so it is left out. */
async function copiesOf(shop: string) {
  return {
    profiles: await rows('SELECT * FROM profile WHERE shop = ? ORDER BY customer', shop),
    orders: (await rows('SELECT * FROM orders WHERE shop = ? ORDER BY order_id', shop)).map(({ seq, ...rest }) => rest),
  };
}

/** People with orders, points and names, one nobody can name, and one whose order waited for them. */
async function makePeople(shop: TestShop, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, newUser);
  const named = users.map((userId) => ({ type: 'identify', userId, traits: { email: `${userId}@example.com` } }));
  const bought = users.map((userId, at) => track(userId, 'Order Completed', order(`o-${userId}`, at + 1)));
  const waited = {
    type: 'track',
    anonymousId: newUser(),
    event: 'Order Refunded',
    properties: { order_id: `o-${users[0]}` },
  };
  await shop.batch(waited, ...named, ...bought, { type: 'track', anonymousId: newUser(), event: 'Looked' });
  await eventually(async () => ((await copiesOf(shop.id)).orders.length === count ? true : null));
  return users;
}

async function run(shop: TestShop, kind: 'rebuild' | 'compare') {
  const started = await shop.admin('POST', '/admin/v1/jobs', { kind });
  expect([started.status, started.headers.get('location')]).toEqual([202, `/admin/v1/jobs/${started.body.id}`]);
  const job = await jobsOf(env, shop.id).ended(started.body.id, 15_000);
  const lines = (await shop.admin('GET', `/admin/v1/jobs/${started.body.id}/lines`)).body.items;
  return { state: job?.state, result: job?.result, lines };
}

async function expectEqual(shop: TestShop) {
  expect(await run(shop, 'compare')).toMatchObject({ state: 'done', result: { differences: 0, behind: 0 }, lines: [] });
}

afterEach(() => {
  vi.restoreAllMocks();
});

it.each(['shared', 'per_customer'] as const)(
  'INV-8: copies equal the objects right after merges (%s)',
  async (layout) => {
    const shop = await makeShop({ layout });
    const users = await makePeople(shop, 4);
    for (const [at, user] of users.slice(1).entries()) {
      const into = { into: `user:${user}` };
      expect((await shop.admin('POST', `/admin/v1/customers/user:${users[at]}/merge`, into)).status).toBe(200);
    }
    await expectEqual(shop);
    expect((await copiesOf(shop.id)).orders.map((one) => one.customer)).toHaveLength(4);
    await run(shop, 'rebuild');
    await expectEqual(shop);
  },
);

describe('INV-8: a rebuild', () => {
  it.each(['shared', 'per_customer'] as const)(
    'brings back every row from nothing, once or twice (%s)',
    async (layout) => {
      const shop = await makeShop({ layout });
      await makePeople(shop, 5);
      const before = await copiesOf(shop.id);
      expect([before.profiles.length, before.orders.length]).toEqual([5, 5]);
      for (const table of ['profile', 'orders', 'shop']) {
        await env.DB.prepare(`DELETE FROM ${table} WHERE shop = ?`).bind(shop.id).run();
      }
      expect((await run(shop, 'rebuild')).state).toBe('done');
      expect(await copiesOf(shop.id)).toEqual(before);
      expect(await rows('SELECT name FROM shop WHERE shop = ?', shop.id)).toEqual([{ name: 'Test' }]);
      expect((await run(shop, 'rebuild')).state).toBe('done');
      expect(await copiesOf(shop.id)).toEqual(before);
    },
  );

  it("puts right what is wrong, leaves nothing that is nobody's, and another shop's copies alone", async () => {
    const [shop, other] = [await makeShop(), await makeShop()];
    await makePeople(shop, 3);
    await makePeople(other, 2);
    const [before, others] = [await copiesOf(shop.id), await copiesOf(other.id)];
    await spoil(shop.id);
    await run(shop, 'rebuild');
    expect(await copiesOf(shop.id)).toEqual(before);
    expect(await copiesOf(other.id)).toEqual(others);
  });

  it('converges while events go on arriving', async () => {
    const shop = await makeShop();
    const users = await makePeople(shop, 12);
    let going = true;
    const traffic = (async () => {
      for (let n = 0; going; n += 1) {
        const user = users[n % users.length] ?? '';
        await shop.batch(track(user, 'Order Completed', order(`t-${user}-${n}`, 10)), track(newUser(), 'Looked'));
      }
    })();
    for (let round = 0; round < 3; round += 1) expect((await run(shop, 'rebuild')).state).toBe('done');
    going = false;
    await traffic;
    await expectEqual(shop);
  });

  it('goes on after a crash before any of its steps was saved', async () => {
    const shop = await makeShop();
    await makePeople(shop, 4);
    const before = await copiesOf(shop.id);
    const stub = env.JOBS.get(env.JOBS.idFromName(`jobs:${shop.id}`));
    const step = stepOf('rebuild');
    const seen = new Set<string>();
    vi.spyOn(JOB_KINDS.rebuild as { step: typeof step }, 'step').mockImplementation(async (call) => {
      const outcome = await step(call);
      const place = JSON.stringify(call.cursor);
      const first = !seen.has(place);
      seen.add(place);
      if (first) await runInDurableObject(stub, (_, state) => state.abort('crash'));
      return outcome;
    });
    const { id } = (await shop.admin('POST', '/admin/v1/jobs', { kind: 'rebuild' })).body;
    await eventually(async () => {
      const job = await jobsOf(env, shop.id)
        .job(id)
        .catch(() => null);
      return job?.state === 'done' ? true : null;
    }, 15_000);
    expect(seen.size).toBeGreaterThanOrEqual(5);
    expect(await copiesOf(shop.id)).toEqual(before);
  });

  it.each(['lost before', 'lost after'] as const)(
    'goes on where every second call of D1 is %s it was applied',
    async (fault) => {
      const shop = await makeShop();
      await makePeople(shop, 6);
      const before = await copiesOf(shop.id);
      let calls = 0;
      const faults = withFaults(() => {
        calls += 1;
        return calls % 2 === 1 ? fault : 'none';
      });
      expect((await run(shop, 'rebuild')).state).toBe('done');
      faults.restore();
      expect(calls).toBeGreaterThan(6);
      expect(await copiesOf(shop.id)).toEqual(before);
    },
  );

  it('is not undone by a delete that D1 applies long after everybody gave it up', async () => {
    const shop = await makeShop();
    await makePeople(shop, 3);
    const before = await copiesOf(shop.id);
    let calls = 0;
    const faults = withFaults(() => {
      calls += 1;
      return calls <= 2 ? 'echoed' : 'none';
    });
    expect((await run(shop, 'rebuild')).state).toBe('done');
    expect(faults.stalled).toBe(2);
    await faults.applyStalled();
    faults.restore();
    expect(await copiesOf(shop.id)).toEqual(before);
  });
});

describe('INV-8: a comparison', () => {
  it('finds nothing where nothing differs', async () => {
    const shop = await makeShop();
    await makePeople(shop, 4);
    const { result, lines } = await run(shop, 'compare');
    // the one whom nobody can name is compared too: it must have no copy
    expect({ result, lines }).toEqual({
      result: { customers: 5, orders: 4, referrals: 0, vouchers: 0, differences: 0, behind: 0 },
      lines: [],
    });
  });

  it('reports each difference with its customer, field and both values, and no personal text', async () => {
    const shop = await makeShop();
    await makePeople(shop, 3);
    const [first, second] = (await copiesOf(shop.id)).profiles.map((row) => String(row.customer));
    const whose = (id: unknown) =>
      `SELECT order_id, total_minor, balance FROM orders o JOIN profile p USING (shop, customer)
       WHERE o.shop = ? AND o.customer = '${id}'`;
    const [bought] = await rows(whose(first), shop.id);
    const [missed] = await rows(whose(second), shop.id);
    await spoil(shop.id);
    const { result, lines } = await run(shop, 'compare');
    const about = (customer: unknown, orderId: unknown, field: string) => ({ customer, order: orderId, field });
    expect(sorted(lines)).toEqual(
      sorted([
        { ...about(first, null, 'bal'), object: bought?.balance, copy: 999 },
        { ...about(first, null, 'email'), object: 'text of 50', copy: 'text of 3' },
        { ...about(first, bought?.order_id, 'total'), object: bought?.total_minor, copy: 1 },
        { ...about(second, null, 'profile'), object: 'present', copy: null },
        { ...about(second, missed?.order_id, 'order'), object: null, copy: 'present' },
        { ...about('nobody', null, 'profile'), object: null, copy: 'present' },
        { ...about('nobody', 'stray', 'order'), object: null, copy: 'present' },
      ]),
    );
    expect(result).toMatchObject({ differences: lines.length });
    expect(JSON.stringify(lines)).not.toContain('@example.com');
  });

  it('tells which referral is missing, differs, or is nobody’s', async () => {
    const shop = await referralShop();
    const by = await referrer(shop);
    const friends = [somebody(), somebody(), somebody()];
    for (const { email } of friends) await shop.claim(by.code, email);
    const copied = 'SELECT referral FROM referral WHERE shop = ? ORDER BY referral';
    const made = await eventually(async () => {
      const found = await rows(copied, shop.id);
      return found.length === 3 ? found.map((row) => String(row.referral)) : null;
    });
    expect(await run(shop, 'compare')).toMatchObject({ result: { referrals: 3, differences: 0 }, lines: [] });
    const [missing, wrong] = made;
    const change = (sql: string, referral = '') => env.DB.prepare(sql).bind(shop.id, referral).run();
    await change('DELETE FROM referral WHERE shop = ? AND referral = ?', missing);
    await change("UPDATE referral SET status = 'blocked', flagged = 1 WHERE shop = ? AND referral = ?", wrong);
    const stray = `INSERT INTO referral (shop, referral, customer, friend, seq, status, reasons, flagged, started_ms, changed_ms)
      SELECT shop, ?2, customer, friend, seq, status, reasons, flagged, started_ms, changed_ms FROM referral
      WHERE shop = ?1 LIMIT 1`;
    await change(stray, 'stray');
    const about = (referral: unknown, field: string) => ({
      customer: by.id,
      order: null,
      field: `referral ${referral} ${field}`,
    });
    const { result, lines } = await run(shop, 'compare');
    expect(result).toMatchObject({ referrals: 3, differences: 4 });
    expect(sorted(lines)).toEqual(
      sorted([
        { ...about(missing, 'row'), object: 'present', copy: null },
        { ...about(wrong, 'status'), object: 'pending', copy: 'blocked' },
        { ...about(wrong, 'flagged'), object: 0, copy: 1 },
        { ...about('stray', 'row'), object: null, copy: 'present' },
      ]),
    );
    expect((await run(shop, 'rebuild')).state).toBe('done');
    await expectEqual(shop);
  });

  it('asks again where a copy is merely behind', async () => {
    const shop = await makeShop();
    const [user = ''] = await makePeople(shop, 1);
    const looked = vi.spyOn(Customers.prototype, 'copies');
    const faults = withFaults(() => (looked.mock.calls.length === 0 ? 'lost before' : 'none'));
    await shop.batch(track(user, 'Order Completed', order(`late-${user}`, 40)));
    await expectEqual(shop);
    faults.restore();
  });
});

it('INV-14: a job of no known kind, or with more than a kind, is refused', async () => {
  const shop = await makeShop();
  for (const body of [{}, { kind: 'import' }, { kind: 'rebuild', shop: 'x' }, { kind: null }, { kind: 0 }, []]) {
    expect((await shop.admin('POST', '/admin/v1/jobs', body)).status, JSON.stringify(body)).toBe(400);
  }
  expect((await shop.admin('GET', '/admin/v1/jobs')).body.items).toEqual([]);
});

it('INV-2: a retried start reaches the same job and gets the first answer', async () => {
  const shop = await makeShop();
  const headers = { 'Idempotency-Key': crypto.randomUUID() };
  const first = await shop.admin('POST', '/admin/v1/jobs', { kind: 'compare' }, headers);
  await jobsOf(env, shop.id).ended(first.body.id, 5_000);
  const again = await shop.admin('POST', '/admin/v1/jobs', { kind: 'compare' }, headers);
  expect([again.status, again.body, again.headers.get('location')]).toEqual([
    202,
    first.body,
    first.headers.get('location'),
  ]);
  expect((await shop.admin('POST', '/admin/v1/jobs', { kind: 'rebuild' }, headers)).status).toBe(422);
});

function stepOf(kind: string) {
  const step = JOB_KINDS[kind]?.step;
  if (step === undefined) throw new Error('no such kind');
  return (call: StepCall<unknown, unknown>) => step(call);
}

/** One wrong profile, one lost profile, one wrong order, and copies of nobody. */
async function spoil(shop: string) {
  const [first, second] = (await copiesOf(shop)).profiles.map((row) => String(row.customer));
  const change = (sql: string, ...values: unknown[]) =>
    env.DB.prepare(sql)
      .bind(...values)
      .run();
  await change("UPDATE profile SET balance = 999, email = 'bad' WHERE shop = ? AND customer = ?", shop, first);
  await change('UPDATE orders SET total_minor = 1 WHERE shop = ? AND customer = ?', shop, first);
  await change('DELETE FROM profile WHERE shop = ? AND customer = ?', shop, second);
  await change(
    `INSERT INTO profile (shop, customer, seq, balance, debt, lifetime, orders, first_seen_ms, last_seen_day)
     VALUES (?, 'nobody', 1, 0, 0, 0, 0, 0, 0)`,
    shop,
  );
  await change(
    `INSERT INTO orders (shop, placed_ms, order_id, customer, seq, name, currency, total_minor, payment, fulfilment, points)
     VALUES (?, 0, 'stray', 'nobody', 1, 'x', 'EUR', 0, 'paid', 'open', 0)`,
    shop,
  );
}

function sorted(lines: object[]): string[] {
  return lines.map((line) => JSON.stringify(line, Object.keys(line).sort())).sort();
}
