/**
 * By which rules an order earns, as they were on the day it was first known as paid. Kept with the order, so that no later
 * programme touches it; what was done of it stands beside it.
 */
import type { Rounding } from '../money.ts';
import type { EarningBase, Selection } from './base.ts';
import type { Gives, Limit, Wait } from './programme.ts';

export interface Multiplier {
  /** The tier's or the campaign's. */
  id: string;
  numerator: number;
  denominator: number;
  stackable: boolean;
  minimumMinor: number;
}

/** One rule's part of an order. */
export interface Share {
  id: string;
  name: string;
  gives: Gives;
  rounding: Rounding;
  base: EarningBase;
  select: Selection | null;
  minimumMinor: number;
  stackable: boolean;
  priority: number;
  multipliers: Multiplier[];
  /** The addition of a campaign: it comes only where one of these rules earns as well; empty: any. */
  beside?: string[];
  wait: Wait | null;
  limits: Limit[];
  /** What was posted of it, refunds left aside. */
  earned: number;
  /** Points that were counted against its limits; absent: not counted yet. */
  used?: number;
  /** The customer had used up its limits when it would have earned first. */
  barred?: true;
  /** Taken back by refunds while it waited; given again only as far as this. */
  shrunk?: number;
  /** Its reward was given. */
  given?: true;
  /** Its rule may give only so much in the whole shop; absent: any amount. */
  budget?: ShareBudget;
}

/** Points of one share of an order as its budget knows them. */
export interface ShareBudget {
  /** Those that wait until it has answered. */
  asks: BudgetAsk[];
  /** Granted, and not given back. */
  granted: number;
  /** It never earned them. */
  refused: number;
  /** What the share stood at last, refunds and all. */
  net: number;
  /** How often it counts. */
  times: number;
}

export interface BudgetAsk {
  sinceMs: number;
  points: number;
  /** Of them: the order came to less, so that they were not earned after all. */
  dropped: number;
  /** Of them: refunds took them. */
  clawed: number;
}

export interface Award {
  version: number;
  tier: string | null;
  shares: Share[];
}

/** Where points of an order wait: see `Pending`. */
export interface Waiting {
  id: number;
  releasesAtMs: number;
  rule: string;
}

interface Awarded<Rule> {
  rule: Rule | null;
  award?: Award;
}

/** Of one order that two were told of who are one: the rules of the one who stays, with what was posted by either. */
export function joinAwards<Rule>(own: Awarded<Rule>, other: Awarded<Rule>): Awarded<Rule> {
  const { rule, award } = own.rule !== null || own.award !== undefined ? own : other;
  if (award === undefined) return { rule };
  const theirs = award === own.award ? (other.award?.shares ?? []) : [];
  const shares = award.shares.map((share) =>
    joinShares(
      share,
      theirs.find(({ id }) => id === share.id),
    ),
  );
  return { rule, award: { ...award, shares } };
}

function joinShares(own: Share, other: Share | undefined): Share {
  if (other === undefined) return own;
  return {
    ...own,
    earned: own.earned + other.earned,
    ...(own.shrunk === undefined && other.shrunk === undefined
      ? {}
      : { shrunk: (own.shrunk ?? 0) + (other.shrunk ?? 0) }),
    ...(own.budget === undefined || other.budget === undefined
      ? {}
      : { budget: joinBudgets(own.budget, other.budget) }),
    ...(own.given === true || other.given === true ? { given: true as const } : {}),
  };
}

function joinBudgets(own: ShareBudget, other: ShareBudget): ShareBudget {
  return {
    asks: [...own.asks, ...other.asks],
    granted: own.granted + other.granted,
    refused: own.refused + other.refused,
    net: own.net + other.net,
    times: own.times + other.times,
  };
}
