/** Points of an order that cannot be spent yet: how long they wait, and what a refund or a delivery makes of them. */
import { NEVER } from '../ledger.ts';
import type { PendingMove } from '../loyalty/pending.ts';
import { hold, takeHeld } from '../loyalty/pending-ledger.ts';
import type { Order } from '../order.ts';
import { deliveredAtMs } from '../order-status.ts';
import { DAY_MS, lotId, type Work } from '../work.ts';
import type { Share, Waiting } from './award.ts';
import type { Wait } from './programme.ts';

/** The first places of a row are its lots'. */
const FIRST_PLACE = 2;

/** When points of an order become spendable; in the past or now: they are at once. */
export function releaseOf(order: Order, wait: Wait | null, now: number): number {
  if (wait === null) return now;
  const paidAtMs = order.paidAtMs ?? now;
  if (wait.after === 'paid') return paidAtMs + wait.days * DAY_MS;
  const longestMs = paidAtMs + wait.longestDays * DAY_MS;
  const arrivedMs = deliveredAtMs(order);
  return arrivedMs === null ? longestMs : Math.min(longestMs, arrivedMs + wait.days * DAY_MS);
}

export interface Held {
  share: Share;
  points: number;
  releasesAtMs: number;
  sinceMs: number;
}

/** Lets points of a share wait, beside those that wait for the same instant already. */
export function holdShare(work: Work, order: Order, { share, points, releasesAtMs, sinceMs }: Held): PendingMove {
  const waiting = order.waiting ?? [];
  const known = waiting.find((one) => one.rule === share.id && one.releasesAtMs === releasesAtMs);
  const place = placeOf(order, share.id);
  const id = known?.id ?? lotId(work, place);
  if (known === undefined) order.waiting = [...waiting, { id, releasesAtMs, rule: share.id }];
  const rule = { id: share.id, name: share.name };
  return hold(work, { id, releasesAtMs, points, origin: `order:${order.orderId}`, rule, sinceMs });
}

/** Its place in a row of the journal. */
export function placeOf({ award }: Order, rule: string): number {
  const at = award?.shares.findIndex((share) => share.id === rule) ?? 0;
  return FIRST_PLACE + Math.max(0, at);
}

/** Takes from what waits, the last that is released first; each share notes what of it can be given again. */
export function takeWaiting(work: Work, order: Order, shares: Share[], points: number): PendingMove[] {
  const moves: PendingMove[] = [];
  let left = points;
  const lastFirst = [...(order.waiting ?? [])].sort((a, b) => b.releasesAtMs - a.releasesAtMs || b.id - a.id);
  for (const { id, rule, releasesAtMs } of lastFirst) {
    // what waits for a budget is taken for its own share alone
    if (releasesAtMs === NEVER) continue;
    const move = left === 0 ? null : takeHeld(work, id, left);
    if (move === null) continue;
    left += move.points;
    moves.push(move);
    const share = shares.find((one) => one.id === rule);
    if (share !== undefined) share.shrunk = (share.shrunk ?? 0) - move.points;
  }
  dropEmpty(work, order);
  return moves;
}

/** Gives points of shares that waited when a refund took them again, as far as they would still wait. */
export function holdAgain(
  work: Work,
  order: Order,
  shares: Share[],
  { points, now }: { points: number; now: number },
): PendingMove[] {
  let left = points;
  return shares.flatMap((share) => {
    const releasesAtMs = releaseOf(order, share.wait, now);
    const again = Math.min(left, share.shrunk ?? 0);
    if (again === 0 || releasesAtMs <= now) return [];
    left -= again;
    share.shrunk = (share.shrunk ?? 0) - again;
    return [holdShare(work, order, { share, points: again, releasesAtMs, sinceMs: now })];
  });
}

/** A delivery, or one that was told too early, changes until when points wait. */
export function moveWaiting(work: Work, order: Order, shares: readonly Share[], now: number): void {
  for (const one of order.waiting ?? []) {
    if (one.releasesAtMs === NEVER) continue;
    const share = shares.find(({ id }) => id === one.rule);
    const pending = work.pending.all.get(one.id);
    if (share?.wait?.after !== 'delivered' || pending === undefined || pending.points === 0) continue;
    const releasesAtMs = releaseOf(order, share.wait, now);
    if (releasesAtMs === one.releasesAtMs) continue;
    takeHeld(work, one.id, pending.points);
    dropEmpty(work, order);
    holdShare(work, order, { share, points: pending.points, releasesAtMs, sinceMs: pending.sinceMs });
  }
}

/** Whether these points wait for a parcel that has not arrived: until when is not known, but at the latest. */
export function waitsForArrival(order: Order, id: number): boolean {
  const rule = order.waiting?.find((one) => one.id === id)?.rule;
  const share = order.award?.shares.find((one) => one.id === rule);
  return share?.wait?.after === 'delivered' && deliveredAtMs(order) === null;
}

function dropEmpty(work: Work, order: Order): void {
  const left = (order.waiting ?? []).filter(({ id }) => (work.pending.all.get(id)?.points ?? 0) > 0);
  setWaiting(order, left);
}

/** `order` is a copy of the decision's own. */
export function setWaiting(order: Order, waiting: Waiting[]): void {
  if (waiting.length > 0) order.waiting = waiting;
  else delete order.waiting;
}
