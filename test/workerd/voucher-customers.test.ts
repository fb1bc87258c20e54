/** Customers as voucher clients make, read, change and list them; whom a redemption names becomes one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track, worker } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

function askOf(one: TestShop) {
  return (method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> =>
    call(method, path, body, { 'X-App-Id': one.id, 'X-App-Token': one.keys.secret, ...more });
}
const ask: ReturnType<typeof askOf> = (...about) => askOf(shop)(...about);

const at = (name: string, rest = '') => `/v1/customers/${encodeURIComponent(name)}${rest}`;
const TEN_OFF = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1000 } };

async function coupon(): Promise<string> {
  const code = `T-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
  const made = await ask('POST', `/v1/vouchers/${code}`, TEN_OFF);
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return code;
}

describe('a customer', () => {
  it('is made, and read by either id', async () => {
    const source_id = `region/eu ${newUser()} 42%`;
    const address = { city: 'Berlin', line_1: 'Weg 1', line_2: null, country: 'DE', postal_code: '10115', state: null };
    const wanted = {
      source_id,
      name: 'Ada L',
      email: `Ada.${crypto.randomUUID()}@Example.com`,
      phone: '+49301234567',
      description: 'Likes tea',
      birthdate: '1990-05-17',
      address,
      metadata: { level: 'gold', email: 'not an address', visits: 3 },
    };
    const made = await ask('POST', '/v1/customers', wanted);
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      ...wanted,
      email: wanted.email.toLowerCase(),
      id: expect.any(String),
      object: 'customer',
      created_at: expect.any(String),
      loyalty: { points: 0 },
      summary: { redemptions: { total_redeemed: 0 }, orders: { total_count: 0, total_amount: 0 } },
    });
    expect((await ask('GET', at(source_id))).body).toEqual(made.body);
    expect((await ask('GET', at(made.body.id))).body).toEqual(made.body);
  });

  it('that is made again is the same, with what is named changed and the rest as it was', async () => {
    const source_id = newUser();
    const first = await ask('POST', '/v1/customers', { source_id, name: 'Ada', metadata: { a: 1, b: 2 } });
    const again = await ask('POST', '/v1/customers', { source_id, phone: '+49301234567', metadata: { b: null, c: 3 } });
    expect(again.body).toMatchObject({ id: first.body.id, name: 'Ada', phone: '+49301234567' });
    expect(again.body.metadata).toEqual({ a: 1, c: 3 });
  });

  it('is one with the user of the events, and metadata are traits of every source', async () => {
    const user = newUser();
    await shop.batch({
      type: 'identify',
      userId: user,
      traits: { club: 'tea', name: 'Bo' },
      messageId: crypto.randomUUID(),
    });
    const changed = await ask('PUT', at(user), { metadata: { level: 'gold' } });
    expect(changed.body).toMatchObject({ source_id: user, name: 'Bo', metadata: { club: 'tea', level: 'gold' } });
    const inOurs = await shop.admin('GET', `/admin/v1/customers/user:${user}`);
    expect(inOurs.body).toMatchObject({ id: changed.body.id, traits: { club: 'tea', level: 'gold', name: 'Bo' } });
  });

  it('without any name of its own is another one each time', async () => {
    const [one, other] = [
      await ask('POST', '/v1/customers', { name: 'X' }),
      await ask('POST', '/v1/customers', { name: 'X' }),
    ];
    expect(one.body).toMatchObject({ source_id: null, name: 'X' });
    expect(other.body.id).not.toBe(one.body.id);
    const changed = await ask('PUT', at(one.body.id), { name: 'Y', source_id: newUser() });
    expect(changed.body).toMatchObject({ id: one.body.id, source_id: null, name: 'Y' });
  });

  it('is told of once per Idempotency-Key, and another body under that key is refused', async () => {
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await ask('POST', '/v1/customers', { name: 'Once' }, headers);
    const again = await ask('POST', '/v1/customers', { name: 'Once' }, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await ask('POST', '/v1/customers', { name: 'Twice' }, headers);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
  });

  it('that nobody knows is not found, at any address', async () => {
    const name = newUser();
    const paths = [at(name), at(name, '/activity'), at(name, '/redeemables'), at(name, '/segments')];
    const answers = [await ask('PUT', at(name), { name: 'X' })];
    for (const path of paths) answers.push(await ask('GET', path));
    for (const { status, body } of answers)
      expect({ status, body }).toMatchObject({
        status: 404,
        body: { key: 'resource_not_found', resource_id: name, resource_type: 'customer' },
      });
  });

  it.each([
    [{ source_id: '' }, 'source_id'],
    [{ source_id: 'null' }, 'source_id'],
    [{ source_id: 'x'.repeat(256) }, 'source_id'],
    [{ source_id: 5 }, 'source_id'],
    [{ name: 7 }, 'name'],
    [{ metadata: 'gold' }, 'metadata'],
    [{ address: 'Berlin' }, 'address'],
  ])('that is malformed is refused, and the field is named: %j', async (body, field) => {
    const answer = await ask('POST', '/v1/customers', body);
    expect([answer.status, answer.body.key]).toEqual([400, 'invalid_payload']);
    expect(answer.body.details).toContain(field);
  });

  it('of another shop is nobody’s', async () => {
    const other = await makeShop();
    const made = await ask('POST', '/v1/customers', { source_id: newUser() });
    expect((await askOf(other)('GET', at(made.body.id))).status).toBe(404);
  });
});

describe('whom a request names', () => {
  it('becomes a customer by a redemption, with what it says of them; of somebody known it changes nothing', async () => {
    const [code, source_id] = [await coupon(), newUser()];
    const redeem = (name: string) =>
      ask('POST', `/v1/vouchers/${code}/redemption`, { order: { amount: 5000 }, customer: { source_id, name } });
    const done = await redeem('Ada');
    expect((await ask('GET', at(source_id))).body).toMatchObject({ id: done.body.customer_id, name: 'Ada' });
    expect((await redeem('Somebody else')).body.customer_id).toBe(done.body.customer_id);
    expect((await ask('GET', at(source_id))).body.name).toBe('Ada');
  });

  it('becomes a customer by a validation and by a publication, by e-mail too', async () => {
    const [code, email] = [await coupon(), `${newUser()}@example.com`];
    await ask('POST', `/v1/vouchers/${code}/validate`, { order: { amount: 5000 }, customer: { email } });
    const given = await ask('POST', '/v1/publications', { voucher: code, customer: { email } });
    expect((await ask('GET', at(given.body.customer_id))).body).toMatchObject({ email, source_id: null });
  });

  it('by an id of ours that leads to nobody is refused', async () => {
    const code = await coupon();
    const answer = await ask('POST', `/v1/vouchers/${code}/redemption`, {
      customer: { id: '0-nobody' },
      order: { amount: 1 },
    });
    expect([answer.status, answer.body.key]).toEqual([400, 'invalid_customer']);
  });

  it('does not become a customer by taking a redemption back', async () => {
    const [code, owner, nobody] = [await coupon(), newUser(), newUser()];
    const done = await ask('POST', `/v1/vouchers/${code}/redemption`, {
      order: { amount: 5000 },
      customer: { source_id: owner },
    });
    const back = await ask('POST', `/v1/redemptions/${done.body.id}/rollback`, { customer: { source_id: nobody } });
    expect(back.body.key).toBe('invalid_customer');
    expect((await ask('GET', at(nobody))).status).toBe(404);
  });
});

describe('the list of customers', () => {
  it('goes in the order in which they were first seen, page by page, whole', async () => {
    const one = await makeShop();
    const asked = askOf(one);
    const made: string[] = [];
    for (const name of ['A', 'B', 'C', 'D', 'E']) made.push((await asked('POST', '/v1/customers', { name })).body.id);
    await eventually(async () => ((await asked('GET', '/v1/customers')).body.total === made.length ? true : null));
    const idsAt = async (query: string) =>
      (await asked('GET', `/v1/customers?${query}`)).body.customers.map(({ id }: { id: string }) => id);
    expect(await idsAt('')).toEqual(made.toReversed());
    expect([...(await idsAt('limit=2&order=created_at')), ...(await idsAt('limit=3&page=2&order=created_at'))]).toEqual(
      [...made.slice(0, 2), ...made.slice(3)],
    );
    const scrolled: string[] = [];
    let starting_after = '2200-01-01T00:00:00Z';
    for (;;) {
      const { body } = await asked('GET', `/v1/customers?limit=2&starting_after=${starting_after}`);
      for (const { id, created_at } of body.customers) {
        scrolled.push(id);
        starting_after = created_at;
      }
      if (!body.has_more) break;
    }
    expect(scrolled).toEqual(made.toReversed());
  });

  it('leaves nobody out who was first seen in the same millisecond', async () => {
    const one = await makeShop({ mode: 'test' });
    await one.admin('POST', '/admin/v1/clock', { by: 'PT0S' });
    const users = Array.from({ length: 7 }, newUser);
    await one.batch(
      ...users.map((userId) => ({ type: 'identify', userId, traits: {}, messageId: crypto.randomUUID() })),
    );
    const asked = askOf(one);
    const { customers } = await eventually(async () => {
      const { body } = await asked('GET', '/v1/customers?limit=2&starting_after=2200-01-01T00:00:00Z');
      return body.total === users.length ? body : null;
    });
    expect(new Set(customers.map(({ source_id }: { source_id: string }) => source_id))).toEqual(new Set(users));
  });

  it('finds by e-mail and by a part of the name, and refuses pages beyond all', async () => {
    const one = await makeShop();
    const asked = askOf(one);
    await asked('POST', '/v1/customers', { name: 'Ada Lovelace', email: 'ada@example.com' });
    await asked('POST', '/v1/customers', { name: 'Bo', email: 'bo@example.com' });
    const namesAt = async (query: string) =>
      (await asked('GET', `/v1/customers?${query}`)).body.customers.map(({ name }: { name: string }) => name);
    await eventually(async () => ((await asked('GET', '/v1/customers')).body.total === 2 ? true : null));
    expect(await namesAt('email=ADA@example.com')).toEqual(['Ada Lovelace']);
    expect(await namesAt('name=lovel')).toEqual(['Ada Lovelace']);
    expect((await asked('GET', '/v1/customers?page=1001')).body.key).toBe('page_over_limit');
    expect((await asked('GET', '/v1/customers?limit=101')).body.key).toBe('invalid_query_params');
  });
});

describe('a list', () => {
  it('that is to be narrowed by what is not read is refused, not shown whole', async () => {
    const { body } = await ask('POST', '/v1/customers', { source_id: newUser() });
    const filters = encodeURIComponent('filters[name][conditions][$is]');
    const paths = [
      `/v1/customers?city=Berlin`,
      `/v1/customers?${filters}=Ada`,
      at(body.id, `/redeemables?${filters}=x`),
    ];
    for (const path of [...paths, at(body.id, '/activity?campaign_type=PROMOTION')]) {
      const answer = await ask('GET', path);
      expect([answer.status, answer.body.key]).toEqual([400, 'invalid_query_params']);
    }
  });
});

describe('what a customer holds', () => {
  it('is listed as of now, with what has become of it', async () => {
    const user = newUser();
    const [used, card] = [await coupon(), `G-${crypto.randomUUID()}`];
    await ask('POST', `/v1/vouchers/${card}`, { type: 'GIFT_VOUCHER', gift: { amount: 700 } });
    for (const voucher of [used, card])
      await ask('POST', '/v1/publications', { voucher, customer: { source_id: user } });
    await ask('PUT', `/v1/vouchers/${used}`, { expiration_date: '2020-01-01' });
    const { body } = await ask('GET', at(user, '/redeemables?limit=1'));
    expect(body).toMatchObject({ object: 'list', data_ref: 'data', total: 2, has_more: true });
    const next = await ask('GET', at(user, `/redeemables?starting_after_id=${body.more_starting_after}`));
    const all = [...body.data, ...next.body.data];
    const told = all.map(({ redeemable, holder_role }) => [redeemable.voucher.code, redeemable.status, holder_role]);
    expect(new Set(told)).toEqual(
      new Set([
        [used, 'EXPIRED', 'OWNER'],
        [card, 'ACTIVE', 'OWNER'],
      ]),
    );
    expect(next.body.has_more).toBe(false);
    const { summary } = (await ask('GET', at(user))).body;
    expect(summary.redemptions.gift).toEqual({ redeemed_amount: 0, amount_to_go: 700 });
  });
});

describe('what happened to a customer', () => {
  it('is told in Voucherify’s words, the newest first, page by page', async () => {
    const [user, code] = [newUser(), await coupon()];
    await shop.batch(track(user, 'review_left', { text: 'good' }));
    await ask('POST', '/v1/publications', { voucher: code, customer: { source_id: user } });
    await ask('POST', `/v1/vouchers/${code}/redemption`, { order: { amount: 5000 }, customer: { source_id: user } });
    const types = ['customer.redemption.succeeded', 'customer.publication.succeeded', 'customer.custom_event'];
    const all = await ask('GET', at(user, '/activity'));
    expect(all.body.data.map(({ type }: { type: string }) => type)).toEqual(types);
    expect(all.body.data[2]).toMatchObject({
      category: 'ACTION',
      data: { custom_event: { type: 'review_left' }, metadata: { text: 'good' } },
    });
    const first = await ask('GET', at(user, '/activity?limit=2'));
    expect(first.body).toMatchObject({ has_more: true, data: all.body.data.slice(0, 2) });
    const rest = await ask('GET', at(user, `/activity?starting_after_id=${first.body.more_starting_after}`));
    expect(rest.body).toMatchObject({ has_more: false, data: all.body.data.slice(2) });
    const open = await coupon();
    await ask('POST', `/v1/vouchers/${open}/redemption`, { order: { amount: 5000 }, customer: { source_id: user } });
    await ask('POST', '/v1/events', { event: 'Voucher Redeemed', customer: { source_id: user } });
    const redeemed = await eventually(async () => {
      const { body } = await ask('GET', at(user, '/activity?type=customer.redemption.succeeded'));
      return body.data.length < 2 ? null : body.data;
    });
    expect(redeemed.map(({ data }: { data: { code: string } }) => data.code)).toEqual([open, code]);
    const effects = await ask('GET', at(user, '/activity?category=EFFECT'));
    expect(effects.body.data.map(({ type }: { type: string }) => type)).toEqual(types.slice(1, 2));
  });
});

describe('many customers', () => {
  const done = (id: string) =>
    eventually(async () => {
      const { body } = await ask('GET', `/v1/async-actions/${id}`);
      return body.status === 'DONE' ? body : null;
    }, 15_000);

  it('are made and changed at once, a flawed one by its line, and again under the same key not at all', async () => {
    const [known, unknown] = [newUser(), newUser()];
    await ask('POST', '/v1/customers', { source_id: known, name: 'Ada', metadata: { a: 1 } });
    const all = [
      { source_id: known, phone: '+49301234567', metadata: { b: 2 } },
      { source_id: unknown, name: 'Bo' },
      { source_id: 'null', name: 'Nobody' },
    ];
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await ask('POST', '/v1/customers/bulk/async', all, headers);
    expect((await ask('POST', '/v1/customers/bulk/async', all, headers)).body).toEqual(first.body);
    const other = await ask('POST', '/v1/customers/bulk/async', all.slice(1), headers);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
    const action = await done(first.body.async_action_id);
    expect(action).toMatchObject({
      operation_status: 'SUCCESS',
      result: { done_count: 2, failed_count: 1, failed: [{ line: 3 }] },
    });
    expect((await ask('GET', at(known))).body).toMatchObject({
      name: 'Ada',
      phone: '+49301234567',
      metadata: { a: 1, b: 2 },
    });
    expect((await ask('GET', at(unknown))).body).toMatchObject({ name: 'Bo' });
  });

  it('get the same metadata at once', async () => {
    const users = [newUser(), newUser()];
    const { body } = await ask('POST', '/v1/customers/metadata/async', {
      source_ids: users,
      metadata: { level: 'gold' },
    });
    await done(body.async_action_id);
    for (const user of users) expect((await ask('GET', at(user))).body.metadata).toEqual({ level: 'gold' });
  });

  it('are read from a CSV file, the columns that nobody knows as metadata', async () => {
    const user = newUser();
    const csv = `Source_id,Name,Address_City,Level\n${user},"Ada, L",Berlin,gold\n`;
    const form = new FormData();
    form.append('file', new Blob([csv], { type: 'text/csv' }), 'customers.csv');
    const request = new Request('https://edge.test/v1/customers/importCSV', {
      method: 'POST',
      headers: { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret },
      body: form,
    });
    const started = (await (await worker.fetch(request)).json()) as { async_action_id: string };
    await done(started.async_action_id);
    expect((await ask('GET', at(user))).body).toMatchObject({
      name: 'Ada, L',
      address: { city: 'Berlin' },
      metadata: { Level: 'gold' },
    });
  });
});
