/** What refunds are worth by the order they belong to: lines told without a price take the order's, and each piece goes back once. */

import { ratio } from '../money.ts';
import type { OrderLine, OrderSnapshot, Refund, RefundLine } from '../order-facts.ts';

export interface PricedLine {
  lineId: string;
  netMinor: number;
  taxMinor: number;
  giftCard: boolean;
}

export interface PricedRefund {
  lines: PricedLine[];
  shippingMinor: number;
  /** What the shopper paid for the refunded lines, tax included. */
  worthMinor: number;
  /** Money that went back; what the lines are worth where no amount was told. */
  moneyMinor: number;
}

/** A refund that names neither lines nor money gives everything back. */
export function isWholeOrder(refund: Refund): boolean {
  return refund.moneyMinor === null && refund.lines.length === 0;
}

/** Prices every refund. The same whatever order they arrived in. */
export function priceRefunds(order: OrderSnapshot, refunds: Refund[]): PricedRefund[] {
  const gone = new Map<string, number>();
  const inOrder = [...refunds].sort((a, b) => a.atMs - b.atMs || (a.refundId < b.refundId ? -1 : 1));
  return inOrder.map((refund) => {
    const lines = refund.lines.map((line) => priceLine(order, line, gone));
    const worthMinor = lines.reduce((sum, line) => sum + line.netMinor + (order.taxesIncluded ? 0 : line.taxMinor), 0);
    return { lines, shippingMinor: refund.shippingMinor, worthMinor, moneyMinor: refund.moneyMinor ?? worthMinor };
  });
}

/** `gone` counts the pieces of each line that went back before, so that the last piece takes the remaining cents. */
function priceLine(order: OrderSnapshot, line: RefundLine, gone: Map<string, number>): PricedLine {
  const bought = order.lines.filter((one) => one.lineId === line.lineId);
  const giftCard = line.giftCard || bought.some((one) => one.giftCard);
  const { lineId } = line;
  if (line.netMinor !== null) return { lineId, netMinor: line.netMinor, taxMinor: line.taxMinor, giftCard };
  const pieces = total(bought, (one) => one.quantity);
  const before = gone.get(lineId) ?? 0;
  const after = Math.min(pieces, before + line.quantity);
  gone.set(lineId, after);
  const share = (amount: number) => (pieces > 0 ? ratio(amount, after, pieces) - ratio(amount, before, pieces) : 0);
  return {
    lineId,
    netMinor: share(total(bought, (one) => one.netMinor)),
    taxMinor: share(total(bought, (one) => one.taxMinor)),
    giftCard,
  };
}

function total(lines: OrderLine[], amountOf: (line: OrderLine) => number): number {
  return lines.reduce((sum, line) => sum + amountOf(line), 0);
}
