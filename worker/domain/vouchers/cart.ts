/** What somebody is about to pay for, as rules and discounts see it. Amounts are minor units of the shop's currency. */
import type { JsonObject } from '../json.ts';

/** By this name clients put the delivery among the items of an order. */
export const SHIPPING_PRODUCT = 'prod_5h1pp1ng';

export interface CartItem {
  productId: string | null;
  variantId: string | null;
  name: string | null;
  quantity: number;
  /** Of one piece. */
  priceMinor: number;
  /** Of the line before discounts. */
  amountMinor: number;
  collections: string[];
  tags: string[];
  metadata: JsonObject;
  /** As its sender called it: what of it is kept, and told again; absent: nothing. */
  said?: JsonObject;
}

export interface Cart {
  /** The shop's id of the order, where there is one yet. */
  orderId: string | null;
  currency: string;
  /** Before discounts; the sum of the items where there are any. */
  amountMinor: number;
  /** What delivery costs, where it is known. */
  shippingMinor: number | null;
  items: CartItem[];
  metadata: JsonObject;
  channel: string | null;
}
