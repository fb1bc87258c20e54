/** Vouchers as voucher clients make and use them: exact to the last use and cent, once per key, with the keys of errors they know. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, eventually, makeShop, newUser, type TestShop, track } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, body, { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, ...more });
}

const at = (code: string, rest = '') => `/v1/vouchers/${encodeURIComponent(code)}${rest}`;
const newCode = () => `T-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
const TEN_OFF = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1000 } };

/** One that can be used `quantity` times; for ever where null. */
async function coupon(quantity: number | null = null, more: object = {}): Promise<string> {
  const code = newCode();
  const made = await ask('POST', at(code), { ...TEN_OFF, redemption: { quantity }, ...more });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return code;
}

async function giftCard(amount: number): Promise<string> {
  const code = newCode();
  const made = await ask('POST', at(code), { type: 'GIFT_VOUCHER', gift: { amount } });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return code;
}

const read = async (code: string) => (await ask('GET', at(code))).body;

const ORDER = { order: { amount: 5000 } };
const redeem = (code: string, body: object = ORDER, more: Record<string, string> = {}) =>
  ask('POST', at(code, '/redemption'), body, more);
const rollBack = (id: string, query = '') => ask('POST', `/v1/redemptions/${id}/rollback${query}`);

function expectError(answer: Answer, status: number, key: string): void {
  expect({ status: answer.status, key: answer.body.key }).toEqual({ status, key });
  expect(answer.body).toMatchObject({
    code: status,
    message: expect.any(String),
    details: expect.any(String),
    request_id: answer.headers.get('x-request-id'),
  });
}

describe('a voucher', () => {
  it('is made with a code that was typed, and read back', async () => {
    const code = newCode();
    const made = await ask('POST', at(code), { ...TEN_OFF, redemption: { quantity: 2 }, metadata: { from: 'spring' } });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^v_/),
      code,
      type: 'DISCOUNT_VOUCHER',
      discount: { type: 'AMOUNT', amount_off: 1000, effect: 'APPLY_TO_ORDER' },
      redemption: { quantity: 2, redeemed_quantity: 0 },
      active: true,
      metadata: { from: 'spring' },
      object: 'voucher',
    });
    expect(await read(code)).toEqual(made.body);
  });

  it('without a code is made at the address with a slash at its end', async () => {
    const code_config = { pattern: 'SPRING-####-####' };
    const { status, body } = await ask('POST', '/v1/vouchers/', { ...TEN_OFF, code_config });
    expect(status).toBe(200);
    expect(body.code).toMatch(/^SPRING-....-....$/);
    expect(await read(body.code)).toEqual(body);
  });

  it('whose code has slashes, spaces and percent signs is found by it', async () => {
    const code = `SALE/10 % ${crypto.randomUUID().slice(0, 8)}`;
    expect((await ask('POST', at(code), TEN_OFF)).body.code).toBe(code);
    expect((await read(code)).code).toBe(code);
    expect((await redeem(code)).status).toBe(200);
    expect((await read(code)).redemption.redeemed_quantity).toBe(1);
  });

  it('is made once per Idempotency-Key; a code that somebody has is refused', async () => {
    const [code, key] = [newCode(), { 'Idempotency-Key': crypto.randomUUID() }];
    const first = await ask('POST', at(code), TEN_OFF, key);
    const again = await ask('POST', at(code), TEN_OFF, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expectError(await ask('POST', at(code), TEN_OFF), 409, 'duplicate_found');
    expectError(await ask('POST', at(code), { ...TEN_OFF, active: false }, key), 422, 'idempotency_mismatch');
  });

  it('is changed, and what is not named stays', async () => {
    const code = await coupon(3, { metadata: { a: 1 } });
    const changed = await ask('PUT', at(code), { category: 'VIP', metadata: { b: 2 } });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ category: 'VIP', metadata: { a: 1, b: 2 }, redemption: { quantity: 3 } });
    expect(await read(code)).toEqual(changed.body);
  });

  it('that is switched off cannot be redeemed until it is switched on', async () => {
    const code = await coupon();
    expect((await ask('POST', at(code, '/disable'))).body.active).toBe(false);
    expectError(await redeem(code), 400, 'voucher_disabled');
    expect((await ask('POST', at(code, '/enable'))).body.active).toBe(true);
    expect((await redeem(code)).status).toBe(200);
  });

  it('that was deleted is gone, and its code is never given again', async () => {
    const code = await coupon();
    const gone = await ask('DELETE', at(code));
    expect({ status: gone.status, body: gone.body }).toEqual({ status: 204, body: '' });
    expectError(await ask('GET', at(code)), 404, 'not_found');
    expectError(await redeem(code), 404, 'not_found');
    expectError(await ask('POST', at(code), TEN_OFF), 409, 'duplicate_found');
  });

  it('that nobody made is not found, at any address', async () => {
    const code = newCode();
    const answers = await Promise.all([
      ask('GET', at(code)),
      ask('PUT', at(code), { category: 'VIP' }),
      ask('DELETE', at(code)),
      ask('POST', at(code, '/enable')),
      ask('POST', at(code, '/balance'), { amount: 100 }),
      redeem(code),
    ]);
    for (const answer of answers) {
      expectError(answer, 404, 'not_found');
      expect(answer.body).toMatchObject({ resource_id: code, resource_type: 'voucher' });
    }
  });

  it.each([
    [{ ...TEN_OFF, discount: undefined }, 'discount'],
    [{ type: 'GIFT_VOUCHER' }, 'gift'],
    [{ ...TEN_OFF, discount: { type: 'AMOUNT', amount_off: -1 } }, 'amount_off'],
    [{ ...TEN_OFF, discount: { type: 'PERCENT', percent_off: 100.5 } }, 'percent_off'],
    [{ ...TEN_OFF, redemption: { quantity: 0 } }, 'quantity'],
    [{ ...TEN_OFF, validity_day_of_week: [7] }, 'validity_day_of_week'],
    [{ ...TEN_OFF, start_date: '2030-01-02', expiration_date: '2030-01-01' }, 'expiration_date'],
  ])('that is malformed is refused, and the field is named: %j', async (body, field) => {
    const code = newCode();
    const answer = await ask('POST', at(code), body);
    expectError(answer, 400, 'invalid_payload');
    expect(answer.body.details).toContain(field);
    expectError(await ask('GET', at(code)), 404, 'not_found');
  });
});

