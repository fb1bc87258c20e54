/** A campaign as decisions see it: what its codes give, to whom, until when, and what it may cost in all. */
import type { JsonObject } from '../json.ts';
import type { Applicable, Discount } from './discount.ts';
import type { Validity } from './validity.ts';

export type CampaignKind = 'standalone' | 'static' | 'auto_update';

/** What may not be passed in all, by everybody together; null: not limited. */
export interface Caps {
  redemptions: number | null;
  /** Money given away. */
  discountMinor: number | null;
  /** Amounts of orders. */
  ordersMinor: number | null;
}

export interface CodePattern {
  /** `#` is a random character. */
  pattern: string;
  charset: string;
}

export interface Campaign {
  /** `camp_…` */
  id: string;
  /** Grows with every change; an owner decides by the newest that it has seen. */
  version: number;
  name: string;
  /** The merchant's own words; absent: none. */
  description?: string;
  kind: CampaignKind;
  benefit: 'discount' | 'gift';
  discount: Discount | null;
  applicable: Applicable;
  giftMinor: number | null;
  /** A customer gets one code through publications. */
  joinOnce: boolean;
  category: string | null;
  active: boolean;
  startsAtMs: number | null;
  endsAtMs: number | null;
  validity: Validity | null;
  /** From its publication a code lives this long, whatever `endsAtMs` says. */
  liveAfterPublishing: string | null;
  limitPerCode: number | null;
  limitPerCustomer: number | null;
  caps: Caps;
  codes: CodePattern;
  vouchersWanted: number;
  /** Validation rules. */
  rules: string[];
  metadata: JsonObject;
  createdAtMs: number;
  updatedAtMs: number;
}
