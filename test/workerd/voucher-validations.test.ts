/** Validations that servers make in somebody's name are told to that customer's journal, once each; all others write nothing. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { customersOf } from '../../worker/customers/stubs.ts';
import { type Answer, call, makeShop, newUser, type TestShop, track } from './shop.ts';
import { newCode } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> =>
  call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });

const ORDER = { order: { source_id: 'o-1', amount: 5_000 } };
const COUPON = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 500 } };

async function coupon(more: object = {}): Promise<{ id: string; code: string }> {
  const { status, body } = await ask('POST', `/v1/vouchers/${newCode()}`, { ...COUPON, ...more });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

async function somebody(): Promise<string> {
  const user = newUser();
  await shop.batch(track(user, 'Before'));
  return user;
}

const timeline = async (user: string) =>
  (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=100`)).body.items;
const told = async (user: string) =>
  (await timeline(user)).filter(({ name }: { name: string }) => name.startsWith('Voucher Validat'));

const AMOUNTS = { amount_minor: 5_000, total_minor: 4_500, discount_minor: 500 };
const APPLICABLE = { status: 'applicable', credits_minor: null };

describe('INV-2: a validation in a customer’s name', () => {
  it('is told to them with what the code would do, once per Idempotency-Key', async () => {
    const [user, { id, code }] = [await somebody(), await coupon()];
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const asked = { ...ORDER, customer: { source_id: user } };
    const answers = [1, 2].map(() => ask('POST', `/v1/vouchers/${code}/validate`, asked, key));
    expect((await Promise.all(answers)).map(({ body }) => body.valid)).toEqual([true, true]);
    const rows = await told(user);
    expect(rows.map(({ name, properties }: { name: string; properties: object }) => [name, properties])).toEqual([
      [
        'Voucher Validated',
        {
          ...{ validation_id: expect.stringMatching(/^valid_[A-Za-z0-9]{20}$/), order_id: 'o-1', currency: 'EUR' },
          ...{ voucher_id: id, code, campaign_id: null, kept: false },
          ...{ ...AMOUNTS, ...APPLICABLE },
        },
      ],
    ]);
    await ask('POST', `/v1/vouchers/${code}/validate`, asked);
    expect(await told(user)).toHaveLength(2);
  });

  it('that comes to nothing is told with its reason, of an unknown code as of a known one', async () => {
    const [user, { id, code }] = [await somebody(), await coupon({ active: false })];
    const [customer, unknown] = [{ source_id: user }, newCode()];
    await ask('POST', `/v1/vouchers/${code}/validate`, { customer });
    await ask('POST', `/v1/vouchers/${unknown}/validate`, { customer });
    const about = { validation_id: expect.any(String), order_id: null, currency: 'EUR', kept: false };
    const none = { campaign_id: null, status: 'inapplicable' };
    expect((await told(user)).map(({ name, properties }: Record<string, object>) => [name, properties])).toEqual([
      ['Voucher Validation Failed', { ...about, ...none, voucher_id: null, code: unknown, reason: 'not_found' }],
      ['Voucher Validation Failed', { ...about, ...none, voucher_id: id, code, reason: 'voucher_disabled' }],
    ]);
  });

  it('of several is told as one, and in Voucherify’s words to its clients', async () => {
    const [user, one, other] = [await somebody(), await coupon(), await coupon({ redemption: { quantity: 1 } })];
    const customer = { source_id: user };
    const redeemables = [one, other].map(({ code }) => ({ object: 'voucher', id: code }));
    const lock = (key: string) => ({ ...ORDER, customer, redeemables, session: { type: 'LOCK', key } });
    expect((await ask('POST', '/v1/validations', lock('mine'))).body.valid).toBe(true);
    expect((await ask('POST', '/v1/validations', lock('other'))).body.valid).toBe(false);
    const { data } = (await ask('GET', `/v1/customers/${user}/activity?limit=2`)).body;
    const words = ({ voucher_id, code, status, reason }: Record<string, unknown>) => ({
      ...{ voucher_id, code, status },
      ...(reason === undefined ? {} : { reason }),
    });
    const shown = data.map((item: { type: string; data: Record<string, unknown> }) => [
      item.type,
      item.data.kept,
      item.data.reason,
      (item.data.redeemables as Record<string, unknown>[]).map(words),
    ]);
    const at = ({ id, code }: { id: string; code: string }) => ({ voucher_id: id, code });
    expect(shown).toEqual([
      [
        'customer.validation.failed',
        false,
        'quantity_exceeded',
        [
          { ...at(one), status: 'skipped' },
          { ...at(other), status: 'inapplicable', reason: 'quantity_exceeded' },
        ],
      ],
      [
        'customer.validation.succeeded',
        true,
        undefined,
        [one, other].map((each) => ({ ...at(each), status: 'applicable' })),
      ],
    ]);
  });

  it('writes one row of the journal, however often somebody validated before', async () => {
    const [user, { code }] = [await somebody(), await coupon()];
    const customer = { source_id: user };
    const written = async () => {
      await ask('POST', `/v1/vouchers/${code}/validate`, { ...ORDER, customer });
      const { id } = (await ask('GET', `/v1/customers/${user}`)).body;
      const stub = customersOf(env, shop.id, id) as unknown as DurableObjectStub;
      return runInDurableObject(stub, (_: unknown, { storage }: DurableObjectState) =>
        Number(storage.sql.exec('SELECT count(*) AS n FROM journal WHERE customer = ?', id).one().n),
      );
    };
    const counts: number[] = [];
    for (let time = 0; time < 4; time += 1) counts.push(await written());
    expect(counts.map((count) => count - (counts[0] ?? 0))).toEqual([0, 1, 2, 3]);
  });
});

describe('INV-13: nothing is written by a validation', () => {
  it('that names nobody, or is malformed', async () => {
    const [user, { code }] = [await somebody(), await coupon()];
    const before = (await timeline(user)).length;
    const customer = { source_id: user };
    const twice = [code, code].map((id) => ({ object: 'voucher', id }));
    expect((await ask('POST', `/v1/vouchers/${code}/validate`, ORDER)).body.valid).toBe(true);
    const refused = await ask('POST', '/v1/validations', { ...ORDER, customer, redeemables: twice });
    expect(refused.body.key).toBe('duplicated_redeemables');
    const nobody = await ask('POST', `/v1/vouchers/${code}/validate`, { customer: { id: 'cus_nobody' } });
    expect(nobody.body.key).toBe('invalid_customer');
    expect((await timeline(user)).length).toBe(before);
  });

  it('of a page, a qualification or a wallet, whoever they are of', async () => {
    const [user, { code }] = [await somebody(), await coupon()];
    const customer = { source_id: user };
    const before = (await timeline(user)).length;
    const page = {
      'X-Client-Application-Id': shop.id,
      'X-Client-Token': shop.keys.publishable,
    };
    const redeemables = [{ object: 'voucher', id: code }];
    const asked = { ...ORDER, customer, redeemables };
    const answers = [
      await call('POST', '/client/v1/validations', asked, page),
      await ask('POST', '/v1/qualifications', { ...ORDER, customer, scenario: 'ALL' }),
      await ask('GET', `/v1/customers/${user}/redeemables`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await timeline(user)).length).toBe(before);
  });
});
