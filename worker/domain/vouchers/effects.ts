/** What a discount takes from a bill, to the cent: never more than is left of a line, nor of the order. */
import { ratio } from '../money.ts';
import { amountsOf, type Bill, isChosen, lineLeftMinor, NOTHING_TAKEN, type Taken, type TakenItem } from './bill.ts';
import { type CartItem, SHIPPING_PRODUCT } from './cart.ts';
import type { Applicable, Discount, Effect } from './discount.ts';
import { boundedShares, shares } from './shares.ts';

/** Of what percentages and new prices are reckoned: of what earlier vouchers left, or of the prices as they were. */
export type Base = 'discounted' | 'initial';

export interface Offer {
  discount: Discount;
  /** All of them limit it: the voucher's own and those of its rules. */
  limits: readonly Applicable[];
  base?: Base;
}

/** A line that the offer applies to. `leftMinor`: what it still costs; `baseMinor`: what a part of it is reckoned of. */
interface Line {
  index: number;
  item: CartItem;
  leftMinor: number;
  baseMinor: number;
}

interface Field {
  lines: Line[];
  /** What the order still costs. */
  leftMinor: number;
  /** Of it what the offer applies to. */
  eligibleMinor: number;
  /** What a part of that is reckoned of. */
  baseMinor: number;
}

/** Never takes more than is left; `NOTHING_TAKEN` where nothing in the cart fits. */
export function take({ discount, limits, base = 'discounted' }: Offer, bill: Bill): Taken {
  const field = fieldOf(bill, limits, base);
  switch (discount.kind) {
    case 'amount': {
      const { amountMinor, effect, mostOfOrder } = discount;
      const most = mostOfOrder === undefined ? amountMinor : ratio(bill.cart.amountMinor, mostOfOrder, 10_000);
      return amountOff(effect, amountMinor, { bill, field, mostMinor: mostOfOrder === undefined ? null : most });
    }
    case 'percent': {
      const { hundredths, capMinor, effect } = discount;
      const off = ratio(effect === 'order' ? field.baseMinor : linesBase(field), hundredths, 10_000, 'half-up');
      const whole = Math.min(off, capMinor ?? off);
      if (effect === 'order') return offOrder(whole, field);
      return offLines(bill, field, boundedShares(whole, field.lines.map(byBase)));
    }
    case 'fixed':
      if (discount.effect === 'order') return offOrder(Math.max(0, field.baseMinor - discount.priceMinor), field);
      return offLines(
        bill,
        field,
        field.lines.map((line) => aboveMinor(line, discount.priceMinor)),
      );
    case 'product':
      return goods(discount, bill);
    case 'shipping':
      return delivery(bill);
  }
}

/** Money of a gift card: off the order, or off its lines in proportion. At most what the bill still is. */
export function takeCredits(creditsMinor: number, effect: 'order' | 'items', bill: Bill): Taken {
  const field = fieldOf(bill, [], 'discounted');
  if (effect === 'order' || field.lines.length === 0) return offOrder(creditsMinor, field);
  return amountOff('items_proportionally', creditsMinor, { bill, field, mostMinor: null });
}

function fieldOf(bill: Bill, limits: readonly Applicable[], base: Base): Field {
  const leftMinor = Math.max(0, amountsOf(bill).totalMinor);
  const lines = bill.cart.items.flatMap((item, index): Line[] => {
    if (!isChosen(item, limits)) return [];
    const left = lineLeftMinor(bill, index);
    return [{ index, item, leftMinor: left, baseMinor: base === 'initial' ? item.amountMinor : left }];
  });
  const isLimited = limits.some(({ only, not }) => only.length > 0 || not.length > 0);
  if (!isLimited) {
    const baseMinor = base === 'initial' ? bill.cart.amountMinor : leftMinor;
    return { lines, leftMinor, eligibleMinor: leftMinor, baseMinor };
  }
  const eligibleMinor = Math.min(
    leftMinor,
    sumOf(lines, ({ leftMinor }) => leftMinor),
  );
  const baseMinor = base === 'initial' ? sumOf(lines, ({ baseMinor }) => baseMinor) : eligibleMinor;
  return { lines, leftMinor, eligibleMinor, baseMinor };
}

function sumOf(lines: readonly Line[], of: (line: Line) => number): number {
  return lines.reduce((sum, line) => sum + of(line), 0);
}

function linesBase({ lines }: Field): number {
  return sumOf(lines, ({ baseMinor }) => baseMinor);
}

const byBase = ({ baseMinor, leftMinor }: Line) => ({ weight: baseMinor, most: leftMinor });

/** What a line costs above a new price of each piece. */
function aboveMinor({ item, baseMinor, leftMinor }: Line, priceMinor: number): number {
  return Math.min(leftMinor, Math.max(0, baseMinor - times(priceMinor, item.quantity)));
}

/** A product that no double need hold: what is compared with it is far below. */
function times(amountMinor: number, quantity: number): number {
  return Math.min(amountMinor * quantity, Number.MAX_SAFE_INTEGER);
}

