/** Whoever validates or redeems is told line by line what an order costs: what was taken off each, and what is added for nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { call } from './shop.ts';
import { expectRefused, VoucherShop } from './voucher-shop.ts';
import { newCode } from './vouchers-given.ts';

let shop: VoucherShop;
beforeAll(async () => {
  shop = await VoucherShop.live();
});

async function voucher(discount: object, more: object = {}): Promise<string> {
  return (await shop.done('POST', `/v1/vouchers/${newCode()}`, { type: 'DISCOUNT_VOUCHER', discount, ...more })).code;
}

const tenOff = (effect: string) => voucher({ type: 'AMOUNT', amount_off: 1_000, effect });
const ORDER = {
  items: [
    { source_id: 'line-a', product_id: 'a', quantity: 2, price: 1_000, metadata: { size: 'M' } },
    { product_id: 'b', quantity: 3, price: 1_500 },
    { product_id: 'c', quantity: 3, price: 2_000 },
  ],
};
const redeemables = (...codes: string[]) => codes.map((id) => ({ object: 'voucher', id }));
const stack = (...codes: string[]) => ({ order: ORDER, redeemables: redeemables(...codes) });

interface Item {
  product_id: string;
  discount_amount: number;
  applied_discount_amount: number;
  subtotal_amount: number;
}

const discounts = ({ items }: { items: Item[] }) => items.map(({ discount_amount }) => discount_amount);
const applied = ({ items }: { items: Item[] }) => items.map(({ applied_discount_amount }) => applied_discount_amount);

function page(method: string, path: string, body?: unknown) {
  const { id, keys } = shop.shop;
  return call(method, `/client/v1${path}`, body, {
    'X-Client-Application-Id': id,
    'X-Client-Token': keys.publishable,
    Origin: 'https://shop.example',
    'CF-Connecting-IP': '192.0.2.77',
  });
}

describe('an order of 20.00, 45.00 and 60.00', () => {
  it.each([
    ['APPLY_TO_ITEMS_PROPORTIONALLY', [160, 360, 480]],
    ['APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY', [250, 375, 375]],
    ['APPLY_TO_ITEMS_BY_QUANTITY', [2_000, 3_000, 3_000]],
    ['APPLY_TO_ITEMS', [1_000, 1_000, 1_000]],
    ['APPLY_TO_ORDER', [0, 0, 0]],
  ])('has 10.00 off by %s told of each line, the same when validated, redeemed and by pages', async (effect, lines) => {
    const code = await tenOff(effect);
    const validated = (await shop.done('POST', `/v1/vouchers/${code}/validate`, { order: ORDER })).order;
    expect(discounts(validated)).toEqual(lines);
    const several = await shop.done('POST', '/v1/validations', stack(code));
    const redeemed = (await shop.redeem(code, { order: ORDER })).body.order;
    const together = await shop.done('POST', '/v1/redemptions', stack(code));
    const told = [several.order, several.redeemables[0].order, redeemed, together.order, together.redemptions[0].order];
    const pages = [
      await page('POST', '/validations', stack(code)),
      await page('POST', `/redeem?code=${code}`, { order: ORDER }),
    ];
    for (const order of [...told, ...pages.map(({ body }) => body.order)]) expect(order.items).toEqual(validated.items);
  });

  it('has its lines back as they were named, with their amounts', async () => {
    const code = await tenOff('APPLY_TO_ITEMS_PROPORTIONALLY');
    const { order } = await shop.done('POST', `/v1/vouchers/${code}/validate`, { order: ORDER });
    expect(order.items[0]).toEqual({
      ...{ object: 'order_item', source_id: 'line-a', product_id: 'a', metadata: { size: 'M' }, quantity: 2 },
      ...{ price: 1_000, amount: 2_000, initial_amount: 2_000 },
      ...{ discount_amount: 160, applied_discount_amount: 160, subtotal_amount: 1_840 },
    });
    expect(order).toMatchObject({ amount: 12_500, items_discount_amount: 1_000, total_amount: 11_500 });
  });

  it('under several vouchers says of each what it took and what all had taken by then', async () => {
    const [first, second] = [await tenOff('APPLY_TO_ITEMS'), await tenOff('APPLY_TO_ITEMS_PROPORTIONALLY')];
    const validated = await shop.done('POST', '/v1/validations', stack(first, second));
    const redeemed = await shop.done('POST', '/v1/redemptions', stack(first, second));
    const orders = [validated.redeemables, redeemed.redemptions].map((all) =>
      all.map(({ order }: { order: { items: Item[] } }) => [applied(order), discounts(order)]),
    );
    // 10.00 in proportion to the 10.00, 35.00 and 50.00 that are left
    const rest = [105, 369, 526];
    const [one, both] = [
      [1_000, 1_000, 1_000],
      [1_105, 1_369, 1_526],
    ];
    const told = [
      [one, one],
      [rest, both],
    ];
    expect(orders).toEqual([told, told]);
    for (const { order } of [validated, redeemed, redeemed.parent_redemption]) {
      expect([discounts(order), applied(order)]).toEqual([both, both]);
      expect(order).toMatchObject({ total_discount_amount: 4_000, total_applied_discount_amount: 4_000 });
    }
    expect(redeemed.redemptions[1].order).toMatchObject({
      ...{ amount: 12_500, total_discount_amount: 4_000, total_applied_discount_amount: 1_000, total_amount: 8_500 },
    });
  });

  it('is told to a retry as it was told first', async () => {
    const codes = [await tenOff('APPLY_TO_ITEMS'), await tenOff('APPLY_TO_ITEMS_PROPORTIONALLY')];
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    const [first, again] = [0, 1].map(() => shop.ask('POST', '/v1/redemptions', stack(...codes), key));
    expect((await again)?.body.order).toEqual((await first)?.body.order);
    expect((await first)?.body.order.items).toHaveLength(3);
  });
});

describe('goods for nothing', () => {
  it('are added as a line that costs nothing, or made free where they lie in the cart', async () => {
    const added = await voucher({ type: 'UNIT', unit_off: 1, unit_type: 'mug', effect: 'ADD_NEW_ITEMS' });
    const order = { items: [{ product_id: 'mug', quantity: 3, price: 700 }] };
    const validated = (await shop.done('POST', `/v1/vouchers/${added}/validate`, { order })).order;
    expect(validated.items.slice(1)).toEqual([
      {
        ...{ object: 'order_item', product_id: 'mug', related_object: 'product', quantity: 1, initial_quantity: 0 },
        ...{ discount_quantity: 1, amount: 0, initial_amount: 0 },
        ...{ discount_amount: 0, applied_discount_amount: 0, subtotal_amount: 0 },
      },
    ]);
    const missing = await voucher({ type: 'UNIT', unit_off: 2, unit_type: 'mug', effect: 'ADD_MISSING_ITEMS' });
    const redeemed = (await shop.redeem(missing, { order })).body.order;
    expect(redeemed).toMatchObject({ total_discount_amount: 1_400, total_amount: 700 });
    expect(redeemed.items).toMatchObject([
      { quantity: 3, discount_quantity: 2, discount_amount: 1_400, subtotal_amount: 700 },
    ]);
  });
});

describe('free shipping', () => {
  const shipping = () => voucher({ type: 'UNIT', unit_off: 1, unit_type: 'prod_5h1pp1ng' });
  const goods = { product_id: 'a', quantity: 1, price: 1_000 };

  it('takes the line of the shipping off', async () => {
    const order = { items: [goods, { product_id: 'prod_5h1pp1ng', quantity: 1, price: 490 }] };
    const code = await shipping();
    const valid = await shop.done('POST', `/v1/vouchers/${code}/validate`, { order });
    const redeemed = await shop.redeem(code, { order });
    for (const told of [valid.order, redeemed.body.order]) {
      expect(told).toMatchObject({ amount: 1_490, total_discount_amount: 490, total_amount: 1_000 });
      expect(discounts(told)).toEqual([0, 490]);
    }
  });

  it('is good for an order without shipping, to which it adds it for nothing', async () => {
    const redeemed = (await shop.redeem(await shipping(), { order: { items: [goods] } })).body.order;
    expect(redeemed).toMatchObject({ amount: 1_000, total_discount_amount: 0, total_amount: 1_000 });
    expect(redeemed.items[1]).toMatchObject({ product_id: 'prod_5h1pp1ng', discount_quantity: 1, subtotal_amount: 0 });
  });
});

describe('a stack in which nothing is left to pay', () => {
  const held = async (code: string) => {
    await shop.done('POST', '/v1/publications', { voucher: code, customer: { source_id: 'stack-holder' } });
    return code;
  };
  const whole = () => voucher({ type: 'PERCENT', percent_off: 100 });

  it.each([
    ['nobody holds them', async () => [await whole(), await shop.card(700)]],
    ['somebody holds both', async () => [await held(await whole()), await held(await shop.card(700))]],
    ['somebody holds the first', async () => [await held(await whole()), await shop.card(700)]],
    ['somebody holds the second', async () => [await whole(), await held(await shop.card(700))]],
    ['two cards', async () => [await shop.card(999), await shop.card(700)]],
  ])('is redeemed as it was validated, and leaves the card whole: %s', async (_, make) => {
    const [first = '', card = ''] = await make();
    const asked = { redeemables: redeemables(first, card), order: { amount: 999 } };
    expect(await shop.done('POST', '/v1/validations', asked)).toMatchObject({
      valid: true,
      order: { total_amount: 0 },
    });
    const done = await shop.done('POST', '/v1/redemptions', asked);
    expect(done).toMatchObject({ redemptions: [{}, { amount: 0 }], order: { total_amount: 0 } });
    expect(await shop.balance(card)).toBe(700);
    expect((await shop.rollBack(done.parent_redemption.id, {}, 'rollbacks')).body.rollbacks).toHaveLength(2);
    expect(await shop.balance(card)).toBe(700);
  });
});

interface Told {
  id: string;
  redemption?: string;
  order: { items: (Item & { metadata?: object })[] };
}

/** What of an answer is kept, which is all but the metadata of lines. */
const kept = ({ id, order }: Told, more: object = {}) => {
  const items = order.items.map(({ metadata: _, ...line }) => line);
  return [id, { ...order, items, ...more }];
};

