/**
 * Shares of an order whose rule has a budget in the whole shop: each earning is asked for and waits, all of it or none is
 * granted, and what refunds take back is free for others again, in proportion. What is refused was never earned.
 */
import type { Answered, Errand } from '../errand.ts';
import { type JsonObject, textOf } from '../json.ts';
import { NEVER } from '../ledger.ts';
import type { When } from '../loyalty/part.ts';
import type { Pending, PendingMove } from '../loyalty/pending.ts';
import { hold, takeHeld } from '../loyalty/pending-ledger.ts';
import type { Order } from '../order.ts';
import type { Terms } from '../terms.ts';
import { LOT_PLACES, lotId, pushRow, type Work } from '../work.ts';
import type { BudgetAsk, Share, ShareBudget } from './award.ts';
import { BUDGET_BACK, BUDGET_TAKE } from './budget.ts';
import { capped, type ShareStanding } from './shares.ts';
import { placeOf, releaseOf, setWaiting } from './waiting.ts';

const NEW_BUDGET: ShareBudget = { asks: [], granted: 0, refused: 0, net: 0, times: 0 };

/** What stands once what the budget refused is left out. */
export function withinBudget(order: Order, standing: ShareStanding): ShareStanding {
  const refused = standing.share.budget?.refused ?? 0;
  return refused === 0 ? standing : capped(order, standing, Math.max(0, standing.earned - refused));
}

/** Lets points of a share wait for its budget, and asks for it. `now`: when they were earned. */
export function askForShare(
  work: Work,
  order: Order,
  asked: { share: Share; points: number; now: number },
): PendingMove {
  const { share, points, now } = asked;
  const id = lotId(work, placeOf(order, share.id));
  const budget = share.budget ?? NEW_BUDGET;
  // more of it is no other time; while the first is not answered nobody knows, and no more than there is may be given
  const times = budget.granted > 0 ? 0 : 1;
  const body = { rule: share.id, order: order.orderId, points, sinceMs: now, times };
  work.errands.push({ op: `budget:${work.customer}:${id}`, kind: BUDGET_TAKE, body });
  share.budget = { ...budget, asks: [...budget.asks, { sinceMs: now, points, dropped: 0, clawed: 0 }] };
  order.waiting = [...(order.waiting ?? []), { id, releasesAtMs: NEVER, rule: share.id }];
  const rule = { id: share.id, name: share.name };
  return hold(work, { id, releasesAtMs: NEVER, points, origin: `order:${order.orderId}`, rule, sinceMs: now });
}

export interface Shift {
  share: Share;
  /** Points by which it stands lower than before: they go back. Below 0: higher again, without having earned anew. */
  lower: number;
  /** Of those: so many were not earned after all; what is left, refunds took (below 0: give). */
  drop: number;
}

/** Of the shares with a budget. `asked`: points that each has just begun to wait for. */
export function shiftsOf(standings: readonly ShareStanding[], asked: ReadonlyMap<string, number>): Shift[] {
  return standings.flatMap(({ share, earned, clawed }) => {
    if (share.budget === undefined) return [];
    const lower = share.budget.net + (asked.get(share.id) ?? 0) - (earned - clawed);
    return [{ share, lower, drop: Math.max(0, share.earned - earned) }];
  });
}

/** Takes what is lower by now from what waits for an answer; what was granted already goes back to the budget at once. */
export function lowered(work: Work, order: Order, shifts: readonly Shift[]): PendingMove[] {
  return shifts.flatMap(({ share, lower, drop }) => {
    if (lower <= 0 || share.budget === undefined) return [];
    const left = { drop, claw: lower - drop };
    const asks = share.budget.asks.map((ask) => regained(ask, left));
    const moves: PendingMove[] = [];
    const after = asks.map((ask) => taken(ask, left, (most) => takeAsked(work, order, { share, ask, most }, moves)));
    share.budget = { ...share.budget, asks: after };
    const rest = left.drop + left.claw;
    giveBack(work, share, rest, `budget-back:${work.customer}:${lotId(work, placeOf(order, share.id))}`);
    return moves;
  });
}

/** An order that comes to less has less to take back: what refunds took of it was not earned, then. */
function regained(ask: BudgetAsk, left: { drop: number; claw: number }): BudgetAsk {
  const points = Math.min(ask.clawed, Math.max(0, -left.claw));
  left.claw += points;
  left.drop -= points;
  return { ...ask, clawed: ask.clawed - points, dropped: ask.dropped + points };
}

function taken(ask: BudgetAsk, left: { drop: number; claw: number }, take: (most: number) => number): BudgetAsk {
  const points = take(Math.max(0, left.drop + left.claw));
  const dropped = Math.min(points, Math.max(0, left.drop));
  left.drop -= dropped;
  left.claw -= points - dropped;
  return { ...ask, dropped: ask.dropped + dropped, clawed: ask.clawed + points - dropped };
}

interface Asked {
  share: Share;
  ask: BudgetAsk;
  most: number;
}

function takeAsked(work: Work, order: Order, { share, ask, most }: Asked, moves: PendingMove[]): number {
  const own = (order.waiting ?? []).find(
    ({ id, rule, releasesAtMs }) =>
      rule === share.id && releasesAtMs === NEVER && work.pending.all.get(id)?.sinceMs === ask.sinceMs,
  );
  const move = own === undefined || most === 0 ? null : takeHeld(work, own.id, Math.min(most, leftOf(ask)));
  if (move === null) return 0;
  moves.push(move);
  return -move.points;
}