interface Ground {
  bill: Bill;
  field: Field;
  /** More than this in all is not taken; null: no such limit. */
  mostMinor: number | null;
}

function amountOff(effect: Effect, amountMinor: number, { bill, field, mostMinor }: Ground): Taken {
  const { lines } = field;
  const whole = Math.min(amountMinor, mostMinor ?? amountMinor);
  switch (effect) {
    case 'order':
      return offOrder(whole, field);
    case 'items':
      return offLines(
        bill,
        field,
        lines.map(({ leftMinor }) => Math.min(amountMinor, leftMinor)),
        mostMinor,
      );
    case 'items_by_quantity': {
      const wanted = lines.map(({ item, leftMinor }) => Math.min(times(amountMinor, item.quantity), leftMinor));
      return offLines(bill, field, wanted, mostMinor);
    }
    case 'items_proportionally':
      return offLines(bill, field, boundedShares(whole, lines.map(byLeft)));
    case 'items_proportionally_by_quantity':
      return offLines(bill, field, boundedShares(whole, lines.map(byPieces)));
  }
}

const byLeft = ({ leftMinor }: Line) => ({ weight: leftMinor, most: leftMinor });
const byPieces = ({ item, leftMinor }: Line) => ({ weight: item.quantity, most: leftMinor });

function offOrder(wholeMinor: number, { eligibleMinor }: Field): Taken {
  const orderMinor = Math.min(wholeMinor, eligibleMinor);
  return { ...NOTHING_TAKEN, orderMinor, discountMinor: orderMinor };
}

/** `wanted` of each line; in proportion less where the order is not worth it any more, or `mostMinor` is passed. */
function offLines(bill: Bill, field: Field, wanted: readonly number[], mostMinor: number | null = null): Taken {
  const sum = wanted.reduce((total, one) => total + one, 0);
  const itemsMinor = Math.min(sum, field.leftMinor, mostMinor ?? sum);
  const off = itemsMinor < sum ? shares(itemsMinor, wanted) : wanted;
  const items = field.lines.map((line, at) => takenItem(bill, line.index, { off: off[at] ?? 0, freePieces: 0 }));
  return {
    ...NOTHING_TAKEN,
    itemsMinor,
    discountMinor: itemsMinor,
    items: items.filter(({ discountMinor }) => discountMinor > 0),
  };
}

function takenItem(bill: Bill, index: number, { off, freePieces }: { off: number; freePieces: number }): TakenItem {
  return { index, discountMinor: off, freePieces, subtotalMinor: lineLeftMinor(bill, index) - off };
}

type Goods = Extract<Discount, { kind: 'product' }>;

/** Of pieces that lie in the cart those are free that no earlier voucher gave; what is missing has to be put in. */
function goods({ productId, variantId, quantity, effect }: Goods, bill: Bill): Taken {
  let missing = quantity;
  let leftMinor = Math.max(0, amountsOf(bill).totalMinor);
  const items: TakenItem[] = [];
  if (effect === 'add_missing') {
    for (const [index, item] of bill.cart.items.entries()) {
      if (item.productId !== productId || (variantId !== null && item.variantId !== variantId)) continue;
      const free = Math.min(missing, item.quantity - (bill.freePieces[index] ?? 0));
      if (free <= 0) continue;
      missing -= free;
      const off = Math.min(
        ratio(item.amountMinor, free, item.quantity, 'half-up'),
        lineLeftMinor(bill, index),
        leftMinor,
      );
      leftMinor -= off;
      items.push(takenItem(bill, index, { off, freePieces: free }));
    }
  }
  const itemsMinor = items.reduce((sum, { discountMinor }) => sum + discountMinor, 0);
  const freeItems = missing > 0 ? [{ productId, variantId, quantity: missing }] : [];
  return { ...NOTHING_TAKEN, itemsMinor, discountMinor: itemsMinor, items, freeItems };
}

/** What it costs beside the order, and where it stands among the order's items those lines. */
function delivery(bill: Bill): Taken {
  const { cart, shippingDiscountMinor } = bill;
  let leftMinor = Math.max(0, amountsOf(bill).totalMinor);
  const items: TakenItem[] = [];
  for (const [index, { productId, quantity }] of cart.items.entries()) {
    const off = productId === SHIPPING_PRODUCT ? Math.min(lineLeftMinor(bill, index), leftMinor) : 0;
    if (off === 0) continue;
    leftMinor -= off;
    items.push(takenItem(bill, index, { off, freePieces: quantity - (bill.freePieces[index] ?? 0) }));
  }
  const itemsMinor = items.reduce((sum, { discountMinor }) => sum + discountMinor, 0);
  const shippingMinor = Math.max(0, (cart.shippingMinor ?? 0) - shippingDiscountMinor);
  return { ...NOTHING_TAKEN, itemsMinor, discountMinor: itemsMinor, items, shippingMinor, freeShipping: true };
}
