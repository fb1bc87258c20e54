/** Amounts as Shopify's webhooks carry them: decimals in two currencies, taxes, and what codes took off. */
import { CURRENCY } from './catalogue.ts';
import { discountOf, type Order, type OrderLine } from './order.ts';

export const decimal = (minor: number): string => (minor / 100).toFixed(2);
export const moneySet = (minor: number) => {
  const amount = { amount: decimal(minor), currency_code: CURRENCY };
  return { shop_money: amount, presentment_money: amount };
};
export const gid = (kind: string, id: bigint): string => `gid://shopify/${kind}/${id}`;
export const taxLines = (minor: number) =>
  minor === 0
    ? []
    : [
        {
          title: 'IE VAT',
          rate: 0.23,
          price: decimal(minor),
          price_set: moneySet(minor),
          channel_liable: false,
        },
      ];

export const applicationOf = (order: Order) => ({
  type: 'discount_code',
  code: order.codes?.codes[0] ?? '',
  target_type: 'line_item',
  target_selection: 'all',
  allocation_method: 'across',
  value_type: 'fixed_amount',
  value: decimal(discountOf(order)),
});

/** What codes took off the line. */
export const allocationsOf = ({ discountMinor = 0 }: OrderLine) =>
  discountMinor === 0
    ? []
    : [{ amount: decimal(discountMinor), amount_set: moneySet(discountMinor), discount_application_index: 0 }];
