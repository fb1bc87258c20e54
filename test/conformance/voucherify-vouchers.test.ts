/** Voucherify's own Node client, unmodified, makes, redeems and takes back vouchers here; only its address and keys are ours. */
import { VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { openShop, type StoryShop } from '../stories/client.ts';

let shop: StoryShop;
let client: ReturnType<typeof VoucherifyServerSide>;
beforeAll(async () => {
  shop = await openShop();
  client = VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url });
});

const newCode = () => `SDK-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
const ORDER = { order: { amount: 5000 } };

async function coupon(quantity: number, code = newCode()): Promise<string> {
  const discount = { type: 'AMOUNT' as never, amount_off: 1000 };
  const made = await client.vouchers.create({ code, type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity } });
  return made.code;
}

async function giftCard(amount: number): Promise<string> {
  const gift = { amount } as { amount: number; balance: number };
  return (await client.vouchers.create({ code: newCode(), type: 'GIFT_VOUCHER', gift })).code;
}

it('makes vouchers, with codes that are typed, made, or have slashes in them', async () => {
  const discount = { type: 'PERCENT' as never, percent_off: 12.5 };
  const made = await client.vouchers.create({ type: 'DISCOUNT_VOUCHER', discount, code_config: { prefix: 'P-' } });
  expect(made.code).toMatch(/^P-/);
  expect(await client.vouchers.get(made.code)).toMatchObject({ id: made.id, discount: { percent_off: 12.5 } });
  const slashed = await coupon(1, `SALE/${newCode()}/50%`);
  expect((await client.vouchers.get(slashed)).code).toBe(slashed);
  const refused = { code: 409, key: 'duplicate_found', resource_id: slashed };
  await expect(coupon(1, slashed)).rejects.toMatchObject(refused);
  await client.vouchers.delete(slashed);
  await expect(client.vouchers.get(slashed)).rejects.toMatchObject({ code: 404, key: 'not_found' });
});

it('redeems to the limit, and takes a redemption back once', async () => {
  const code = await coupon(1);
  const valid = await client.validations.validateVoucher(code, ORDER);
  expect(valid).toMatchObject({ valid: true, code, order: { total_amount: 4000 } });
  const done = await client.redemptions.redeem(code, ORDER);
  expect(done).toMatchObject({ object: 'redemption', result: 'SUCCESS', order: { total_amount: 4000 } });
  await expect(client.redemptions.redeem(code, ORDER)).rejects.toMatchObject({ code: 400, key: 'quantity_exceeded' });
  expect(await client.validations.validateVoucher(code, ORDER)).toMatchObject({ valid: false, code });
  const back = await client.redemptions.rollback(done.id, { reason: 'returned' });
  expect(back).toMatchObject({ object: 'redemption_rollback', redemption: done.id, reason: 'returned' });
  await expect(client.redemptions.rollback(done.id, { reason: 'again' })).rejects.toMatchObject({
    key: 'already_rolled_back',
  });
  await client.vouchers.disable(code);
  await expect(client.redemptions.redeem(code, ORDER)).rejects.toMatchObject({ key: 'voucher_disabled' });
  await client.vouchers.enable(code);
  expect((await client.redemptions.redeem(code, ORDER)).result).toBe('SUCCESS');
});

it('spends a gift card to the cent', async () => {
  const code = await giftCard(2500);
  const spend = { order: { amount: 1800 }, gift: { credits: 1800 } };
  await client.redemptions.redeem(code, spend as never);
  const refused = client.redemptions.redeem(code, spend as never);
  await expect(refused).rejects.toMatchObject({ code: 400, key: 'gift_amount_exceeded' });
  expect((await client.vouchers.get(code)).gift).toMatchObject({ amount: 2500, balance: 700 });
  expect(await client.vouchers.balance.create(code, { amount: 300 })).toMatchObject({ total: 2800, balance: 1000 });
});

it('keeps a use with a session until it is released', async () => {
  const code = await coupon(1);
  const session = { type: 'LOCK' as const, key: 'cart-1', ttl: 1, ttl_unit: 'HOURS' as const };
  const redeemables = [{ object: 'voucher' as const, id: code }];
  const locked = await client.validations.validateStackable({ ...ORDER, session, redeemables });
  expect(locked).toMatchObject({ valid: true, session: { key: 'cart-1' } });
  await expect(client.redemptions.redeem(code, ORDER)).rejects.toMatchObject({ key: 'quantity_exceeded' });
  await client.vouchers.releaseValidationSession(code, 'cart-1');
  const done = await client.redemptions.redeemStackable({ ...ORDER, redeemables });
  expect(done.redemptions).toHaveLength(1);
});

it('redeems for a customer, whom a rollback for another does not concern', async () => {
  const [owner, other] = [`u-${crypto.randomUUID()}`, `u-${crypto.randomUUID()}`];
  await client.customers.create({ source_id: other });
  const code = await coupon(5);
  const done = await client.redemptions.redeem(code, { ...ORDER, customer: { source_id: owner } as never });
  expect(await client.customers.get(owner)).toMatchObject({ id: done.customer_id });
  const wrong = client.redemptions.rollback(done.id, { customer: { source_id: other } } as never);
  await expect(wrong).rejects.toMatchObject({ code: 400, key: 'invalid_customer' });
  await client.redemptions.rollback(done.id, { customer: { source_id: owner } } as never);
  const customer = { id: `nobody-${crypto.randomUUID()}` } as never;
  await expect(client.redemptions.redeem(code, { ...ORDER, customer })).rejects.toMatchObject({
    key: 'invalid_customer',
  });
});
