/** Discounts of the kinds that property tests of orders mix. */
import fc from 'fast-check';
import { EFFECTS } from '../../../worker/domain/vouchers/discount.ts';

/** Up to `mostMinor`. */
export const amountOff = (mostMinor: number) =>
  fc.record({
    kind: fc.constant('amount' as const),
    amountMinor: fc.integer({ min: 1, max: mostMinor }),
    effect: fc.constantFrom(...EFFECTS),
  });

export const freeProduct = fc.record({
  kind: fc.constant('product' as const),
  productId: fc.constantFrom('mug', 'cup'),
  variantId: fc.constant(null),
  quantity: fc.integer({ min: 1, max: 3 }),
  effect: fc.constantFrom('add_missing' as const, 'add_new' as const),
});

export const freeShipping = fc.constant({ kind: 'shipping' as const });
