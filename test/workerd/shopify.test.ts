/** Shopify's webhooks through the whole worker: signatures, tenants, repeats, and facts that come in the wrong order. */
import { describe, expect, it } from 'vitest';
import { call, eventually, makeShop, type TestShop } from './shop.ts';
import { connected, sign, webhook } from './shopify-sender.ts';

let number = 0;
function order(euros: string, more: object = {}): Record<string, unknown> {
  number += 1;
  const id = 5_000_000_000 + number;
  const money = { current_subtotal_price: euros, subtotal_price: euros, total_price: euros, currency: 'EUR' };
  const line = { id: id * 10, title: 'Tea', quantity: 1, price: euros, gift_card: false };
  const times = { created_at: '2026-05-04T12:00:00Z', updated_at: '2026-05-04T12:00:00Z' };
  const customer = { id: id + 1, email: `c${id}@example.com`, first_name: 'Ada', last_name: 'Byron' };
  return { id, name: `#${number}`, ...money, ...times, line_items: [line], refunds: [], customer, ...more };
}

function refund(of: Record<string, unknown>, amount: string, more: object = {}): Record<string, unknown> {
  number += 1;
  const transactions = [{ kind: 'refund', status: 'success', amount, currency: 'EUR' }];
  return {
    id: 9_000_000_000 + number,
    order_id: of.id,
    created_at: '2026-05-05T12:00:00Z',
    refund_line_items: [],
    transactions,
    ...more,
  };
}

async function pointsOf(shop: TestShop, of: Record<string, unknown>): Promise<number[]> {
  const { body } = await shop.admin('GET', `/admin/v1/customers/order:${of.id}/points`);
  return body.items.map((entry: { points: number }) => entry.points);
}

describe('the signature', () => {
  it('of other bytes, of another secret, empty or not base64 is 401, and nothing is stored', async () => {
    const shop = await connected();
    const paid = order('10.00');
    const good = await sign(JSON.stringify(paid));
    for (const signature of [await sign('{}'), await sign(JSON.stringify(paid), 'other'), '%%%', good.slice(4)]) {
      expect((await webhook(shop, 'orders/paid', paid, { signature })).body.key).toBe('invalid_signature');
    }
    expect((await shop.admin('GET', `/admin/v1/customers/order:${paid.id}`)).status).toBe(404);
  });

  it('good for another shop of the same app is still 401 here', async () => {
    const [mine, theirs] = [await connected(), await connected()];
    expect((await webhook(mine, 'orders/paid', order('10.00'), { domain: theirs.domain })).status).toBe(401);
  });

  it('of the secret before a rotation stays good', async () => {
    const shop = await connected();
    await shop.admin('PUT', '/admin/v1/sources/shopify', { domain: shop.domain, secret: 'newer' });
    expect((await webhook(shop, 'orders/paid', order('10.00'))).status).toBe(200);
  });

  it('is missing: 400 names the header', async () => {
    const shop = await connected();
    const { status, body } = await call('POST', `/webhooks/shopify/${shop.id}`, {}, {});
    expect([status, body.key]).toEqual([400, 'missing_header']);
  });

  it('is not even looked at for a shop that does not exist or takes no Shopify orders', async () => {
    const shop = await makeShop();
    expect((await webhook({ ...shop, domain: 'x.myshopify.com' }, 'orders/paid', order('10.00'))).status).toBe(404);
    expect((await call('POST', '/webhooks/shopify/shp_aaaaaaaaaaaaaaaaaaaa', {})).status).toBe(404);
  });
});

