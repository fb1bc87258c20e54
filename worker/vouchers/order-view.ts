/** An order with what vouchers did to it and to each of its lines, as Voucherify's clients read it. Amounts are hundredths. */
import type { Amounts, Taken } from '../domain/vouchers/bill.ts';
import type { Cart } from '../domain/vouchers/cart.ts';
import type { ToldOrder } from '../domain/vouchers/kept-order.ts';
import { type Lines, type OrderLine, orderLines } from '../domain/vouchers/order-lines.ts';
import type { VoucherOrder } from '../wire/voucher-redemptions.ts';
import { hundredthsOf } from './amounts.ts';

/** An order as it was sent, and as it was read. */
export interface SentOrder {
  sent: VoucherOrder;
  cart: Cart;
}

/** Which vouchers are told of: all of `taken`, in the order in which they applied; those before `from` are earlier ones. */
export interface Told {
  taken: readonly Taken[];
  from?: number;
}

/** null: no order was named. */
export function sentOrder(sent: VoucherOrder | null | undefined, cart: Cart | null): SentOrder | null {
  return sent == null || cart === null ? null : { sent, cart };
}

/** `items` are left out where none were sent and none were added; else their amounts and discounts add up to the order's. */
export function orderView({ sent, cart }: SentOrder, told: Told, currency: string) {
  return {
    ...linedView({ cart, sent: sent.items ?? [] }, told, currency),
    source_id: sent.source_id ?? null,
    ...(sent.metadata === undefined ? {} : { metadata: sent.metadata }),
  };
}

/** The same later, of what was kept of the order: without metadata, and without the lines that `items_left_out` counts. */
export function keptOrderView({ order, taken, from }: ToldOrder, currency: string) {
  const sent = order.items.map(({ said }) => said);
  const { leftOut } = order;
  const left = leftOut === undefined ? {} : { items_left_out: leftOut };
  return { ...linedView({ cart: order, sent }, { taken, from }, currency), ...left };
}

interface Lined {
  cart: Lines & Pick<Cart, 'amountMinor'>;
  /** How the cart's lines were called. */
  sent: readonly SentItem[];
}

function linedView({ cart, sent }: Lined, { taken, from = 0 }: Told, currency: string) {
  const items = orderLines(cart, taken, from).map((line) => itemView(line, sent, currency));
  const all = amountsAfter(cart, taken);
  const amounts = amountsView(all, currency, amountsAfter(cart, taken.slice(from)));
  return { ...amounts, ...(items.length === 0 ? {} : { items }) };
}

function amountsAfter({ amountMinor }: Pick<Cart, 'amountMinor'>, taken: readonly Taken[]): Amounts {
  const discountMinor = taken.reduce((sum, { orderMinor }) => sum + orderMinor, 0);
  const itemsDiscountMinor = taken.reduce((sum, { itemsMinor }) => sum + itemsMinor, 0);
  const totalDiscountMinor = discountMinor + itemsDiscountMinor;
  const totalMinor = amountMinor - totalDiscountMinor;
  return { amountMinor, discountMinor, itemsDiscountMinor, totalDiscountMinor, totalMinor };
}

/** `applied`: by those that are told of; absent: by all. What was rounded for the wire still adds up there. */
export function amountsView(amounts: Amounts, currency: string, applied: Amounts = amounts) {
  const amount = hundredthsOf(amounts.amountMinor, currency);
  const all = discountsIn(amounts, currency);
  const own = discountsIn(applied, currency);
  return {
    object: 'order',
    amount,
    initial_amount: amount,
    discount_amount: all.order,
    items_discount_amount: all.items,
    total_discount_amount: all.total,
    applied_discount_amount: own.order,
    items_applied_discount_amount: own.items,
    total_applied_discount_amount: own.total,
    total_amount: amount - all.total,
  };
}

function discountsIn({ discountMinor, totalDiscountMinor }: Amounts, currency: string) {
  const total = hundredthsOf(totalDiscountMinor, currency);
  const order = hundredthsOf(discountMinor, currency);
  return { total, order, items: total - order };
}

type SentItem = Readonly<Record<string, unknown>>;

/** How a line was named comes back as it was sent; of one that was added only what it is. */
function itemView(line: OrderLine, sent: readonly SentItem[], currency: string) {
  const item = line.index === null ? undefined : sent[line.index];
  const view = (minor: number) => hundredthsOf(minor, currency);
  const isFree = line.freePieces > 0;
  return {
    object: 'order_item',
    ...(item === undefined ? namesOf(line) : sentOf(item)),
    quantity: line.quantity,
    ...(isFree || line.index === null ? { initial_quantity: line.initialQuantity } : {}),
    ...(isFree ? { discount_quantity: line.freePieces } : {}),
    amount: view(line.amountMinor),
    initial_amount: view(line.amountMinor),
    discount_amount: view(line.discountMinor),
    applied_discount_amount: view(line.appliedMinor),
    subtotal_amount: view(line.amountMinor) - view(line.discountMinor),
  };
}

/** What was reckoned of a line before, where it was sent along, is not told again. */
function sentOf(item: SentItem) {
  const told = ECHOED.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]]));
  return Object.fromEntries(told);
}

const ECHOED = ['source_id', 'product_id', 'sku_id', 'related_object', 'price', 'product', 'sku', 'metadata'] as const;

function namesOf({ productId, variantId }: OrderLine) {
  const product = productId === null ? {} : { product_id: productId };
  const sku = variantId === null ? {} : { sku_id: variantId };
  return { ...product, ...sku, related_object: variantId === null ? 'product' : 'sku' };
}
