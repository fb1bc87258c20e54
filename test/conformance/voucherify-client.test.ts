/** Voucherify's own browser client, unmodified, speaks for pages here; only its address, keys and origin are ours. */
import { randomUUID } from 'node:crypto';
import { VoucherifyClientSide, VoucherifyServerSide } from '@voucherify/sdk';
import { SignJWT } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { ask, openShop, type StoryShop } from '../stories/client.ts';

let shop: StoryShop;
let server: ReturnType<typeof VoucherifyServerSide>;
beforeAll(async () => {
  shop = await openShop({ origins: ['https://shop.example'] });
  server = VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url });
});

function pageOf(one: StoryShop, more: object = {}) {
  return VoucherifyClientSide({
    clientApplicationId: one.id,
    clientSecretKey: one.keys.publishable,
    apiUrl: one.url,
    origin: 'https://shop.example',
    ...more,
  });
}

const newCode = () => `PAGE-${randomUUID().slice(0, 13).toUpperCase()}`;

async function coupon(more: object = {}, at = server): Promise<string> {
  const discount = { type: 'AMOUNT' as never, amount_off: 1000 };
  return (await at.vouchers.create({ code: newCode(), type: 'DISCOUNT_VOUCHER', discount, ...more })).code;
}

/** The header of a session that the hub gave for a signed-in shopper. */
async function signedIn(one: StoryShop, user: string): Promise<Record<string, string>> {
  const identity = (await one.admin('POST', '/admin/v1/identity-keys', { algorithm: 'HS256' })).body;
  const token = await new SignJWT({ sub: user })
    .setProtectedHeader({ alg: 'HS256', kid: identity.id })
    .setIssuer(one.id)
    .setAudience('regulars')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(identity.secret));
  const proof = { kind: 'merchant_jwt', token };
  const asked = await ask('POST', `${one.url}/hub/v1/session`, { key: one.keys.publishable, proof });
  return { Authorization: `Bearer ${asked.body.session.token}` };
}

it('validates and redeems, with all that a page says of its cart', async () => {
  const page = pageOf(shop, { trackingId: `visitor-${randomUUID()}` });
  const code = await coupon();
  const valid = await page.validate({
    code,
    amount: 5000,
    items: [
      { product_id: 'p-1', quantity: 2, amount: 3000 },
      { product_id: 'p-2', quantity: 1, amount: 2000 },
    ],
    orderMetadata: { channel: 'web' },
    customer: { source_id: `u-${randomUUID()}`, metadata: {} },
  });
  expect(valid).toMatchObject({ valid: true, code, order: { amount: 5000, total_amount: 4000 } });
  const done = await page.redeem(code, { order: { amount: 5000 } });
  expect(done).toMatchObject({ object: 'redemption', result: 'SUCCESS', customer_id: expect.any(String) });
  expect(done.order).toMatchObject({ total_amount: 4000 });
  expect(await page.validate(newCode())).toMatchObject({ valid: false, error: { code: 404, key: 'not_found' } });
});

it('validates and redeems several for one order', async () => {
  const page = pageOf(shop);
  const card = await server.vouchers.create({ code: newCode(), type: 'GIFT_VOUCHER', gift: { amount: 700 } as never });
  const redeemables = [
    { object: 'voucher' as const, id: await coupon() },
    { object: 'voucher' as const, id: card.code, gift: { credits: 700 } },
  ];
  const order = { amount: 5000 };
  expect(await page.validateStackable({ order, redeemables })).toMatchObject({ valid: true });
  const done = await page.redeemStackable({ order, redeemables });
  expect(done.redemptions).toHaveLength(2);
  expect(done).toMatchObject({ order: { total_amount: 3300 }, parent_redemption: { id: expect.any(String) } });
});

it('publishes codes of a campaign that lets pages, and lists what a signed-in shopper holds', async () => {
  const name = `Welcome ${randomUUID()}`;
  const discount = { type: 'AMOUNT' as never, amount_off: 500 };
  await server.campaigns.create({
    name,
    campaign_type: 'DISCOUNT_COUPONS',
    type: 'AUTO_UPDATE',
    join_once: true,
    voucher: { type: 'DISCOUNT_VOUCHER', discount, code_config: { pattern: 'WELCOME-########' } },
    metadata: { client_side_publish: true },
  } as never);
  const user = `u-${randomUUID()}`;
  const given = await pageOf(shop).publish(name, { customer: { source_id: user } });
  expect(given).toMatchObject({ result: 'SUCCESS', voucher: { code: expect.stringMatching(/^WELCOME-/) } });
  await expect(pageOf(shop).listVouchers({ customer: user })).rejects.toMatchObject({ code: 401, key: 'unauthorized' });
  const own = pageOf(shop, { customHeaders: await signedIn(shop, user) });
  const { total, vouchers } = await own.listVouchers();
  expect({ total, codes: vouchers.map(({ code }) => code) }).toEqual({ total: 1, codes: [given.voucher?.code] });
});

it('tells of a shopper, and shows nothing of somebody known', async () => {
  const source_id = `u-${randomUUID()}`;
  const made = await pageOf(shop).createCustomer({ source_id, name: 'Ada' });
  expect(made).toEqual({ id: expect.any(String), source_id, object: 'customer' });
  expect(await server.customers.get(source_id)).toMatchObject({ id: (made as { id: string }).id, name: 'Ada' });
});

it('is turned away from another origin, with another key, and after ten wrong guesses', async () => {
  const guarded = await openShop({ origins: ['https://shop.example'] });
  const other = pageOf(guarded, { origin: 'https://other.example' });
  await expect(other.validate('X')).rejects.toMatchObject({ code: 403, key: 'origin_not_allowed' });
  const secret = pageOf(guarded, { clientSecretKey: guarded.keys.secret });
  await expect(secret.validate('X')).rejects.toMatchObject({ code: 401, key: 'unauthorized' });
  const page = pageOf(guarded);
  for (let at = 0; at < 10; at += 1) expect((await page.validate(newCode())).valid).toBe(false);
  await expect(page.validate(newCode())).rejects.toMatchObject({ code: 429, key: 'rate_limited' });
});
