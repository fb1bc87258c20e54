/** Which parts of an order count towards points. */

/** The default is the subtotal after discounts, without tax, shipping and gift cards. */
export interface EarningBase {
  afterDiscounts: boolean;
  tax: boolean;
  shipping: boolean;
  giftCards: boolean;
}

export const DEFAULT_BASE: EarningBase = {
  afterDiscounts: true,
  tax: false,
  shipping: false,
  giftCards: false,
};

/** What lines are asked for: any one of these. Products by product id, variant id or SKU; the others by name, whatever its capitals. */
export interface LineNames {
  products: string[];
  collections: string[];
  tags: string[];
}

/** Only lines that are included (where nothing is named: all) and not excluded count. */
export interface Selection {
  include: LineNames;
  exclude: LineNames;
}
