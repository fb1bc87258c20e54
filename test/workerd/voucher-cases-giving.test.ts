/** The hard cases of giving and joining vouchers, by their numbers and over HTTP: publications, stacks, amounts, budgets and codes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, newUser } from './shop.ts';
import { expectRefused, OK, told, VoucherShop } from './voucher-shop.ts';
import { newCode } from './vouchers-given.ts';

let shop: VoucherShop;
beforeAll(async () => {
  shop = await VoucherShop.live();
});

const codes = (...list: string[]) => list.map((id) => ({ object: 'voucher', id }));
const somebody = () => ({ source_id: newUser() });

describe('a publication', () => {
  it('case 26: of a growing pool gives 30 customers at once 30 codes', async () => {
    const { name } = await shop.campaign({});
    const given = await Promise.all(
      Array.from({ length: 30 }, () => shop.publish({ campaign: { name }, customer: somebody() })),
    );
    expect(given.map(told)).toEqual(given.map(() => OK));
    expect(new Set(given.map(({ body }) => body.voucher.code)).size).toBe(30);
  });

  it('case 26: of a fixed pool of three gives 10 customers at once three codes', async () => {
    const { id, name } = await shop.campaign({ type: 'STATIC', vouchers_count: 3 });
    await eventually(async () => {
      const { vouchers_generation_status: status } = await shop.done('GET', `/v1/campaigns/${id}`);
      return status === 'DONE' ? status : null;
    });
    const asked = Array.from({ length: 10 }, () => shop.publish({ campaign: { name }, customer: somebody() }));
    const answers = await Promise.all(asked);
    const won = answers.filter(({ status }) => status === 200);
    expect([won.length, new Set(won.map(({ body }) => body.voucher.code)).size]).toEqual([3, 3]);
    for (const lost of answers.filter(({ status }) => status !== 200))
      expectRefused(lost, 'no_voucher_suitable_for_publication');
  });

  it('case 27: of a code that somebody has is refused, to whom it belongs as well', async () => {
    const [voucher, customer] = [await shop.coupon(1), somebody()];
    expect(told(await shop.publish({ voucher, customer }))).toEqual(OK);
    for (const other of [somebody(), customer])
      expectRefused(await shop.publish({ voucher, customer: other }), 'voucher_already_published');
  });

  it('case 28: under a source id of a campaign is the same for the same customer, and for another one a duplicate', async () => {
    const one = await shop.campaign({});
    const [source_id, customer] = [newCode(), somebody()];
    const wanted = { campaign: { name: one.name }, customer, source_id };
    const [first, again] = [await shop.publish(wanted), await shop.publish(wanted)];
    expect([again.body.id, again.body.voucher.code]).toEqual([first.body.id, first.body.voucher.code]);
    expectRefused(await shop.publish({ ...wanted, customer: somebody() }), 'duplicate_source_id');
  });

  it('case 29: of a code for its holder alone lets neither a thief nor somebody without a name redeem it', async () => {
    const name = 'publication.redeemable_by_linked_customer';
    const rule = await shop.rule({ '1': { name, conditions: { $is: [true] } }, logic: '1' });
    const [code, customer] = [await shop.coupon(1, { validation_rules: [rule] }), somebody()];
    await shop.publish({ voucher: code, customer });
    const order = { amount: 5_000 };
    expectRefused(await shop.redeem(code, { order, customer: somebody() }), 'customer_rules_violated');
    expect((await shop.redeem(code, { order })).status).toBe(400);
    expect(told(await shop.redeem(code, { order, customer }))).toEqual(OK);
  });
});

describe('a stack', () => {
  const stack = (...list: string[]) => ({ order: { amount: 1_050 }, redeemables: codes(...list) });

  it('case 30: of a card of 1.00 and a coupon for more than 10.00, on 10.50, goes one way round only', async () => {
    const rules = { '1': { name: 'order.amount', conditions: { $more_than: [1_000] } }, logic: '1' };
    const [card, rule] = [await shop.card(100), await shop.rule(rules)];
    const coupon = await shop.coupon(null, { validation_rules: [rule] });
    const { body } = await shop.ask('POST', '/v1/validations', stack(card, coupon));
    expect([body.valid, body.inapplicable_redeemables.map(({ id }: { id: string }) => id)]).toEqual([false, [coupon]]);
    expect(body.inapplicable_redeemables[0].result.error.key).toBe('order_rules_violated');
    expectRefused(await shop.ask('POST', '/v1/redemptions', stack(card, coupon)), 'order_rules_violated');
    expect(await shop.balance(card)).toBe(100);
    const done = await shop.done('POST', '/v1/redemptions', stack(coupon, card));
    expect([done.order.total_amount, await shop.balance(card)]).toEqual([450, 0]);
  });

  it('case 31: with one bad code takes nothing of the good ones where all must apply', async () => {
    const [card, used] = [await shop.card(1_000), await shop.coupon(1)];
    await shop.redeem(used);
    expectRefused(await shop.ask('POST', '/v1/redemptions', stack(card, used)), 'quantity_exceeded');
    expectRefused(await shop.ask('POST', '/v1/redemptions', stack(card, newCode())), 'not_found', 404);
    expect(await shop.balance(card)).toBe(1_000);
  });

  it('case 31: with one bad code redeems the others and lists it where the shop lets those that apply', async () => {
    const own = await VoucherShop.live();
    const rules = await own.shop.admin('GET', '/admin/v1/stacking');
    const partial = await own.shop.admin('PUT', '/admin/v1/stacking', { ...rules.body, mode: 'partial' });
    expect([partial.status, partial.body.mode]).toEqual([200, 'partial']);
    const [card, used, good] = [await own.card(300), await own.coupon(1), await own.coupon(1)];
    await own.redeem(used);
    const { body } = await own.ask('POST', '/v1/validations', stack(used, card, good));
    expect(body.redeemables.map(({ status }: { status: string }) => status)).toEqual([
      'INAPPLICABLE',
      'APPLICABLE',
      'APPLICABLE',
    ]);
    const key = { 'Idempotency-Key': newCode() };
    const done = await own.done('POST', '/v1/redemptions', stack(used, card, good), key);
    expect([done.redemptions.length, done.order.total_amount, await own.balance(card)]).toEqual([2, 250, 0]);
    const left = ({ inapplicable_redeemables: list }: { inapplicable_redeemables: { id: string }[] }) =>
      list.map(({ id }) => id);
    expect(left(done)).toEqual([used]);
    expect(done.inapplicable_redeemables[0].result.error.key).toBe('quantity_exceeded');
    const again = await own.done('POST', '/v1/redemptions', stack(used, card, good), key);
    expect([again.redemptions, left(again)]).toEqual([done.redemptions, [used]]);
    expectRefused(await own.redeem(good), 'quantity_exceeded');
  });

  it('a single code that would take nothing is left out as in a stack where the shop says so, and not used up', async () => {
    const own = await VoucherShop.live();
    const rules = await own.shop.admin('GET', '/admin/v1/stacking');
    await own.shop.admin('PUT', '/admin/v1/stacking', { ...rules.body, noEffect: 'skip' });
    const [code, other] = [await own.coupon(1), await own.coupon(1)];
    const asking = (amount: number, ...codes: string[]) => ({ ...stack(...codes), order: { amount } });
    const validated = await own.ask('POST', '/v1/validations', asking(0, code));
    expect([validated.body.valid, validated.body.redeemables[0].status]).toEqual([false, 'SKIPPED']);
    for (const codes of [[code], [code, other]])
      expectRefused(await own.ask('POST', '/v1/redemptions', asking(0, ...codes)), 'invalid_payload');
    expectRefused(
      await own.ask('POST', `/v1/vouchers/${code}/redemption`, { order: { amount: 0 } }),
      'invalid_payload',
    );
    const done = await own.done('POST', '/v1/redemptions', asking(1_000, code));
    expect(done.redemptions).toHaveLength(1);
  });

  it('case 32: of the same code twice, however it is written, or of 31 is malformed, to validate as to redeem', async () => {
    const code = await shop.coupon();
    const many = Array.from({ length: 31 }, newCode);
    for (const path of ['/v1/validations', '/v1/redemptions']) {
      const twice = stack(code, ` ${code.toLowerCase()} `);
      expectRefused(await shop.ask('POST', path, twice), 'duplicated_redeemables');
      expectRefused(await shop.ask('POST', path, stack(...many)), 'invalid_payload');
    }
  });

  it.each([
    [{ limit: 31 }, 'limit'],
    [{ limit: 0 }, 'limit'],
    [{ applicableLimit: 1.5 }, 'applicableLimit'],
    [{ mode: 'some' }, 'mode'],
    [{ exclusive: ['a', 'a'] }, 'exclusive'],
    [{ exclusive: ['a'], joint: ['a'] }, 'joint'],
    [{ hierarchy: null }, 'hierarchy'],
    [{ extra: 1 }, ''],
  ])('INV-14: has no rules such as %j, and keeps those there are', async (wrong, field) => {
    const { body } = await shop.shop.admin('GET', '/admin/v1/stacking');
    const refused = await shop.shop.admin('PUT', '/admin/v1/stacking', { ...body, ...wrong });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, field || 'extra']);
    expect((await shop.shop.admin('GET', '/admin/v1/stacking')).body).toEqual(body);
  });
});

describe('case 33: amounts', () => {
  const discounted = async (discount: object, order: object) => {
    const { code } = await shop.done('POST', `/v1/vouchers/${newCode()}`, { type: 'DISCOUNT_VOUCHER', discount });
    return (await shop.redeem(code, { order })).body.order;
  };
  const items = (...amounts: number[]) => amounts.map((amount, at) => ({ product_id: `p${at}`, quantity: 1, amount }));

  it.each([
    ['all of it in percent', { type: 'PERCENT', percent_off: 100 }, { amount: 1_234 }, [1_234, 0]],
    ['more than it is', { type: 'AMOUNT', amount_off: 1_000 }, { amount: 800 }, [800, 0]],
    ['percent up to a cap', { type: 'PERCENT', percent_off: 50, amount_limit: 300 }, { amount: 1_000 }, [300, 700]],
  ])('%s off leave a total that adds up and is never below 0', async (_, discount, order, [off, total]) => {
    expect(await discounted(discount, order)).toMatchObject({ total_discount_amount: off, total_amount: total });
  });

  it('one cent over three lines in proportion is one cent', async () => {
    const discount = { type: 'AMOUNT', amount_off: 1, effect: 'APPLY_TO_ITEMS_PROPORTIONALLY' };
    const order = await discounted(discount, { items: items(333, 333, 334) });
    expect(order).toMatchObject({ amount: 1_000, items_discount_amount: 1, total_amount: 999 });
  });
});

describe('case 34: a budget of 100.00', () => {
  it('gives 30 at once who take 9.99 each no more than that, and what was taken back again', async () => {
    const rules = {
      '1': { name: 'campaign.orders.amount_discounted', conditions: { $less_than_or_equal: [10_000] } },
      logic: '1',
    };
    const rule = await shop.rule(rules);
    const discount = { type: 'AMOUNT', amount_off: 999 };
    const voucher = { type: 'DISCOUNT_VOUCHER', discount, code_config: { pattern: 'BUDGET-############' } };
    const { name } = await shop.campaign({ voucher, validation_rules: [rule] });
    const given = await Promise.all(
      Array.from({ length: 30 }, () => shop.publish({ campaign: { name }, customer: somebody() })),
    );
    const list = given.map(({ body }) => body.voucher.code);
    const answers = await Promise.all(list.map((code) => shop.redeem(code)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(10);
    for (const lost of answers.filter(({ status }) => status !== 200))
      expect(lost.body.key).toMatch(/^(order|redemption)_rules_violated$/);
    const unused = list.filter((_, at) => answers[at]?.status !== 200);
    expect((await shop.rollBack(won[0]?.body.id)).status).toBe(200);
    await eventually(async () => ((await shop.redeem(unused[0])).status === 200 ? true : null));
    expect((await shop.redeem(unused[1])).status).toBe(400);
  });
});

describe('case 35: a code', () => {
  it('is the same in any case and between spaces, and cannot be made a second time so', async () => {
    const code = `Summer-${newCode()}`;
    await shop.done('POST', `/v1/vouchers/${code}`, {
      type: 'DISCOUNT_VOUCHER',
      discount: { type: 'AMOUNT', amount_off: 500 },
      redemption: { quantity: 2 },
    });
    expect(told(await shop.redeem(` ${code.toLowerCase()} `))).toEqual(OK);
    expect(told(await shop.redeem(code.toUpperCase()))).toEqual(OK);
    expectRefused(await shop.redeem(code), 'quantity_exceeded');
    const again = { type: 'GIFT_VOUCHER', gift: { amount: 100 } };
    expectRefused(await shop.ask('POST', `/v1/vouchers/${code.toLowerCase()}`, again), 'duplicate_found', 409);
  });
});

describe('case 37: codes of a campaign', () => {
  it.each([
    ['too few places for as many as are wanted', { pattern: 'A-##', charset: '0123456789' }, 1_000],
    ['letters that look alike', { pattern: '############', charset: 'O0' }, 10],
    ['too few random bits for money', { pattern: '########' }, 10],
  ])('with %s are refused up front, and there is no campaign', async (why, code_config, vouchers_count) => {
    const name = newCode();
    const isMoney = why.endsWith('money');
    const voucher = isMoney
      ? { type: 'GIFT_VOUCHER', gift: { amount: 100 }, code_config }
      : { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 500 }, code_config };
    const campaign_type = isMoney ? 'GIFT_VOUCHERS' : 'DISCOUNT_COUPONS';
    const wanted = { name, type: 'STATIC', campaign_type, vouchers_count, voucher };
    expectRefused(await shop.ask('POST', '/v1/campaigns', wanted), 'invalid_code_config');
    expectRefused(await shop.ask('GET', `/v1/campaigns/${name}`), 'resource_not_found', 404);
  });
});
