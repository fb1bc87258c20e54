/** Voucherify's own Node client, unmodified, lists and manages vouchers and campaigns here; only its address and keys are ours. */
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { ask, eventually, openShop, type StoryShop } from '../stories/client.ts';

let shop: StoryShop;
let client: ReturnType<typeof VoucherifyServerSide>;
beforeAll(async () => {
  shop = await openShop();
  client = VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url });
});

const newCode = () => `SDK-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
const discount = { type: 'AMOUNT' as never, amount_off: 1000 };
const ORDER = { order: { amount: 5000 } };

async function coupon(category: string, code = newCode()): Promise<string> {
  return (await client.vouchers.create({ code, type: 'DISCOUNT_VOUCHER', discount, category })).code;
}

async function campaign(vouchers_count = 0) {
  const voucher = { type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity: 1 } };
  const about = { campaign_type: 'DISCOUNT_COUPONS', type: 'STATIC', vouchers_count, voucher };
  const made = await client.campaigns.create({ name: newCode(), ...about } as never);
  return eventually(async () => {
    const now = await client.campaigns.get(made.id);
    return now.vouchers_generation_status === 'DONE' ? now : null;
  });
}

async function someone(): Promise<string> {
  const userId = `u-${crypto.randomUUID()}`;
  const headers = { Authorization: `Basic ${btoa(`${shop.keys.write}:`)}` };
  await ask('POST', `${shop.url}/v1/track`, { userId, event: 'Viewed' }, headers);
  return userId;
}

interface Ended {
  operation_status: string | null;
  result: { created?: number; updated?: number; failed: { line: number }[] };
}
function ended({ async_action_id }: { async_action_id: string }): Promise<Ended> {
  return eventually(async () => {
    const action = (await client.asyncActions.get(async_action_id)) as unknown as Ended;
    return action.operation_status === null ? null : action;
  });
}

async function inFile<T>(text: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `${crypto.randomUUID()}.csv`);
  await writeFile(path, text);
  return work(path).finally(() => rm(path));
}

it('lists vouchers as it narrows and pages them', async () => {
  const category = newCode();
  const codes = [await coupon(category), await coupon(category), await coupon(category)];
  const list = await client.vouchers.list({ category, order: 'created_at', limit: 2, page: 1 });
  expect(list).toMatchObject({ object: 'list', data_ref: 'vouchers', total: 3 });
  expect(list.vouchers.map(({ code }) => code)).toEqual(codes.slice(0, 2));
  const filters = { junction: 'and', code: { conditions: { $in: [codes[0], codes[2]] } } };
  expect((await client.vouchers.list({ category, filters })).total).toBe(2);
  const [first] = list.vouchers;
  const created_at = { after: first?.created_at ?? '' };
  expect((await client.vouchers.list({ category, created_at })).total).toBe(2);
  const refused = client.vouchers.list({ limit: 101 });
  await expect(refused).rejects.toMatchObject({ code: 400, key: 'invalid_query_params' });
});

it('lists what was redeemed, refused and taken back, of all vouchers and of one', async () => {
  const [code, source_id] = [await coupon(newCode()), await someone()];
  const customer = { source_id } as never;
  const redeemed = await eventually(async () =>
    client.redemptions
      .redeem(code, { ...ORDER, customer })
      .catch(({ key }) => (key === 'invalid_customer' ? null : Promise.reject(key))),
  );
  await client.redemptions.rollback(redeemed.id, { reason: 'returned' });
  expect(await client.redemptions.get(redeemed.id)).toMatchObject({ id: redeemed.id, result: 'SUCCESS' });
  const own = await client.redemptions.getForVoucher(code);
  expect(own).toMatchObject({ object: 'list', total: 2, redeemed_quantity: 0 });
  const all = await eventually(async () => {
    const found = await client.redemptions.list({ customer: source_id });
    return found.total === 2 ? found : null;
  });
  expect(all.redemptions.map(({ object }) => object).toSorted()).toEqual(['redemption', 'redemption_rollback']);
  expect((await client.redemptions.list({ customer: source_id, result: 'FAILURE' })).total).toBe(0);
});

it('reads what moved the money of a gift card', async () => {
  const gift = { amount: 2500 } as { amount: number; balance: number };
  const { code } = await client.vouchers.create({ code: newCode(), type: 'GIFT_VOUCHER', gift });
  await client.vouchers.balance.create(code, { amount: 500 });
  await client.redemptions.redeem(code, { ...ORDER, gift: { credits: 1000 } });
  const { data, has_more } = await client.vouchers.listTransactions(code, { limit: 10 });
  expect([has_more, data.map(({ type, details }) => [type, details.balance.balance])]).toEqual([
    false,
    [
      ['CREDITS_REDEMPTION', 2000],
      ['CREDITS_ADDITION', 3000],
    ],
  ]);
  const asked = await client.vouchers.exportTransactions(code, { parameters: { order: 'created_at' } });
  const told = await client.distributions.exports.get(asked.id);
  expect(told).toMatchObject({ id: asked.id, status: 'DONE', result: { url: expect.stringContaining(shop.url) } });
});

it('lists publications', async () => {
  const [{ id, name }, source_id] = [await campaign(2), await someone()];
  const given = await eventually(async () =>
    client.distributions.publications
      .create({ campaign: { name }, customer: { source_id } } as never)
      .catch(({ key }) => (key === 'invalid_customer' ? null : Promise.reject(key))),
  );
  const list = await client.distributions.publications.list({ campaign: name, customer: source_id });
  expect(list).toMatchObject({ object: 'list', data_ref: 'publications', total: 1 });
  expect(list.publications?.[0]).toMatchObject({
    id: given.id,
    result: 'SUCCESS',
    voucher: { code: given.voucher.code },
  });
  expect((await client.vouchers.list({ customer: source_id })).vouchers).toMatchObject([{ campaign_id: id }]);
});

it('changes, lists, switches and takes away campaigns', async () => {
  const { id, name } = await campaign();
  const changed = await client.campaigns.update(id, {
    description: 'new',
    expiration_date: '2035-01-01T00:00:00.000Z',
  } as never);
  expect(changed).toMatchObject({ id, description: 'new', expiration_date: '2035-01-01T00:00:00.000Z' });
  await client.campaigns.disable(id);
  expect((await client.campaigns.get(name)).active).toBe(false);
  await client.campaigns.enable(id);
  const filters = { name: { conditions: { $is: name } } };
  const list = await client.campaigns.list({ filters, campaign_type: 'DISCOUNT_COUPONS' });
  expect(list).toMatchObject({
    data_ref: 'campaigns',
    total: 1,
    campaigns: [{ id, active: true, description: 'new' }],
  });
  await client.campaigns.delete(id);
  await expect(client.campaigns.get(id)).rejects.toMatchObject({ code: 404 });
  expect((await client.campaigns.list({ filters })).total).toBe(0);
});

it('adds vouchers to a campaign: one, one that is named, and from lists and files', async () => {
  const { id, name } = await campaign();
  expect(await client.campaigns.addVoucher(name, { category: 'extra' })).toMatchObject({
    campaign_id: id,
    category: 'extra',
  });
  const code = newCode();
  expect(await client.campaigns.addCertainVoucher(name, code)).toMatchObject({ code, campaign_id: id });
  const action = (await client.campaigns.addVoucher(name, {}, { vouchers_count: 3 })) as { async_action_id: string };
  expect((await ended(action)).operation_status).toBe('SUCCESS');
  const listed = await client.campaigns.importVouchers(name, [{ code: newCode() }, { code }] as never);
  expect((await ended(listed)).result).toMatchObject({ created: 1, updated: 1 });
  const [one, two] = [newCode(), newCode()];
  const sent = await inFile(`Code,Active,Shelf\n${one},true,7\n${two},maybe,8\n`, (path) =>
    client.campaigns.importVouchersCSV(id, path),
  );
  expect((await ended(sent)).result).toMatchObject({ created: 1, failed: [{ line: 3, field: 'active' }] });
  expect(await client.vouchers.get(one)).toMatchObject({ campaign_id: id, metadata: { Shelf: '7' } });
  expect((await client.campaigns.get(id)).vouchers_count).toBe(7);
});

it('makes and changes many vouchers at once', async () => {
  const [one, two, three] = [newCode(), newCode(), newCode()];
  const made = await client.vouchers.import([
    { code: one, type: 'DISCOUNT_VOUCHER', discount },
    { code: two, type: 'DISCOUNT_VOUCHER', discount, metadata: { a: 1 } },
  ]);
  expect((await ended(made)).result).toMatchObject({ created: 2 });
  const file = `Code,Voucher Type,Discount Type,Value\n${three},DISCOUNT_VOUCHER,PERCENT,10\n`;
  await ended(await inFile(file, (path) => client.vouchers.importCSV(path)));
  expect(await client.vouchers.get(three)).toMatchObject({ discount: { type: 'PERCENT', percent_off: 10 } });
  const all = await client.vouchers.bulkUpdateMetadata({ codes: [one, two], metadata: { b: 2 } });
  expect((await ended(all)).result).toMatchObject({ updated: 2 });
  await ended(await client.vouchers.bulkUpdate([{ code: one, metadata: { c: 3 } }]));
  expect((await client.vouchers.get(one)).metadata).toEqual({ b: 2, c: 3 });
  expect((await client.vouchers.get(two)).metadata).toEqual({ a: 1, b: 2 });
  const { async_actions } = await client.asyncActions.list({ limit: 3 });
  expect(async_actions).toHaveLength(3);
});
