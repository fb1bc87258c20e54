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
