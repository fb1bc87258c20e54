/** Shopify's other topics through the whole worker: consent, parcels, checkouts, the end of a connection, privacy requests. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { eventually, makeShop, type TestShop } from './shop.ts';
import { connected, sign, webhook } from './shopify-sender.ts';

const DAY = 86_400_000;
let number = 0;
function nextId(): number {
  number += 1;
  return 7_000_000_000 + number;
}

async function read(shop: TestShop, ref: string, part = '') {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}${part}`)).body;
}

describe('a profile', () => {
  it('that is told late overwrites nothing newer, consent included', async () => {
    const shop = await connected();
    const id = nextId();
    const told = (day: string, name: string, state: string) =>
      webhook(shop, 'customers/update', {
        id,
        first_name: name,
        phone: '+49 30 1234567',
        updated_at: `2026-05-${day}T12:00:00Z`,
        email_marketing_consent: { state, consent_updated_at: `2026-05-${day}T12:00:00Z` },
      });
    await told('05', 'Ada', 'unsubscribed');
    await told('04', 'Old', 'subscribed');
    const customer = await read(shop, `phone:${encodeURIComponent('+49 (30) 123-4567')}`);
    expect(customer.traits.firstName).toBe('Ada');
    expect(customer.consents[0]).toMatchObject({ state: 'unsubscribed', atMs: Date.UTC(2026, 4, 5, 12) });
    await webhook(shop, 'customers_marketing_consent/update', { id, sms_marketing_consent: { state: 'subscribed' } });
    expect((await read(shop, `shopify:${id}`)).consents[1]).toMatchObject({ channel: 'sms', canReceive: true });
  });

  it('that was deleted in Shopify makes nobody, and shows on the timeline of whom we know', async () => {
    const shop = await connected();
    const [known, unknown] = [nextId(), nextId()];
    await webhook(shop, 'customers/create', { id: known });
    expect((await webhook(shop, 'customers/delete', { id: unknown })).body).toEqual({ verdict: 'refused' });
    expect((await shop.admin('GET', `/admin/v1/customers/shopify:${unknown}`)).status).toBe(404);
    expect((await webhook(shop, 'customers/delete', { id: known })).body).toEqual({ verdict: 'recorded' });
    expect((await read(shop, `shopify:${known}`, '/timeline')).items[0].name).toBe('Deleted Customer');
  });
});

describe('an order', () => {
  it('that was edited earns by what orders/updated says, not by the edit', async () => {
    const shop = await connected();
    const id = nextId();
    const paid = { id, subtotal_price: '10.00', total_price: '10.00', currency: 'EUR', customer: { id: nextId() } };
    await webhook(shop, 'orders/paid', paid);
    const lines = { additions: [{ id: 1, delta: 1 }], removals: [] };
    await webhook(shop, 'orders/edited', { order_edit: { order_id: id, line_items: lines } });
    expect((await read(shop, `order:${id}`)).points.balance).toBe(10);
    expect((await read(shop, `order:${id}`, '/timeline')).items[0].name).toBe('Edited Order');
  });

  it('takes a carrier’s word that came before the order itself', async () => {
    const shop = await connected();
    const [id, customer] = [nextId(), nextId()];
    const word = { order_id: id, fulfillment_id: 5, status: 'delivered', happened_at: '2026-05-05T12:00:00Z' };
    await webhook(shop, 'fulfillment_events/create', word);
    await webhook(shop, 'fulfillment_events/create', {
      ...word,
      status: 'in_transit',
      happened_at: '2026-05-04T12:00:00Z',
    });
    await webhook(shop, 'orders/paid', { id, total_price: '10.00', currency: 'EUR', customer: { id: customer } });
    const { items } = await read(shop, `shopify:${customer}`, '/timeline');
    expect(items.map((one: { name: string }) => one.name)).toEqual(['Paid Order', 'Tracked Parcel', 'Tracked Parcel']);
    const found = await read(shop, `order:${id}`);
    const label = found.id.split('-', 1)[0];
    const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${label}`));
    const order = await runInDurableObject(object, (instance) => instance.order(found.id, String(id)));
    expect(order?.carrierWords).toEqual([{ fulfilmentId: '5', status: 'delivered', atMs: Date.UTC(2026, 4, 5, 12) }]);
  });
});

describe('a checkout', () => {
  it('told ten times over is one start and as many updates as it has contents', async () => {
    const shop = await connected();
    const email = `${crypto.randomUUID()}@example.com`;
    const checkout = { token: crypto.randomUUID(), email, total_price: '10.00', line_items: [] };
    await webhook(shop, 'checkouts/create', checkout);
    const sent = Array.from({ length: 9 }, (_, at) =>
      webhook(shop, 'checkouts/update', {
        ...checkout,
        total_price: at < 5 ? '10.00' : '20.00',
        updated_at: new Date(Date.UTC(2026, 4, 4, 12, at)).toISOString(),
      }),
    );
    const verdicts = (await Promise.all(sent)).map(({ body }) => body.verdict);
    expect(verdicts.filter((verdict) => verdict === 'recorded')).toHaveLength(2);
    const { items } = await read(shop, `email:${email}`, '/timeline');
    expect(items.map((one: { name: string }) => one.name).sort()).toEqual([
      'Started Checkout',
      'Updated Checkout',
      'Updated Checkout',
    ]);
  });

  it('INV-14 of nobody is answered and left aside, with the reason', async () => {
    const shop = await connected();
    const eventId = crypto.randomUUID();
    expect((await webhook(shop, 'checkouts/create', { token: 't' }, { eventId })).body).toEqual({ verdict: 'refused' });
    const noted = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/events')).body;
      return items.find((one: { messageId: string }) => one.messageId === eventId) ?? null;
    });
    expect(noted.reason).toBe('names_nobody');
  });
});

describe('an uninstalled app', () => {
  it('shows in the shop with its time, once; later webhooks still count; connecting again ends it', async () => {
    const shop = await connected();
    const triggeredAt = new Date(Date.now() + 60_000).toISOString();
    expect((await webhook(shop, 'app/uninstalled', {}, { triggeredAt })).body.verdict).toBe('recorded');
    const gone = (await shop.admin('GET', '/admin/v1/shop')).body;
    expect(gone.shopify.domain).toBe(shop.domain);
    expect(Math.abs(gone.shopify.uninstalledAtMs - Date.now())).toBeLessThan(10_000);
    expect((await webhook(shop, 'app/uninstalled', {})).body.verdict).toBe('duplicate');
    expect((await shop.admin('GET', '/admin/v1/shop')).body).toEqual(gone);
    expect((await webhook(shop, 'customers/create', { id: nextId() })).body.verdict).toBe('recorded');
    await shop.admin('PUT', '/admin/v1/sources/shopify', { domain: shop.domain, secret: 'hush' });
    expect((await shop.admin('GET', '/admin/v1/shop')).body.shopify.uninstalledAtMs).toBeNull();
  });

  it('told late, from before the shop was connected again, ends nothing', async () => {
    const shop = await connected();
    const triggeredAt = new Date(Date.now() - 3_600_000).toISOString();
    expect((await webhook(shop, 'app/uninstalled', {}, { triggeredAt })).body.verdict).toBe('refused');
    expect((await shop.admin('GET', '/admin/v1/shop')).body.shopify.uninstalledAtMs).toBeNull();
  });
});

describe('a privacy request', () => {
  const asked = (more: object = {}) => ({
    customer: { id: nextId(), email: 'a@example.com' },
    orders_requested: [1],
    ...more,
  });

  it('with a bad signature is 401 and stores nothing', async () => {
    const shop = await connected();
    for (const topic of ['customers/data_request', 'customers/redact', 'shop/redact']) {
      const answer = await webhook(shop, topic, asked(), { signature: await sign('{}') });
      expect([topic, answer.status]).toEqual([topic, 401]);
    }
    expect((await shop.admin('GET', '/admin/v1/privacy-requests')).body).toEqual({ items: [], nextCursor: null });
  });

  it('is kept once with its deadline, read singly, and makes nobody a customer', async () => {
    const shop = await connected();
    const payload = asked({ data_request: { id: nextId() } });
    expect((await webhook(shop, 'customers/data_request', payload)).body.verdict).toBe('recorded');
    expect((await webhook(shop, 'customers/data_request', payload)).body.verdict).toBe('duplicate');
    const { items } = (await shop.admin('GET', '/admin/v1/privacy-requests')).body;
    expect(items).toHaveLength(1);
    const [item] = items;
    expect(item).toMatchObject({ kind: 'access', state: 'open', finishedAtMs: null, orderCount: 1 });
    expect(item.dueAtMs - item.requestedAtMs).toBe(30 * DAY);
    const single = await shop.admin('GET', `/admin/v1/privacy-requests/${item.id}`);
    expect(single.body).toEqual({ ...item, orders: ['1'] });
    expect((await shop.admin('GET', `/admin/v1/customers/shopify:${payload.customer.id}`)).status).toBe(404);
  });

  it('pages, the last received first, and INV-10: is no other shop’s', async () => {
    const [shop, other] = [await connected(), await connected()];
    for (let at = 0; at < 5; at += 1) await webhook(shop, 'customers/redact', { customer: { id: nextId() } });
    const all = (await shop.admin('GET', '/admin/v1/privacy-requests')).body.items;
    const seen: unknown[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await shop.admin('GET', `/admin/v1/privacy-requests${query}`);
      seen.push(...body.items);
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(all);
    expect(all.map((one: { receivedAtMs: number }) => one.receivedAtMs)).toEqual(
      all.map((one: { receivedAtMs: number }) => one.receivedAtMs).toSorted((a: number, b: number) => b - a),
    );
    expect((await other.admin('GET', `/admin/v1/privacy-requests/${all[0].id}`)).status).toBe(404);
    expect((await shop.admin('GET', '/admin/v1/privacy-requests?cursor=x')).body.key).toBe('invalid_cursor');
    expect((await shop.admin('GET', '/admin/v1/privacy-requests?limit=0')).status).toBe(400);
  });

  it('INV-13: a shop that never had one is read without a table being made', async () => {
    const shop = await makeShop();
    const object = env.SHOP.get(env.SHOP.idFromName(`shop:${shop.id}`));
    // as a shop made before there were such requests
    await runInDurableObject(object, (_, state) => {
      state.storage.sql.exec('DROP TABLE privacy_request');
    });
    expect((await shop.admin('GET', '/admin/v1/privacy-requests')).body).toEqual({ items: [], nextCursor: null });
    expect((await shop.admin('GET', '/admin/v1/privacy-requests/prq_x')).status).toBe(404);
  });
});
