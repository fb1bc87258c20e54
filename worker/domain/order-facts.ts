/**
 * What a source states about an order, already in minor units of the shop's currency. Amounts of an order ignore its
 * refunds: a refund is a fact of its own, so that facts may come in any order, twice, or late.
 */

export const MOST_NAMES = 20;
/** Codes of an order that are kept, and how long they may be. */
export const MOST_CODES = 30;
export const LONGEST_CODE = 100;
export const LONGEST_LINE_NAME = 100;

export interface OrderLine {
  lineId: string;
  productId: string | null;
  /** Where the source tells it. */
  variantId?: string;
  sku: string | null;
  /** Names or ids, where the source tells them: Shopify's orders do not. At most `MOST_NAMES` of `LONGEST_LINE_NAME`. */
  collections?: string[];
  tags?: string[];
  title: string;
  variantTitle: string | null;
  quantity: number;
  /** The whole line after discounts; holds the tax where the order's prices do. */
  netMinor: number;
  taxMinor: number;
  giftCard: boolean;
  imageUrl: string | null;
  url: string | null;
}

export interface OrderSnapshot {
  orderId: string;
  name: string;
  placedAtMs: number;
  updatedAtMs: number;
  currency: string;
  test: boolean;
  cancelledAtMs: number | null;
  /** The source tells cancellations only as facts of their own: its snapshots neither make nor undo one. */
  silentOnCancellation?: true;
  /** True where the shop says that all money went back. */
  refunded: boolean;
  taxesIncluded: boolean;
  /** Discount codes that it names, as they were typed; absent: none. At most `MOST_CODES` of `LONGEST_CODE`. */
  codes?: string[];
  /** After discounts, all lines together. */
  subtotalMinor: number;
  discountMinor: number;
  /** All tax, that of the shipping included. */
  taxMinor: number;
  shippingMinor: number;
  shippingTaxMinor: number;
  totalMinor: number;
  lines: OrderLine[];
}

export interface RefundLine {
  lineId: string;
  quantity: number;
  /** null: take the order line's own price for `quantity`. */
  netMinor: number | null;
  taxMinor: number;
  giftCard: boolean;
}

export interface Refund {
  refundId: string;
  atMs: number;
  lines: RefundLine[];
  /** Shipping that was given back, its tax included. */
  shippingMinor: number;
  /** Money that really went back; null: exactly what the lines are worth, or everything where there are no lines. */
  moneyMinor: number | null;
}

export interface Parcel {
  company: string | null;
  number: string | null;
  url: string | null;
  status: string | null;
}

export interface Fulfilment {
  fulfilmentId: string;
  updatedAtMs: number;
  cancelled: boolean;
  parcels: Parcel[];
  /** Pieces per line id. */
  pieces: Record<string, number>;
}

/** What a carrier said of the parcels of one fulfilment, told apart from it. */
export interface CarrierWord {
  fulfilmentId: string;
  status: string;
  atMs: number;
}

export type OrderFact =
  | {
      kind: 'order';
      paid: boolean;
      order: OrderSnapshot;
      refunds: Refund[];
      fulfilments: Fulfilment[];
    }
  | { kind: 'cancellation'; orderId: string; atMs: number }
  | { kind: 'refund'; orderId: string; refund: Refund }
  | { kind: 'fulfilment'; orderId: string; fulfilment: Fulfilment }
  | { kind: 'carrier'; orderId: string; word: CarrierWord };

export function orderIdOf(fact: OrderFact): string {
  return fact.kind === 'order' ? fact.order.orderId : fact.orderId;
}

/** Codes as an order keeps them: each once, no more and none longer than there is room for. */
export function codesNamed(said: (string | null)[]): Pick<OrderSnapshot, 'codes'> {
  const codes = [...new Set(said.flatMap((code) => code?.trim() || []))].filter((code) => code.length <= LONGEST_CODE);
  return codes.length === 0 ? {} : { codes: codes.slice(0, MOST_CODES) };
}
