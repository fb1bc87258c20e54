/** What an order earns by each of its rules together: several that stack, the first of those that do not, one rounding each. Pure. */
import type { Order } from '../order.ts';
import type { OrderSnapshot } from '../order-facts.ts';
import type { OrderRule } from '../programme.ts';
import type { Award, Share } from './award.ts';
import { type Compiled, waitOf } from './compiled.ts';
import { givesTo, type Hindrance, hindranceOf, isFor, type Judge, multipliersOf } from './judge.ts';
import { factorOf, scaled } from './multiplier.ts';
import { BASE_RULE, type BonusCampaign, type OrderEarning } from './programme.ts';
import { baseMinor, clawedOf } from './standing.ts';

export interface ShareStanding {
  share: Share;
  earned: number;
  clawed: number;
  /** Why it gives nothing; null: it does, or it is a part of a point. */
  hindrance: Hindrance | null;
  /** The tier and the campaigns that multiply it. */
  multipliedBy: string[];
  /** What counts, in minor units. */
  baseMinor: number;
}

export const BASE_NAME = 'Orders';
/** More shares than this an order does not have: each has a place of its own in a row. */
export const MOST_SHARES = 30;

/** The shares of the day. `placedAtMs` decides which rules and campaigns are in force. */
export function awardOf(
  { orders, campaigns, wait }: Pick<Compiled, 'orders' | 'campaigns' | 'wait'>,
  judge: Judge,
  { placedAtMs, version }: { placedAtMs: number; version: number },
): Award {
  const eligible = orders.filter((rule) => hindranceOf(rule, judge, placedAtMs) === null);
  const own = eligible.map((rule) => shareOf(rule, judge, { campaigns, wait, atMs: placedAtMs }));
  const more = campaigns.flatMap((campaign) => additionOf(campaign, judge, { eligible, wait, atMs: placedAtMs }));
  return { version, tier: judge.tier, shares: [...own, ...more].slice(0, MOST_SHARES) };
}

type Day = Pick<Compiled, 'wait'> & { atMs: number };

function shareOf(rule: OrderEarning, judge: Judge, day: Day & Pick<Compiled, 'campaigns'>): Share {
  const { id, name, rounding, base, select, minimumMinor, stackable, priority, limits } = rule;
  return {
    ...{ id, name, rounding, base, select, minimumMinor, stackable, priority, limits },
    gives: givesTo(rule, judge),
    multipliers: multipliersOf(rule, judge, day),
    wait: waitOf(rule, day),
    earned: 0,
    ...(rule.budget == null ? {} : { budget: { asks: [], granted: 0, refused: 0, net: 0, times: 0 } }),
  };
}

/** What a campaign adds, as a share of its own: it is given back in proportion like any other. */
function additionOf(
  campaign: BonusCampaign,
  judge: Judge,
  { eligible, wait, atMs }: Day & { eligible: OrderEarning[] },
): Share[] {
  const { id, name, bonus, minimumMinor } = campaign;
  const beside = eligible.filter((rule) => isFor(campaign, rule));
  const [first] = beside;
  if (bonus.kind !== 'addition' || first === undefined || hindranceOf(campaign, judge, atMs) !== null) return [];
  const plain = { rounding: first.rounding, base: first.base, select: null, stackable: true, priority: 0, limits: [] };
  const gives = { kind: 'fixed' as const, points: bonus.points };
  const named = campaign.rules.length === 0 ? [] : beside.map((rule) => rule.id);
  return [{ id, name, gives, minimumMinor, multipliers: [], beside: named, wait, ...plain, earned: 0 }];
}

/** The one share of an order that earned by nothing but the base rate. */
function baseShare({ points, perMinor, rounding, base }: OrderRule, earned: number): Share {
  const plain = {
    select: null,
    minimumMinor: 0,
    stackable: false,
    priority: 0,
    multipliers: [],
    wait: null,
    limits: [],
  };
  const gives = { kind: 'rate' as const, points, perMinor };
  return { id: BASE_RULE, name: BASE_NAME, gives, rounding, base, ...plain, earned };
}

