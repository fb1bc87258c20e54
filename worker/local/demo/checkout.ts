/** Places an order with its codes: they are kept first, then the order is placed, then they are redeemed for it. */
import { randomBytes } from 'node:crypto';
import type { Order } from './order.ts';
import type { Shop } from './shop.ts';
import { type Buying, keep, NO_CODES, quote, redeem } from './till.ts';

/** The order; a sentence for the page where its codes cannot be used: then nothing was ordered. */
export async function placeWithCodes(
  shop: Shop,
  buying: Buying & { email: string },
  shopper: string | null,
): Promise<Order | string> {
  const { cart, email } = buying;
  const buyer = { shopper, email };
  if (buying.codes.length === 0) return shop.orders.place(cart, buyer, { ...NO_CODES, codes: null });
  const quoted = await quote(shop.till, buying);
  const codes = quoted.codes.filter(({ kind }) => kind !== 'refused').map(({ code }) => code);
  if (codes.length === 0) return shop.orders.place(cart, buyer, { ...NO_CODES, codes: null });
  const ordered = { ...buying, codes };
  const session = `cart-${randomBytes(12).toString('hex')}`;
  const refused = await keep(shop.till, ordered, session);
  if (refused !== null) return refused;
  const { giftMinor } = quoted;
  const order = shop.orders.place(cart, buyer, { ...quoted, codes: { codes, giftMinor, session, redeemed: null } });
  const redeemed = await redeem(shop.till, ordered, { id: order.id, session });
  if (typeof redeemed === 'string') {
    shop.orders.forget(order);
    return redeemed;
  }
  shop.orders.redeemed(order, redeemed);
  return shop.orders.find(order.id) ?? order;
}
