/** Posts what an order earned or lost since it was posted last: what waits first, then lots, then a debt. */
import { debit, NEVER, type PointsEntry, type RuleRef } from '../ledger.ts';
import { pendingOf } from '../loyalty/pending-ledger.ts';
import type { Order } from '../order.ts';
import type { Terms } from '../terms.ts';
import { DAY_MS, expiryOf, LARGEST_BALANCE, lotId, type Work } from '../work.ts';
import type { Share } from './award.ts';
import { creditParts, type Earned, type RulePoints } from './earned.ts';
import { askForShare, lowered, type Shift, shiftsOf, withinBudget } from './order-budget.ts';
import { countShares, type Day } from './share-limits.ts';
import { type ShareStanding, sharesOf } from './shares.ts';
import { holdAgain, holdShare, moveWaiting, releaseOf, takeWaiting } from './waiting.ts';

/** Points given back after their lot ran out stay usable for this long. */
const RESTORED_GRACE_MS = 30 * DAY_MS;

/** Writes into `order` (a fresh copy) what is posted: the earning first, then what is taken back. */
export function post(work: Work, order: Order, day: Day): Earned {
  const shares = sharesOf(order);
  moveWaiting(work, order, shares, day.now);
  const counted = order.withheld === null ? countShares(work, order, shares, day) : [];
  const standings = counted.map((one) => withinBudget(order, one));
  const { more, back } = settle(work, order, standings);
  const parts = more > 0 ? attributed(more, standings) : [];
  const wants: Wants = new Map();
  const earned = earnMore(work, order, parts, { ...day, wants });
  const shifts = shiftsOf(standings, new Map(parts.map(({ share, points }) => [share.id, points])));
  const again = askAgain(work, order, shifts, wants);
  const asked = [...wants].map(([share, points]) => askForShare(work, order, { share, points, now: day.now }));
  const unasked = lowered(work, order, shifts);
  // what budgets have seen to is no matter of the others
  const rest = back + again + sum(unasked.map((move) => move.points));
  const taken = rest > 0 ? takeBack(work, order, shares, rest, day.terms) : NONE;
  const given = rest < 0 ? giveBack(work, order, shares, -rest, day.now) : NONE;
  for (const { share, earned: gross, clawed } of standings)
    if (share.budget !== undefined) share.budget = { ...share.budget, net: gross - clawed };
  const gifts = standings.flatMap((one) => giftOf(one));
  for (const share of shares) share.earned = standings.find((one) => one.share === share)?.earned ?? 0;
  if (order.award !== undefined) order.award = { ...order.award, shares };
  return {
    entries: [...earned.entries, ...taken.entries, ...given.entries],
    pending: [...earned.pending, ...asked, ...unasked, ...taken.pending, ...given.pending],
    gifts,
  };
}

/** So many points of a share are to be asked of its budget, in one. */
type Wants = Map<Share, number>;

function want(wants: Wants, share: Share, points: number): void {
  if (points > 0) wants.set(share, (wants.get(share) ?? 0) + points);
}

type Posted = Omit<Earned, 'gifts'>;
const NONE: Posted = { entries: [], pending: [] };

/** How many points more the order earned, and how many go back (below 0: are given again). */
function settle(work: Work, order: Order, standings: ShareStanding[]): { more: number; back: number } {
  const room = Math.max(0, LARGEST_BALANCE - work.draft.balance - pendingOf(work));
  // what ran out or was voided stays earned: an order that shrinks afterwards does not lose it a second time
  const lost = order.expired + (order.voided ?? 0);
  const target = sum(standings.map((one) => one.earned));
  const earned = Math.max(Math.min(order.earned, lost), Math.min(target, order.earned + room));
  const clawed = Math.min(sum(standings.map((one) => one.clawed)), Math.max(0, earned - lost));
  const more = earned - order.earned;
  const back = clawed - order.clawed + Math.max(0, -more);
  order.earned = earned;
  order.clawed = clawed;
  return { more, back };
}

interface Part {
  share: Share;
  points: number;
}

/** By which rules so many points more were earned: those that stand higher than they were posted, in their order. */
function attributed(points: number, standings: readonly ShareStanding[]): Part[] {
  let left = points;
  const parts = standings.flatMap(({ share, earned }): Part[] => {
    const part = Math.min(left, Math.max(0, earned - share.earned));
    left -= part;
    return part === 0 ? [] : [{ share, points: part }];
  });
  const [first, ...others] = parts;
  if (left === 0) return parts;
  if (first !== undefined) return [{ ...first, points: first.points + left }, ...others];
  // two who turned out to be one were both told of the order: their points were posted together
  const any = standings.find(({ earned }) => earned > 0);
  return any === undefined ? [] : [{ share: any.share, points: left }];
}

