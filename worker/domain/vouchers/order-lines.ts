/**
 * What vouchers did to each line of an order, to the cent: with what earlier ones took and with what these took, and the
 * goods that have to be put into it for nothing.
 */
import type { Taken } from './bill.ts';
import { type CartItem, SHIPPING_PRODUCT } from './cart.ts';

export interface OrderLine {
  /** Place in the cart's items; null: it is not in the cart yet, and costs nothing. */
  index: number | null;
  productId: string | null;
  variantId: string | null;
  quantity: number;
  /** Of them as many as were in the cart. */
  initialQuantity: number;
  /** Pieces that are free; 0 but for goods for nothing. */
  freePieces: number;
  amountMinor: number;
  /** Of all vouchers so far, and of them by those that are told of. */
  discountMinor: number;
  appliedMinor: number;
  /** `amountMinor` - `discountMinor`. */
  subtotalMinor: number;
}

/** As much of a cart, or of what is kept of one, as its lines are told by. */
export interface Lines {
  items: readonly Pick<CartItem, 'productId' | 'variantId' | 'quantity' | 'amountMinor'>[];
}

/**
 * `taken`: in the order in which they applied; those before `from` are earlier ones. The lines' amounts add up to the cart's
 * where it has items, their discounts to what was taken off items.
 */
export function orderLines(cart: Lines, taken: readonly Taken[], from = 0): OrderLine[] {
  const lines = cart.items.map(({ productId, variantId, quantity, amountMinor }, index): OrderLine => {
    const of = (some: readonly Taken[]) => sumAt(some, index);
    const all = of(taken);
    return {
      index,
      productId,
      variantId,
      quantity,
      initialQuantity: quantity,
      freePieces: all.freePieces,
      amountMinor,
      discountMinor: all.discountMinor,
      appliedMinor: of(taken.slice(from)).discountMinor,
      subtotalMinor: amountMinor - all.discountMinor,
    };
  });
  return [...lines, ...addedLines(cart, taken)];
}

function sumAt(taken: readonly Taken[], index: number): { discountMinor: number; freePieces: number } {
  const sum = { discountMinor: 0, freePieces: 0 };
  for (const { items } of taken)
    for (const item of items) {
      if (item.index !== index) continue;
      sum.discountMinor += item.discountMinor;
      sum.freePieces += item.freePieces;
    }
  return sum;
}

/** One for each product; the delivery once, however many made it free. */
function addedLines(cart: Lines, taken: readonly Taken[]): OrderLine[] {
  const added = new Map<string, OrderLine>();
  for (const { freeItems } of taken)
    for (const { productId, variantId, quantity } of freeItems) {
      const key = JSON.stringify([productId, variantId]);
      added.set(key, freeLine({ productId, variantId }, (added.get(key)?.quantity ?? 0) + quantity));
    }
  const isShipped = cart.items.some(({ productId }) => productId === SHIPPING_PRODUCT);
  const isFreeShipping = taken.some(({ freeShipping }) => freeShipping);
  const shipping = isFreeShipping && !isShipped ? [freeLine({ productId: SHIPPING_PRODUCT, variantId: null }, 1)] : [];
  return [...added.values(), ...shipping];
}

function freeLine(product: Pick<OrderLine, 'productId' | 'variantId'>, quantity: number): OrderLine {
  const nothing = { amountMinor: 0, discountMinor: 0, appliedMinor: 0, subtotalMinor: 0 };
  return { index: null, ...product, quantity, initialQuantity: 0, freePieces: quantity, ...nothing };
}
