/** Lines of an order after vouchers: nothing is told of a line that was not taken, and every cent taken is told of one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterTaking, amountsOf, billOf, type Taken } from '../../../worker/domain/vouchers/bill.ts';
import type { Discount } from '../../../worker/domain/vouchers/discount.ts';
import { take } from '../../../worker/domain/vouchers/effects.ts';
import { orderLines } from '../../../worker/domain/vouchers/order-lines.ts';
import { amountOff, freeProduct, freeShipping } from './arbitrary-discounts.ts';
import { cart, item } from './offers.ts';

const discounts: fc.Arbitrary<Discount> = fc.oneof(
  amountOff(5_000),
  fc.record({
    kind: fc.constant('percent' as const),
    hundredths: fc.integer({ min: 1, max: 10_000 }),
    capMinor: fc.constant(null),
    effect: fc.constantFrom('order' as const, 'items' as const),
  }),
  freeProduct,
  freeShipping,
);
const lines = fc.array(
  fc
    .tuple(
      fc.integer({ min: 0, max: 3_000 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('mug', 'tea', 'prod_5h1pp1ng'),
    )
    .map(([price, quantity, productId]) => item(price, quantity, { productId })),
  { minLength: 1, maxLength: 5 },
);

test('amounts and discounts of the lines add up to the order’s, and no subtotal is below 0', () => {
  fc.assert(
    fc.property(lines, fc.array(discounts, { maxLength: 4 }), fc.nat(), (items, offers, at) => {
      let bill = billOf(cart(items));
      const all: Taken[] = offers.map((discount) => {
        const taken = take({ discount, limits: [] }, bill);
        bill = afterTaking(bill, taken);
        return taken;
      });
      const from = at % (all.length + 1);
      const told = orderLines(bill.cart, all, from);
      const sum = (of: (line: (typeof told)[number]) => number) => told.reduce((total, line) => total + of(line), 0);
      const later = all.slice(from).reduce((total, { itemsMinor }) => total + itemsMinor, 0);
      const { amountMinor, itemsDiscountMinor } = amountsOf(bill);
      expect({
        amount: sum((line) => line.amountMinor),
        discount: sum((line) => line.discountMinor),
        applied: sum((line) => line.appliedMinor),
      }).toEqual({ amount: amountMinor, discount: itemsDiscountMinor, applied: later });
      for (const line of told) {
        expect(line.subtotalMinor).toBe(line.amountMinor - line.discountMinor);
        expect(Math.min(line.subtotalMinor, line.quantity - line.freePieces)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

const free = (discount: Discount, items = [item(500)]) => {
  const bill = billOf(cart(items));
  return orderLines(bill.cart, [take({ discount, limits: [] }, bill)]).slice(items.length);
};
const NOTHING = { index: null, variantId: null, amountMinor: 0, discountMinor: 0, appliedMinor: 0, subtotalMinor: 0 };

test('what has to be put into the order is a line of its own that costs nothing', () => {
  const mugs = { kind: 'product', productId: 'mug', variantId: null, quantity: 2, effect: 'add_new' } as const;
  const told = { ...NOTHING, productId: 'mug', quantity: 2, initialQuantity: 0, freePieces: 2 };
  expect(free(mugs)).toEqual([told]);
});

test('free delivery is a line only where the order has none', () => {
  const told = { ...NOTHING, productId: 'prod_5h1pp1ng', quantity: 1, initialQuantity: 0, freePieces: 1 };
  expect(free({ kind: 'shipping' })).toEqual([told]);
  expect(free({ kind: 'shipping' }, [item(500), item(490, 1, { productId: 'prod_5h1pp1ng' })])).toEqual([]);
});
