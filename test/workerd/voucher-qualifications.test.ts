/** What a customer could use for a cart, as voucher clients ask: of what they hold and of what is for everybody, and exact. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeSession } from '../../worker/shops/session-token.ts';
import { type Answer, call, eventually, makeShop, newUser, type TestShop } from './shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await makeShop();
});

const keysOf = (one: TestShop) => ({ 'X-App-Id': one.id, 'X-App-Token': one.keys.secret });
function ask(method: string, path: string, body?: unknown, one = shop): Promise<Answer> {
  return call(method, path, body, keysOf(one));
}

const amountOff = (amount_off: number) => ({ type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off } });
const newCode = () => `Q-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
const ORDER = { order: { amount: 5000 } };

async function made(about: object, one = shop): Promise<string> {
  const code = newCode();
  const answer = await ask('POST', `/v1/vouchers/${code}`, about, one);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return code;
}

async function held(user: string, about: object = amountOff(1000), one = shop): Promise<string> {
  const voucher = await made({ redemption: { quantity: 1 }, ...about }, one);
  const given = await ask('POST', '/v1/publications', { voucher, customer: { source_id: user } }, one);
  if (given.status !== 200) throw new Error(JSON.stringify(given.body));
  return voucher;
}

async function standalone(one: TestShop, amount_off = 1000): Promise<string> {
  const code = newCode();
  const voucher = { ...amountOff(amount_off), code };
  const answer = await ask('POST', '/v1/campaigns', { name: code, type: 'STANDALONE', voucher }, one);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return code;
}

const wallet = (user: string, more: object = {}, options: object = {}, one = shop) =>
  ask(
    'POST',
    '/v1/qualifications',
    {
      customer: { source_id: user },
      ...ORDER,
      scenario: 'CUSTOMER_WALLET',
      options: { limit: 50, ...options },
      ...more,
    },
    one,
  );
const codesIn = ({ body }: Answer): string[] => body.redeemables.data.map(({ id }: { id: string }) => id);

async function guard(code: string, rules: object, one = shop): Promise<string> {
  const rule = await ask('POST', '/v1/validation-rules', { name: 'R', rules }, one);
  const to = await ask('POST', `/v1/validation-rules/${rule.body.id}/assignments`, { voucher: code }, one);
  if (to.status !== 200) throw new Error(JSON.stringify(to.body));
  return rule.body.id;
}
const OVER_FIFTY = { '1': { name: 'order.amount', conditions: { $more_than: [5000] } }, logic: '1' };

describe('a qualification', () => {
  it('lists what a redemption would accept, with what it would take, and nothing else', async () => {
    const user = newUser();
    const [good, card] = [await held(user), await held(user, { type: 'GIFT_VOUCHER', gift: { amount: 700 } })];
    const over = await held(user);
    await ask('PUT', `/v1/vouchers/${over}`, { expiration_date: '2020-01-01' });
    const used = await held(user);
    await ask('POST', `/v1/vouchers/${used}/redemption`, { ...ORDER, customer: { source_id: user } });
    const unfit = await held(user);
    await guard(unfit, OVER_FIFTY);
    const answer = await wallet(user);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      redeemables: { object: 'list', data_ref: 'data', total: 2, has_more: false },
      order: { amount: 5000, total_amount: 5000 },
      stacking_rules: { redeemables_limit: 30 },
    });
    const byCode = new Map(answer.body.redeemables.data.map((one: { id: string }) => [one.id, one]));
    expect(new Set(byCode.keys())).toEqual(new Set([good, card]));
    expect(byCode.get(good)).toMatchObject({
      object: 'voucher',
      result: { discount: { type: 'AMOUNT', amount_off: 1000 } },
      order: { total_discount_amount: 1000, total_amount: 4000 },
      metadata: null,
      applicable_to: { total: 0 },
    });
    expect(byCode.get(card)).toMatchObject({
      result: { gift: { balance: 700, credits: 700, locked_credits: 0 } },
      order: { total_amount: 4300 },
    });
    for (const id of byCode.keys()) {
      const redeemed = await ask('POST', `/v1/vouchers/${id}/redemption`, { ...ORDER, customer: { source_id: user } });
      expect(redeemed.status).toBe(200);
    }
    expect(codesIn(await wallet(user))).toEqual([]);
  });

  it('says what of a gift card is kept for a checkout under way', async () => {
    const user = newUser();
    const card = await held(user, { type: 'GIFT_VOUCHER', gift: { amount: 2500 }, redemption: { quantity: null } });
    const session = { type: 'LOCK', key: 'cart', ttl: 1, ttl_unit: 'HOURS' };
    await ask('POST', `/v1/vouchers/${card}/validate`, { order: { amount: 1000 }, gift: { credits: 1000 }, session });
    const { body } = await wallet(user);
    expect(body.redeemables.data[0].result.gift).toMatchObject({ balance: 1500, locked_credits: 1000 });
  });

  it('of the audience alone does not look at the order', async () => {
    const user = newUser();
    const [code, other] = [await held(user), await held(user)];
    await guard(code, OVER_FIFTY);
    await guard(other, {
      '1': { name: 'customer.metadata', property: 'level', conditions: { $is: ['gold'] } },
      logic: '1',
    });
    const audience = { scenario: 'AUDIENCE_ONLY', order: null };
    const own = async () => codesIn(await wallet(user, audience)).filter((one) => [code, other].includes(one));
    expect(await own()).toEqual([code]);
    await ask('PUT', `/v1/customers/${user}`, { metadata: { level: 'gold' } });
    expect(new Set(await own())).toEqual(new Set([code, other]));
  });

  it('finds codes that are for everybody, and nobody’s secret ones', async () => {
    const one = await makeShop();
    const user = newUser();
    const [campaign, byHand] = [await standalone(one), await made(amountOff(500), one)];
    await made({ ...amountOff(500), redemption: { quantity: 1 } }, one);
    await made({ type: 'GIFT_VOUCHER', gift: { amount: 700 } }, one);
    await held(newUser(), amountOff(500), one);
    const codes = await eventually(async () => {
      const found = codesIn(await wallet(user, { scenario: 'ALL' }, {}, one));
      return found.length < 2 ? null : found;
    });
    expect(new Set(codes)).toEqual(new Set([campaign, byHand]));
    expect(codesIn(await wallet(user, {}, {}, one))).toEqual([]);
  });

  it('goes page by page from the last made, and leaves nobody out', async () => {
    const user = newUser();
    const codes: string[] = [];
    for (let at = 0; at < 5; at += 1) codes.push(await held(user));
    const seen: string[] = [];
    let starting_after: string | undefined;
    for (;;) {
      const page = await wallet(user, {}, { limit: 2, ...(starting_after === undefined ? {} : { starting_after }) });
      expect(page.body.redeemables.total).toBe(5);
      seen.push(...codesIn(page));
      starting_after = page.body.redeemables.more_starting_after;
      if (!page.body.redeemables.has_more) break;
    }
    expect(seen).toEqual(codes.toReversed());
  });

  it('puts the best deal first where that is asked for', async () => {
    const user = newUser();
    const [small, large, middle] = [
      await held(user, amountOff(100)),
      await held(user, amountOff(900)),
      await held(user, amountOff(500)),
    ];
    expect(codesIn(await wallet(user, {}, { sorting_rule: 'BEST_DEAL' }))).toEqual([large, middle, small]);
    expect(codesIn(await wallet(user, {}, { sorting_rule: 'LEAST_DEAL', limit: 1 }))).toEqual([small]);
  });

  it('is narrowed by filters, and tells more where it is asked to', async () => {
    const user = newUser();
    const plain = await held(user, { ...amountOff(100), metadata: { from: 'spring' }, category: 'VIP' });
    const card = await held(user, { type: 'GIFT_VOUCHER', gift: { amount: 700 } });
    const rule = await guard(plain, { '1': { name: 'order.amount', conditions: { $more_than: [1] } }, logic: '1' });
    const by = async (filters: object) => codesIn(await wallet(user, {}, { filters }));
    expect(await by({ voucher_type: { conditions: { $is: ['GIFT_VOUCHER'] } } })).toEqual([card]);
    expect(await by({ category_id: { conditions: { $is_unknown: [true] } } })).toEqual([card]);
    expect(await by({ code: { conditions: { $not_in: [card] } } })).toEqual([plain]);
    expect(
      await by({ junction: 'or', code: { conditions: { $is: card } }, category_id: { conditions: { $is: 'VIP' } } }),
    ).toHaveLength(2);
    const refused = await wallet(user, {}, { filters: { weather: { conditions: { $is: ['sun'] } } } });
    expect([refused.status, refused.body.key]).toEqual([400, 'invalid_payload']);
    expect(refused.body.details).toContain('weather');
    const expand = ['redeemable', 'category', 'validation_rules'];
    const { body } = await wallet(user, {}, { expand, filters: { code: { conditions: { $is: [plain] } } } });
    expect(body.redeemables.data[0]).toMatchObject({
      metadata: { from: 'spring' },
      categories: [{ name: 'VIP' }],
      validation_rules_assignments: { total: 1, data: [{ rule_id: rule, validation_rule: { id: rule, name: 'R' } }] },
    });
  });

  it('makes nobody a customer', async () => {
    const user = newUser();
    expect(codesIn(await wallet(user))).toEqual([]);
    expect((await ask('GET', `/v1/customers/${user}`)).status).toBe(404);
  });

  it('in the older shape tells vouchers, and campaigns whose codes could be used', async () => {
    const one = await makeShop();
    const user = newUser();
    const code = await held(user, amountOff(100), one);
    const name = `C ${crypto.randomUUID()}`;
    const voucher = { ...amountOff(500), code_config: { pattern: 'POOL-##########' } };
    const campaign = await ask('POST', '/v1/campaigns', { name, type: 'AUTO_UPDATE', voucher }, one);
    const asked = { customer: { source_id: user }, ...ORDER };
    expect((await ask('POST', '/v1/vouchers/qualification', asked, one)).body).toMatchObject({
      object: 'list',
      data_ref: 'data',
      total: 1,
      data: [{ code, object: 'voucher' }],
    });
    const campaigns = await eventually(async () => {
      const { body } = await ask('POST', '/v1/campaigns/qualification', asked, one);
      return body.total === 0 ? null : body;
    });
    expect(campaigns).toMatchObject({ total: 1, data: [{ id: campaign.body.id, name, object: 'campaign' }] });
  });
});

describe('a qualification by a page', () => {
  it('shows what is held to whoever proves to hold it, and to others only what is for everybody', async () => {
    const one = await makeShop();
    const user = newUser();
    const own = await held(user, amountOff(100), one);
    await made(amountOff(500), one);
    const open = await standalone(one);
    const { id } = (await ask('GET', `/v1/customers/${user}`, undefined, one)).body;
    const { token } = await makeSession(env.ROOT_SECRET, { shop: one.id, customer: id, proof: 'test' }, Date.now());
    const headers = { 'X-Client-Application-Id': one.id, 'X-Client-Token': one.keys.publishable };
    const asked = { customer: { source_id: user }, ...ORDER, options: { limit: 50 } };
    const page = async (more: object) =>
      codesIn(await call('POST', '/client/v1/qualifications', asked, { ...headers, ...more }));
    await eventually(async () => ((await page({})).length === 0 ? null : true));
    expect(await page({})).toEqual([open]);
    expect(new Set(await page({ Authorization: `Bearer ${token}` }))).toEqual(new Set([own, open]));
  });
});
