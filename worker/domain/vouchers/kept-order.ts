/**
 * What is kept of the order a voucher was redeemed for, beside what it took: enough to tell the order line by line later as
 * it was told then. Of a line ids, names and numbers are kept, of what else is said of it nothing.
 */
import { isObject, type JsonObject } from '../json.ts';
import type { Bill, Taken } from './bill.ts';
import type { CartItem } from './cart.ts';

/** Of one redemption; of a longer order the first lines are kept. */
export const MOST_KEPT_LINES = 100;
/** Of all its lines as they are kept, in UTF-8. */
export const MOST_KEPT_BYTES = 16 * 1024;
const LONGEST_NAME = 300;

export interface KeptOrder {
  /** What it came to before any voucher; all lines are in it, those as well that are not kept. */
  amountMinor: number;
  /** What those before it in its stack took in all; absent: it is the first. */
  earlier?: Earlier;
  /** The first lines of the order, in its order. */
  items: KeptItem[];
  /** So many lines came after them; absent: none. */
  leftOut?: number;
}

type Earlier = Pick<Taken, 'orderMinor' | 'itemsMinor' | 'freeItems' | 'freeShipping'>;

export interface KeptItem extends Pick<CartItem, 'productId' | 'variantId' | 'quantity' | 'amountMinor'> {
  /** As its sender called it. */
  said: JsonObject;
  /** What those before it in its stack took off it, and the pieces that they made free; absent: nothing. */
  earlierMinor?: number;
  earlierFree?: number;
}

/** null: there is nothing to keep of it that its amount and what was taken do not say. */
export function keptOrder(bill: Bill | null): KeptOrder | null {
  if (bill === null) return null;
  const { amountMinor, items: lines } = bill.cart;
  const earlier = earlierIn(bill);
  if (lines.length === 0 && earlier === null) return null;
  const items = firstLines(bill);
  const leftOut = lines.length - items.length;
  return { amountMinor, ...(earlier && { earlier }), items, ...(leftOut > 0 && { leftOut }) };
}

function earlierIn({ orderDiscountMinor: orderMinor, itemDiscountsMinor, added }: Bill): Earlier | null {
  const itemsMinor = itemDiscountsMinor.reduce((sum, one) => sum + one, 0);
  if (orderMinor === 0 && itemsMinor === 0 && added === undefined) return null;
  return { orderMinor, itemsMinor, freeItems: [], freeShipping: false, ...added };
}

const encoder = new TextEncoder();

function firstLines({ cart, itemDiscountsMinor, freePieces }: Bill): KeptItem[] {
  const items: KeptItem[] = [];
  let left = MOST_KEPT_BYTES;
  for (const [index, line] of cart.items.slice(0, MOST_KEPT_LINES).entries()) {
    const { productId, variantId, quantity, amountMinor, said = {} } = line;
    const [off, free] = [itemDiscountsMinor[index] ?? 0, freePieces[index] ?? 0];
    const earlier = { ...(off > 0 && { earlierMinor: off }), ...(free > 0 && { earlierFree: free }) };
    const item = { productId, variantId, quantity, amountMinor, said, ...earlier };
    left -= encoder.encode(JSON.stringify(item)).length + 1;
    if (left < 0) break;
    items.push(item);
  }
  return items;
}

const SAID = ['source_id', 'product_id', 'sku_id', 'related_object', 'price'];
const OF_GOODS = ['id', 'source_id', 'name', 'sku', 'price'];

/** Of a line as it was sent what may be kept: metadata and whatever else may say anything is left out, and so is a name of more than 300 characters. */
export function saidOf(item: Readonly<Record<string, unknown>>): JsonObject {
  const said = plainIn(item, SAID);
  for (const name of ['product', 'sku']) {
    const goods = item[name];
    if (isObject(goods)) said[name] = plainIn(goods, OF_GOODS);
  }
  return said;
}

function plainIn(from: Readonly<Record<string, unknown>>, names: readonly string[]): JsonObject {
  const plain: JsonObject = {};
  for (const name of names) {
    const value = from[name];
    if (typeof value === 'number' || (typeof value === 'string' && value.length <= LONGEST_NAME)) plain[name] = value;
  }
  return plain;
}

/** Amounts alone, of an order of somebody who is erased. */
export function bareOrder({ earlier, items, leftOut = 0, ...order }: KeptOrder): KeptOrder {
  const lines = items.length + leftOut;
  const bare = earlier && { earlier: { ...earlier, freeItems: [] } };
  return { ...order, ...bare, items: [], ...(lines > 0 && { leftOut: lines }) };
}

/** An order with what vouchers took of it; those before `from` are earlier ones. */
export interface ToldOrder {
  order: KeptOrder;
  taken: Taken[];
  from: number;
}

/** Of redemptions of one order, in the order in which they applied; null: nothing was kept of it. */
export function orderKept(redemptions: readonly { order?: KeptOrder; taken?: Taken }[]): ToldOrder | null {
  const order = redemptions[0]?.order;
  const own = redemptions.flatMap(({ taken = [] }) => taken);
  if (order === undefined || own.length < redemptions.length) return null;
  const before = takenBefore(order);
  // the delivery may be among the lines that are not there
  const taken = [...before, ...own].map((one) => (order.leftOut === undefined ? one : { ...one, freeShipping: false }));
  return { order, taken, from: before.length };
}

function takenBefore({ earlier, items }: KeptOrder): Taken[] {
  if (earlier === undefined) return [];
  const off = items.map(({ earlierMinor: discountMinor = 0, earlierFree: freePieces = 0, amountMinor }, index) => {
    return { index, discountMinor, freePieces, subtotalMinor: amountMinor - discountMinor };
  });
  return [{ ...earlier, discountMinor: earlier.orderMinor + earlier.itemsMinor, items: off, shippingMinor: 0 }];
}