describe('the lines of an order', () => {
  const held = async (code: string) => {
    await shop.done('POST', '/v1/publications', { voucher: code, customer: { source_id: newCode() } });
    return code;
  };
  const first = () => tenOff('APPLY_TO_ITEMS');
  const second = () => voucher({ type: 'UNIT', unit_off: 2, unit_type: 'mug', effect: 'ADD_NEW_ITEMS' });

  it.each([
    ['a code that nobody holds', async () => [await first()]],
    ['one that somebody holds', async () => [await held(await first())]],
    ['several that nobody holds', async () => [await first(), await second(), await tenOff('APPLY_TO_ORDER')]],
    ['several that people hold', async () => [await held(await second()), await held(await first())]],
    ['some that somebody holds', async () => [await second(), await held(await first()), await shop.card(500)]],
  ])('are told later as they were when they were redeemed with %s, and when it is taken back', async (_, make) => {
    const codes = await make();
    const sent = { ...stack(...codes), order: { ...ORDER, source_id: newCode(), metadata: { note: 'ring twice' } } };
    const done = await shop.done('POST', '/v1/redemptions', sent);
    const all: Told[] = done.redemptions;
    const { metadata: _sent, ...order } = done.order;
    const read = ({ id }: Told) => shop.done('GET', `/v1/redemptions/${id}`);
    const later: Told[] = await Promise.all(all.map(read));
    const then = all.map((one) => ({ ...one, order: { ...one.order, metadata: undefined } }));
    expect(later.map(({ id, order: of }) => [id, of])).toEqual(then.map((one) => kept(one)));
    const of = async (code: string) => (await shop.done('GET', `/v1/vouchers/${code}/redemption`)).redemption_entries;
    const entries: Told[] = (await Promise.all(codes.map(of))).flat();
    expect(entries.map(({ id, order: own }) => [id, own])).toEqual(then.map((one) => kept(one)));

    const { parent_redemption: parent } = done;
    const back = (await shop.rollBack(parent?.id ?? all[0]?.id, {}, parent ? 'rollbacks' : 'rollback')).body;
    const backs: Told[] = parent === undefined ? [back] : back.rollbacks;
    const canceled = then.map((one) => kept(one, { status: 'CANCELED' }));
    const sorted = (some: unknown[][]) => some.toSorted(([a], [b]) => String(a).localeCompare(String(b)));
    expect(sorted(backs.map(({ redemption, order: own }) => [redemption, own]))).toEqual(sorted(canceled));
    expect((await Promise.all(all.map(read))).map(({ id, order: own }) => [id, own])).toEqual(canceled);
    expect(back.order).toEqual(kept({ id: '', order }, { status: 'CANCELED' })[1]);
  });

  it('are told of the first 100, and the amounts of all', async () => {
    const code = await tenOff('APPLY_TO_ITEMS');
    const items = Array.from({ length: 104 }, (_, at) => ({ product_id: `p${at}`, price: 1_500 }));
    const { id, order } = (await shop.redeem(code, { order: { items } })).body;
    const later = (await shop.done('GET', `/v1/redemptions/${id}`)).order;
    expect(later).toEqual({ ...order, items: order.items.slice(0, 100), items_left_out: 4 });
    expect(later).toMatchObject({ amount: 156_000, total_discount_amount: 104_000, total_amount: 52_000 });
  });
});

