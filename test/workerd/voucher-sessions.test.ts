/** How long a session of a voucher client keeps what it keeps. */
import { beforeAll, expect, it } from 'vitest';
import { call, makeShop, type TestShop } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

it.each([
  [{}, { ttl: 15, ttl_unit: 'MINUTES' }],
  [
    { ttl: 90, ttl_unit: 'SECONDS' },
    { ttl: 90, ttl_unit: 'SECONDS' },
  ],
  [
    { ttl: 5_000, ttl_unit: 'MICROSECONDS' },
    { ttl: 5_000, ttl_unit: 'MICROSECONDS' },
  ],
  [
    { ttl: 30, ttl_unit: 'DAYS' },
    { ttl: 7, ttl_unit: 'DAYS' },
  ],
])('a session with %j lasts as it is told', async (asked, told) => {
  const keys = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret };
  const discount = { type: 'AMOUNT', amount_off: 1000 };
  const made = await call('POST', '/v1/vouchers/', { type: 'DISCOUNT_VOUCHER', discount }, keys);
  const session = { type: 'LOCK', key: 'cart', ...asked };
  const path = `/v1/vouchers/${made.body.code}/validate`;
  const { body } = await call('POST', path, { order: { amount: 5000 }, session }, keys);
  expect(body.session).toEqual({ key: 'cart', type: 'LOCK', ...told });
});

it('a session is kept once per Idempotency-Key: another body under it is refused, and keeps nothing', async () => {
  const keys = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret };
  const { code } = (await call('POST', '/v1/vouchers/', { type: 'GIFT_VOUCHER', gift: { amount: 1_000 } }, keys)).body;
  const keyed = { ...keys, 'Idempotency-Key': crypto.randomUUID() };
  const asked = (credits: number) => ({
    redeemables: [{ object: 'voucher', id: code, gift: { credits } }],
    order: { amount: 5_000 },
    session: { type: 'LOCK', key: 'cart' },
  });
  const first = await call('POST', '/v1/validations', asked(100), keyed);
  expect(first.body).toMatchObject({ valid: true, session: { key: 'cart' } });
  const other = await call('POST', '/v1/validations', asked(500), keyed);
  expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
  const again = await call('POST', '/v1/validations', asked(100), keyed);
  expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
  const spend = (credits: number) =>
    call('POST', `/v1/vouchers/${code}/redemption`, { order: { amount: 5_000 }, gift: { credits } }, keys);
  expect((await spend(901)).body.key).toBe('gift_amount_exceeded');
  expect((await spend(900)).status).toBe(200);
});
