/** What points can be spent on, and what else the programme gives: what each reward is, costs, and who may have it. */
import type { SpanUnit } from '../calendar.ts';
import type { Applicable } from '../vouchers/discount.ts';

/** What a reward is. Amounts are minor units of the shop's currency, parts are hundredths of a percent. */
export type RewardBenefit =
  | { kind: 'amount'; amountMinor: number }
  /** `stepMinor` for every `stepPoints`; a spend is rounded down to a step and refused below `minPoints`. */
  | {
      kind: 'variable';
      stepPoints: number;
      stepMinor: number;
      minPoints: number;
      maxPoints: number | null;
      /** It pays at most this part of an order; null: all of it. */
      mostOfOrder: number | null;
    }
  | { kind: 'percent'; hundredths: number; capMinor: number | null }
  | { kind: 'shipping' }
  | { kind: 'product'; productId: string; variantId: string | null; quantity: number }
  | { kind: 'gift_card'; amountMinor: number }
  /** Whatever the merchant does by hand; its text says what. */
  | { kind: 'perk' };

export const LIMIT_PERIODS = ['lifetime', 'day', 'week', 'month', 'year'] as const;

export interface RewardLimit {
  count: number;
  /** By the shop's calendar; a week begins on Monday. */
  per: (typeof LIMIT_PERIODS)[number];
}

export interface Reward {
  id: string;
  name: string;
  text: string | null;
  /** What is not active is given to nobody; what was given stays good. */
  active: boolean;
  benefit: RewardBenefit;
  /** In points; null: points do not buy it. Of a variable one the steps say it. */
  price: number | null;
  /** Another price in a tier, by the tier's id. */
  tierPrices: Record<string, number>;
  /** How many there are in all; null: any number. */
  stock: number | null;
  /** How many one customer may buy. */
  limit: RewardLimit | null;
  /** Only for who is in one of these segments or tiers; both empty: for everybody. */
  onlyFor: { segments: string[]; tiers: string[] };
  /** So long after it is given, to the end of that day; null: it does not run out. */
  expires: { unit: Extract<SpanUnit, 'day' | 'month'>; quantity: number } | null;
  /** What an order must come to; null: anything. */
  minimumMinor: number | null;
  applicable: Applicable;
  /** May be used beside other vouchers. */
  combinable: boolean;
  /** Before each of its codes. */
  prefix: string;
}

export interface RewardProgramme {
  rewards: Reward[];
  /** So long a shopper may take back a reward that was not used; 0: never. */
  undoMinutes: number;
  /** So many days before a voucher runs out its holder is told; null: they are not. */
  noticeDays: number | null;
  /** Points that go back after they would have run out are good for so many days more. */
  graceDays: number;
  /** Whether points go back when an order that a reward paid for is refunded. */
  refunds: 'proportional' | 'none';
  /** Codes have to be made in the connected shop as well before they can be used. */
  inShop: boolean;
}

export const NO_REWARDS: RewardProgramme = {
  rewards: [],
  undoMinutes: 0,
  noticeDays: null,
  graceDays: 30,
  refunds: 'proportional',
  inShop: false,
};
