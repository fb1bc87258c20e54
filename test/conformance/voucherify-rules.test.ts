/** Voucherify's own clients, unmodified, keep rules, ask what somebody could use, and tell what somebody did. */
import { randomUUID } from 'node:crypto';
import { VoucherifyClientSide, VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { eventually, openShop, type StoryShop } from '../stories/client.ts';

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

const OVER_FIFTY = { '1': { name: 'order.amount', conditions: { $more_than: [5000] } }, logic: '1' };
const RULE = { name: 'Over fifty', error: { message: 'Spend a little more.' }, rules: OVER_FIFTY };
const ORDER = { order: { amount: 5000 } };

async function coupon(amount_off = 1000): Promise<string> {
  const discount = { type: 'AMOUNT' as never, amount_off };
  return (await client.vouchers.create({ code: `RULE/${randomUUID()}`, type: 'DISCOUNT_VOUCHER', discount })).code;
}

it('makes, reads, changes, lists and takes away rules', async () => {
  const made = await client.validationRules.create(RULE);
  expect(made).toMatchObject({ ...RULE, object: 'validation_rules' });
  const changed = await client.validationRules.update({ id: made.id, name: 'Renamed' });
  expect(changed).toMatchObject({ id: made.id, name: 'Renamed', rules: OVER_FIFTY });
  expect(await client.validationRules.get(made.id)).toMatchObject({ name: 'Renamed', assignments_count: 0 });
  const asked = (amount: number) => client.validationRules.validate(made.id, { order: { amount } });
  expect([await asked(5001), await asked(5000)]).toMatchObject([{ valid: true, rule_id: made.id }, { valid: false }]);
  const { data, total } = await client.validationRules.list({ limit: 100, page: 1 });
  expect({ total, ids: data.map(({ id }) => id) }).toEqual({
    total: data.length,
    ids: expect.arrayContaining([made.id]),
  });
  await client.validationRules.delete(made.id);
  await expect(client.validationRules.get(made.id)).rejects.toMatchObject({ code: 404, key: 'resource_not_found' });
  const unknown = { name: 'X', rules: { '1': { name: 'order.weather', conditions: { $is: ['sun'] } }, logic: '1' } };
  await expect(client.validationRules.create(unknown)).rejects.toMatchObject({
    code: 400,
    key: 'invalid_payload',
    details: expect.stringContaining('rules.1.name'),
  });
});

it('assigns rules, and is refused by them with the merchant’s words', async () => {
  const [rule, code] = [await client.validationRules.create(RULE), await coupon()];
  const made = await client.validationRules.createAssignment(rule.id, { voucher: code });
  expect(made).toMatchObject({
    rule_id: rule.id,
    related_object_type: 'voucher',
    object: 'validation_rules_assignment',
  });
  await expect(client.redemptions.redeem(code, ORDER)).rejects.toMatchObject({
    key: 'order_rules_violated',
    error: { message: 'Spend a little more.' },
  });
  expect((await client.validationRules.listAssignments(rule.id)).data).toEqual([made]);
  const all = await client.validationRules.listRulesAssignments({
    related_object_id: made.related_object_id as string,
  });
  expect(all).toMatchObject({ total: 1, data: [{ id: made.id }] });
  await client.validationRules.deleteAssignment(rule.id, made.id);
  expect((await client.redemptions.redeem(code, ORDER)).result).toBe('SUCCESS');
});

it('asks what a customer could use, in the new shape and in the old ones', async () => {
  const source_id = `u-${randomUUID()}`;
  const codes = [await coupon(100), await coupon(900)];
  for (const voucher of codes)
    await client.distributions.publications.create({ voucher, customer: { source_id }, channel: 'test' } as never);
  const asked = { customer: { source_id }, order: { amount: 5000 } } as never;
  const options = { limit: 5, sorting_rule: 'BEST_DEAL' as const };
  const own = await client.qualifications.checkEligibility({
    ...(asked as object),
    scenario: 'CUSTOMER_WALLET',
    options,
  });
  expect(own.redeemables).toMatchObject({ object: 'list', total: 2, has_more: false });
  expect(own.redeemables.data.map(({ id }) => id)).toEqual(codes.toReversed());
  const vouchers = await client.vouchers.qualifications.examine(asked, { limit: 100 });
  expect(vouchers.data?.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
  const name = `Pool ${randomUUID()}`;
  const discount = { type: 'AMOUNT' as never, amount_off: 100 };
  const voucher = { type: 'DISCOUNT_VOUCHER', discount, code_config: { pattern: 'POOL-########' } };
  await client.campaigns.create({ name, campaign_type: 'DISCOUNT_COUPONS', type: 'AUTO_UPDATE', voucher } as never);
  const campaigns = await eventually(async () => {
    const found = await client.campaigns.qualifications.examine(asked, { limit: 100 });
    return found.data.some((one) => one.name === name) ? found : null;
  });
  expect(campaigns).toMatchObject({ object: 'list', data_ref: 'data' });
  // a page claims to be the customer, and is shown nothing that they hold
  const shown = await page().qualifications({ ...(asked as object), options: { limit: 50 } });
  expect(shown.redeemables.data.filter(({ id }) => codes.includes(id))).toEqual([]);
});

it('tells what a customer did, as a server and as a page, and reads what is known of it', async () => {
  const source_id = `u-${randomUUID()}`;
  const event = `review_left_${randomUUID()}`;
  const told = await client.events.create(event, { event, customer: { source_id }, metadata: { stars: 5 } });
  expect(told).toMatchObject({ object: 'event', type: event });
  expect(await page().track(event, { source_id }, { stars: 4 })).toMatchObject({ object: 'event', type: event });
  const { data } = await client.customers.listActivity(source_id, { type: 'customer.custom_event' });
  expect(data).toHaveLength(2);
  const schema = await eventually(async () => client.metadataSchemas.get(event).catch(() => null));
  expect(schema).toMatchObject({ related_object: 'custom_event', properties: { stars: { type: 'number' } } });
  const { schemas } = await client.metadataSchemas.list();
  expect(schemas.map(({ related_object }) => related_object)).toEqual(expect.arrayContaining(['customer', 'voucher']));
});

it('hears how many requests are left', async () => {
  await client.validationRules.list();
  expect(client.apiLimitsHandler.areLimitsAvailable()).toBe(true);
  expect(client.apiLimitsHandler.getRateLimit()).toBeGreaterThan(client.apiLimitsHandler.getRateLimitRemaining());
  expect(client.apiLimitsHandler.getRateLimitRemaining()).toBeGreaterThan(0);
});
