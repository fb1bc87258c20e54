/** What a customer took of the rewards: how many of each, and how many in the period that is counted. Bounded by the rewards. */

export interface Taken {
  ever: number;
  /** When the period began that `inPeriod` counts; null: the reward is counted over a life. */
  periodMs: number | null;
  inPeriod: number;
}

export interface RewardState {
  dueMs?: number;
  /** By the reward's id. */
  taken?: Record<string, Taken>;
}

/** One more, in the period that began at `periodMs`. */
export function withTaken(state: RewardState | undefined, reward: string, periodMs: number | null): RewardState {
  const before = state?.taken?.[reward];
  const inPeriod = before !== undefined && before.periodMs === periodMs ? before.inPeriod : 0;
  const taken = { ever: (before?.ever ?? 0) + 1, periodMs, inPeriod: inPeriod + 1 };
  return { ...state, taken: { ...state?.taken, [reward]: taken } };
}

/** One that was taken in the period that began at `periodMs` was given back. */
export function withoutTaken(state: RewardState | undefined, reward: string, periodMs: number | null): RewardState {
  const before = state?.taken?.[reward];
  if (before === undefined) return state ?? {};
  const inPeriod = before.periodMs === periodMs ? Math.max(0, before.inPeriod - 1) : before.inPeriod;
  const taken = { ...before, ever: Math.max(0, before.ever - 1), inPeriod };
  return { ...state, taken: { ...state?.taken, [reward]: taken } };
}

/** Of two customers who turned out to be one: what both took counts. */
export function joinRewards(own: RewardState | undefined, other: RewardState | undefined): RewardState | undefined {
  if (own === undefined || other === undefined) return own ?? other;
  const taken = { ...own.taken };
  for (const [reward, theirs] of Object.entries(other.taken ?? {})) {
    const ours = taken[reward];
    taken[reward] = ours === undefined ? theirs : joinTaken(ours, theirs);
  }
  return { ...own, ...(Object.keys(taken).length === 0 ? {} : { taken }) };
}

function joinTaken(own: Taken, other: Taken): Taken {
  const ever = own.ever + other.ever;
  if (own.periodMs === other.periodMs) return { ...own, ever, inPeriod: own.inPeriod + other.inPeriod };
  const newer = (own.periodMs ?? 0) > (other.periodMs ?? 0) ? own : other;
  return { ...newer, ever };
}
