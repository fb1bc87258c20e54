/** What the storefront's parts share: the shop they serve and who is visiting. */
import type { Cart } from './cart.ts';
import type { OrderBook } from './order-book.ts';
import type { Shopper } from './shoppers.ts';
import type { Till } from './till.ts';
import type { IdentityKey } from './token.ts';
import type { Source } from './webhook.ts';

export type Shop = {
  id: string;
  orders: OrderBook;
  source: Source;
  identity: IdentityKey;
  till: Till;
  hub: { origin: string; key: string };
};

export type Visitor = { shopper: Shopper | null; cart: Cart; codes: string[]; notice: string | null };