function leftOf({ points, dropped, clawed }: BudgetAsk): number {
  return points - dropped - clawed;
}

function giveBack(work: Work, share: Share, most: number, op: string): void {
  const budget = share.budget ?? NEW_BUDGET;
  const points = Math.min(most, budget.granted);
  if (points === 0) return;
  const granted = budget.granted - points;
  const times = granted === 0 ? budget.times : 0;
  work.errands.push({ op, kind: BUDGET_BACK, body: { rule: share.id, points, times, of: op } });
  share.budget = { ...budget, granted, times: budget.times - times };
}

/** Whoever calls releases what is there at once. */
export function orderBudgetAnswered(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  const before = errand.kind === BUDGET_TAKE ? work.orders.get(textOf(errand.body, 'order') ?? '') : undefined;
  if (before === undefined) return;
  const order = { ...before, ...(before.award && { award: { ...before.award, shares: copies(before.award.shares) } }) };
  const share = order.award?.shares.find(({ id }) => id === errand.body.rule);
  if (share?.budget === undefined) return;
  const isGranted = answer.granted === true;
  const ask = askOf(share.budget, errand);
  if (ask === null) return;
  share.budget = { ...share.budget, asks: share.budget.asks.filter((one) => one !== ask) };
  const pending = unansweredOf(work, errand);
  const moves = pending === undefined ? [] : [takeHeld(work, pending.id, pending.points)];
  // where it is gone though it should wait, the merchant has decided on it, and that stays
  const isGone = pending === undefined && leftOf(ask) > 0;
  const about = { share, ask, errand, pending, isGone, atMs: when.atMs };
  if (isGranted) moves.push(...granted(work, order, about));
  else if (!isGone) refused(order, share, ask);
  dropTaken(work, order);
  work.orders.set(order.orderId, order);
  work.touched.add(order.orderId);
  tell(work, moves, { isGranted, terms, when, orderId: order.orderId });
}

function askOf({ asks }: ShareBudget, { body }: Errand): BudgetAsk | null {
  return asks.find(({ sinceMs, points }) => sinceMs === body.sinceMs && points === body.points) ?? null;
}

/** By what they are: their number changes where their customer turns out to be another one. */
function unansweredOf(work: Work, { body }: Errand): Pending | undefined {
  const own = [...work.pending.all.values()].filter(
    ({ origin, rule, sinceMs, releasesAtMs, points }) =>
      origin === `order:${textOf(body, 'order')}` &&
      rule?.id === body.rule &&
      sinceMs === body.sinceMs &&
      releasesAtMs === NEVER &&
      points > 0 &&
      points <= Number(body.points),
  );
  return own.sort((a, b) => b.points - a.points || a.id - b.id)[0];
}

interface Granting {
  share: Share;
  ask: BudgetAsk;
  errand: Errand;
  pending: Pending | undefined;
  isGone: boolean;
  atMs: number;
}

/** What is left of it waits its days, or is there; what was taken of it meanwhile goes back. */
function granted(work: Work, order: Order, { share, ask, errand, pending, isGone, atMs }: Granting): PendingMove[] {
  const budget = share.budget ?? NEW_BUDGET;
  const times = budget.times + Number(errand.body.times ?? 1);
  share.budget = { ...budget, granted: budget.granted + ask.points, times };
  giveBack(work, share, isGone ? ask.points : ask.points - leftOf(ask), `back:${errand.op}`);
  if (pending === undefined) return [];
  const id = lotId(work, pending.id % LOT_PLACES);
  const releasesAtMs = Math.max(releaseOf(order, share.wait, atMs), atMs);
  order.waiting = [...(order.waiting ?? []), { id, releasesAtMs, rule: share.id }];
  return [hold(work, { ...pending, id, releasesAtMs })];
}

/** It never was earned, and refunds never took anything of it. */
function refused(order: Order, share: Share, ask: BudgetAsk): void {
  const budget = share.budget ?? NEW_BUDGET;
  const never = ask.points - ask.dropped;
  order.earned -= never;
  order.clawed -= ask.clawed;
  share.earned -= never;
  share.budget = { ...budget, refused: budget.refused + never, net: budget.net - leftOf(ask) };
}

function copies(shares: readonly Share[]): Share[] {
  return shares.map((share) => ({ ...share }));
}

function dropTaken(work: Work, order: Order): void {
  setWaiting(
    order,
    (order.waiting ?? []).filter(({ id }) => (work.pending.all.get(id)?.points ?? 0) > 0),
  );
}

interface Telling {
  isGranted: boolean;
  terms: Terms;
  when: When;
  orderId: string;
}

function tell(work: Work, moves: (PendingMove | null)[], { isGranted, terms, when, orderId }: Telling): void {
  const pending = moves.flatMap((move): JsonObject[] => (move === null ? [] : [{ ...move, rule: { ...move.rule } }]));
  pushRow(work, {
    kind: 'points.pending',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    orderId,
    terms,
    entries: [],
    about: { budget: isGranted, pending },
  });
}
