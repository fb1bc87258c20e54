/** The wallet beside a cart: what it offers a redemption accepts, and what it does not offer is refused for the reason it gives. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Rule, RuleTree } from '../../worker/domain/vouchers/rule-definition.ts';
import type { Voucher } from '../../worker/domain/vouchers/voucher.ts';
import { forgetOffers, offersOf } from '../../worker/offers/cache.ts';
import type { HubGiftMoves, HubWallet } from '../../worker/wire/hub-programme.ts';
import {
  type Answer,
  ask,
  bearer,
  everything,
  get,
  makeShop,
  placeOrders,
  post,
  prepare,
  problem,
  send,
  type TestShop,
  walk,
} from './hub-shop.ts';
import { amountOff, giftOf, makeCampaign, makeVoucher, newCode } from './vouchers-given.ts';

beforeAll(prepare);

const EVERY_RULE = { message: null, applicable: null, source: null };

async function rule(shop: TestShop, when: RuleTree, more: Partial<Rule> = {}): Promise<string> {
  const id = `val_${crypto.randomUUID().slice(0, 12)}`;
  await offersOf(env, shop.id).putRule({ id, name: id, when, ...EVERY_RULE, ...more });
  forgetOffers(shop.id);
  return id;
}

function client(shop: TestShop, method: string, path: string, body: object = {}): Promise<Answer> {
  return ask(path, {
    method,
    headers: { 'content-type': 'application/json', 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret },
    body: JSON.stringify(body),
  });
}

/** A voucher that the customer holds; its code. */
async function held(shop: TestShop, user: string, more: Partial<Voucher> = {}): Promise<string> {
  const { code } = await makeVoucher(shop.id, { createdAtMs: Date.now(), ...more }, newCode());
  const given = await client(shop, 'POST', '/v1/publications', { voucher: code, customer: { source_id: user } });
  expect([given.status, given.body]).toMatchObject([200, { result: 'SUCCESS' }]);
  return code;
}

const redeem = (shop: TestShop, user: string, code: string, order: object) =>
  client(shop, 'POST', `/v1/vouchers/${code}/redemption`, { order, customer: { source_id: user } });

const walletFor = (token: string, cart: object | null, query = '') =>
  post<HubWallet>(`/hub/v1/wallet${query}`, { cart }, { authorization: `Bearer ${token}` });

async function shopper(user: string, more: object = {}): Promise<{ shop: TestShop; mine: string }> {
  const shop = await makeShop(more);
  return { shop, mine: await bearer(shop, `user:${user}`) };
}

const CUP = { productId: 'cup', quantity: 2, priceMinor: 1_500 };
const CART = { currency: 'EUR', items: [CUP] };
const ORDER = { amount: 3_000, items: [{ product_id: 'cup', quantity: 2, price: 1_500 }] };

