/** Validation rules of voucher clients: kept as they were written, and held against every redemption of what they are assigned to. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, makeShop, newUser, type TestShop } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });
}

const RULES = '/v1/validation-rules';
const OVER_FIFTY = { '1': { name: 'order.amount', conditions: { $more_than: [5000] } }, logic: '1' };
const PLAIN = { name: 'Over fifty', rules: OVER_FIFTY, error: { message: 'Spend a little more.' } };
const VOUCHER = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1000 } };

async function rule(about: object = {}): Promise<string> {
  const made = await ask('POST', RULES, { ...PLAIN, ...about });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return made.body.id;
}

async function coupon(): Promise<string> {
  const code = `RULE/${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
  const made = await ask('POST', `/v1/vouchers/${encodeURIComponent(code)}`, VOUCHER);
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return code;
}

const assigned = (id: string, to: object) => ask('POST', `${RULES}/${id}/assignments`, to);
const redeem = (code: string, amount: number, more: object = {}) =>
  ask('POST', `/v1/vouchers/${encodeURIComponent(code)}/redemption`, { order: { amount }, ...more });

describe('a rule', () => {
  it('is made, read back as it was written, changed in part, and taken away', async () => {
    const made = await ask('POST', RULES, PLAIN);
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^val_/),
      ...PLAIN,
      type: 'expression',
      context_type: 'global',
      created_at: expect.any(String),
      updated_at: null,
      object: 'validation_rules',
    });
    const at = `${RULES}/${made.body.id}`;
    expect((await ask('GET', at)).body).toEqual({ ...made.body, assignments_count: 0 });
    const changed = await ask('PUT', at, { name: 'Renamed' });
    expect(changed.body).toEqual({ ...made.body, name: 'Renamed', updated_at: expect.any(String) });
    expect((await ask('DELETE', at)).status).toBe(204);
    for (const answer of [await ask('GET', at), await ask('PUT', at, {}), await ask('DELETE', at)])
      expect([answer.status, answer.body.key]).toEqual([404, 'resource_not_found']);
  });

  it.each([
    [{ '1': { name: 'order.weather', conditions: { $is: ['sun'] } }, logic: '1' }, 'rules.1.name'],
    [{ '1': { name: 'order.amount', conditions: { $more_than: ['much'] } }, logic: '1' }, 'rules.1.conditions'],
    [{ '1': { name: 'order.amount', conditions: { $more_than: [1] } }, logic: '1 AND 2' }, 'rules.logic'],
    [{ '1': 'always', logic: '1' }, 'rules.1'],
  ])('that asks for what nobody knows here is refused, and the place is named: %j', async (rules, field) => {
    const answer = await ask('POST', RULES, { name: 'X', rules });
    expect([answer.status, answer.body.key]).toEqual([400, 'invalid_payload']);
    expect(answer.body.details).toContain(field);
    const id = await rule();
    expect((await ask('PUT', `${RULES}/${id}`, { rules })).body.details).toContain(field);
    expect((await ask('GET', `${RULES}/${id}`)).body.rules).toEqual(OVER_FIFTY);
  });

  it('is made once per Idempotency-Key, and another body under that key is refused', async () => {
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await ask('POST', RULES, PLAIN, headers);
    expect((await ask('POST', RULES, PLAIN, headers)).body).toEqual(first.body);
    const other = await ask('POST', RULES, { ...PLAIN, name: 'Y' }, headers);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
  });

  it('is listed, the last made first, page by page', async () => {
    const own = await makeShop();
    const keys = { 'X-App-Id': own.id, 'X-App-Token': own.keys.secret };
    for (const name of ['A', 'B', 'C']) await call('POST', RULES, { ...PLAIN, name }, keys);
    const names = async (query: string) => {
      const { body } = await call('GET', `${RULES}?${query}`, undefined, keys);
      return [body.total, body.data.map(({ name }: { name: string }) => name)];
    };
    expect(await names('limit=2')).toEqual([3, ['C', 'B']]);
    expect(await names('limit=2&page=2')).toEqual([3, ['A']]);
  });
});

describe('a rule by itself', () => {
  it('is asked whether it holds, and makes nobody a customer', async () => {
    const [id, user] = [await rule(), newUser()];
    const ask = (amount: number) =>
      call(
        'POST',
        `${RULES}/${id}/validation`,
        { customer: { source_id: user }, order: { amount } },
        {
          'X-App-Id': shop.id,
          'X-App-Token': shop.keys.secret,
        },
      );
    expect((await ask(5001)).body).toMatchObject({ valid: true, rule_id: id, applicable_to: { total: 0 } });
    expect((await ask(5000)).body).toMatchObject({ valid: false, rule_id: id });
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).status).toBe(404);
  });
});

describe('an assignment', () => {
  it('has a rule guard a voucher, with the merchant’s own words, until it is taken away', async () => {
    const [id, code] = [await rule(), await coupon()];
    const made = await assigned(id, { voucher: code });
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^asgm_/),
      rule_id: id,
      related_object_type: 'voucher',
      object: 'validation_rules_assignment',
    });
    const refused = await redeem(code, 5000);
    expect([refused.body.key, refused.body.error]).toEqual([
      'order_rules_violated',
      { message: 'Spend a little more.' },
    ]);
    expect((await redeem(code, 5001)).status).toBe(200);
    const at = `${RULES}/${id}/assignments/${made.body.id}`;
    expect((await ask('DELETE', at)).status).toBe(204);
    expect((await ask('DELETE', at)).body.key).toBe('resource_not_found');
    expect((await redeem(code, 1)).status).toBe(200);
  });

  it('of a rule for the holder alone keeps everybody else away', async () => {
    const [code, owner, thief] = [await coupon(), { source_id: newUser() }, { source_id: newUser() }];
    const rules = {
      '1': { name: 'publication.redeemable_by_linked_customer', conditions: { $is: [true] } },
      logic: '1',
    };
    await assigned(await rule({ rules }), { voucher: code });
    await ask('POST', '/v1/publications', { voucher: code, customer: owner });
    expect((await redeem(code, 100, { customer: thief })).body.key).toBe('customer_rules_violated');
    expect((await redeem(code, 100, { customer: owner })).status).toBe(200);
  });

  it('of the same rule to the same voucher is one', async () => {
    const [id, code] = [await rule(), await coupon()];
    const [first, again] = [await assigned(id, { voucher: code }), await assigned(id, { voucher: code })];
    expect(again.body).toEqual(first.body);
    expect((await ask('GET', `${RULES}/${id}`)).body.assignments_count).toBe(1);
  });

  it('of several rules at once leaves none out', async () => {
    const code = await coupon();
    const amounts = [1000, 2000, 3000, 4000];
    const ids = await Promise.all(
      amounts.map((amount) =>
        rule({ rules: { '1': { name: 'order.amount', conditions: { $is_not: [amount] } }, logic: '1' } }),
      ),
    );
    const answers = await Promise.all(ids.map((id) => assigned(id, { voucher: code })));
    expect(answers.map(({ status }) => status)).toEqual(amounts.map(() => 200));
    for (const amount of amounts) expect((await redeem(code, amount)).body.key).toBe('order_rules_violated');
    expect((await redeem(code, 5000)).status).toBe(200);
  });

  it('to a campaign guards the codes that were given out before', async () => {
    const name = `C ${crypto.randomUUID()}`;
    const voucher = { ...VOUCHER, code_config: { pattern: 'RULED-##########' } };
    const campaign = await ask('POST', '/v1/campaigns', { name, type: 'AUTO_UPDATE', voucher });
    const customer = { source_id: newUser() };
    const given = await ask('POST', '/v1/publications', { campaign: { name }, customer });
    const { code } = given.body.voucher;
    const id = await rule({
      rules: { '1': { name: 'customer.metadata', property: 'level', conditions: { $is: ['gold'] } }, logic: '1' },
    });
    const made = await assigned(id, { campaign: name });
    expect(made.body).toMatchObject({ related_object_id: campaign.body.id, related_object_type: 'campaign' });
    expect((await redeem(code, 100, { customer })).body.key).toBe('customer_rules_violated');
    await ask('PUT', `/v1/customers/${customer.source_id}`, { metadata: { level: 'gold' } });
    expect((await redeem(code, 100, { customer })).status).toBe(200);
  });

  it('of a voucher that was deleted can be taken away all the same', async () => {
    const [id, code] = [await rule(), await coupon()];
    const { body } = await assigned(id, { voucher: code });
    await ask('DELETE', `/v1/vouchers/${encodeURIComponent(code)}`);
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const remove = () => ask('DELETE', `${RULES}/${id}/assignments/${body.id}`, undefined, headers);
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
    expect((await ask('GET', `${RULES}/${id}/assignments`)).body.total).toBe(0);
  });

  it('is listed by its rule, by what it guards, and among all', async () => {
    const own = await makeShop();
    const keys = { 'X-App-Id': own.id, 'X-App-Token': own.keys.secret };
    const made = async (path: string, body: object) => (await call('POST', path, body, keys)).body;
    const [one, two] = [await made(RULES, PLAIN), await made(RULES, PLAIN)];
    const [first, second] = [await made('/v1/vouchers/', VOUCHER), await made('/v1/vouchers/', VOUCHER)];
    const all = [
      await made(`${RULES}/${one.id}/assignments`, { voucher: first.code }),
      await made(`${RULES}/${one.id}/assignments`, { voucher: second.code }),
      await made(`${RULES}/${two.id}/assignments`, { voucher: second.code }),
    ];
    const idsAt = async (path: string) => {
      const { body } = await call('GET', path, undefined, keys);
      expect(body).toMatchObject({ object: 'list', data_ref: 'data', total: body.data.length });
      return new Set(body.data.map(({ id }: { id: string }) => id));
    };
    const ids = (...places: number[]) => new Set(places.map((place) => all[place].id));
    expect(await idsAt('/v1/validation-rules-assignments')).toEqual(ids(0, 1, 2));
    expect(await idsAt(`/v1/validation-rules-assignments?rule=${two.id}`)).toEqual(ids(2));
    expect(await idsAt(`/v1/validation-rules-assignments?related_object_id=${second.id}`)).toEqual(ids(1, 2));
    expect(await idsAt(`${RULES}/${one.id}/assignments`)).toEqual(ids(0, 1));
    await call('DELETE', `${RULES}/${one.id}`, undefined, keys);
    expect(await idsAt('/v1/validation-rules-assignments')).toEqual(ids(2));
  });

  it.each([
    [{}, 400, 'invalid_payload'],
    [{ voucher: 'A', campaign: 'B' }, 400, 'invalid_payload'],
    [{ promotion_tier: 'promo_1' }, 400, 'invalid_payload'],
    [{ voucher: 'NOBODY-MADE-IT' }, 404, 'not_found'],
    [{ campaign: 'Nobody made it' }, 404, 'resource_not_found'],
  ])('that cannot be is refused: %j', async (to, status, key) => {
    const answer = await assigned(await rule(), to);
    expect([answer.status, answer.body.key]).toEqual([status, key]);
  });
});
