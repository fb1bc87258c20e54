/** Codes of a campaign that are given by themselves: to whom something happens, or who enters a segment. Pure data, and which may be kept. */
import type { RuleTree } from '../vouchers/rule-definition.ts';

export type DistributionTrigger =
  | { on: 'segment'; segment: string }
  /** By its canonical name. */
  | { on: 'event'; event: string };

export interface Distribution {
  /** `dst_…` */
  id: string;
  name: string;
  campaign: string;
  trigger: DistributionTrigger;
  /** What must hold as well when it happens; null: nothing. */
  when: RuleTree | null;
  /** Nobody but whom the code was given to may redeem it. */
  holderOnly: boolean;
  /** Also whom a changed definition or an import brings into the segment. */
  byJobs: boolean;
  active: boolean;
  createdAtMs: number;
  updatedAtMs: number;
}

export type DistributionChange =
  | { kind: 'add'; distribution: Distribution }
  /** What sets it off and whose codes it gives stay. */
  | { kind: 'change'; id: string; change: Partial<Omit<Distribution, 'id' | 'trigger' | 'campaign' | 'createdAtMs'>> }
  | { kind: 'drop'; id: string };
export type DistributionRefusal = 'full' | 'unknown';

/** Every isolate reads all of them with the shop. */
export const MOST_DISTRIBUTIONS = 100;
const MOST_CHARACTERS = 256 * 1024;

/** The distributions after the change. One that is added again under its id stays as it is. */
export function withChange(
  all: readonly Distribution[],
  change: DistributionChange,
): Distribution[] | DistributionRefusal {
  const id = change.kind === 'add' ? change.distribution.id : change.id;
  const isKnown = all.some((one) => one.id === id);
  if (change.kind === 'add') return isKnown ? [...all] : bounded([...all, change.distribution]);
  if (!isKnown) return 'unknown';
  if (change.kind === 'drop') return all.filter((one) => one.id !== id);
  return bounded(all.map((one) => (one.id === id ? { ...one, ...change.change } : one)));
}

function bounded(all: Distribution[]): Distribution[] | 'full' {
  return all.length > MOST_DISTRIBUTIONS || JSON.stringify(all).length > MOST_CHARACTERS ? 'full' : all;
}
