/** Campaigns as voucher clients change them: what a change reaches, what it does not, and each once. */
import { beforeAll, describe, expect, it } from 'vitest';
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
const newCode = () => `M-${crypto.randomUUID().slice(0, 18).toUpperCase()}`;
const voucher = {
  type: 'DISCOUNT_VOUCHER',
  discount: { type: 'AMOUNT', amount_off: 1000 },
  redemption: { quantity: 1 },
};
const ORDER = { order: { amount: 5000 } };
const PAST = '2020-01-01T00:00:00.000Z';
const FUTURE = '2035-01-01T00:00:00.000Z';

async function campaign(more: object = {}) {
  const made = await done('POST', '/v1/campaigns', { name: newCode(), vouchers_count: 2, voucher, ...more });
  return eventually(async () => {
    const { body } = await ask('GET', `/v1/campaigns/${made.id}`);
    return body.vouchers_generation_status === 'DONE' ? body : null;
  }, 10_000);
}

async function codesOf(id: string): Promise<string[]> {
  const { vouchers } = await done('GET', `/v1/vouchers?campaign=${id}`);
  return vouchers.map(({ code }: { code: string }) => code);
}

async function someone(): Promise<string> {
  const source_id = newUser();
  await shop.batch(track(source_id, 'Viewed'));
  return source_id;
}

const give = async (id: string) =>
  done('POST', '/v1/publications', { campaign: { id }, customer: { source_id: await someone() } });
const redeem = (code: string) => ask('POST', at(code, '/redemption'), ORDER);

