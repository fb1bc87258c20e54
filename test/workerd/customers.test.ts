/** The Customers object: what a call costs, what it keeps, and that time needs no alarm. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { RecordAnswer } from '../../worker/customers/calls.ts';
import type { Customers } from '../../worker/customers/customers.ts';
import type { Input } from '../../worker/customers/input.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import type { OrderFact } from '../../worker/domain/order-facts.ts';
import { makeShop, type TestShop } from './shop.ts';

const NOW = Date.UTC(2026, 4, 4, 12);

function event(more: Partial<CustomerEvent> = {}): Input {
  const blank = {
    source: 'segment',
    trust: 'server' as const,
    name: 'Viewed',
    properties: { page: '/' },
    traits: null,
    fact: null,
  };
  return {
    kind: 'event',
    event: { key: `s:${crypto.randomUUID()}`, occurredAtMs: NOW, receivedAtMs: NOW, ...blank, ...more },
  };
}

function paid(orderId: string, euros: number): OrderFact {
  const amounts = {
    subtotalMinor: euros * 100,
    totalMinor: euros * 100,
    discountMinor: 0,
    taxMinor: 0,
    shippingMinor: 0,
  };
  const times = { placedAtMs: NOW, updatedAtMs: NOW, cancelledAtMs: null };
  const flags = { test: false, refunded: false, taxesIncluded: false };
  const order = {
    orderId,
    name: `#${orderId}`,
    currency: 'EUR',
    shippingTaxMinor: 0,
    lines: [],
    ...times,
    ...amounts,
    ...flags,
  };
  return { kind: 'order', paid: true, order, refunds: [], fulfilments: [] };
}

function adjustment(points: number, more: object = {}): Input {
  const key = `op:${crypto.randomUUID()}`;
  return {
    kind: 'operation',
    operation: { op: 'adjust', key, fingerprint: 'f', points, reason: 'r', note: null, expiresAtMs: null, ...more },
  };
}

function record(shop: TestShop, customer: string, ...inputs: Input[]): Promise<RecordAnswer> {
  return recordAndWait(0, shop, customer, ...inputs);
}

function recordAndWait(waitMs: number, shop: TestShop, customer: string, ...inputs: Input[]): Promise<RecordAnswer> {
  const groups = [{ customer, known: true, inputs }];
  return customersOf(env, shop.id, customer).record({ shop: shop.id, version: 1, groups, waitMs });
}

async function standing(shop: TestShop, customer: string) {
  const found = await customersOf(env, shop.id, customer).standing(customer, { activity: 100, orders: 10 });
  if (found === null || found.moved !== null) throw new Error('nobody there');
  return found;
}

describe.each(['shared', 'per_customer'] as const)('with the layout %s', (layout) => {
  const newCustomer = () =>
    layout === 'shared' ? `a-${crypto.randomUUID().replaceAll('-', '')}` : crypto.randomUUID().replaceAll('-', '');

  it('writes 4 rows for a plain event', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    await record(shop, customer, event());
    expect((await record(shop, customer, event())).rowsWritten).toBe(4);
  });

  it('writes 8 rows for an order that earns', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    await record(shop, customer, event());
    expect((await record(shop, customer, event({ fact: paid('1', 40), name: 'Placed Order' }))).rowsWritten).toBe(8);
    expect((await standing(shop, customer)).balance).toBe(40);
  });

  it('writes 5 rows to take points from one lot, and 1 more for each further lot', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    await record(shop, customer, adjustment(10), adjustment(10), adjustment(10));
    expect((await record(shop, customer, adjustment(-5))).rowsWritten).toBe(5);
    expect((await record(shop, customer, adjustment(-20))).rowsWritten).toBe(7);
  });

  it('INV-2: answers a repeated key from the journal and counts it once', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    const give = adjustment(7);
    const [first] = (await record(shop, customer, give)).groups;
    const again = await record(shop, customer, give, give);
    if (first?.moved !== null || again.groups[0]?.moved !== null) throw new Error('moved');
    const [answer] = first.answers;
    expect(again.groups[0].answers).toEqual([
      { ...answer, verdict: 'duplicate' },
      { ...answer, verdict: 'duplicate' },
    ]);
    expect(again.rowsWritten).toBe(0);
    expect((await standing(shop, customer)).balance).toBe(7);
  });

  it('INV-3: the balance is the sum of the entries and of the open lots, through earning, taking and refunds', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    const back: OrderFact = {
      kind: 'refund',
      orderId: '1',
      refund: { refundId: 'r', atMs: NOW, lines: [], shippingMinor: 0, moneyMinor: 3_000 },
    };
    await record(shop, customer, event({ fact: paid('1', 40) }), adjustment(5), adjustment(-30), event({ fact: back }));
    const { balance, activity } = await standing(shop, customer);
    const entries = activity.flatMap((row) => row.entries);
    expect(balance).toBe(-15);
    expect(entries.reduce((sum, entry) => sum + entry.points, 0)).toBe(balance);
    const open = await runInDurableObject(objectOf(shop, customer), (_, state) =>
      state.storage.sql.exec('SELECT COALESCE(SUM(remaining), 0) AS open FROM lot WHERE customer = ?', customer).one(),
    );
    expect(open).toEqual({ open: 0 });
    expect((await standing(shop, customer)).debt).toBe(15);
  });

  it('INV-9: points that ran out no longer count, whether or not the alarm came', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    const soon = Date.now() + 2_000;
    await record(shop, customer, adjustment(10, { expiresAtMs: soon }), adjustment(5));
    expect((await standing(shop, customer)).balance).toBe(15);
    await scheduler.wait(soon + 20 - Date.now());
    expect((await standing(shop, customer)).balance).toBe(5);
    await record(shop, customer, adjustment(1));
    const { activity, balance } = await standing(shop, customer);
    expect(balance).toBe(6);
    const expired = activity.find((row) => row.kind === 'points.expired');
    expect(expired).toMatchObject({ atMs: soon, entries: [{ kind: 'expired', points: -10, balanceAfter: 5 }] });
    await runDurableObjectAlarm(objectOf(shop, customer));
    expect((await standing(shop, customer)).activity.filter((row) => row.kind === 'points.expired')).toHaveLength(1);
  });

  it('the alarm alone closes what ran out, at its own time', async () => {
    const shop = await makeShop({ layout });
    const customer = newCustomer();
    const soon = Date.now() + 2_000;
    await record(shop, customer, adjustment(10, { expiresAtMs: soon }));
    await scheduler.wait(soon + 20 - Date.now());
    await runDurableObjectAlarm(objectOf(shop, customer));
    const { activity } = await standing(shop, customer);
    expect(activity.map((row) => [row.kind, row.atMs === soon])).toEqual([
      ['points.expired', true],
      ['points.adjusted', false],
    ]);
  });
});

describe('the alarm that tells D1 after a crash', () => {
  const armed = (shop: TestShop, customer: string) =>
    runInDurableObject(objectOf(shop, customer), async (_, state) => (await state.storage.getAlarm()) !== null);

  it('is set while there is something to tell, and not any more once a lone event was told', async () => {
    const shop = await makeShop();
    await recordAndWait(1_000, shop, 'a-lone', event());
    expect(await armed(shop, 'a-lone')).toBe(true);
    await runDurableObjectAlarm(objectOf(shop, 'a-lone'));
    expect(await armed(shop, 'a-lone')).toBe(false);
  });

  it('is set again beforehand while events keep coming, and once they stop it rings for nothing once', async () => {
    const shop = await makeShop();
    const customer = 'b-often';
    await recordAndWait(1_000, shop, customer, event());
    await recordAndWait(1_000, shop, customer, event());
    await runDurableObjectAlarm(objectOf(shop, customer));
    expect(await armed(shop, customer)).toBe(true);
    await runDurableObjectAlarm(objectOf(shop, customer));
    expect(await armed(shop, customer)).toBe(false);
  });
});

it('INV-13: a read of a customer nobody recorded answers null and makes no table', async () => {
  const shop = await makeShop();
  const customer = 'b-nobody';
  const object = customersOf(env, shop.id, customer);
  expect(await object.standing(customer, { activity: 5, orders: 5 })).toBeNull();
  expect(await object.timeline(customer, { limit: 5, before: null })).toEqual({ rows: [], orders: [], next: null });
  expect(await object.orders(customer, 5, null)).toEqual({ orders: [], next: null });
  const tables = await runInDurableObject(objectOf(shop, customer), (_, state) =>
    state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
  );
  expect(tables).toEqual([]);
});

it('reads the same number of rows for a debit at 10 and at 2,000 entries', async () => {
  const shop = await makeShop();
  const [small, large] = ['c-small', 'c-large'];
  await record(shop, small, ...Array.from({ length: 10 }, () => adjustment(100)));
  for (let round = 0; round < 20; round += 1)
    await record(shop, large, ...Array.from({ length: 100 }, () => adjustment(100)));
  expect(await rowsReadBy(shop, small)).toBe(await rowsReadBy(shop, large));
});

/** Rows that SQLite read for one debit: the object's counter before and after. */
async function rowsReadBy(shop: TestShop, customer: string): Promise<number> {
  // copies come to rest before and after, so that telling them is not counted by chance
  await recordAndWait(5_000, shop, customer, adjustment(1));
  const before = await reads(shop, customer);
  await recordAndWait(5_000, shop, customer, adjustment(-150));
  return (await reads(shop, customer)) - before;
}

function reads(shop: TestShop, customer: string): Promise<number> {
  return runInDurableObject<Customers, number>(objectOf(shop, customer), (instance) => instance.rowsRead);
}

function objectOf(shop: TestShop, customer: string) {
  return env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${customer.split('-')[0]}`));
}