describe('the wallet', () => {
  it('offers what a redemption accepts, takes off what that takes off, and refuses with the key that that refuses with', async () => {
    const { shop, mine } = await shopper('u1');
    const off = await makeCampaign(shop.id, { active: false });
    const once = await makeCampaign(shop.id, { limitPerCustomer: 1 });
    const beans = { only: [{ kind: 'product' as const, id: 'beans' }], not: [] };
    const cups = { only: [{ kind: 'product' as const, id: 'cup' }], not: [] };
    const half = { kind: 'percent' as const, hundredths: 5_000, capMinor: null, effect: 'items' as const };
    const discount = (applicable: typeof beans) => ({ kind: 'discount' as const, discount: half, applicable });
    const first = await rule(shop, { kind: 'first_order' });
    const large = await rule(shop, { kind: 'order_amount', of: 'initial', test: { op: 'at_least', value: 5_000 } });
    const others = await rule(shop, { kind: 'segment', anyOf: ['seg_others'] });
    const elsewhere = await rule(shop, { kind: 'channel', anyOf: ['POS'] });
    await placeOrders(shop, 'u1', [{ id: 'o1', total: 40 }]);
    const given: [string, Partial<Voucher>][] = [
      ['plain', {}],
      ['card', { benefit: giftOf(2_000) }],
      ['cups', { benefit: discount(cups) }],
      ['beans', { benefit: discount(beans) }],
      ['minimum', { minimumMinor: 4_000 }],
      ['reached', { minimumMinor: 3_000 }],
      ['first order', { rules: [first] }],
      ['large', { rules: [large] }],
      ['others', { rules: [others] }],
      ['elsewhere', { rules: [elsewhere] }],
      ['off', { campaign: off.id }],
      ['once', { campaign: once.id }],
    ];
    const codes = new Map<string, string>();
    for (const [name, more] of given) codes.set(await held(shop, 'u1', more), name);
    const before = await everything();
    const { status, body } = await walletFor(mine, CART);
    expect([status, body.items.length]).toEqual([200, given.length]);
    expect(await everything()).toEqual(before);
    for (const { code, applicable, reason, discountMinor } of body.items) {
      const about = { name: codes.get(code), applicable, key: reason?.key ?? null, discountMinor };
      const told = await redeem(shop, 'u1', code, ORDER);
      const order = told.body.order as { total_discount_amount?: number } | undefined;
      const accepted = { applicable: true, key: null, discountMinor: order?.total_discount_amount ?? null };
      const refused = { applicable: false, key: told.body.key, discountMinor: null };
      expect(about).toEqual({ name: about.name, ...(told.status === 200 ? accepted : refused) });
    }
    const fitting = body.items.filter((one) => one.applicable).map(({ code }) => codes.get(code));
    expect(new Set(fitting)).toEqual(new Set(['plain', 'card', 'cups', 'reached', 'once']));
  });

  it("says why in the merchant's own words, and what the order lacks", async () => {
    const { shop, mine } = await shopper('u2');
    const when: RuleTree = { kind: 'order_amount', of: 'initial', test: { op: 'at_least', value: 5_000 } };
    const spoken = await rule(shop, { ...when, message: 'From 50 euros on' });
    await held(shop, 'u2', { rules: [spoken] });
    await held(shop, 'u2', { minimumMinor: 3_001 });
    await held(shop, 'u2', { rules: [await rule(shop, { kind: 'first_order' }, { message: 'Only once' })] });
    await placeOrders(shop, 'u2', [{ id: 'o1', total: 40 }]);
    const key = 'order_rules_violated';
    const { body } = await walletFor(mine, CART);
    expect(body.items.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        { key, message: 'From 50 euros on', missingMinor: 2_000 },
        { key, message: null, missingMinor: 1 },
        { key: 'customer_rules_violated', message: 'Only once', missingMinor: null },
      ]),
    );
  });

  it('holds nothing against a cart where none is named, nor one in another currency, nor what cannot be used', async () => {
    const { shop, mine } = await shopper('u3');
    await held(shop, 'u3');
    expect((await redeem(shop, 'u3', await held(shop, 'u3'), ORDER)).status).toBe(200);
    const notAsked = { applicable: null, reason: null, discountMinor: null };
    for (const cart of [null, { ...CART, currency: 'USD' }]) {
      const { body } = await walletFor(mine, cart);
      expect(body.items).toMatchObject([notAsked, notAsked]);
    }
    const { body } = await walletFor(mine, CART);
    expect(new Map(body.items.map(({ status, applicable }) => [status, applicable]))).toEqual(
      new Map([
        ['available', true],
        ['used', null],
      ]),
    );
  });

  it("is the shopper's own, newest first, page by page, as the list of vouchers is", async () => {
    const { shop, mine } = await shopper('u4');
    for (let at = 0; at < 5; at += 1) await held(shop, 'u4', { createdAtMs: 1_000 + at });
    await bearer(shop, 'user:other');
    await held(shop, 'other');
    const list = await walk<{ id: string }>('/hub/v1/vouchers?limit=3', mine);
    const first = await walletFor(mine, CART, '?limit=3');
    const second = await walletFor(mine, CART, `?limit=3&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }) => id);
    expect([ids.length, second.body.nextCursor]).toEqual([5, null]);
    expect(ids).toEqual(list.map(({ id }) => id));
  });

  it('links to where a code is put into the cart, as the shop says it, while it can be used', async () => {
    const { shop, mine } = await shopper('u5');
    const code = await held(shop, 'u5');
    await redeem(shop, 'u5', await held(shop, 'u5'), ORDER);
    const urls = async () => {
      const { body } = await walletFor(mine, null);
      return new Set(body.items.map(({ status, applyUrl }) => `${status}: ${applyUrl}`));
    };
    expect(await urls()).toEqual(new Set(['available: null', 'used: null']));
    const links = { applyCode: 'https://my.shop/cart?code={code}&from=hub' };
    await send('PATCH', '/admin/v1/shop', shop.keys.secret, { links });
    await vi.waitFor(async () => {
      const url = `https://my.shop/cart?code=${encodeURIComponent(code)}&from=hub`;
      expect(await urls()).toEqual(new Set([`available: ${url}`, 'used: null']));
    }, 5_000);
  });

  it('says what time it is where the shop is, so that what is left to undo needs no clock of the browser’s', async () => {
    const { shop, mine } = await shopper('u9', { mode: 'test' });
    const api = shop.keys.secret;
    const toMs = Date.UTC(2031, 0, 1);
    await send('POST', '/admin/v1/clock', api, { toMs });
    const cup = { id: 'cup', name: 'A cup', benefit: { kind: 'perk' }, price: 10 };
    await send('PUT', '/admin/v1/programme', api, { order: null, rewards: { undoMinutes: 60, rewards: [cup] } });
    await send('POST', '/admin/v1/customers/user:u9/points', api, { points: 10, reason: 'r' });
    expect((await send('POST', '/admin/v1/customers/user:u9/rewards/cup/redeem', api, {})).status).toBe(200);
    await send('POST', '/admin/v1/clock', api, { toMs: toMs + 60_000 });
    const { body } = await walletFor(mine, null);
    expect([body.nowMs, body.items.map(({ undoUntilMs }) => undoUntilMs)]).toEqual([toMs + 60_000, [toMs + 3_600_000]]);
  });

  it('refuses a cart that breaks a rule, a bearer of nobody, and more than anybody asks', async () => {
    const { mine } = await shopper('u6');
    const broken: [object, string][] = [
      [{ ...CART, currency: 'eur' }, 'cart.currency'],
      [{ ...CART, items: [{ ...CUP, quantity: 0 }] }, 'cart.items.0.quantity'],
      [{ ...CART, items: [{ ...CUP, priceMinor: 1.5 }] }, 'cart.items.0.priceMinor'],
      [{ ...CART, items: Array.from({ length: 251 }, () => CUP) }, 'cart.items'],
      [{ ...CART, customer: 'another' }, 'cart.customer'],
    ];
    for (const [cart, field] of broken) {
      const { status, body } = await walletFor(mine, cart);
      expect([status, body]).toMatchObject([400, { ...problem('invalid_request'), errors: [{ field }] }]);
    }
    expect((await walletFor('x', CART)).status).toBe(401);
    const answers = await Promise.all(Array.from({ length: 30 }, () => walletFor(mine, null)));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject({ body: problem('rate_limited') });
    expect(refused?.headers.get('retry-after')).toBe('1');
  });
});

