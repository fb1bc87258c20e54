/** Which lines of an order count for a rule: by what they are, and by the product, collection or tag it asks for. */
import type { OrderLine, OrderSnapshot } from '../order-facts.ts';
import type { EarningBase, LineNames, Selection } from './base.ts';

/** How a rule looks at an order. */
export interface Counted {
  base: EarningBase;
  select: Selection | null;
}

export function countsLine(line: OrderLine, { base, select }: Counted): boolean {
  return (base.giftCards || !line.giftCard) && isSelected(line, select);
}

/** A refund names lines by their id; one that the order does not have counts where nothing is asked for by name. */
export function countsRefunded(
  order: OrderSnapshot,
  { lineId, giftCard }: { lineId: string; giftCard: boolean },
  { base, select }: Counted,
): boolean {
  if (giftCard && !base.giftCards) return false;
  if (select === null) return true;
  const bought = order.lines.filter((one) => one.lineId === lineId);
  return bought.length > 0 ? bought.some((one) => isSelected(one, select)) : !asksByName(select);
}

export function asksByName({ include }: Selection): boolean {
  return [include.products, include.collections, include.tags].some((names) => names.length > 0);
}

function isSelected(line: OrderLine, select: Selection | null): boolean {
  if (select === null) return true;
  return (!asksByName(select) || isNamed(line, select.include)) && !isNamed(line, select.exclude);
}

function isNamed(line: OrderLine, { products, collections, tags }: LineNames): boolean {
  const ids = [line.productId, line.variantId, line.sku];
  if (products.some((product) => ids.includes(product))) return true;
  return isAmong(line.collections, collections) || isAmong(line.tags, tags);
}

function isAmong(names: string[] = [], wanted: string[]): boolean {
  if (names.length === 0 || wanted.length === 0) return false;
  const plain = new Set(names.map((name) => name.toLowerCase()));
  return wanted.some((name) => plain.has(name.toLowerCase()));
}
