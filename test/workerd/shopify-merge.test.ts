/** A shop that merged two of its customers: their points, consents and orders are one here as well, whatever came first. */
import { expect, it } from 'vitest';
import type { TestShop } from './shop.ts';
import { connected, webhook } from './shopify-sender.ts';

const KEPT = '9007199254740995';
const DELETED = '9007199254740997';

const gid = (id: string) => `gid://shopify/Customer/${id}`;
const merge = (status: string) => ({
  admin_graphql_api_customer_kept_id: gid(KEPT),
  admin_graphql_api_customer_deleted_id: gid(DELETED),
  status,
});
// as text: ids this large are no numbers that JSON.stringify could write
const customer = (id: string, more: object = {}) => ({ id, ...more });

async function read(shop: TestShop, id: string) {
  return (await shop.admin('GET', `/admin/v1/customers/shopify:${id}`)).body;
}

async function twoCustomers(): Promise<Awaited<ReturnType<typeof connected>>> {
  const shop = await connected();
  const consent = { state: 'unsubscribed', consent_updated_at: '2026-05-05T12:00:00Z' };
  await webhook(shop, 'customers/create', customer(KEPT, { email: 'kept@example.com' }));
  await webhook(
    shop,
    'customers/create',
    customer(DELETED, { phone: '+49301234567', email_marketing_consent: consent }),
  );
  const order = { id: 501, total_price: '40.00', subtotal_price: '40.00', currency: 'EUR' };
  await webhook(shop, 'orders/paid', { ...order, customer: customer(DELETED) });
  return shop;
}

it('INV-2: moves everything to the record that was kept, once, and ids past 2^53 stay apart', async () => {
  const shop = await twoCustomers();
  expect((await read(shop, KEPT)).points.balance).toBe(0);
  expect((await webhook(shop, 'customers/merge', merge('completed'))).body).toEqual({ verdict: 'recorded' });
  expect((await webhook(shop, 'customers/merge', merge('completed'))).body).toEqual({ verdict: 'duplicate' });
  const [kept, deleted] = [await read(shop, KEPT), await read(shop, DELETED)];
  expect(deleted.id).toBe(kept.id);
  expect(kept).toMatchObject({
    orders: 1,
    points: { balance: 40 },
    traits: { email: 'kept@example.com', phone: '+49301234567' },
  });
  expect(kept.consents[0]).toMatchObject({ channel: 'email', state: 'unsubscribed' });
  const refund = {
    id: 9,
    order_id: 501,
    transactions: [{ kind: 'refund', status: 'success', amount: '10.00', currency: 'EUR' }],
  };
  await webhook(shop, 'refunds/create', refund);
  expect((await read(shop, KEPT)).points.balance).toBe(30);
});

it.each(['failed', 'in_progress', 'requested'])(
  'that is %s merges nothing, and the event log says so',
  async (status) => {
    const shop = await twoCustomers();
    expect((await webhook(shop, 'customers/merge', merge(status))).body).toEqual({ verdict: 'refused' });
    expect((await read(shop, DELETED)).id).not.toBe((await read(shop, KEPT)).id);
  },
);

it('that comes before anything else of either leads what comes late to the survivor', async () => {
  const shop = await connected();
  await webhook(shop, 'customers/merge', merge('completed'));
  await webhook(shop, 'customers/update', customer(DELETED, { first_name: 'Late' }));
  await webhook(shop, 'customers/update', customer(KEPT, { last_name: 'Kept' }));
  expect((await read(shop, KEPT)).traits).toMatchObject({ firstName: 'Late', lastName: 'Kept' });
});

it('a guest who ordered by e-mail is claimed when the shop verifies the account, and not before', async () => {
  const shop = await connected();
  const email = 'guest@example.com';
  await webhook(shop, 'orders/paid', { id: 77, total_price: '15.00', subtotal_price: '15.00', currency: 'EUR', email });
  await webhook(shop, 'customers/create', customer(KEPT));
  await webhook(shop, 'customers/update', customer(KEPT, { email, verified_email: false }));
  expect((await read(shop, KEPT)).points.balance).toBe(0);
  await webhook(shop, 'customers/update', customer(KEPT, { email, verified_email: true }));
  expect((await read(shop, KEPT)).points.balance).toBe(15);
});
