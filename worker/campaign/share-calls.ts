/** What the root of a budget and its shares ask of each other, and how both look at a call. */
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Given } from '../domain/vouchers/budget-shares.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { CountName } from '../domain/vouchers/facts.ts';
import type { Tally } from '../domain/vouchers/tally.ts';
import type { ReserveCall, Reserved, Taking } from './calls.ts';

/** A share may give away up to its limits from now on. */
export interface Opening {
  epoch: number;
  limit: Caps;
  /** What others had used and kept when it was opened. */
  base: Cost;
  /** Of the calls that it is for: see `mannerOf`. */
  manner: string;
  /** Operations that the root may have decided. */
  seen: Uint8Array;
}

/** What a share has given away and keeps. */
export interface Standing extends Given {
  tally: Tally | null;
}

/** `closed`: it decides nothing by itself now. `short`: it has less than that, and so has the root. */
export type Passed = 'closed' | 'short';

export type Deciding = { how: 'reserve'; call: ReserveCall } | { how: 'take'; call: Taking };

export interface Drawing {
  share: number;
  epoch: number;
  /** The limits that the share knows of: where the root gave it more since, that was lost on the way, and is the answer. */
  have: Caps;
  want: Cost;
}

/** What is to become of an operation; `actual` null: it came to what was kept. */
export type Ending = { became: 'posted'; actual: Cost | null } | { became: 'voided' };

/** `unknown`: it was never decided here. `false`: it was not granted, or voided. */
export type EndTold = boolean | 'unknown' | 'closed';

export type { Given, Reserved };

/** Calls of different caps are not decided side by side: a share is for one manner of call. */
export function mannerOf({ caps, bounds = null }: Pick<Taking, 'caps' | 'bounds'>): string {
  const of = (one: Caps | null) => [one?.redemptions ?? null, one?.discountMinor ?? null, one?.ordersMinor ?? null];
  return JSON.stringify([of(caps), of(bounds)]);
}

const SUMS: Partial<Record<CountName, keyof Caps>> = {
  'campaign.redemptions.ever': 'redemptions',
  'campaign.discount_minor': 'discountMinor',
  'campaign.orders_minor': 'ordersMinor',
};

/** Whether a share can decide it: no count is asked for but sums that its limits bound already. */
export function isPlain(counts: readonly CountName[], limit: Caps): boolean {
  return counts.every((name) => {
    const kind = SUMS[name];
    return kind !== undefined && limit[kind] !== null;
  });
}
