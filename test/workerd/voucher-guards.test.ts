/** Rules that are named where vouchers and campaigns are made and changed; and changes of one thing by many at once. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, makeShop, newUser, type TestShop } from './shop.ts';
import { newCode } from './vouchers-given.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });
}

async function done(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
  const answer = await ask(method, path, body, more);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

const RULES = '/v1/validation-rules';
const discount = { type: 'AMOUNT', amount_off: 1000 };
const COUPON = { type: 'DISCOUNT_VOUCHER', discount };
const CAMPAIGN = { type: 'AUTO_UPDATE', voucher: { ...COUPON, code_config: { pattern: 'GUARDED-##########' } } };

async function not(amount: number): Promise<string> {
  const rules = { '1': { name: 'order.amount', conditions: { $is_not: [amount] } }, logic: '1' };
  return (await done('POST', RULES, { name: `Not ${amount}`, rules })).id;
}

const makeVoucher = (validation_rules: unknown, code = newCode()) =>
  ask('POST', `/v1/vouchers/${code}`, { ...COUPON, validation_rules });
const makeCampaign = (validation_rules: unknown, name = newCode()) =>
  ask('POST', '/v1/campaigns', { ...CAMPAIGN, name, validation_rules });
const redeem = (code: string, amount: number) => ask('POST', `/v1/vouchers/${code}/redemption`, { order: { amount } });
const outcome = async (code: string, amounts: number[]) =>
  Promise.all(amounts.map(async (amount) => (await redeem(code, amount)).body.key ?? 'redeemed'));
const named = (view: { validation_rules_assignments: { data: { rule_id: string }[] } }) =>
  view.validation_rules_assignments.data.map(({ rule_id }) => rule_id).toSorted();
const listedFor = async (id: string) =>
  (await done('GET', `/v1/validation-rules-assignments?related_object_id=${id}`)).data
    .map(({ rule_id }: { rule_id: string }) => rule_id)
    .toSorted();

const BROKEN = 'order_rules_violated';

describe('a voucher that is made with rules', () => {
  it('is guarded by them from the start, each once, shows them, and lists them as assigned', async () => {
    const [one, other] = [await not(1000), await not(2000)];
    const { body } = await makeVoucher([one, other, one]);
    expect([named(body), await listedFor(body.id)]).toEqual([[one, other].toSorted(), [one, other].toSorted()]);
    expect(await outcome(body.code, [1000, 2000, 3000])).toEqual([BROKEN, BROKEN, 'redeemed']);
    expect(named(await done('GET', `/v1/vouchers/${body.code}`))).toEqual(named(body));
  });

  it('INV-2: made again under its key is the same, and rules that were taken off meanwhile stay off', async () => {
    const [rule, code, key] = [await not(1000), newCode(), { 'Idempotency-Key': crypto.randomUUID() }];
    const make = () => done('POST', `/v1/vouchers/${code}`, { ...COUPON, validation_rules: [rule] }, key);
    const first = await make();
    expect(await make()).toEqual(first);
    await done('PUT', `/v1/vouchers/${code}`, { validation_rules: [] });
    expect(named(await make())).toEqual([]);
    expect([await listedFor(first.id), await outcome(code, [1000])]).toEqual([[], ['redeemed']]);
  });

  it('by PUT has those alone that are named, whoever holds it; where none are named they stay', async () => {
    const [one, other] = [await not(1000), await not(2000)];
    const { code, id } = (await makeVoucher([one])).body;
    await done('POST', '/v1/publications', { voucher: code, customer: { source_id: newUser() } });
    expect(named(await done('PUT', `/v1/vouchers/${code}`, { validation_rules: [other] }))).toEqual([other]);
    expect([await listedFor(id), await outcome(code, [1000, 2000])]).toEqual([[other], ['redeemed', BROKEN]]);
    const read = await done('PUT', `/v1/vouchers/${code}`, { metadata: { a: 1 } });
    expect(named(read)).toEqual([other]);
    const { validation_rules_assignments } = read;
    expect(named(await done('PUT', `/v1/vouchers/${code}`, { validation_rules_assignments }))).toEqual([other]);
    const turned = { validation_rules_assignments: { ...validation_rules_assignments, data: [{ rule_id: one }] } };
    expect((await ask('PUT', `/v1/vouchers/${code}`, turned)).body.key).toBe('invalid_payload');
  });
});

describe('a campaign that is made with rules', () => {
  it('guards its codes by them, and by PUT by others, those included that were given out', async () => {
    const [one, other] = [await not(1000), await not(2000)];
    const { body } = await makeCampaign([one]);
    expect([named(body), await listedFor(body.id)]).toEqual([[one], [one]]);
    const asked = { campaign: { name: body.name }, customer: { source_id: newUser() } };
    const { code } = (await done('POST', '/v1/publications', asked)).voucher;
    expect(await outcome(code, [1000])).toEqual([BROKEN]);
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const change = () => done('PUT', `/v1/campaigns/${body.id}`, { validation_rules: [other] }, key);
    expect(named(await change())).toEqual([other]);
    expect([await listedFor(body.id), await outcome(code, [1000, 2000])]).toEqual([[other], ['redeemed', BROKEN]]);
    await done('PUT', `/v1/campaigns/${body.id}`, { validation_rules: [] });
    // told again, the first of both changes is not done again
    await change();
    expect(named(await done('GET', `/v1/campaigns/${body.id}`))).toEqual([]);
  });
});

describe('rules that cannot be', () => {
  it.each([
    ['val_nobody', 400],
    [['val_nobody'], 404],
    [[1], 400],
    [[''], 400],
    [{ id: 'val_1' }, 400],
    [Array.from({ length: 21 }, (_, at) => `val_${at}`), 400],
  ])('are refused, and nothing is made or changed: %j', async (rules, status) => {
    const [code, name] = [newCode(), newCode()];
    const before = (await makeVoucher(undefined)).body;
    const answers = [
      await makeVoucher(rules, code),
      await makeCampaign(rules, name),
      await ask('PUT', `/v1/vouchers/${before.code}`, { validation_rules: rules, metadata: { changed: true } }),
    ];
    const key = status === 404 ? 'resource_not_found' : 'invalid_payload';
    expect(answers.map((answer) => [answer.status, answer.body.key])).toEqual(answers.map(() => [status, key]));
    expect((await ask('GET', `/v1/vouchers/${code}`)).status).toBe(404);
    expect((await ask('GET', `/v1/campaigns/${name}`)).status).toBe(404);
    expect(await done('GET', `/v1/vouchers/${before.code}`)).toEqual(before);
  });
});

describe('a change that is refused', () => {
  it('INV-14: leaves the rules as they were, of a voucher and of a campaign', async () => {
    const [one, other] = [await not(1000), await not(2000)];
    const begins = { start_date: '2040-01-02T00:00:00Z', validation_rules: [one] };
    const code = newCode();
    const made = await done('POST', `/v1/vouchers/${code}`, { ...COUPON, ...begins });
    const all = await done('POST', '/v1/campaigns', { ...CAMPAIGN, name: newCode(), ...begins });
    for (const [path, id] of [
      [`/v1/vouchers/${code}`, made.id],
      [`/v1/campaigns/${all.id}`, all.id],
    ]) {
      const wanted = { expiration_date: '2040-01-01T00:00:00Z', validation_rules: [other] };
      const refused = await ask('PUT', path, wanted);
      expect([refused.status, refused.body.key], path).toEqual([400, 'invalid_payload']);
      expect([await listedFor(id), named(await done('GET', path))], path).toEqual([[one], [one]]);
    }
  });
});

describe('changes by many at once', () => {
  const TEN = Array.from({ length: 10 }, (_, at) => `k${at}`);
  const whole = Object.fromEntries(TEN.map((name) => [name, true]));

  it.each(['nobody holds', 'somebody holds'])('of the metadata of a voucher that %s are all kept', async (who) => {
    const { code } = (await makeVoucher(undefined)).body;
    if (who === 'somebody holds')
      await done('POST', '/v1/publications', { voucher: code, customer: { source_id: newUser() } });
    await Promise.all(TEN.map((name) => done('PUT', `/v1/vouchers/${code}`, { metadata: { [name]: true } })));
    expect((await done('GET', `/v1/vouchers/${code}`)).metadata).toEqual(whole);
  });

  it('of the metadata of a campaign are all kept', async () => {
    const { id } = (await makeCampaign(undefined)).body;
    await Promise.all(TEN.map((name) => done('PUT', `/v1/campaigns/${id}`, { metadata: { [name]: true } })));
    expect((await done('GET', `/v1/campaigns/${id}`)).metadata).toEqual(whole);
  });

  it.each(['vouchers', 'campaigns'])('of the dates of %s never leave one that ends before it starts', async (kind) => {
    const { body } = kind === 'vouchers' ? await makeVoucher(undefined) : await makeCampaign(undefined);
    const at = `/v1/${kind}/${kind === 'vouchers' ? body.code : body.id}`;
    const [start_date, expiration_date] = ['2031-06-02T00:00:00.000Z', '2031-06-01T00:00:00.000Z'];
    const both = await Promise.all([ask('PUT', at, { start_date }), ask('PUT', at, { expiration_date })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect(both.find(({ status }) => status === 400)?.body).toMatchObject({
      key: 'invalid_payload',
      details: 'expiration_date must be after start_date',
    });
    const dates = await done('GET', at);
    expect([dates.start_date, dates.expiration_date].filter((date) => date !== null)).toHaveLength(1);
  });

  it('of a rule keep what each of them said, and bring none back that was taken away', async () => {
    const id = await not(1000);
    const said = [{ name: 'Renamed' }, { error: { message: 'Sorry.' } }, { context_type: 'voucher.discount' }];
    await Promise.all(said.map((one) => done('PUT', `${RULES}/${id}`, one)));
    expect(await done('GET', `${RULES}/${id}`)).toMatchObject(Object.assign({}, ...said));
    const [gone] = await Promise.all([
      ask('DELETE', `${RULES}/${id}`),
      ...said.map((one) => ask('PUT', `${RULES}/${id}`, one)),
    ]);
    expect([gone.status, (await ask('GET', `${RULES}/${id}`)).status]).toEqual([204, 404]);
  });

  it('of metadata that are joined again and again have an end', async () => {
    const { code } = (await makeVoucher(undefined)).body;
    const long = 'x'.repeat(40_000);
    await done('PUT', `/v1/vouchers/${code}`, { metadata: { a: long } });
    const refused = await ask('PUT', `/v1/vouchers/${code}`, { metadata: { b: long } });
    expect([refused.status, refused.body.key]).toEqual([400, 'invalid_payload']);
    expect((await done('GET', `/v1/vouchers/${code}`)).metadata).toEqual({ a: long });
  });

  it('of rules, by PUT and by assigning, leave what is listed and what is named the same', async () => {
    const rules = await Promise.all([1000, 2000, 3000, 4000].map(not));
    const { code, id } = (await makeVoucher([rules[0]])).body;
    const [, a, b, c] = rules;
    const answers = await Promise.all([
      ask('POST', `${RULES}/${a}/assignments`, { voucher: code }),
      ask('PUT', `/v1/vouchers/${code}`, { validation_rules: [b] }),
      ask('POST', `${RULES}/${c}/assignments`, { voucher: code }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const listed = await listedFor(id);
    expect(listed).toContain(b);
    expect(named(await done('GET', `/v1/vouchers/${code}`))).toEqual(listed);
  });
});
