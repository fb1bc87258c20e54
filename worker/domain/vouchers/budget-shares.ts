/**
 * A budget that lies in several places: what each share may give away by itself, and what is left beside them. A share never
 * gives away more than its limit, and all limits together with what the root gave never pass the cap. All of it is absolute,
 * so a message that is lost, doubled or late changes nothing.
 */
import type { Cost } from './budget.ts';
import type { Caps } from './campaign.ts';
import { hashOf } from './op-filter.ts';

/** For ever: an operation finds its share by it. */
export const SHARES = 8;
/** While it has this many times the cost for each share, a budget is worth splitting. */
const WORTH_SPLITTING = 16;
const KINDS = ['redemptions', 'discountMinor', 'ordersMinor'] as const;
const NOTHING: Cost = { redemptions: 0, discountMinor: 0, ordersMinor: 0 };

/** What a share has given away since it was first opened, and keeps now. */
export interface Given {
  used: Cost;
  held: Cost;
}

/** As the root knows it. */
export interface Share extends Given {
  /** Grows each time it is opened. */
  epoch: number;
  /** It decides by itself; else the root decides for it. */
  open: boolean;
  /** `used` and `held` of it never pass this. */
  limit: Cost;
}

export const NO_SHARE: Share = { epoch: 0, open: false, limit: NOTHING, used: NOTHING, held: NOTHING };

/** The share that an operation belongs to, for ever. */
export function shareOf(op: string): number {
  return hashOf(op, 0x5bd1e995) % SHARES;
}

/** The caps as they are left for the root itself; below 0 where shares gave more than they may by now. */
export function besideShares(caps: Caps, shares: readonly Share[]): Caps {
  const left = (kind: keyof Cost) => {
    const cap = caps[kind];
    return cap === null ? null : cap - shares.reduce((sum, { limit }) => sum + limit[kind], 0);
  };
  return { redemptions: left('redemptions'), discountMinor: left('discountMinor'), ordersMinor: left('ordersMinor') };
}

/** What can still be kept under these caps; Infinity: any amount. */
export function roomIn(caps: Caps, { used, held }: Given): Cost {
  return mapped((kind) => Math.max(0, (caps[kind] ?? Number.POSITIVE_INFINITY) - used[kind] - held[kind]));
}

export function fitsIn(room: Cost, cost: Cost): boolean {
  return KINDS.every((kind) => cost[kind] <= room[kind]);
}

/** Whether so much is left that shares would not run short at once. */
export function isWorthSplitting(room: Cost, cost: Cost): boolean {
  return KINDS.every((kind) => cost[kind] * SHARES * WORTH_SPLITTING <= room[kind]);
}

/** What one of the shares is given at first, and each time it runs short: half of its part of what is left. */
export function partOf(room: Cost): Cost {
  return mapped((kind) => (Number.isFinite(room[kind]) ? Math.floor(room[kind] / SHARES / 2) : 0));
}

/** It may give away so much more. `room`: of the root. */
export function opened(share: Share, part: Cost): Share {
  return { ...share, epoch: share.epoch + 1, open: true, limit: plus(share.limit, part) };
}

/** With its next part; null: there is not as much as it wants. */
export function drawn(share: Share, room: Cost, want: Cost): Share | null {
  if (!fitsIn(room, want)) return null;
  const part = partOf(room);
  const most = mapped((kind) => Math.max(part[kind], Number.isFinite(room[kind]) ? want[kind] : 0));
  return { ...share, limit: plus(share.limit, most) };
}

/** It gives nothing away any more: what it has not used or kept is free again. */
export function closed(share: Share, { used, held }: Given): Share {
  return { ...share, open: false, used, held, limit: plus(used, held) };
}

/** What it told of itself: once it is closed, uses only grow and what it keeps only shrinks, so an old word is known by that. */
export function heard(share: Share, told: Given): Share {
  const used = mapped((kind) => Math.max(share.used[kind], told.used[kind]));
  if (share.open) return { ...share, used, held: told.held };
  const held = mapped((kind) => Math.min(share.held[kind], told.held[kind]));
  return { ...share, used, held, limit: plus(used, held) };
}

/** All that shares gave away and keep. */
export function givenIn(shares: readonly Share[]): Given {
  const sum = (name: 'used' | 'held') => shares.reduce((all, share) => plus(all, share[name]), NOTHING);
  return { used: sum('used'), held: sum('held') };
}

/** The limits that bind: of what is not capped there is none. */
export function limitsOf({ limit }: Pick<Share, 'limit'>, caps: Caps): Caps {
  const bound = (kind: keyof Cost) => (caps[kind] === null ? null : limit[kind]);
  return {
    redemptions: bound('redemptions'),
    discountMinor: bound('discountMinor'),
    ordersMinor: bound('ordersMinor'),
  };
}

/** The narrower of two. */
export function narrower(a: Caps, b: Caps): Caps {
  const least = (kind: keyof Cost) => {
    const [one, other] = [a[kind], b[kind]];
    return one === null ? other : other === null ? one : Math.min(one, other);
  };
  return {
    redemptions: least('redemptions'),
    discountMinor: least('discountMinor'),
    ordersMinor: least('ordersMinor'),
  };
}

function plus(a: Cost, b: Cost): Cost {
  return mapped((kind) => a[kind] + b[kind]);
}

function mapped(of: (kind: keyof Cost) => number): Cost {
  return { redemptions: of('redemptions'), discountMinor: of('discountMinor'), ordersMinor: of('ordersMinor') };
}
