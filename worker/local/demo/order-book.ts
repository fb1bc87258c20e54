/** The demo shop's orders, kept next to the edge's state so that both know the same past after a restart. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writePrivateJson } from '../private-file.ts';
import type { Cart } from './cart.ts';
import { newId, type Order, type OrderCodes, type Redeemed, type Refund, shared, shippingFor } from './order.ts';

const FIRST_NUMBER = 1001;
const MOST_KEPT = 500;

export type Buyer = { shopper: string | null; email: string };
/** What codes take off. */
export type Off = { discountMinor: number; freeShipping: boolean; codes: OrderCodes | null };

export class OrderBook {
  #orders: Order[];
  #path: string;

  constructor(path: string) {
    this.#path = path;
    this.#orders = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  }

  /** Newest first. */
  list(shopper: string | null = null): Order[] {
    return this.#orders.filter((order) => shopper === null || order.shopper === shopper).reverse();
  }

  find(id: string): Order | null {
    return this.#orders.find((order) => order.id === id) ?? null;
  }

  place(cart: Cart, buyer: Buyer, { discountMinor, freeShipping, codes }: Off): Order {
    const priced = cart.map(({ product, quantity }) => ({ quantity, unitMinor: product.priceMinor }));
    const shares = shared(discountMinor, priced);
    const order: Order = {
      id: newId(),
      number: (this.#orders.at(-1)?.number ?? FIRST_NUMBER - 1) + 1,
      token: randomBytes(16).toString('hex'),
      placedAtIso: new Date().toISOString(),
      ...buyer,
      lines: cart.map(({ product, quantity }, at) => ({
        id: newId(),
        slug: product.slug,
        quantity,
        unitMinor: product.priceMinor,
        discountMinor: shares[at] ?? 0,
        refundId: null,
      })),
      shippingMinor: freeShipping ? 0 : shippingFor(cart),
      refunds: [],
      fulfilment: null,
      cancelledAtIso: null,
      ...(codes !== null && { codes }),
    };
    this.#orders = [...this.#orders, order].slice(-MOST_KEPT);
    this.#save();
    return order;
  }

  /** What its codes redeemed. */
  redeemed(order: Order, redeemed: Redeemed): void {
    if (order.codes !== undefined) this.#put({ ...order, codes: { ...order.codes, redeemed } });
  }

  /** It never came about. */
  forget(order: Order): void {
    this.#orders = this.#orders.filter(({ id }) => id !== order.id);
    this.#save();
  }

  ship(order: Order): void {
    const trackingNumber = `CE${order.id.slice(-9)}IE`;
    this.#put({
      ...order,
      fulfilment: {
        id: newId(),
        atIso: new Date().toISOString(),
        trackingNumber,
        delivered: false,
      },
    });
  }

  deliver(order: Order): void {
    if (order.fulfilment !== null)
      this.#put({
        ...order,
        fulfilment: { ...order.fulfilment, delivered: true },
      });
  }

  /** Marks the lines and answers the refund; lines that were refunded before are left alone. */
  refund(order: Order, lineIds: string[], shippingMinor: number): Refund {
    const open = order.lines.filter((line) => line.refundId === null && lineIds.includes(line.id));
    const refund = {
      id: newId(),
      atIso: new Date().toISOString(),
      lineIds: open.map((line) => line.id),
      shippingMinor,
    };
    const lines = order.lines.map((line) => (open.includes(line) ? { ...line, refundId: refund.id } : line));
    this.#put({ ...order, lines, refunds: [...order.refunds, refund] });
    return refund;
  }

  cancel(order: Order): void {
    this.#put({ ...order, cancelledAtIso: new Date().toISOString() });
  }

  #put(changed: Order): void {
    this.#orders = this.#orders.map((order) => (order.id === changed.id ? changed : order));
    this.#save();
  }

  #save(): void {
    writePrivateJson(this.#path, this.#orders);
  }
}