describe('orders', () => {
  it('earn when they are paid, not when they are placed, and once however often that is told', async () => {
    const shop = await connected();
    const paid = order('49.95');
    await webhook(shop, 'orders/create', paid);
    expect(await pointsOf(shop, paid)).toEqual([]);
    const eventId = crypto.randomUUID();
    expect((await webhook(shop, 'orders/paid', paid, { eventId })).body).toEqual({ verdict: 'recorded' });
    expect((await webhook(shop, 'orders/paid', paid, { eventId })).body).toEqual({ verdict: 'duplicate' });
    await webhook(shop, 'orders/paid', paid);
    await webhook(shop, 'orders/updated', paid);
    expect(await pointsOf(shop, paid)).toEqual([49]);
  });

  it('keep ids above 2^53 exactly, and both header families are read', async () => {
    const shop = await connected();
    const body = JSON.stringify(order('10.00')).replace(/"id":\d+/, '"id":820982911946154508');
    expect((await webhook(shop, 'orders/paid', body, { prefix: 'shopify-' })).status).toBe(200);
    expect((await shop.admin('GET', '/admin/v1/customers/order:820982911946154508')).status).toBe(200);
  });

  it('give back the same points whether the refund comes before or after they are paid', async () => {
    const shop = await connected();
    const [late, early] = [order('100.00'), order('100.00')];
    await webhook(shop, 'orders/paid', late);
    await webhook(shop, 'refunds/create', refund(late, '25.00'));
    await webhook(shop, 'refunds/create', refund(early, '25.00'));
    await webhook(shop, 'orders/paid', early);
    expect(await pointsOf(shop, late)).toEqual([-25, 100]);
    expect((await pointsOf(shop, early)).reduce((sum, points) => sum + points, 0)).toBe(75);
  });

  it('that a refund named first find the customer who was known all along', async () => {
    const shop = await connected();
    const first = order('10.00');
    await webhook(shop, 'orders/paid', first);
    const second = order('100.00', { customer: first.customer });
    const back = refund(second, '40.00');
    const eventId = crypto.randomUUID();
    await webhook(shop, 'refunds/create', back, { eventId });
    await webhook(shop, 'orders/paid', second);
    await webhook(shop, 'refunds/create', back, { eventId });
    await webhook(shop, 'refunds/create', back);
    const [a, b] = await Promise.all(
      [first, second].map((one) => shop.admin('GET', `/admin/v1/customers/order:${one.id}`)),
    );
    expect(a?.body.id).toBe(b?.body.id);
    expect(a?.body.points.balance).toBe(10 + 60);
  });

  it('cancelled or refunded, with the refund told twice in two ways, fall to nothing and not below', async () => {
    const shop = await connected();
    const paid = order('100.00');
    const back = refund(paid, '60.00');
    await webhook(shop, 'orders/paid', paid);
    await webhook(shop, 'refunds/create', back);
    const updated = { ...paid, updated_at: '2026-05-06T12:00:00Z', current_subtotal_price: '100.00', refunds: [back] };
    await webhook(shop, 'orders/updated', updated);
    await webhook(shop, 'orders/cancelled', {
      ...updated,
      cancelled_at: '2026-05-07T12:00:00Z',
      updated_at: '2026-05-07T12:00:00Z',
    });
    expect(await pointsOf(shop, paid)).toEqual([-40, -60, 100]);
  });

  it('edited earn or lose the difference; an older telling changes nothing', async () => {
    const shop = await connected();
    const paid = order('100.00');
    await webhook(shop, 'orders/paid', paid);
    await webhook(shop, 'orders/updated', {
      ...paid,
      current_subtotal_price: '130.00',
      updated_at: '2026-05-06T12:00:00Z',
    });
    await webhook(shop, 'orders/updated', {
      ...paid,
      current_subtotal_price: '90.00',
      updated_at: '2026-05-07T12:00:00Z',
    });
    await webhook(shop, 'orders/updated', {
      ...paid,
      current_subtotal_price: '500.00',
      updated_at: '2026-05-05T12:00:00Z',
    });
    expect(await pointsOf(shop, paid)).toEqual([-40, 30, 100]);
  });

  it('marked as a test earn in a test shop only', async () => {
    const [live, test] = [await connected(), await connected({ mode: 'test' })];
    const [a, b] = [order('10.00', { test: true }), order('10.00', { test: true })];
    await webhook(live, 'orders/paid', a);
    await webhook(test, 'orders/paid', b);
    expect([await pointsOf(live, a), await pointsOf(test, b)]).toEqual([[], [10]]);
  });

  it("are Shopify's alone while Shopify is connected: Segment's count in the timeline only", async () => {
    const shop = await connected();
    const properties = { order_id: 'seg', subtotal: 100, currency: 'EUR' };
    await shop.batch({ type: 'track', userId: 'u1', event: 'Order Completed', messageId: 'm', properties });
    const { body } = await shop.admin('GET', '/admin/v1/customers/user:u1');
    expect([body.points.balance, body.orders]).toEqual([0, 0]);
    const noted = await eventually(
      async () =>
        (await shop.admin('GET', '/admin/v1/events')).body.items.find(
          (one: { messageId: string }) => one.messageId === 'm',
        ) ?? null,
    );
    expect(noted.reason).toBe('orders_owned_by_shopify');
  });

  it('reach the copy in D1 with the points they stand at', async () => {
    const shop = await connected();
    const paid = order('100.00');
    await webhook(shop, 'orders/paid', paid);
    const found = await eventually(async () => {
      const { body } = await shop.admin('GET', '/admin/v1/customers?q=byr&sort=balance');
      return body.items[0] ?? null;
    });
    expect(found).toMatchObject({ name: 'Ada Byron', balance: 100, orders: 1, email: `c${paid.id}@example.com` });
  });
});

it("the merchant's list of orders pages the last placed first, with the points each stands at", async () => {
  const shop = await connected();
  const placed = ['2026-05-01', '2026-05-03', '2026-05-02'].map((day) =>
    order('10.00', { created_at: `${day}T12:00:00Z` }),
  );
  for (const one of placed) await webhook(shop, 'orders/paid', one);
  const last = placed[1];
  if (last) await webhook(shop, 'refunds/create', refund(last, '5.00'));
  const first = await eventually(async () => {
    const { body } = await shop.admin('GET', '/admin/v1/orders?limit=2');
    return body.nextCursor !== null && body.items[0].points === 5 ? body : null;
  });
  const second = (await shop.admin('GET', `/admin/v1/orders?limit=2&cursor=${first.nextCursor}`)).body;
  const names = [...first.items, ...second.items].map((one: { name: string }) => one.name);
  expect(names).toEqual([placed[1]?.name, placed[2]?.name, placed[0]?.name]);
  expect(first.items[0]).toMatchObject({ payment: 'partially_refunded', totalMinor: 1000, currency: 'EUR' });
  expect(second.nextCursor).toBeNull();
});

it('a topic that is not read is answered 200 and left aside', async () => {
  const shop = await connected();
  expect((await webhook(shop, 'products/update', { id: 1 })).body).toEqual({ verdict: 'refused' });
});
