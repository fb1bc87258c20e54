/** Voucherify's own clients, unmodified: what is named where things are made, consents, what there is not, and every method by its address. */
import { randomUUID } from 'node:crypto';
import { VoucherifyClientSide, VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { openShop, type StoryShop } from '../stories/client.ts';

let shop: StoryShop;
let client: ReturnType<typeof VoucherifyServerSide>;
beforeAll(async () => {
  shop = await openShop();
  client = VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url });
});

function page() {
  return VoucherifyClientSide({
    clientApplicationId: shop.id,
    clientSecretKey: shop.keys.publishable,
    apiUrl: shop.url,
    origin: 'https://shop.example',
  });
}

const discount = { type: 'AMOUNT' as never, amount_off: 1000 };
const OVER_FIFTY = { '1': { name: 'order.amount', conditions: { $more_than: [5000] } }, logic: '1' };

it('makes vouchers and campaigns that rules guard from the start', async () => {
  const { id } = await client.validationRules.create({ name: 'Over fifty', rules: OVER_FIFTY });
  const voucher = { type: 'DISCOUNT_VOUCHER' as const, discount, validation_rules: [id] };
  const { code } = await client.vouchers.create({ ...voucher, code: `GUARDED/${randomUUID()} 50%` });
  const { validation_rules_assignments: shown } = await client.vouchers.get(code);
  expect([shown.total, shown.data?.map(({ rule_id }) => rule_id)]).toEqual([1, [id]]);
  await expect(client.redemptions.redeem(code, { order: { amount: 5000 } })).rejects.toMatchObject({
    key: 'order_rules_violated',
  });
  expect((await client.redemptions.redeem(code, { order: { amount: 5001 } })).result).toBe('SUCCESS');
  const about = { name: randomUUID(), voucher: { type: 'DISCOUNT_VOUCHER', discount }, validation_rules: [id] };
  const campaign = await client.campaigns.create(about as never);
  expect(campaign.validation_rules_assignments.data?.map(({ rule_id }) => rule_id)).toEqual([id]);
  expect(await client.validationRules.get(id)).toMatchObject({ assignments_count: 2 });
  await expect(client.vouchers.create({ ...voucher, validation_rules: ['val_nobody'] })).rejects.toMatchObject({
    code: 404,
    key: 'resource_not_found',
    resource_id: 'val_nobody',
  });
});

it('validates for a customer, to whom that is told', async () => {
  const source_id = `u-${randomUUID()}`;
  const { code } = await client.vouchers.create({ type: 'DISCOUNT_VOUCHER', discount });
  await client.validations.validateVoucher(code, { order: { amount: 5000 }, customer: { source_id } as never });
  const { data } = await client.customers.listActivity(source_id, { limit: 1 } as never);
  expect(data).toMatchObject([{ type: 'customer.validation.succeeded', data: { code, total_minor: 4000 } }]);
});

it('lists consents, and says what a customer consented to', async () => {
  const source_id = `u/${randomUUID()}`;
  await client.customers.create({ source_id, email: `${randomUUID()}@example.com` });
  const { consents, groups } = await client.consents.list();
  expect([consents.data.map(({ id }) => id), groups.total]).toEqual([['email', 'sms', 'push'], 0]);
  expect(await page().listConsents()).toEqual({ consents, groups });
  await client.customers.updateConsents(source_id, { email: true, sms: false });
  const ref = encodeURIComponent(`user:${source_id}`);
  const { body } = await shop.admin('GET', `/admin/v1/customers/${ref}`);
  const states = body.consents.map(({ state }: { state: string }) => state);
  expect(states).toEqual(['subscribed', 'unsubscribed', 'never_subscribed']);
  const unknown = client.customers.updateConsents(source_id, { fax: true });
  await expect(unknown).rejects.toMatchObject({ code: 400, key: 'invalid_payload' });
  // what a page merely claims changes nobody's consent
  await expect(page().updateConsents(source_id, { email: false })).rejects.toMatchObject({ code: 401 });
});

it('is told in its own shape what there is not here, and where it is instead', async () => {
  const missing = [
    () => client.loyalties.list(),
    () => client.products.get('a/b'),
    () => client.orders.create({ source_id: 'o' } as never),
    () => client.categories.list(),
    () => client.distributions.exports.list(),
    () => client.rewards.list(),
    () => client.promotions.tiers.listAll(),
  ];
  for (const asked of missing)
    await expect(asked()).rejects.toMatchObject({
      code: 501,
      key: 'not_supported',
      message: expect.any(String),
      details: expect.any(String),
    });
});

/** Names of methods that are no call of their own. */
const NO_CALLS = new Set(['constructor', 'request', 'client', 'apiLimitsHandler']);

function callsOf(side: object, name: string, seen = new Set<unknown>()): { name: string; call: () => unknown }[] {
  if (seen.has(side)) return [];
  seen.add(side);
  const own = [...Object.keys(side), ...Object.getOwnPropertyNames(Object.getPrototypeOf(side) ?? {})];
  return [...new Set(own)].flatMap((key) => {
    const value: unknown = Reflect.get(side, key);
    if (NO_CALLS.has(key) || key.startsWith('__')) return [];
    if (typeof value === 'object' && value !== null) return callsOf(value, `${name}.${key}`, seen);
    if (typeof value !== 'function' || Reflect.has(Object.prototype, key) || /CSV$|^setIdentity$/.test(key)) return [];
    const first = ['create', 'update', 'scroll'].includes(key)
      ? { id: 'a/b%1', source_id: 'a/b%1', code: 'a/b%1' }
      : 'a/b%1';
    const call = () => Reflect.apply(value, side, [first, {}, {}]);
    return [{ name: `${name}.${key}`, call }];
  });
}

it('has an answer of ours to every method of both clients, and never a bug', async () => {
  const calls = [...callsOf(client, 'server'), ...callsOf(page(), 'client')];
  expect(calls.length).toBeGreaterThan(120);
  const unanswered: unknown[] = [];
  for (const { name, call } of calls) {
    try {
      const told = call();
      await (Reflect.has(Object(told), 'next') ? (told as AsyncGenerator).next() : told);
    } catch (error) {
      const { code, key } = error as { code?: number; key?: string };
      // the client itself refuses some of what it is given here
      const isOwn = error instanceof Error && code === undefined && !('request_id' in error);
      if (!isOwn && (typeof code !== 'number' || typeof key !== 'string' || code === 500))
        unanswered.push([name, error]);
      if (isOwn && /status code/.test(error.message)) unanswered.push([name, error.message]);
    }
  }
  expect(unanswered).toEqual([]);
}, 120_000);
