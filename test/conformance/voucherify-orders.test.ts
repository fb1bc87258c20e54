/** Voucherify's own Node client, unmodified, is told line by line what vouchers take off an order, with the options of its types. */
import { VoucherifyServerSide } from '@voucherify/sdk';
import { beforeAll, expect, it } from 'vitest';
import { openShop, type StoryShop } from '../stories/client.ts';

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
