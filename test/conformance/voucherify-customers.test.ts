/** Voucherify's own Node client, unmodified, makes, reads, changes and lists customers here. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { eventually, openShop, type StoryShop } from '../stories/client.ts';

function clientOf(shop: StoryShop) {
  return VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url });
}

let client: ReturnType<typeof VoucherifyServerSide>;
beforeAll(async () => {
  client = clientOf(await openShop());
});

const newName = () => `region/eu ${randomUUID()} 42%`;

it('makes, reads and changes a customer by either id', async () => {
  const source_id = newName();
  const made = await client.customers.create({ source_id, name: 'Ada', metadata: { level: 'gold' } });
  expect(made).toMatchObject({ source_id, name: 'Ada', metadata: { level: 'gold' }, object: 'customer' });
  if (made.object !== 'customer') throw new Error('not confirmed');
  expect(await client.customers.get(source_id)).toEqual(made);
  const changed = await client.customers.update({ id: made.id, email: 'ada@example.com', metadata: { level: null } });
  expect(changed).toMatchObject({ id: made.id, name: 'Ada', email: 'ada@example.com', metadata: {} });
  expect(await client.customers.update({ source_id, phone: '+49301234567' })).toMatchObject({ phone: '+49301234567' });
  await expect(client.customers.get(newName())).rejects.toMatchObject({ code: 404, key: 'resource_not_found' });
});

it('erases a customer by either id, and says so again', async () => {
  const [gone, kept] = [newName(), newName()];
  const first = (await client.customers.create({ source_id: gone, name: 'Erna', metadata: {} })) as { id: string };
  expect(await client.customers.delete(gone)).toBeFalsy();
  await expect(client.customers.get(first.id)).rejects.toMatchObject({ code: 404 });
  await expect(client.customers.delete(gone)).rejects.toMatchObject({ code: 404 });
  const told = { related_object: 'customer', status: 'DONE', object: 'pernament_deletion' };
  const again = await client.customers.deletePermanently(first.id);
  expect(again).toMatchObject({ ...told, related_object_id: first.id });
  const second = (await client.customers.create({ source_id: kept })) as { id: string };
  const done = await client.customers.deletePermanently(kept);
  expect(done).toMatchObject({ ...told, related_object_id: second.id, data_json: { customer: 1 } });
  expect(await client.customers.deletePermanently(second.id)).toEqual(done);
  await expect(client.customers.get(kept)).rejects.toMatchObject({ code: 404 });
});

it('lists and scrolls through all customers', async () => {
  const other = clientOf(await openShop());
  const made: string[] = [];
  for (let at = 0; at < 5; at += 1)
    made.push(((await other.customers.create({ name: `No ${at}` })) as { id: string }).id);
  const listed = await eventually(async () => {
    const found = await other.customers.list({ limit: 100 });
    return found.total === made.length ? found : null;
  });
  expect(listed).toMatchObject({ object: 'list', data_ref: 'customers' });
  expect(listed.customers.map(({ id }) => id)).toEqual(made.toReversed());
  const scrolled: string[] = [];
  const all: AsyncIterable<{ id: string }> = other.customers.scroll({ limit: 2, order: 'created_at' });
  for await (const { id } of all) scrolled.push(id);
  expect(scrolled).toEqual(made);
});

it('lists what a customer holds and what happened to them', async () => {
  const source_id = newName();
  const gift = { amount: 700 } as { amount: number; balance: number };
  const { code } = await client.vouchers.create({ code: `GIFT/${randomUUID()}`, type: 'GIFT_VOUCHER', gift });
  const publication = { voucher: code, customer: { source_id }, channel: 'test' };
  await client.distributions.publications.create(publication as never);
  const { data, total } = await client.customers.listRedeemables(source_id, { limit: 5 });
  expect(total).toBe(1);
  expect(data[0]).toMatchObject({
    redeemable_object: 'voucher',
    holder_role: 'OWNER',
    voucher_type: 'GIFT_VOUCHER',
    redeemable: { type: 'voucher', status: 'ACTIVE', voucher: { code, gift: { balance: 700 } } },
  });
  const activity = await client.customers.listActivity(source_id, { limit: 10 });
  expect(activity.data.map(({ type }) => type)).toEqual(['customer.publication.succeeded', 'customer.updated']);
  expect(await client.segments.list(source_id)).toMatchObject({ total: 0 });
});

it('changes many customers at once, and imports them from a file', async () => {
  const users = [newName(), newName(), newName()];
  const done = (id: string) =>
    eventually(async () => ((await client.asyncActions.get(id)).status === 'DONE' ? true : null), 15_000);
  const bulk = users.slice(0, 2).map((source_id) => ({ source_id, name: 'Bo' }));
  await done((await client.customers.updateInBulk(bulk)).async_action_id);
  const metadata = { level: 'gold' };
  await done(
    (await client.customers.updateMetadataInBulk({ source_ids: users.slice(0, 2), metadata })).async_action_id,
  );
  for (const user of users.slice(0, 2))
    expect(await client.customers.get(user)).toMatchObject({ name: 'Bo', metadata });
  const folder = mkdtempSync(join(tmpdir(), 'customers-'));
  const file = join(folder, 'customers.csv');
  writeFileSync(file, `Source_id,Name,Level\n${users[2]},Cy,silver\n`);
  const started: unknown = await client.customers.importCSV(file);
  rmSync(folder, { recursive: true });
  await done((started as { async_action_id: string }).async_action_id);
  expect(await client.customers.get(users[2] ?? '')).toMatchObject({ name: 'Cy', metadata: { Level: 'silver' } });
});
