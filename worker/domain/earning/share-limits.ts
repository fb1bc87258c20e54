/**
 * The shares of an order against the limits of their rules. A share counts once, when it first stands; one that finds its
 * limit used up is out for good, so that the order's own facts may come in any order.
 */
import type { Order } from '../order.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import type { Share } from './award.ts';
import { counted, roomOf } from './limits.ts';
import { capped, type ShareStanding, standingsOf } from './shares.ts';

export interface Day {
  terms: Terms;
  /** The instant of the decision. */
  now: number;
  /** When it happened; limits count it there. */
  atMs: number;
}

/** What stands of each share, and notes in the customer's head what was used. */
export function countShares(work: Work, order: Order, shares: Share[], day: Day): ShareStanding[] {
  for (;;) {
    const standings = standingsOf(order, shares);
    const barred = standings.find((one) => isFirst(one) && pointsLeft(work, one.share, day) === 0);
    if (barred === undefined) return standings.map((one) => count(work, order, one, day));
    // whoever it outranked comes in
    barred.share.barred = true;
  }
}

/** It stands, and was not counted yet. */
function isFirst({ share, hindrance, earned }: ShareStanding): boolean {
  const stands = hindrance === null && (earned > 0 || share.gives.kind === 'reward');
  return stands && share.limits.length > 0 && share.used === undefined;
}

function count(work: Work, order: Order, standing: ShareStanding, day: Day): ShareStanding {
  const { share, earned } = standing;
  if (share.limits.length === 0 || (share.used === undefined && !isFirst(standing))) return standing;
  const more = Math.max(0, earned - (share.used ?? 0));
  const points = Math.min(more, pointsLeft(work, share, day));
  if (share.used === undefined || points > 0) {
    use(work, share, { times: share.used === undefined ? 1 : 0, points }, day);
    share.used = (share.used ?? 0) + points;
  }
  return capped(order, standing, share.used);
}

/** A share that was counted uses no more times: only limits of points bound what it grows by. */
function pointsLeft(work: Work, share: Share, { terms, atMs }: Day): number {
  const limits = share.used === undefined ? share.limits : share.limits.filter(({ of }) => of === 'points');
  return roomOf(work.head.loyalty.earning?.used?.[share.id], limits, atMs, zoneOf(terms)).points;
}

function use(
  work: Work,
  share: Share,
  { times, points }: { times: 0 | 1; points: number },
  { terms, atMs }: Day,
): void {
  const { earning } = work.head.loyalty;
  const next = counted(earning, share, { times, points, atMs }, zoneOf(terms));
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, earning: next } };
}

function zoneOf({ segments }: Terms): string {
  return segments.manner.timeZone;
}
