/** A cart and what vouchers took of it so far: what the next one in a stack finds. */
import type { Cart, CartItem } from './cart.ts';
import type { Applicable, ItemSelector } from './discount.ts';

export interface Bill {
  cart: Cart;
  /** Taken so far off the order as a whole. */
  orderDiscountMinor: number;
  /** Taken so far off each line of the cart, in its order. */
  itemDiscountsMinor: readonly number[];
  shippingDiscountMinor: number;
  /** Pieces of each line that were made free. */
  freePieces: readonly number[];
  /** What has to be put into the cart for nothing so far; absent: nothing. */
  added?: Pick<Taken, 'freeItems' | 'freeShipping'>;
}

/** What one voucher takes. `discountMinor` = `orderMinor` + `itemsMinor`; `itemsMinor` = the sum of `items`. */
export interface Taken {
  orderMinor: number;
  itemsMinor: number;
  discountMinor: number;
  /** The lines that it takes something off. `subtotalMinor`: the line after this and all earlier vouchers. */
  items: TakenItem[];
  /** What has to be put into the cart for nothing; its price is in no amount. */
  freeItems: FreeItem[];
  /** Off the delivery, which is in no other amount here. `freeShipping` also where its price is not known. */
  shippingMinor: number;
  freeShipping: boolean;
}

export interface TakenItem {
  /** Place in the cart's items. */
  index: number;
  discountMinor: number;
  /** Pieces that are free; 0 but for goods for nothing. */
  freePieces: number;
  subtotalMinor: number;
}

export interface FreeItem {
  productId: string;
  variantId: string | null;
  quantity: number;
}

export const NOTHING_TAKEN: Taken = {
  orderMinor: 0,
  itemsMinor: 0,
  discountMinor: 0,
  items: [],
  freeItems: [],
  shippingMinor: 0,
  freeShipping: false,
};

export function billOf(cart: Cart): Bill {
  const none = cart.items.map(() => 0);
  return { cart, orderDiscountMinor: 0, itemDiscountsMinor: none, shippingDiscountMinor: 0, freePieces: none };
}

/** The bill that the next voucher finds. */
export function afterTaking(bill: Bill, taken: Taken): Bill {
  const itemDiscountsMinor = [...bill.itemDiscountsMinor];
  const freePieces = [...bill.freePieces];
  for (const { index, discountMinor, freePieces: free } of taken.items) {
    itemDiscountsMinor[index] = (itemDiscountsMinor[index] ?? 0) + discountMinor;
    freePieces[index] = (freePieces[index] ?? 0) + free;
  }
  return {
    cart: bill.cart,
    orderDiscountMinor: bill.orderDiscountMinor + taken.orderMinor,
    itemDiscountsMinor,
    shippingDiscountMinor: bill.shippingDiscountMinor + taken.shippingMinor,
    freePieces,
    ...addedBy(bill, taken),
  };
}

function addedBy({ added }: Bill, { freeItems, freeShipping }: Taken): Pick<Bill, 'added'> {
  if (freeItems.length === 0 && !freeShipping) return added === undefined ? {} : { added };
  const before = added ?? { freeItems: [], freeShipping: false };
  return {
    added: {
      freeItems: [...before.freeItems, ...freeItems],
      freeShipping: before.freeShipping || freeShipping,
    },
  };
}

/** What an order costs and what vouchers took of it: `total` = `amount` - `totalDiscount`, `totalDiscount` = `discount` + `itemsDiscount`. */
export interface Amounts {
  amountMinor: number;
  discountMinor: number;
  itemsDiscountMinor: number;
  totalDiscountMinor: number;
  /** Without delivery; never below 0. */
  totalMinor: number;
}

export function amountsOf({ cart, orderDiscountMinor, itemDiscountsMinor }: Bill): Amounts {
  const itemsDiscountMinor = itemDiscountsMinor.reduce((sum, one) => sum + one, 0);
  const totalDiscountMinor = orderDiscountMinor + itemsDiscountMinor;
  return {
    amountMinor: cart.amountMinor,
    discountMinor: orderDiscountMinor,
    itemsDiscountMinor,
    totalDiscountMinor,
    totalMinor: cart.amountMinor - totalDiscountMinor,
  };
}

/** What a line still costs. */
export function lineLeftMinor({ cart, itemDiscountsMinor }: Bill, index: number): number {
  return Math.max(0, (cart.items[index]?.amountMinor ?? 0) - (itemDiscountsMinor[index] ?? 0));
}

/** Whether an offer that is limited in all these ways applies to an item. */
export function isChosen(item: CartItem, limits: readonly Applicable[]): boolean {
  return limits.every(({ only, not }) => {
    const isIn = only.length === 0 || only.some((selector) => isSelected(item, selector));
    return isIn && !not.some((selector) => isSelected(item, selector));
  });
}

export function isSelected(item: CartItem, selector: ItemSelector): boolean {
  switch (selector.kind) {
    case 'product':
      return item.productId === selector.id;
    case 'variant':
      return item.variantId === selector.id;
    case 'collection':
      return item.collections.includes(selector.id);
    case 'tag':
      return item.tags.includes(selector.tag);
  }
}