it('amounts of a currency of three decimals add up as they are told, in hundredths', async () => {
  const own = await VoucherShop.live({ currency: 'KWD' });
  const about = { type: 'DISCOUNT_VOUCHER', discount: { type: 'PERCENT', percent_off: 12.5 } };
  const { code } = await own.done('POST', `/v1/vouchers/${newCode()}`, about);
  const told = await own.done('POST', `/v1/vouchers/${code}/validate`, { order: { amount: 100 } });
  expect(told.order).toMatchObject({ amount: 100, total_discount_amount: 13, total_amount: 87 });
});

describe('options of several redeemables', () => {
  it('are those of the client: what is expanded is told, anything else is refused in its shape', async () => {
    const code = await voucher({ type: 'AMOUNT', amount_off: 100 }, { category: 'vip', metadata: { from: 'spring' } });
    const asked = (options: object) => ({ ...stack(code), options });
    const all = await shop.done('POST', '/v1/validations', asked({ expand: ['order', 'redeemable', 'category'] }));
    expect(all.redeemables[0]).toMatchObject({
      metadata: { from: 'spring' },
      categories: [{ id: 'vip', name: 'vip', object: 'category' }],
    });
    const plain = await shop.done('POST', '/v1/validations', asked({ expand: ['order'] }));
    expect(plain.redeemables[0]).not.toHaveProperty('metadata');
    expect((await shop.ask('POST', '/v1/redemptions', asked({ expand: ['order'] }))).status).toBe(200);
    for (const path of ['/v1/validations', '/v1/redemptions'])
      for (const options of [{ expand: ['everything'] }, { force: true }])
        expectRefused(await shop.ask('POST', path, asked(options)), 'invalid_payload');
  });
});
