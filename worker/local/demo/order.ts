/** An order of the demo shop, and its money. Prices include 23 % tax; gift cards carry none. */
import { randomInt } from 'node:crypto';
import type { Cart } from './cart.ts';
import { findProduct, type Product } from './catalogue.ts';

export type OrderLine = {
  id: string;
  slug: string;
  quantity: number;
  unitMinor: number;
  /** Its share of what codes took off; missing in orders from before there were any. */
  discountMinor?: number;
  refundId: string | null;
};
export type Refund = {
  id: string;
  atIso: string;
  lineIds: string[];
  shippingMinor: number;
};
export type Order = {
  id: string;
  number: number;
  token: string;
  placedAtIso: string;
  /** null: a guest's. */
  shopper: string | null;
  email: string;
  lines: OrderLine[];
  shippingMinor: number;
  refunds: Refund[];
  fulfilment: {
    id: string;
    atIso: string;
    trackingNumber: string;
    delivered: boolean;
  } | null;
  cancelledAtIso: string | null;
  /** What codes did; missing in orders without any. */
  codes?: OrderCodes;
};
/** What the order's codes redeemed, so that it can be given back. */
export type Redeemed = { id: string; several: boolean };
export type OrderCodes = {
  codes: string[];
  /** Paid by gift cards. */
  giftMinor: number;
  /** Names the checkout that kept them. */
  session: string;
  redeemed: Redeemed | null;
};

const FREE_SHIPPING_FROM = 4000;
const SHIPPING = 450;

type Priced = { quantity: number; unitMinor: number; discountMinor?: number };

/** After what codes took off. */
export const lineTotal = (line: Priced): number => line.quantity * line.unitMinor - (line.discountMinor ?? 0);

export const discountOf = (order: { lines: Priced[] }): number =>
  order.lines.reduce((sum, line) => sum + (line.discountMinor ?? 0), 0);

/** The tax that is contained in an amount. */
export const taxWithin = (minor: number): number => Math.round((minor * 23) / 123);

export const lineTax = (line: OrderLine): number =>
  findProduct(line.slug)?.isGiftCard ? 0 : taxWithin(lineTotal(line));

export const subtotalOf = (order: { lines: Priced[] }): number =>
  order.lines.reduce((sum, line) => sum + lineTotal(line), 0);

export const totalOf = (order: Order): number => subtotalOf(order) + order.shippingMinor;

export const taxOf = (order: Order): number =>
  order.lines.reduce((sum, line) => sum + lineTax(line), 0) + taxWithin(order.shippingMinor);

export function refundedOf(order: Order): number {
  const lines = order.lines.filter((line) => line.refundId !== null);
  return subtotalOf({ lines }) + order.refunds.reduce((sum, refund) => sum + refund.shippingMinor, 0);
}

/** A discount shared out over lines in proportion, to the cent. */
export function shared(discountMinor: number, lines: Priced[]): number[] {
  const whole = subtotalOf({ lines });
  let [left, base] = [discountMinor, whole];
  return lines.map((line) => {
    const own = lineTotal(line);
    const share = base === 0 ? 0 : Math.round((left * own) / base);
    left -= share;
    base -= own;
    return share;
  });
}

/** Nothing to send, nothing to pay for sending: gift cards come by e-mail. */
export function shippingFor(cart: Cart): number {
  const goods = cart.filter(({ product }) => !product.isGiftCard);
  const worth = goods.reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0);
  return goods.length === 0 || worth >= FREE_SHIPPING_FROM ? 0 : SHIPPING;
}

/** Like the platform's newest ids: beyond 2^53, so that whoever reads them as numbers is found out. */
export const newId = (): string => `82${String(randomInt(1e8, 1e9 - 1))}${String(randomInt(1e6, 1e7 - 1))}`;

export const productOf = (line: OrderLine): Product => {
  const product = findProduct(line.slug);
  if (product === undefined) throw new Error(`no product ${line.slug}`);
  return product;
};