describe('money', () => {
  it('of a currency without decimals is hundredths on the wire all the same', async () => {
    const yen = await makeShop({ currency: 'JPY' });
    const keys = { 'X-App-Id': yen.id, 'X-App-Token': yen.keys.secret };
    const code = newCode();
    await call('POST', at(code), { type: 'GIFT_VOUCHER', gift: { amount: 250_000 } }, keys);
    const redeemed = await call('POST', at(code, '/redemption'), { order: { amount: 180_000 } }, keys);
    expect(redeemed.body.order).toMatchObject({ amount: 180_000, total_discount_amount: 180_000, total_amount: 0 });
    expect((await call('GET', at(code), undefined, keys)).body.gift.balance).toBe(70_000);
    const half = await call('POST', at(newCode()), { type: 'GIFT_VOUCHER', gift: { amount: 150 } }, keys);
    expectError(half, 400, 'invalid_amount');
  });
});

describe('a redemption', () => {
  it('takes the amount off the order, and never more than the order is', async () => {
    const code = await coupon();
    const whole = await redeem(code, { order: { source_id: 'o-1', amount: 5000 } });
    expect(whole.status).toBe(200);
    expect(whole.body).toMatchObject({
      id: expect.stringMatching(/^r_/),
      object: 'redemption',
      result: 'SUCCESS',
      status: 'SUCCEEDED',
      order: { source_id: 'o-1', amount: 5000, total_discount_amount: 1000, total_amount: 4000, status: 'PAID' },
      voucher: { code, redemption: { redeemed_quantity: 1 } },
    });
    const small = await redeem(code, { order: { amount: 800 } });
    expect(small.body.order).toMatchObject({ amount: 800, total_discount_amount: 800, total_amount: 0 });
  });

  it('is had as often as the voucher allows', async () => {
    const code = await coupon(2);
    expect((await redeem(code)).status).toBe(200);
    expect((await redeem(code)).status).toBe(200);
    expectError(await redeem(code), 400, 'quantity_exceeded');
    expect((await read(code)).redemption).toMatchObject({ quantity: 2, redeemed_quantity: 2 });
  });

  it('that 20 want at once is had by one', async () => {
    const code = await coupon(1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(code)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter((one) => one !== won[0])) expectError(lost, 400, 'quantity_exceeded');
    expect((await read(code)).redemption.redeemed_quantity).toBe(1);
  });

  it('is done once per Idempotency-Key, and another body under that key is refused', async () => {
    const [code, key] = [await coupon(), { 'Idempotency-Key': crypto.randomUUID() }];
    const first = await redeem(code, ORDER, key);
    const again = await redeem(code, ORDER, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await redeem(code, { order: { amount: 1 } }, key)).body.key).toBe('idempotency_mismatch');
    expect((await read(code)).redemption.redeemed_quantity).toBe(1);
  });

  it('is read by its id', async () => {
    const { body } = await redeem(await coupon());
    const found = await ask('GET', `/v1/redemptions/${body.id}`);
    expect(found.body).toMatchObject({ id: body.id, order: { total_amount: 4000 }, status: 'SUCCEEDED' });
    expectError(await ask('GET', '/v1/redemptions/r_x'), 404, 'not_found');
  });

  it('for a customer by an id that is nobody’s is refused', async () => {
    const code = await coupon();
    expectError(await redeem(code, { ...ORDER, customer: { id: 'nobody' } }), 400, 'invalid_customer');
    expect((await read(code)).redemption.redeemed_quantity).toBe(0);
  });
});

