/** When a whole balance runs out because nothing happened, and which ends of points were told. */
import type { Stage } from './programme.ts';

/** Of points that run out lot by lot. */
export interface LotNotice {
  /** What runs out up to this instant was told, or is over. */
  toldMs: number;
  /** Later dates that were told, each by itself: points may come back to one before them. Bounded. */
  ahead?: number[];
  /** Nothing that is not told runs out before this; absent: nothing does at all. */
  nextMs?: number;
  /** When that is to be told, or found to be gone. */
  atMs?: number;
}

export interface ActivityState {
  /** Since when nothing happened to the balance that counts as activity; absent: there is none that could run out. */
  sinceMs?: number;
  /** When it all runs out as things stand; absent: it does not. */
  endMs?: number;
  /** Stage -> the end of the balance that was told. */
  told?: Partial<Record<Stage, number>>;
  lots?: Partial<Record<Stage, LotNotice>>;
}

/** Of two customers who turned out to be one: whoever was active last, was active. A notice may come again rather than not at all. */
export function joinActivity(
  own: ActivityState | undefined,
  other: ActivityState | undefined,
): ActivityState | undefined {
  if (own === undefined || other === undefined) return own ?? other;
  const isOwn = (own.sinceMs ?? 0) >= (other.sinceMs ?? 0);
  const { sinceMs, endMs, told } = isOwn ? own : other;
  const lots = joinLots(own.lots, other.lots);
  return {
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(endMs === undefined ? {} : { endMs }),
    ...(told === undefined ? {} : { told }),
    ...(lots === undefined ? {} : { lots }),
  };
}

function joinLots(own: ActivityState['lots'], other: ActivityState['lots']): ActivityState['lots'] {
  if (own === undefined || other === undefined) return own ?? other;
  const joined = { ...own };
  for (const stage of ['warning', 'last_chance'] as const) {
    const [ours, theirs] = [own[stage], other[stage]];
    const both = ours === undefined || theirs === undefined ? (ours ?? theirs) : toldToBoth(ours, theirs);
    if (both !== undefined) joined[stage] = both;
  }
  return joined;
}

/** When the next one is due is worked out anew by all lots: whoever joins is held against the programme. */
function toldToBoth(own: LotNotice, other: LotNotice): LotNotice {
  const isTold = (date: number, { toldMs, ahead = [] }: LotNotice) => date <= toldMs || ahead.includes(date);
  const toldMs = Math.min(own.toldMs, other.toldMs);
  const dates = [...new Set([own, other].flatMap((one) => [one.toldMs, ...(one.ahead ?? [])]))];
  const ahead = dates.filter((date) => date > toldMs && isTold(date, own) && isTold(date, other));
  return { toldMs, ...(ahead.length === 0 ? {} : { ahead }) };
}