/** By what an order earns; copies, for a decision writes on them. */
export function sharesOf({ award, rule, earned }: Pick<Order, 'award' | 'rule' | 'earned'>): Share[] {
  if (award !== undefined) return award.shares.map((share) => ({ ...share }));
  return rule === null ? [] : [baseShare(rule, earned)];
}

/** The base rate that an award comes to, where nothing else is to be kept of it; null where there is. */
export function plainRule({ shares }: Award): OrderRule | null {
  const [only, ...more] = shares;
  if (
    only === undefined ||
    more.length > 0 ||
    only.budget !== undefined ||
    only.id !== BASE_RULE ||
    only.name !== BASE_NAME
  )
    return null;
  const { gives, rounding, base, select, minimumMinor, multipliers, wait, limits } = only;
  const isPlain = select === null && minimumMinor === 0 && wait === null && multipliers.length + limits.length === 0;
  return isPlain && gives.kind === 'rate' ? { points: gives.points, perMinor: gives.perMinor, rounding, base } : null;
}

/** Whether the rules of the day were taken. */
export function isAwarded({ award, rule }: Pick<Order, 'award' | 'rule'>): boolean {
  return award !== undefined || rule !== null;
}

/** What the order stands at by each share, refunds and all; the same whatever order its facts came in. */
export function standingsOf(order: Order, shares: readonly Share[]): ShareStanding[] {
  const { snapshot } = order;
  if (snapshot === null) return [];
  const found = shares.map((share) => earnedBy(snapshot, share));
  const ranked = rank(found);
  return ranked.map((one) => ({ ...one, clawed: clawedOf(order, one.share, one.earned) }));
}

/** What stands of a share where limits leave at most so many points. */
export function capped(order: Order, standing: ShareStanding, most: number): ShareStanding {
  const earned = Math.min(standing.earned, most);
  return { ...standing, earned, clawed: clawedOf(order, standing.share, earned) };
}

function earnedBy(order: OrderSnapshot, share: Share): ShareStanding {
  const base = baseMinor(order, share.base, share.select);
  const none = { share, earned: 0, clawed: 0, multipliedBy: [], baseMinor: base };
  if (share.barred) return { ...none, hindrance: 'limit_reached' };
  if (base <= 0) return { ...none, hindrance: 'nothing_counts' };
  if (base < share.minimumMinor) return { ...none, hindrance: 'below_minimum' };
  if (share.gives.kind === 'reward') return { ...none, hindrance: null };
  const factor = factorOf(share.multipliers.filter(({ minimumMinor }) => base >= minimumMinor));
  const rate = share.gives.kind === 'rate' ? { amount: base, per: share.gives.perMinor } : { amount: 1, per: 1 };
  const earned = scaled({ ...rate, points: share.gives.points }, factor, share.rounding);
  return { ...none, earned, hindrance: null, multipliedBy: factor.by };
}

/** Of those that do not stack only the first of the highest priority stands; an addition only beside points. */
function rank(found: ShareStanding[]): ShareStanding[] {
  const alone = found.filter(({ share, hindrance }) => hindrance === null && !share.stackable);
  const best = Math.max(...alone.map(({ share }) => share.priority));
  const first = alone.find(({ share }) => share.priority === best);
  const own = found.map((one) => (alone.includes(one) && one !== first ? outranked(one) : one));
  const earning = new Set(
    own.flatMap(({ share, earned }) => (share.beside === undefined && earned > 0 ? share.id : [])),
  );
  return own.map((one) => {
    const { beside } = one.share;
    if (beside === undefined || one.hindrance !== null) return one;
    const stands = beside.length === 0 ? earning.size > 0 : beside.some((id) => earning.has(id));
    return stands ? one : { ...one, earned: 0, hindrance: 'nothing_counts' as const };
  });
}

function outranked(one: ShareStanding): ShareStanding {
  return { ...one, earned: 0, hindrance: 'outranked' };
}