describe('a gift card', () => {
  it('pays no more than is on it', async () => {
    const code = await giftCard(2500);
    const spend = { gift: { credits: 1800 }, order: { amount: 1800 } };
    const first = await redeem(code, spend);
    expect(first.body).toMatchObject({ amount: 1800, gift: { amount: 1800 }, voucher: { gift: { balance: 700 } } });
    expectError(await redeem(code, spend), 400, 'gift_amount_exceeded');
    expect((await read(code)).gift).toMatchObject({ amount: 2500, balance: 700 });
  });

  it('gets what was put on it by hand, once per key, and loses no more than it has', async () => {
    const [code, key] = [await giftCard(1000), { 'Idempotency-Key': crypto.randomUUID() }];
    const added = await ask('POST', at(code, '/balance'), { amount: 500, reason: 'sorry' }, key);
    expect(added.body).toMatchObject({ amount: 500, total: 1500, balance: 1500, object: 'balance' });
    expect((await ask('POST', at(code, '/balance'), { amount: 500, reason: 'sorry' }, key)).body).toEqual(added.body);
    expectError(await ask('POST', at(code, '/balance'), { amount: -1501 }), 400, 'invalid_balance');
    expect((await ask('POST', at(code, '/balance'), { amount: -1500 })).body.balance).toBe(0);
    expectError(await ask('POST', at(await coupon(), '/balance'), { amount: 1 }), 400, 'invalid_gift');
  });
});