describe('a campaign', () => {
  it('is answered as it was made', async () => {
    const about = {
      ...{ name: newCode(), description: 'For spring', type: 'STATIC', join_once: true, category: 'spring' },
      ...{ start_date: PAST, expiration_date: FUTURE, activity_duration_after_publishing: 'P24D', metadata: { a: 1 } },
      ...{ validity_day_of_week: [1, 2], validity_timeframe: { interval: 'P2D', duration: 'PT1H' } },
    };
    const made = await done('POST', '/v1/campaigns', {
      ...about,
      voucher: { ...voucher, applicable_to: { data: [{ object: 'product', id: 'p1' }] } },
    });
    expect(made).toMatchObject({ ...about, campaign_type: 'DISCOUNT_COUPONS', active: true, object: 'campaign' });
    expect(made.voucher).toMatchObject({ ...voucher, applicable_to: { data: [{ object: 'product', id: 'p1' }] } });
    expect(await done('GET', `/v1/campaigns/${made.id}`)).toEqual(made);
    const { campaigns } = await done('GET', `/v1/campaigns?filters[name][conditions][$is]=${made.name}`);
    expect(campaigns).toEqual([made]);
  });

  it('whose dates change changes them for codes that nobody has, and for no other', async () => {
    const { id } = await campaign({ expiration_date: FUTURE });
    const given = (await give(id)).voucher.code;
    const changed = await done('PUT', `/v1/campaigns/${id}`, { expiration_date: PAST, start_date: '2019-01-01' });
    expect(changed).toMatchObject({ id, expiration_date: PAST });
    expect(await done('GET', at(given))).toMatchObject({ expiration_date: FUTURE });
    expect((await redeem(given)).status).toBe(200);
    const [free = ''] = (await codesOf(id)).filter((code) => code !== given);
    expect(await done('GET', at(free))).toMatchObject({ expiration_date: PAST });
    await eventually(async () => ((await redeem(free)).body.key === 'voucher_expired' ? true : null));
  });

  it('that is switched off redeems no code but gives them out, archived does neither, and is on again', async () => {
    const { id } = await campaign({ vouchers_count: 5 });
    for (const [off, on, gives] of [
      [{ active: false }, { active: true }, 200],
      [{ archived: true }, { archived: false }, 404],
    ] as const) {
      const { code } = (await give(id)).voucher;
      expect(await done('PUT', `/v1/campaigns/${id}`, off)).toMatchObject(off);
      const customer = { source_id: await someone() };
      expect((await ask('POST', '/v1/publications', { campaign: { id }, customer })).status).toBe(gives);
      await eventually(async () => ((await redeem(code)).body.key === 'campaign_not_active' ? true : null));
      expect(await done('PUT', `/v1/campaigns/${id}`, on)).toMatchObject(on);
      await eventually(async () => ((await redeem(code)).status === 200 ? true : null));
    }
  });

  it('keeps its name, its kind and what its codes give', async () => {
    const made = await campaign();
    const more = { discount: { type: 'AMOUNT', amount_off: 999_999 } };
    const changes = [{ name: 'other' }, { campaign_type: 'GIFT_VOUCHERS' }, { type: 'STANDALONE' }, { voucher: more }];
    for (const change of [...changes, { voucher: { redemption: { quantity: 77 } } }]) {
      const refused = await ask('PUT', `/v1/campaigns/${made.id}`, change);
      expect([refused.status, refused.body.key]).toEqual([400, 'invalid_payload']);
    }
    const same = await done('PUT', `/v1/campaigns/${made.id}`, { ...made, description: 'new', metadata: { b: 2 } });
    expect(same).toMatchObject({ name: made.name, voucher: made.voucher, description: 'new', metadata: { b: 2 } });
  });

  it('INV-2: is made once per Idempotency-Key, and another body under it is refused', async () => {
    const [name, key] = [newCode(), { 'Idempotency-Key': crypto.randomUUID() }];
    const made = await ask('POST', '/v1/campaigns', { name, voucher }, key);
    expect((await ask('POST', '/v1/campaigns', { name, voucher }, key)).body).toEqual(made.body);
    const other = await ask('POST', '/v1/campaigns', { name: newCode(), voucher }, key);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
  });

  it('INV-2: is changed once per Idempotency-Key, and not by what was refused', async () => {
    const { id } = await campaign();
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    expect((await ask('POST', `/v1/campaigns/${id}/disable`, undefined, key)).body.active).toBe(false);
    await done('POST', `/v1/campaigns/${id}/enable`);
    const again = await ask('POST', `/v1/campaigns/${id}/disable`, undefined, key);
    expect([again.body.active, again.headers.get('idempotent-replayed')]).toEqual([true, 'true']);
    const other = await ask('PUT', `/v1/campaigns/${id}`, { category: 'x' }, key);
    expect([other.status, other.body.key]).toEqual([422, 'idempotency_mismatch']);
    const gone = { 'Idempotency-Key': crypto.randomUUID() };
    expect((await ask('DELETE', `/v1/campaigns/${id}`, undefined, gone)).status).toBe(204);
    expect((await ask('DELETE', `/v1/campaigns/${id}`, undefined, gone)).status).toBe(204);
    expect((await ask('DELETE', `/v1/campaigns/${id}`)).status).toBe(404);
    expect((await ask('GET', `/v1/campaigns/${id}`)).status).toBe(404);
  });

  it('that is taken away leaves its name taken, but where it is taken away for good', async () => {
    const { name } = await campaign();
    await done('DELETE', `/v1/campaigns/${name}`);
    expect((await ask('POST', '/v1/campaigns', { name, voucher })).body.key).toBe('duplicate_found');
    const other = await campaign();
    await done('DELETE', `/v1/campaigns/${other.id}?force=true`);
    expect((await done('POST', '/v1/campaigns', { name: other.name, voucher })).id).not.toBe(other.id);
  });

  it('of one code is that code, for everybody', async () => {
    const code = newCode();
    const about = { type: 'STANDALONE', voucher: { ...voucher, code, redemption: { quantity: 2 } } };
    const made = await done('POST', '/v1/campaigns', { name: newCode(), ...about });
    expect(made).toMatchObject({ type: 'STANDALONE', vouchers_count: 1, voucher: { code } });
    expect((await redeem(code.toLowerCase())).status).toBe(200);
    await done('PUT', `/v1/campaigns/${made.id}`, { expiration_date: PAST });
    await eventually(async () => ((await redeem(code)).body.key === 'voucher_expired' ? true : null));
    const taken = await ask('POST', '/v1/campaigns', { name: newCode(), ...about });
    expect([taken.status, taken.body.key]).toEqual([409, 'duplicate_found']);
  });
});

