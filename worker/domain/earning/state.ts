/** How often a customer earned by a rule that limits it, and how much. Bounded: what a rule's limits do not ask for is not kept. */

/** How often, and how many points. */
export type Count = [times: number, points: number];

/** In the period that began at an instant: the last one in which anything was earned. */
export type PeriodCount = [fromMs: number, ...Count];

export interface Usage {
  /** In all. */
  all: Count;
  day?: PeriodCount;
  week?: PeriodCount;
  month?: PeriodCount;
  /** Each by itself, oldest first, for rolling windows: an instant and the points; at most `MOST_RECENT`. */
  recent?: [atMs: number, points: number][];
}

export interface EarningState {
  /** By the rule's id. */
  used?: Record<string, Usage>;
}

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

export const MOST_RECENT = 100;

/** Of two customers who turned out to be one: what both used counts. */
export function joinEarning(own: EarningState | undefined, other: EarningState | undefined): EarningState | undefined {
  if (own?.used === undefined || other?.used === undefined) return own?.used === undefined ? (other ?? own) : own;
  const used = { ...own.used };
  for (const [rule, theirs] of Object.entries(other.used)) {
    const ours = used[rule];
    used[rule] = ours === undefined ? theirs : joinUsage(ours, theirs);
  }
  return { used };
}

function joinUsage(own: Usage, other: Usage): Usage {
  const joined: Usage = { all: [own.all[0] + other.all[0], own.all[1] + other.all[1]] };
  for (const period of PERIODS) {
    const [ours, theirs] = [own[period], other[period]];
    const newer = (ours?.[0] ?? -1) >= (theirs?.[0] ?? -1) ? ours : theirs;
    if (newer === undefined) continue;
    const isSame = ours !== undefined && theirs !== undefined && ours[0] === theirs[0];
    joined[period] = isSame ? [ours[0], ours[1] + theirs[1], ours[2] + theirs[2]] : newer;
  }
  const recent = [...(own.recent ?? []), ...(other.recent ?? [])].sort((a, b) => a[0] - b[0]);
  if (recent.length > 0) joined.recent = bounded(recent);
  return joined;
}

/** Of too many, the oldest are taken together at the later one's instant: they count longer rather than shorter. */
export function bounded(recent: [number, number][]): [number, number][] {
  const kept = [...recent];
  while (kept.length > MOST_RECENT) {
    const [first, second] = kept.splice(0, 2);
    if (first === undefined || second === undefined) break;
    kept.unshift([second[0], first[1] + second[1]]);
  }
  return kept;
}
