/** What earns points besides the base rate of orders: rules, limits, bonus campaigns, waiting periods. All of it is data. */
import type { Channel } from '../consent.ts';
import type { Rounding } from '../money.ts';
import type { PropertyFilter } from '../segments/definition.ts';
import type { EarningBase, Selection } from './base.ts';

/** How long points wait before they can be spent; of what is no order always from its own instant on. */
export type Wait =
  /** So many days of 24 hours after the payment. */
  | { after: 'paid'; days: number }
  /** So many days after everything was delivered; at the latest so many after the payment. */
  | { after: 'delivered'; days: number; longestDays: number };

/** How often one customer may earn by a rule, or how much. Days, weeks (from Monday) and months are those of the shop's calendar. */
export interface Limit {
  most: number;
  of: 'times' | 'points';
  per: 'lifetime' | 'day' | 'week' | 'month' | { days: number };
}

/** What a tier makes of a rule: a factor, exact, or other points in the place of the rule's own. */
export type TierTerm =
  | { kind: 'multiplier'; numerator: number; denominator: number }
  | { kind: 'points'; points: number };

export type Gives =
  | { kind: 'fixed'; points: number }
  /** `points` for every `perMinor` minor units of the shop's currency. */
  | { kind: 'rate'; points: number; perMinor: number }
  | { kind: 'reward'; reward: string };

/** What every rule has. */
export interface RuleTerms {
  id: string;
  /** What it is called in a shopper's history. */
  name: string;
  /** From this instant on, and before that one: by when an order was placed, and when anything else happened. */
  startsAtMs: number | null;
  endsAtMs: number | null;
  /** Only for members of this segment, by trusted events alone. */
  segment: string | null;
  /** Only in one of these tiers; empty: in any, or none. */
  onlyTiers: string[];
  /** Tier -> what it makes of the rule. */
  tiers: Record<string, TierTerm>;
  limits: Limit[];
  /** A stackable rule adds to whatever else earns; of the others only the one of the highest priority earns, of equals the first. */
  stackable: boolean;
  priority: number;
  /** null: points are there at once; absent: as the programme says. */
  wait?: Wait | null | undefined;
}

/** How an order is looked at. */
export interface OrderTerms {
  rounding: Rounding;
  base: EarningBase;
  select: Selection | null;
  /** Of what counts; 0: none. */
  minimumMinor: number;
  /** What it may give in the whole shop; null or absent: any number. */
  budget?: Budget | null | undefined;
}

export type OrderEarning = RuleTerms & OrderTerms & { kind: 'order'; gives: Gives };

/** How often, or how many points, in the whole shop. */
export interface Budget {
  most: number;
  of: 'times' | 'points';
}

export interface EventTerms {
  /** Whose word earns: a server's, or anybody's. */
  trust: 'server' | 'any';
  /** What it may give in the whole shop; null or absent: any number. */
  budget?: Budget | null | undefined;
}

/** Anything that is tracked, by its name. */
export type EventEarning = RuleTerms &
  EventTerms & {
    kind: 'event' | 'review';
    event: string;
    conditions: PropertyFilter[];
    gives: Gives;
    rounding: Rounding;
    /** The property that holds the money of a rate, in major units of the shop's currency; null where there is none. */
    moneyProperty: string | null;
  };

export type MadeEarning = RuleTerms &
  EventTerms & { gives: Exclude<Gives, { kind: 'rate' }> } & (
    | /** By which events somebody has an account; empty: the usual ones. */ { kind: 'sign_up'; events: string[] }
    | { kind: 'consent'; channel: Channel }
    /** Once all of these traits are known. */
    | { kind: 'profile'; traits: string[] }
  );

export type EarningRule = OrderEarning | EventEarning | MadeEarning;

/** More points for a while, alongside tiers. */
export interface BonusCampaign {
  id: string;
  name: string;
  /** Both bounds by when an order was placed, the end left out; null: open. */
  startsAtMs: number | null;
  endsAtMs: number | null;
  bonus:
    | { kind: 'multiplier'; numerator: number; denominator: number }
    /** So many points more for every order that earns. */
    | { kind: 'addition'; points: number };
  /** The rules it is for, `order` being the base rate; empty: every rule of orders. */
  rules: string[];
  segment: string | null;
  onlyTiers: string[];
  /** What an order must come to; 0: anything. */
  minimumMinor: number;
  /** Multiplies what the tier and other campaigns multiply; else it stands alone, and the best of them counts. */
  stackable: boolean;
}

/** What the base rate of orders has besides the rate; its id is `order`. */
export type BaseOrderTerms = Omit<RuleTerms, 'id'> & Pick<OrderTerms, 'select' | 'minimumMinor' | 'budget'>;

export interface EarningProgramme {
  /** null: nothing. */
  order: BaseOrderTerms | null;
  rules: EarningRule[];
  campaigns: BonusCampaign[];
  /** Of every rule that says nothing itself. */
  wait: Wait | null;
}

/** The id of the base rate of orders. */
export const BASE_RULE = 'order';
