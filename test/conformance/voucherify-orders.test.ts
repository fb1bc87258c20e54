/** Voucherify's own Node client, unmodified, is told line by line what vouchers take off an order, with the options of its types. */
import { VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { eventually, openShop, type StoryShop } from '../stories/client.ts';

let shop: StoryShop;
let client: ReturnType<typeof VoucherifyServerSide>;
beforeAll(async () => {
  shop = await openShop();
  client = VoucherifyServerSide({ applicationId: shop.id, secretKey: shop.keys.secret, apiUrl: shop.url });
});

const ITEMS = [
  { product_id: 'a', quantity: 2, price: 1_000 },
  { product_id: 'b', quantity: 3, price: 1_500 },
  { product_id: 'c', quantity: 3, price: 2_000 },
];

async function coupon(discount: object): Promise<string> {
  const code = `SDK-${crypto.randomUUID().slice(0, 13).toUpperCase()}`;
  return (await client.vouchers.create({ code, type: 'DISCOUNT_VOUCHER', discount: discount as never })).code;
}

const told = (order: { items?: { discount_amount?: number; subtotal_amount?: number }[] } | undefined) =>
  order?.items?.map(({ discount_amount, subtotal_amount }) => [discount_amount, subtotal_amount]);

it('tells the lines of an order with what was taken off each, the same when it validates and when it redeems', async () => {
  const code = await coupon({ type: 'AMOUNT', amount_off: 1_000, effect: 'APPLY_TO_ITEMS_PROPORTIONALLY' });
  const asked = {
    redeemables: [{ object: 'voucher' as const, id: code }],
    order: { source_id: code, items: ITEMS },
    options: { expand: ['order' as const, 'redeemable' as const] },
  };
  const lines = [
    [160, 1_840],
    [360, 4_140],
    [480, 5_520],
  ];
  const validated = await client.validations.validateStackable(asked);
  expect([told(validated.order as never), told(validated.redeemables?.[0]?.order as never)]).toEqual([lines, lines]);
  expect(told((await client.validations.validateVoucher(code, { order: { items: ITEMS } })).order as never)).toEqual(
    lines,
  );
  const redeemed = await client.redemptions.redeemStackable(asked);
  expect(told(redeemed.order as never)).toEqual(lines);
  expect(redeemed.order).toMatchObject({ amount: 12_500, total_discount_amount: 1_000, total_amount: 11_500 });
});

it('takes the shipping of an order off as one of its lines', async () => {
  const code = await coupon({ type: 'UNIT', unit_off: 1, unit_type: 'prod_5h1pp1ng', effect: 'ADD_MISSING_ITEMS' });
  const items = [...ITEMS, { product_id: 'prod_5h1pp1ng', quantity: 1, price: 490 }];
  const redeemed = await client.redemptions.redeem(code, { order: { items } });
  expect(told(redeemed.order as never)?.[3]).toEqual([490, 0]);
  expect(redeemed.order).toMatchObject({ total_discount_amount: 490, total_amount: 12_500 });
});

const read = async (ids: string[]) => {
  const all = await Promise.all(ids.map((id) => client.redemptions.get(id)));
  return all.map(({ order }) => order);
};

/** The client's type of what was taken back says less than it tells. */
type Listed = { id: string; object: string; redemption?: string; order?: object };

/** The lists' orders, the oldest first, once all of them are there. */
async function listed(ids: string[], object: 'redemption' | 'redemption_rollback') {
  const found = await eventually(async () => {
    const redemptions: Listed[] = (await client.redemptions.list({ limit: 100 })).redemptions;
    const some = ids.map((id) =>
      redemptions.find((one) => one.object === object && id === (object === 'redemption' ? one.id : one.redemption)),
    );
    return some.every((one) => one !== undefined) ? some : null;
  });
  return found.map((one) => one?.order);
}

it.each(['nobody holds', 'somebody holds'])(
  'reads the lines of an order later as they were told when a code that %s was redeemed',
  async (who) => {
    const code = await coupon({ type: 'AMOUNT', amount_off: 1_000, effect: 'APPLY_TO_ITEMS_PROPORTIONALLY' });
    if (who === 'somebody holds')
      await client.distributions.publications.create({ voucher: code, customer: { source_id: code } } as never);
    const { id, order } = await client.redemptions.redeem(code, { order: { source_id: code, items: ITEMS } });
    expect(told(order as never)).toHaveLength(3);
    const entries: Listed[] = (await client.redemptions.getForVoucher(code)).redemption_entries ?? [];
    expect([...(await read([id])), ...entries.map((one) => one.order)]).toEqual([order, order]);
    expect(await listed([id], 'redemption')).toEqual([order]);
    const canceled = { ...order, status: 'CANCELED' };
    expect(await client.redemptions.rollback(id)).toHaveProperty('order', canceled);
    expect([...(await read([id])), ...(await listed([id], 'redemption_rollback'))]).toEqual([canceled, canceled]);
  },
);

it('reads the lines of an order later as they were told when several codes were redeemed', async () => {
  const codes = [
    await coupon({ type: 'UNIT', unit_off: 2, unit_type: 'mug', effect: 'ADD_NEW_ITEMS' }),
    await coupon({ type: 'AMOUNT', amount_off: 1_000, effect: 'APPLY_TO_ITEMS' }),
  ];
  const redeemables = codes.map((id) => ({ object: 'voucher' as const, id }));
  const done = await client.redemptions.redeemStackable({
    redeemables,
    order: { source_id: codes[0] ?? '', items: ITEMS },
  });
  const ids = done.redemptions.map(({ id }) => id);
  const orders = done.redemptions.map(({ order }) => order);
  expect(orders.map((order) => told(order as never)?.length)).toEqual([4, 4]);
  expect([await read(ids), await listed(ids, 'redemption')]).toEqual([orders, orders]);
  const back = await client.redemptions.rollbackStackable(done.parent_redemption?.id ?? '');
  const canceled = orders.map((order) => ({ ...order, status: 'CANCELED' }));
  expect(back.order).toEqual({ ...done.order, status: 'CANCELED' });
  expect([await read(ids), await listed(ids, 'redemption_rollback')]).toEqual([canceled, canceled]);
});