function earnMore(work: Work, order: Order, parts: Part[], { terms, now, wants }: Day & { wants: Wants }): Posted {
  const there: RulePoints[] = [];
  const pending = parts.flatMap(({ share, points: wanted }) => {
    const points = wanted - alreadyKept(work, order, wanted);
    if (share.budget !== undefined) {
      want(wants, share, points);
      return [];
    }
    const releasesAtMs = releaseOf(order, share.wait, now);
    if (points > 0 && releasesAtMs > now)
      return [holdShare(work, order, { share, points, releasesAtMs, sinceMs: now })];
    if (points > 0) there.push({ rule: ruleOf(share), points });
    return [];
  });
  const expiresAtMs = expiryOf(terms, now);
  return { entries: credited(work, order, there, { kind: 'earned', place: 0, expiresAtMs }), pending };
}

/** A cancellation undone, a refund corrected: what waited waits again, the rest returns with the expiry it had. */
function giveBack(work: Work, order: Order, shares: Share[], points: number, now: number): Posted {
  const free = shares.filter(({ budget }) => budget === undefined);
  const pending = holdAgain(work, order, free, { points, now });
  const rest = points - sum(pending.map((move) => move.points));
  const given = rest - alreadyKept(work, order, rest);
  if (given === 0) return { entries: [], pending };
  const had = order.lots.at(-1)?.expiresAtMs ?? NEVER;
  const expiresAtMs = had > now ? had : now + RESTORED_GRACE_MS;
  const part = { rule: onlyRule(shares), points: given };
  return { entries: credited(work, order, [part], { kind: 'restored', place: 1, expiresAtMs }), pending };
}

/** What went back to a budget has to be granted again; answers how many points that sees to. */
function askAgain(work: Work, order: Order, shifts: readonly Shift[], wants: Wants): number {
  let seen = 0;
  for (const { share, lower } of shifts) {
    const again = Math.max(0, -lower);
    seen += again;
    want(wants, share, again - alreadyKept(work, order, again));
  }
  return seen;
}

interface Credit {
  kind: 'earned' | 'restored';
  place: number;
  expiresAtMs: number;
}

function credited(
  work: Work,
  order: Order,
  parts: readonly RulePoints[],
  { kind, place, expiresAtMs }: Credit,
): PointsEntry[] {
  if (parts.length === 0) return [];
  const lot = { lot: lotId(work, place), expiresAtMs, origin: `order:${order.orderId}` };
  order.lots = [...order.lots, { lot: lot.lot, expiresAtMs }];
  return creditParts(work, parts, lot, { kind, orderId: order.orderId });
}

/** Points that a clawback let go were kept, and are not given a second time. */
function alreadyKept(work: Work, order: Order, points: number): number {
  const kept = Math.min(order.unrecovered, points);
  order.unrecovered -= kept;
  work.draft.lifetime += kept;
  return kept;
}

/** What waits goes first and silently; then the order's own lots, then others, then a debt where the shop records one. */
function takeBack(work: Work, order: Order, shares: Share[], points: number, terms: Terms): Posted {
  const pending = takeWaiting(work, order, shares, points);
  const rest = points + sum(pending.map((move) => move.points));
  if (rest === 0) return { entries: [], pending };
  const rule = onlyRule(shares);
  const entry = debit(work.draft, rest, {
    kind: 'clawed_back',
    orderId: order.orderId,
    reason: null,
    ...(rule === null ? {} : { rule }),
    prefer: new Set(order.lots.map((one) => one.lot)),
    allowDebt: terms.programme.overdrawn !== 'stop_at_zero',
  });
  order.unrecovered += rest + entry.points;
  return { entries: [entry], pending };
}

/** A reward is given once, when its share first stands. */
function giftOf({ share, hindrance }: ShareStanding): Earned['gifts'] {
  if (share.gives.kind !== 'reward' || hindrance !== null || share.given) return [];
  share.given = true;
  return [{ reward: share.gives.reward, rule: ruleOf(share) }];
}

function ruleOf({ id, name }: Share): RuleRef {
  return { id, name };
}

function onlyRule(shares: readonly Share[]): RuleRef | null {
  const [only, ...more] = shares;
  return only === undefined || more.length > 0 ? null : ruleOf(only);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