describe('GET /hub/v1/vouchers/{id}/moves', () => {
  const idOf = async (mine: string) => (await walletFor(mine, null)).body.items[0]?.id ?? '';

  it('tells what was put on a gift card and taken from it, newest first, with the balance after each', async () => {
    const { shop, mine } = await shopper('u7');
    const code = await held(shop, 'u7', { benefit: giftOf(2_000), limit: null });
    await placeOrders(shop, 'u7', [{ id: 'o7', total: 40 }]);
    const spend = async (credits: number, more: object) =>
      (
        await client(shop, 'POST', `/v1/vouchers/${code}/redemption`, {
          gift: { credits },
          order: { amount: 3_000, ...more },
          customer: { source_id: 'u7' },
        })
      ).body;
    const first = await spend(800, { source_id: 'o7' });
    await spend(9_999, {});
    await client(shop, 'POST', `/v1/vouchers/${code}/balance`, { amount: 500 });
    await client(shop, 'POST', `/v1/redemptions/${first.id}/rollback`);
    await client(shop, 'POST', `/v1/vouchers/${code}/balance`, { amount: -100 });
    const path = `/hub/v1/vouchers/${await idOf(mine)}/moves`;
    const { status, body } = await get<HubGiftMoves>(path, mine);
    expect(status).toBe(200);
    const told = body.items.map(({ kind, amountMinor, balanceMinor, orderName }) => [
      kind,
      amountMinor,
      balanceMinor,
      orderName,
    ]);
    expect(told).toEqual([
      ['added', -100, 2_400, null],
      ['given_back', 800, 2_500, '#o7'],
      ['added', 500, 1_700, null],
      ['spent', -800, 1_200, '#o7'],
      ['added', 2_000, 2_000, null],
    ]);
    expect((await walletFor(mine, null)).body.items[0]?.worth.balanceMinor).toBe(2_400);
    expect(await walk(`${path}?limit=2`, mine)).toEqual(body.items);
    expect(new Set(body.items.map(({ id }) => id)).size).toBe(5);
  });

  it("of another's card, of a voucher that is none, and of nothing are the same: not found", async () => {
    const { shop, mine } = await shopper('u8');
    await held(shop, 'u8', { benefit: giftOf(2_000), limit: null });
    const theirs = await bearer(shop, 'user:u9');
    await held(shop, 'u9', { benefit: amountOff(100) });
    for (const [id, token] of [
      [await idOf(mine), theirs],
      [await idOf(theirs), theirs],
      ['v_nothing', theirs],
    ]) {
      const answer = await get(`/hub/v1/vouchers/${id}/moves`, token ?? '');
      expect(answer).toMatchObject({ status: 404, body: problem('not_found') });
    }
    expect((await get(`/hub/v1/vouchers/${await idOf(mine)}/moves`, mine)).status).toBe(200);
    expect((await ask(`/hub/v1/vouchers/${await idOf(mine)}/moves`)).status).toBe(401);
  });
});