describe('a rollback', () => {
  it('gives the use and the money back, once', async () => {
    const code = await giftCard(2500);
    const { body } = await redeem(code, { gift: { credits: 1800 }, order: { amount: 1800 } });
    const back = await rollBack(body.id, '?reason=returned&tracking_id=t');
    expect(back.status).toBe(200);
    expect(back.body).toMatchObject({
      id: expect.stringMatching(/^rr_/),
      object: 'redemption_rollback',
      redemption: body.id,
      amount: -1800,
      reason: 'returned',
      result: 'SUCCESS',
    });
    expect(await read(code)).toMatchObject({ gift: { balance: 2500 }, redemption: { redeemed_quantity: 0 } });
    expectError(await rollBack(body.id), 400, 'already_rolled_back');
    expect((await read(code)).gift.balance).toBe(2500);
  });

  it('that 10 want at once is had by one', async () => {
    const code = await coupon(5);
    const { body } = await redeem(code);
    const answers = await Promise.all(Array.from({ length: 10 }, () => rollBack(body.id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await read(code)).redemption.redeemed_quantity).toBe(0);
  });

  it('of what was never redeemed is not found', async () => {
    expectError(await rollBack('r_x'), 404, 'not_found');
  });
});

describe('a validation', () => {
  it('says what a redemption would do, and does nothing', async () => {
    const code = await coupon(1);
    const valid = await ask('POST', at(code, '/validate'), ORDER);
    expect(valid.body).toMatchObject({ valid: true, code, order: { total_discount_amount: 1000, total_amount: 4000 } });
    expect((await read(code)).redemption.redeemed_quantity).toBe(0);
    await redeem(code);
    const invalid = await ask('POST', at(code, '/validate'), ORDER);
    expect(invalid.status).toBe(200);
    expect(invalid.body).toMatchObject({ valid: false, code, error: { code: 400, key: 'quantity_exceeded' } });
  });

  it('with a session keeps the use for whoever has its key, until it is released', async () => {
    const code = await coupon(1);
    const session = { type: 'LOCK', key: 'cart-1', ttl: 1, ttl_unit: 'HOURS' };
    const locked = await ask('POST', at(code, '/validate'), { ...ORDER, session });
    expect(locked.body).toMatchObject({ valid: true, session: { type: 'LOCK', key: 'cart-1', ttl: 1 } });
    expectError(await redeem(code), 400, 'quantity_exceeded');
    expect((await ask('DELETE', at(code, '/sessions/cart-1'))).status).toBe(204);
    expect((await redeem(code)).status).toBe(200);
    expectError(await ask('DELETE', at(code, '/sessions/cart-1')), 404, 'not_found');
    const other = await coupon(1);
    await ask('POST', at(other, '/validate'), { ...ORDER, session });
    expect((await redeem(other, { ...ORDER, session })).status).toBe(200);
  });
});

describe('several together', () => {
  const both = (...codes: string[]) => ({ ...ORDER, redeemables: codes.map((id) => ({ object: 'voucher', id })) });

  it('are validated, redeemed and rolled back as one', async () => {
    const codes = [await coupon(1), await coupon(1)];
    const body = both(...codes);
    const valid = await ask('POST', '/v1/validations', body);
    expect(valid.body).toMatchObject({ valid: true, order: { total_discount_amount: 2000, total_amount: 3000 } });
    const done = await ask('POST', '/v1/redemptions', body);
    expect(done.status).toBe(200);
    expect(done.body.redemptions).toHaveLength(2);
    expect(done.body).toMatchObject({ order: { total_amount: 3000 }, parent_redemption: { id: expect.any(String) } });
    expectError(await ask('POST', '/v1/redemptions', body), 400, 'quantity_exceeded');
    const parent = done.body.parent_redemption.id;
    const back = await ask('POST', `/v1/redemptions/${parent}/rollbacks`);
    expect(back.body.rollbacks).toHaveLength(2);
    for (const code of codes) expect((await read(code)).redemption.redeemed_quantity).toBe(0);
  });

  it('of which one cannot be used are left alone', async () => {
    const [good, unknown] = [await coupon(1), newCode()];
    const invalid = await ask('POST', '/v1/validations', both(good, unknown));
    expect(invalid.status).toBe(200);
    expect(invalid.body.valid).toBe(false);
    expect(invalid.body.redeemables).toContainEqual(
      expect.objectContaining({
        id: unknown,
        status: 'INAPPLICABLE',
        result: { error: expect.objectContaining({ key: 'not_found' }) },
      }),
    );
    expectError(await ask('POST', '/v1/redemptions', both(good, unknown)), 404, 'not_found');
    expect((await read(good)).redemption.redeemed_quantity).toBe(0);
    expectError(await ask('POST', '/v1/validations', both(good, good)), 400, 'duplicated_redeemables');
  });
});

/** Whom events have told of, by the id of their own system. */
async function someone(): Promise<string> {
  const source_id = newUser();
  await shop.batch(track(source_id, 'Viewed'));
  return source_id;
}

describe('a publication', () => {
  it('makes a code the customer’s own, who redeems it and has it taken back as before', async () => {
    const [source_id, code] = [await someone(), await giftCard(2500)];
    const given = await ask('POST', '/v1/publications', { voucher: code, customer: { source_id } });
    expect(given.status).toBe(200);
    expect(given.body).toMatchObject({ result: 'SUCCESS', voucher: { code, gift: { balance: 2500 } } });
    expect(await read(code)).toMatchObject({ code, holder_id: given.body.customer_id });
    const spend = { gift: { credits: 1800 }, order: { amount: 1800 }, customer: { source_id } };
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await redeem(code, spend, key);
    expect(first.body).toMatchObject({ amount: 1800, customer_id: given.body.customer_id });
    expect((await redeem(code, spend, key)).body.id).toBe(first.body.id);
    expectError(await redeem(code, spend), 400, 'gift_amount_exceeded');
    expect((await rollBack(first.body.id)).body).toMatchObject({ amount: -1800 });
    expectError(await rollBack(first.body.id), 400, 'already_rolled_back');
    expect((await read(code)).gift.balance).toBe(2500);
    expect((await ask('POST', at(code, '/balance'), { amount: 500 })).body.balance).toBe(3000);
    expect((await ask('POST', at(code, '/disable'))).body.active).toBe(false);
    expectError(await redeem(code, spend), 400, 'voucher_disabled');
  });

  it('of a code that another customer has is refused', async () => {
    const [one, other, code] = [await someone(), await someone(), await coupon(1)];
    expect((await ask('POST', '/v1/publications', { voucher: code, customer: { source_id: one } })).status).toBe(200);
    const again = await ask('POST', '/v1/publications', { voucher: code, customer: { source_id: other } });
    expectError(again, 400, 'voucher_already_published');
  });
});

describe('a campaign', () => {
  it('makes its codes, gives each to one customer, and none while it is switched off', async () => {
    const name = `Spring ${crypto.randomUUID()}`;
    const voucher = { ...TEN_OFF, redemption: { quantity: 1 }, code_config: { pattern: 'SPR-########' } };
    const made = await ask('POST', '/v1/campaigns', { name, type: 'STATIC', vouchers_count: 2, voucher });
    expect(made.status).toBe(200);
    const { id } = made.body;
    const ready = await eventually(async () => {
      const { body } = await ask('GET', `/v1/campaigns/${encodeURIComponent(name)}`);
      return body.vouchers_generation_status === 'DONE' ? body : null;
    }, 10_000);
    expect(ready).toMatchObject({ id, name, vouchers_count: 2, active: true, object: 'campaign' });
    expectError(await ask('POST', '/v1/campaigns', { name, voucher }), 409, 'duplicate_found');
    const give = async () => {
      const customer = { source_id: await someone() };
      return ask('POST', '/v1/publications', { campaign: { id }, customer });
    };
    const given = [await give(), await give()];
    const codes = given.map(({ body }) => body.voucher.code);
    expect(new Set(codes).size).toBe(2);
    expectError(await give(), 400, 'no_voucher_suitable_for_publication');
    expect((await redeem(codes[0])).status).toBe(200);
    expect((await ask('POST', `/v1/campaigns/${id}/disable`)).body.active).toBe(false);
    await eventually(async () => ((await redeem(codes[1])).body.key === 'campaign_not_active' ? true : null));
    expect((await ask('POST', `/v1/campaigns/${id}/enable`)).body.active).toBe(true);
  });
});

it('is documented', async () => {
  const { status, body } = await call('GET', '/openapi.json');
  expect(status).toBe(200);
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/v1/vouchers/', '/v1/vouchers/{code}', '/v1/redemptions', '/v1/publications']),
  );
});
