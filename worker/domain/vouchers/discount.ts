/** What a voucher gives: an amount, a part, a new price, goods, shipping. Amounts are minor units of the shop's currency. */

/** Where an amount goes: off the order, once a line, once a piece, or shared among lines by their amount or their pieces. */
export const EFFECTS = [
  'order',
  'items',
  'items_by_quantity',
  'items_proportionally',
  'items_proportionally_by_quantity',
] as const;
export type Effect = (typeof EFFECTS)[number];

export type Discount =
  /** `mostOfOrder`: never more than this part of the order's amount, in hundredths of a percent; absent: all of it. */
  | { kind: 'amount'; amountMinor: number; effect: Effect; mostOfOrder?: number }
  /** `hundredths` of a percent: 1250 is 12.5 %. `capMinor`: never more than this. */
  | { kind: 'percent'; hundredths: number; capMinor: number | null; effect: 'order' | 'items' }
  /** The order's, or each piece's, new price. */
  | { kind: 'fixed'; priceMinor: number; effect: 'order' | 'items' }
  /** Pieces of one product for nothing; `add_missing`: of those in the cart first, `add_new`: always as well. */
  | {
      kind: 'product';
      productId: string;
      variantId: string | null;
      quantity: number;
      effect: 'add_missing' | 'add_new';
    }
  | { kind: 'shipping' };

/** Which items an offer applies to; empty `only`: all of them. */
export interface Applicable {
  only: ItemSelector[];
  not: ItemSelector[];
}

export type ItemSelector =
  | { kind: 'product'; id: string }
  | { kind: 'variant'; id: string }
  | { kind: 'collection'; id: string }
  | { kind: 'tag'; tag: string };

export const EVERY_ITEM: Applicable = { only: [], not: [] };