describe('a voucher', () => {
  it('gives a product or the shipping for nothing', async () => {
    const product = { type: 'UNIT', unit_off: 2, unit_type: 'prod_tea', effect: 'ADD_NEW_ITEMS' };
    const shipping = { type: 'UNIT', unit_off: 1, unit_type: 'prod_5h1pp1ng', effect: 'ADD_MISSING_ITEMS' };
    for (const discount of [product, shipping]) {
      const made = await done('POST', at(newCode()), { type: 'DISCOUNT_VOUCHER', discount });
      expect(made.discount).toEqual(discount);
      expect((await redeem(made.code)).status).toBe(200);
    }
  });

  it('is good only when it says, and for the items that it says', async () => {
    const days = [0, 1, 2, 3, 4, 5, 6];
    const today = new Date().getUTCDay();
    // whichever of the days next to it the shop's clock is on
    const never = days.filter((day) => day !== today && day !== (today + 1) % 7 && day !== (today + 6) % 7);
    const made = await done('POST', at(newCode()), { ...voucher, validity_day_of_week: never });
    expect(made).toMatchObject({ validity_day_of_week: never, validity_hours: null });
    expect((await redeem(made.code)).body.key).toBe('voucher_not_active_now');
    const hours = { daily: [{ start_time: '00:00', expiration_time: '24:00', days_of_week: days }] };
    const changed = await done('PUT', at(made.code), { validity_hours: hours });
    expect(changed).toMatchObject({ validity_day_of_week: null, validity_hours: hours });
    expect((await redeem(made.code)).status).toBe(200);
    const overlapping = { daily: [...hours.daily, ...hours.daily] };
    expect((await ask('PUT', at(made.code), { validity_hours: overlapping })).body.key).toBe('invalid_payload');
    const tea = { ...voucher, applicable_to: [{ object: 'product', id: 'tea' }] };
    const { code } = await done('POST', at(newCode()), {
      ...tea,
      discount: { type: 'PERCENT', percent_off: 50, effect: 'APPLY_TO_ITEMS' },
    });
    const items = [
      { product_id: 'tea', quantity: 1, price: 1000 },
      { product_id: 'pot', quantity: 1, price: 4000 },
    ];
    const { body } = await ask('POST', at(code, '/redemption'), { order: { items } });
    expect(body.order).toMatchObject({ amount: 5000, total_amount: 4500 });
  });
});

describe('more codes of a campaign', () => {
  it.each(['made', 'named'])(
    'are %s once per Idempotency-Key, and another body under it is refused and changes nothing',
    async (how) => {
      const { id } = await campaign();
      const key = { 'Idempotency-Key': crypto.randomUUID() };
      const path = how === 'made' ? `/v1/campaigns/${id}/vouchers` : `/v1/campaigns/${id}/vouchers/${newCode()}`;
      const first = await ask('POST', path, { metadata: { a: 1 } }, key);
      expect(first.body).toMatchObject({ campaign_id: id, metadata: { a: 1 } });
      for (const other of [{}, { metadata: { b: 2 } }, { category: 'other' }]) {
        const { status, body } = await ask('POST', path, other, key);
        expect([status, body.key]).toEqual([422, 'idempotency_mismatch']);
      }
      expect((await ask('POST', path, { metadata: { a: 1 } }, key)).body).toEqual(first.body);
      expect(await done('GET', at(first.body.code))).toEqual(first.body);
    },
  );

  it('in number are made once per Idempotency-Key, and another body under it is refused', async () => {
    const { id } = await campaign();
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const path = `/v1/campaigns/${id}/vouchers?vouchers_count=3`;
    const first = await ask('POST', path, {}, key);
    expect((await ask('POST', path, { metadata: { b: 2 } }, key)).body.key).toBe('idempotency_mismatch');
    expect((await ask('POST', path, {}, key)).body).toEqual(first.body);
  });
});
