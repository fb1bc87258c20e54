/** Hard cases that only show over the whole way: what a stack tells, and what is left where an object or D1 dies in the middle. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { type Fault, withFaults } from './faulty-copies.ts';
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';
import { newCode, objectOf } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

let restore = () => {};
afterEach(() => restore());

const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> =>
  call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });

const ORDER = { order: { amount: 5_000 } };
const COUPON = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 500 }, redemption: { quantity: 1 } };
const CARD = { type: 'GIFT_VOUCHER', gift: { amount: 2_500 } };

async function made(about: object): Promise<string> {
  const code = newCode();
  const told = await ask('POST', `/v1/vouchers/${code}`, about);
  if (told.status !== 200) throw new Error(JSON.stringify(told.body));
  return code;
}

async function somebody(): Promise<string> {
  const user = newUser();
  await shop.batch(track(user, 'Before'));
  return user;
}

interface Row {
  name: string | null;
  properties?: { redemption_id?: string; redemptions?: { redemption_id: string }[] };
}

const told = async (user: string, name: string): Promise<Row[]> =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=100`)).body.items.filter(
    (row: Row) => row.name === name,
  );

it('case 47: a stack of five is told once, by its parent, with its five redemptions inside', async () => {
  const user = await somebody();
  const customer = { source_id: user };
  const codes = [await made(CARD), ...(await Promise.all([1, 2, 3].map(() => made(COUPON))))];
  const own = await made(COUPON);
  expect((await ask('POST', '/v1/publications', { voucher: own, customer })).status).toBe(200);
  const redeemables = [...codes.slice(1), own, ...codes.slice(0, 1)].map((id) => ({ object: 'voucher', id }));
  const key = { 'Idempotency-Key': own };
  const redeem = () => ask('POST', '/v1/redemptions', { ...ORDER, customer, redeemables }, key);
  const done = await redeem();
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  expect((await redeem()).body.redemptions).toEqual(done.body.redemptions);
  const rows = await eventually(async () => {
    const found = await told(user, 'Voucher Redeemed');
    return found.length > 0 ? found : null;
  });
  const ids = done.body.redemptions.map(({ id }: { id: string }) => id);
  expect(ids).toHaveLength(5);
  // four coupons of 5.00 each, and the 25.00 of the card
  expect(done.body.order).toMatchObject({ amount: 5_000, total_discount_amount: 4_500, total_amount: 500 });
  expect(rows.map(({ properties }) => properties?.redemption_id)).toEqual([done.body.parent_redemption.id]);
  expect(rows[0]?.properties?.redemptions?.map((one) => one.redemption_id).sort()).toEqual([...ids].sort());
});

it('case 47: a stack of codes that nobody holds is told once to whoever used it', async () => {
  const user = await somebody();
  const redeemables = [await made(COUPON), await made(CARD)].map((id) => ({ object: 'voucher', id }));
  const done = await ask('POST', '/v1/redemptions', { ...ORDER, customer: { source_id: user }, redeemables });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  const rows = await eventually(async () => {
    const found = await told(user, 'Voucher Redeemed');
    return found.length > 0 ? found : null;
  });
  expect(rows.map(({ properties }) => properties?.redemption_id)).toEqual([done.body.parent_redemption.id]);
  expect(rows[0]?.properties?.redemptions).toHaveLength(2);
});

it('case 50: balance, history and copies agree where the object dies after its commit and D1 fails meanwhile', async () => {
  const code = await made(CARD);
  let fault: Fault = 'lost before';
  ({ restore } = withFaults(() => fault));
  const spend = (key: string) =>
    ask('POST', `/v1/vouchers/${code}/redemption`, { ...ORDER, gift: { credits: 300 } }, { 'Idempotency-Key': key });
  const keys = [1, 2, 3].map((at) => `${code} ${at}`);
  const first = await Promise.all(keys.map(spend));
  const stub = () =>
    env.CODES.get(env.CODES.idFromName(objectOf(shop.id, code))) as unknown as DurableObjectStub<never>;
  await runInDurableObject(stub(), async (_: unknown, state: DurableObjectState) => {
    await state.storage.sync();
    state.abort('crash');
  }).catch(() => {});
  const again = await Promise.all(keys.map(spend));
  expect(again.map(({ body }) => body.id)).toEqual(first.map(({ body }) => body.id));
  const { gift } = (await ask('GET', `/v1/vouchers/${code}`)).body;
  expect(gift).toMatchObject({ amount: 2_500, balance: 1_600 });
  fault = 'none';
  await runDurableObjectAlarm(stub());
  const ids = first.map(({ body }) => body.id).sort();
  const copies = await eventually(async () => {
    const { results } = await env.DB.prepare(
      'SELECT redemption FROM redemption WHERE shop = ? AND redemption IN (?, ?, ?)',
    )
      .bind(shop.id, ...ids)
      .all<{ redemption: string }>();
    return results.length === 3 ? results.map(({ redemption }) => redemption).sort() : null;
  }, 8_000);
  expect(copies).toEqual(ids);
});
