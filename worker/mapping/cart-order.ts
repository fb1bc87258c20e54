/** A cart as an order that would be placed now, in the shop's minor units. */
import { ratio } from '../domain/money.ts';
import type { OrderLine, OrderSnapshot } from '../domain/order-facts.ts';
import type { EarningCart } from '../wire/earning-preview.ts';

export function orderOfCart(cart: EarningCart, shop: { currency: string; nowMs: number }): OrderSnapshot {
  const gross = cart.items.map((item) => item.priceMinor * item.quantity);
  const grossMinor = sum(gross);
  const subtotalMinor = Math.max(0, grossMinor - cart.discountMinor);
  const lines = cart.items.map((item, at) => lineOf(item, at, shareOf(subtotalMinor, gross, at)));
  const taxMinor = cart.taxMinor ?? sum(cart.items.map((item) => item.taxMinor)) + cart.shippingTaxMinor;
  const { discountMinor, shippingMinor, shippingTaxMinor, taxesIncluded } = cart;
  return {
    orderId: 'cart',
    name: 'cart',
    placedAtMs: shop.nowMs,
    updatedAtMs: shop.nowMs,
    currency: cart.currency ?? shop.currency,
    test: false,
    cancelledAtMs: null,
    refunded: false,
    subtotalMinor,
    totalMinor: subtotalMinor + shippingMinor + (taxesIncluded ? 0 : taxMinor),
    ...{ discountMinor, taxMinor, shippingMinor, shippingTaxMinor, taxesIncluded, lines },
  };
}

/** Lines take their share of the discount, and still add up to the cent. */
function shareOf(subtotalMinor: number, gross: number[], at: number): number {
  const all = sum(gross);
  if (all === 0) return 0;
  const upTo = (end: number) => ratio(subtotalMinor, sum(gross.slice(0, end)), all, 'half-up');
  return upTo(at + 1) - upTo(at);
}

function lineOf(item: EarningCart['items'][number], at: number, netMinor: number): OrderLine {
  const { productId, variantId, sku, collections, tags, quantity, taxMinor, giftCard } = item;
  return {
    lineId: String(at),
    productId,
    ...(variantId === null ? {} : { variantId }),
    sku,
    collections,
    tags,
    title: '',
    variantTitle: null,
    ...{ quantity, netMinor, taxMinor, giftCard },
    imageUrl: null,
    url: null,
  };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
