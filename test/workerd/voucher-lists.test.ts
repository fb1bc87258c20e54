/** Lists as voucher clients ask for them: narrowed, in an order, page by page, with what they hold now. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { listUses } from '../../worker/projection/use-lists.ts';
import { listVouchers } from '../../worker/projection/voucher-lists.ts';
import { withFaults } from './faulty-copies.ts';
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });
}

async function done(method: string, path: string, body?: unknown) {
  const answer = await ask(method, path, body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

const at = (code: string, rest = '') => `/v1/vouchers/${encodeURIComponent(code)}${rest}`;
const newCode = () => `L-${crypto.randomUUID().slice(0, 18).toUpperCase()}`;
const TEN_OFF = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1000 } };

async function coupon(more: object = {}, code = newCode()): Promise<string> {
  return (await done('POST', at(code), { ...TEN_OFF, ...more })).code;
}

async function giftCard(more: object = {}): Promise<string> {
  return (await done('POST', at(newCode()), { type: 'GIFT_VOUCHER', gift: { amount: 2500 }, ...more })).code;
}

async function someone(): Promise<string> {
  const source_id = newUser();
  await shop.batch(track(source_id, 'Viewed'));
  return source_id;
}

const spend = (code: string, credits: number, more: object = {}) =>
  done('POST', at(code, '/redemption'), {
    order: { amount: credits, source_id: newCode() },
    gift: { credits },
    ...more,
  });

const query = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters)}`;

interface Coded {
  code: string;
}
async function codes(parameters: Record<string, string>): Promise<string[]> {
  const { vouchers } = await done('GET', `/v1/vouchers${query({ limit: '100', ...parameters })}`);
  return vouchers.map(({ code }: Coded) => code);
}

function expectError(answer: Answer, status: number, key: string): void {
  expect({ status: answer.status, key: answer.body.key }).toEqual({ status, key });
}

async function ready(id: string) {
  return eventually(async () => {
    const { body } = await ask('GET', `/v1/campaigns/${id}`);
    return body.vouchers_generation_status === 'DONE' ? body : null;
  }, 15_000);
}

describe('the list of vouchers', () => {
  it('has a voucher as soon as it was made, as it reads by itself', async () => {
    const category = newCode();
    const code = await coupon({ category, metadata: { spring: true } });
    const list = await done('GET', `/v1/vouchers${query({ category })}`);
    expect(list).toEqual({ object: 'list', data_ref: 'vouchers', vouchers: [await done('GET', at(code))], total: 1 });
  });

  it('has the one code of a standalone campaign, before and after it is used, and no more once the campaign is deleted', async () => {
    const voucher = { ...TEN_OFF, code: newCode() };
    const campaign = await done('POST', '/v1/campaigns', { name: newCode(), type: 'STANDALONE', voucher });
    expect(campaign).toMatchObject({ vouchers_count: 1 });
    const listed = async (by: Record<string, string>) => done('GET', `/v1/vouchers${query({ limit: '1', ...by })}`);
    const fresh = await done('GET', at(voucher.code));
    const ways = [{ campaign: campaign.name }, { campaign_id: campaign.id }, { code: voucher.code }];
    for (const by of ways) expect(await listed(by)).toMatchObject({ vouchers: [fresh], total: 1 });
    expect(await listed({ campaign_id: campaign.id, page: '2' })).toMatchObject({ vouchers: [], total: 1 });
    await done('POST', at(voucher.code, '/redemption'), { order: { amount: 5_000 } });
    await eventually(async () => {
      const { vouchers, total } = await listed({ campaign_id: campaign.id });
      return total === 1 && vouchers[0].redemption.redeemed_quantity === 1 ? true : null;
    });
    await ask('DELETE', `/v1/campaigns/${campaign.id}`);
    await eventually(async () => ((await listed({ code: voucher.code })).total === 0 ? true : null));
  });

  it('shows a write that says so, and later one that says it does not yet', async () => {
    const [category, code, source_id] = [newCode(), newCode(), await someone()];
    const made = await ask('POST', at(code), { ...TEN_OFF, category });
    expect(made.headers.get('x-projected')).toBe('true');
    let lost = true;
    const faults = withFaults(() => (lost ? 'lost before' : 'none'));
    const changed = await ask('PUT', at(code), { additional_info: 'late' });
    expect([changed.status, changed.headers.get('x-projected')]).toEqual([200, 'false']);
    const given = await ask('POST', '/v1/publications', { voucher: code, customer: { source_id } });
    expect([given.status, given.headers.get('x-projected')]).toEqual([200, 'false']);
    const after = await ask('PUT', at(code), { metadata: { held: true } });
    expect([after.status, after.headers.get('x-projected')]).toEqual([200, 'false']);
    lost = false;
    const now = await done('GET', at(code));
    await eventually(async () => {
      const { vouchers } = await done('GET', `/v1/vouchers${query({ category })}`);
      return vouchers[0]?.holder_id === given.body.customer_id && vouchers[0]?.metadata.held === true ? true : null;
    }, 10_000);
    faults.restore();
    expect((await done('GET', `/v1/vouchers${query({ category })}`)).vouchers).toEqual([now]);
  });

  it('INV-2: has one voucher for one Idempotency-Key, and another body under it is refused', async () => {
    const [category, key] = [newCode(), { 'Idempotency-Key': crypto.randomUUID() }];
    const first = await ask('POST', '/v1/vouchers/', { ...TEN_OFF, category }, key);
    expect((await ask('POST', '/v1/vouchers/', { ...TEN_OFF, category }, key)).body).toEqual(first.body);
    const other = await ask('POST', '/v1/vouchers/', { ...TEN_OFF, category, active: false }, key);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
    expect(await codes({ category })).toEqual([first.body.code]);
  });

  it('is narrowed by what a client puts together in brackets', async () => {
    const category = newCode();
    const one = await coupon({ category, active: false, metadata: { tier: 'gold', n: 5 } });
    const two = await giftCard({ category, metadata: { tier: 'silver', n: 50 } });
    const of = (filters: Record<string, string>) => codes({ category, order: 'created_at', ...filters });
    expect(await of({})).toEqual([one, two]);
    expect(await of({ 'filters[code][conditions][$is]': one.toLowerCase() })).toEqual([one]);
    expect(await of({ 'filters[code][conditions][$in][0]': one, 'filters[code][conditions][$in][1]': two })).toEqual([
      one,
      two,
    ]);
    expect(await of({ 'filters[code][conditions][$starts_with]': one.slice(0, 12).toLowerCase() })).toEqual([one]);
    expect(await of({ 'filters[voucher_type][conditions][$is]': 'GIFT_VOUCHER' })).toEqual([two]);
    expect(await of({ 'filters[active][conditions][$is]': 'false' })).toEqual([one]);
    expect(await of({ 'filters[metadata.tier][conditions][$is_not]': 'gold' })).toEqual([two]);
    expect(await of({ 'filters[metadata.n][conditions][$more_than]': '10' })).toEqual([two]);
    expect(await of({ 'filters[metadata.none][conditions][$has_value]': 'true' })).toEqual([]);
    const either = { 'filters[junction]': 'or', 'filters[metadata.tier][conditions][$is]': 'gold' };
    expect(await of({ ...either, 'filters[type][conditions][$is]': 'GIFT_VOUCHER' })).toEqual([one, two]);
  });

  it('is narrowed by dates, and pages through them in the order that is asked', async () => {
    const category = newCode();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) made.push(await coupon({ category }));
    const [first, , last] = await Promise.all(made.map((code) => done('GET', at(code))));
    expect(await codes({ category, 'created_at[after]': first.created_at })).toEqual([made[2], made[1]]);
    expect(await codes({ category, 'created_at[before]': last.created_at, order: 'created_at' })).toEqual(
      made.slice(0, 2),
    );
    await done('PUT', at(made[0] ?? ''), { additional_info: 'changed' });
    expect((await codes({ category, order: '-updated_at' }))[0]).toBe(made[0]);
    const pages = await Promise.all(
      ['1', '2'].map((page) =>
        done('GET', `/v1/vouchers${query({ category, limit: '2', page, order: 'created_at' })}`),
      ),
    );
    expect(pages.map(({ vouchers, total }) => [vouchers.map(({ code }: Coded) => code), total])).toEqual([
      [made.slice(0, 2), 3],
      [made.slice(2), 3],
    ]);
  });

  it('has those that a customer holds, whoever they were when they got them', async () => {
    const [source_id, other, code] = [await someone(), await someone(), await giftCard()];
    await done('POST', '/v1/publications', { voucher: code, customer: { source_id } });
    expect(await codes({ customer: source_id })).toEqual([code]);
    expect(await codes({ customer: other })).toEqual([]);
    expect(await codes({ customer: newUser() })).toEqual([]);
    await shop.admin('POST', `/admin/v1/customers/user:${source_id}/merge`, { into: `user:${other}` });
    await eventually(async () => ((await codes({ customer: other })).includes(code) ? true : null));
  });

  it('has codes of a campaign that nothing happened to, as their campaign says, until it is taken away', async () => {
    const [name, category] = [newCode(), newCode()];
    const about = {
      name,
      category,
      expiration_date: '2030-01-01T00:00:00.000Z',
      vouchers_count: 3,
      metadata: { a: 1 },
    };
    const { id } = await done('POST', '/v1/campaigns', { ...about, voucher: TEN_OFF });
    await ready(id);
    const { vouchers, total } = await done('GET', `/v1/vouchers${query({ campaign: name })}`);
    expect(total).toBe(3);
    for (const one of vouchers)
      expect(one).toMatchObject({
        ...{ campaign: name, campaign_id: id, category, type: 'DISCOUNT_VOUCHER', metadata: { a: 1 } },
        ...{ expiration_date: '2030-01-01T00:00:00.000Z', discount: { amount_off: 1000 } },
      });
    expect(await done('GET', at(vouchers[0].code))).toEqual(vouchers[0]);
    expect(await codes({ campaign_id: id, category })).toHaveLength(3);
    await done('DELETE', `/v1/campaigns/${id}`);
    expect(await codes({ campaign: id })).toEqual([]);
    const redeemed = await ask('POST', at(vouchers[0].code, '/redemption'), { order: { amount: 5000 } });
    expectError(redeemed, 400, 'campaign_not_active');
  });

  it.each([
    ['limit=101', 'invalid_query_params'],
    ['limit=0', 'invalid_query_params'],
    ['page=1001', 'page_over_limit'],
    ['order=price', 'invalid_query_params'],
    ['created_at[after]=yesterday', 'invalid_query_params'],
    ['filters[price][conditions][$is]=1', 'invalid_query_params'],
    ['filters[code][conditions][$near]=1', 'invalid_query_params'],
    ['filters[created_at][conditions][$after]=never', 'invalid_query_params'],
    ['filters[code=1', 'invalid_query_params'],
  ])('refuses %s', async (asked, key) => {
    expectError(await ask('GET', `/v1/vouchers?${asked}`), 400, key);
  });

  it('INV-10: shows nothing of another shop', async () => {
    const [other, code] = [await makeShop(), await coupon()];
    const seen = await call('GET', `/v1/vouchers${query({ 'filters[code][conditions][$is]': code })}`, undefined, {
      ...{ 'X-App-Id': other.id, 'X-App-Token': other.keys.secret },
    });
    expect(seen.body).toEqual({ object: 'list', data_ref: 'vouchers', vouchers: [], total: 0 });
  });
});

it('a page costs D1 what it shows, and not what there is', async () => {
  const { id } = await makeShop();
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)';
  for (const sql of [
    `INSERT INTO voucher (shop, voucher, rank, seq, code, code_key, state, created_ms, updated_ms, gone, body)
      SELECT ?1, 'v_' || i, 0, 1, 'C' || i, 'C' || i, 'active', i, i, 0, '{}' FROM n`,
    `INSERT INTO redemption (shop, at_ms, redemption, seq, voucher, failed, body)
      SELECT ?1, i, 'r_' || i, 1, 'v_' || i, 0, '{}' FROM n`,
  ])
    await env.DB.prepare(`${numbers} ${sql}`).bind(id).run();
  const read: number[] = [];
  const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1')) as D1PreparedStatement;
  const all = statement.all;
  const spy = vi.spyOn(statement, 'all').mockImplementation(async function (this: D1PreparedStatement) {
    const result = await all.call(this);
    read.push(result.meta.rows_read);
    return result as never;
  });
  const everything = { all: true, of: [] };
  const page = { order: 'created_at', descending: true, limit: 10, offset: 0 };
  const asked = { shop: id, must: everything, filters: everything, ...page };
  const lists = [await listVouchers(env.DB, asked), await listUses(env.DB, asked)];
  spy.mockRestore();
  expect(lists.map(({ rows, total }) => [rows.length, total])).toEqual([
    [10, 3_000],
    [10, 3_000],
  ]);
  const [vouchers = 0, , uses = 0] = read;
  expect(Math.max(vouchers, uses)).toBeLessThanOrEqual(30);
});

describe('what was done with a voucher', () => {
  it('is listed with what was refused and taken back', async () => {
    const [source_id, held] = [await someone(), await giftCard()];
    await done('POST', '/v1/publications', { voucher: held, customer: { source_id } });
    const first = await spend(held, 1000, { customer: { source_id } });
    await ask('POST', at(held, '/redemption'), {
      order: { amount: 9000 },
      gift: { credits: 9000 },
      customer: { source_id },
    });
    await done('POST', `/v1/redemptions/${first.id}/rollback?reason=wrong`);
    const list = () => done('GET', `/v1/redemptions${query({ customer: source_id, order: 'created_at' })}`);
    const { redemptions, total } = await eventually(async () => {
      const found = await list();
      return found.total === 3 && found.redemptions[0].status === 'ROLLED_BACK' ? found : null;
    });
    expect([
      total,
      redemptions.map(({ object, result }: { object: string; result: string }) => [object, result]),
    ]).toEqual([
      3,
      [
        ['redemption', 'SUCCESS'],
        ['redemption', 'FAILURE'],
        ['redemption_rollback', 'SUCCESS'],
      ],
    ]);
    expect(redemptions[2]).toMatchObject({
      redemption: first.id,
      amount: -1000,
      reason: 'wrong',
      voucher: { code: held },
    });
    const refused = await done('GET', `/v1/redemptions${query({ customer: source_id, result: 'FAILURE' })}`);
    expect(refused.redemptions).toMatchObject([{ result: 'FAILURE', failure_code: 'gift_amount_exceeded' }]);
    expect(await done('GET', `/v1/redemptions/${first.id}`)).toMatchObject({ id: first.id, status: 'ROLLED_BACK' });
    const own = await done('GET', at(held, '/redemption'));
    expect(own).toMatchObject({ data_ref: 'redemption_entries', redeemed_quantity: 0, redeemed_amount: 0, total: 3 });
    expect(own.redemption_entries.map(({ id }: { id: string }) => id).toSorted()).toEqual(
      redemptions.map(({ id }: { id: string }) => id).toSorted(),
    );
  });

  it('to the money of a gift card is told with the balance after each, whoever kept it then', async () => {
    const [source_id, code] = [await someone(), await giftCard()];
    await done('POST', at(code, '/balance'), { amount: 500, source_id: 'till-7', reason: 'sorry' });
    await done('POST', '/v1/publications', { voucher: code, customer: { source_id } });
    const { id } = await spend(code, 1200, { customer: { source_id } });
    await done('POST', `/v1/redemptions/${id}/rollback`);
    await done('POST', at(code, '/balance'), { amount: -300, reason: '=1+1,2' });
    const { data, has_more } = await done('GET', at(code, '/transactions'));
    const shown = (one: { type: string; details: { balance: { amount: number; balance: number; total: number } } }) => {
      const { amount, balance, total } = one.details.balance;
      return [one.type, amount, balance, total];
    };
    expect([has_more, data.map(shown)]).toEqual([
      false,
      [
        ['CREDITS_REMOVAL', -300, 2700, 3000],
        ['CREDITS_REFUND', 1200, 3000, 3000],
        ['CREDITS_REDEMPTION', -1200, 1800, 3000],
        ['CREDITS_ADDITION', 500, 3000, 3000],
      ],
    ]);
    expect(data[3]).toMatchObject({ source_id: 'till-7', reason: 'sorry', source: 'API' });
    expect(data[1]).toMatchObject({ related_transaction_id: data[2].id, details: { redemption: { id } } });
    const page = await done('GET', at(code, `/transactions${query({ limit: '2' })}`));
    expect([page.data, page.has_more, page.more_starting_after]).toEqual([data.slice(0, 2), true, data[1].id]);
    const rest = await done('GET', at(code, `/transactions${query({ starting_after_id: data[1].id })}`));
    expect([rest.data, rest.has_more]).toEqual([data.slice(2), false]);
    expectError(await ask('GET', at(newCode(), '/transactions')), 404, 'not_found');
    const parameters = { order: 'created_at', fields: ['type', 'amount', 'balance', 'reason'] };
    const asked = await done('POST', at(code, '/transactions/export'), { parameters });
    const told = await done('GET', `/v1/exports/${asked.id}`);
    expect([asked.status, asked.result, told.status]).toEqual(['SCHEDULED', null, 'DONE']);
    const file = await done('GET', new URL(told.result.url).pathname);
    expect(file.split('\r\n')).toEqual([
      'type,amount,balance,reason',
      'CREDITS_ADDITION,500,3000,sorry',
      'CREDITS_REDEMPTION,-1200,1800,',
      'CREDITS_REFUND,1200,3000,',
      'CREDITS_REMOVAL,-300,2700,"\'=1+1,2"',
      '',
    ]);
    expectError(await ask('GET', '/v1/exports/exp_e30'), 404, 'resource_not_found');
  });

  it('by publications is listed by campaign, customer and code', async () => {
    const [source_id, code] = [await someone(), await giftCard()];
    const one = await done('POST', '/v1/publications', { voucher: code, customer: { source_id }, metadata: { a: 1 } });
    const { id } = await done('POST', '/v1/campaigns', { name: newCode(), voucher: TEN_OFF });
    const two = await done('POST', '/v1/publications', { campaign: { id }, customer: { source_id } });
    const ids = async (parameters: Record<string, string>) => {
      const { publications } = await done('GET', `/v1/publications${query(parameters)}`);
      return publications.map((found: { id: string }) => found.id);
    };
    await eventually(async () => ((await ids({ customer: source_id })).length === 2 ? true : null));
    expect(await ids({ customer: source_id, order: 'created_at' })).toEqual([one.id, two.id]);
    expect(await ids({ campaign: id })).toEqual([two.id]);
    expect(await ids({ voucher: code })).toEqual([one.id]);
    expect(await ids({ customer: source_id, voucher_type: 'GIFT' })).toEqual([one.id]);
    const { publications, total } = await done('GET', `/v1/publications${query({ voucher: code })}`);
    expect([total, publications]).toEqual([
      1,
      [
        expect.objectContaining({
          ...{ object: 'publication', result: 'SUCCESS', customer_id: one.customer_id, metadata: { a: 1 } },
          voucher: expect.objectContaining({ code, holder_id: one.customer_id }),
        }),
      ],
    ]);
  });
});
