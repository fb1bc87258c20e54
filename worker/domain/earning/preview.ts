/** What an order would earn if it were paid now: the same decision as the real one, which then nobody writes. */
import type { State } from '../customer.ts';
import type { MemberState } from '../members/state.ts';
import { emptyOrder } from '../order.ts';
import type { OrderSnapshot } from '../order-facts.ts';
import type { Terms } from '../terms.ts';
import { open } from '../work.ts';
import type { Share } from './award.ts';
import { type Compiled, compiledEarning } from './compiled.ts';
import { type Hindrance, hindranceOf, isFor, type Judge, judgeOf } from './judge.ts';
import { countShares } from './share-limits.ts';
import { awardOf, type ShareStanding } from './shares.ts';
import { releaseOf } from './waiting.ts';

export interface RulePreview {
  id: string;
  name: string;
  points: number;
  /** The reward that it would give. */
  reward: string | null;
  /** The tier (`tier:…`) and the campaigns that multiply it. */
  multipliedBy: string[];
  /** When the points could be spent; null: at once. Until a delivery it is the longest wait. */
  releasesAtMs: number | null;
  /** What counts of the order, in minor units. */
  baseMinor: number;
  /** Why it gives nothing; null: it gives something, or a part of a point. */
  hindrance: Hindrance | null;
}

export interface CampaignPreview {
  id: string;
  name: string;
  hindrance: Hindrance | null;
}

export interface EarningPreview {
  state: MemberState;
  tier: string | null;
  points: number;
  rules: RulePreview[];
  campaigns: CampaignPreview[];
}

/** `assumeMember`: nobody is asked, and it is said what a member would earn. */
export function previewOrder(
  state: State,
  order: OrderSnapshot,
  terms: Terms,
  { nowMs, assumeMember }: { nowMs: number; assumeMember: boolean },
): EarningPreview {
  const work = open(state);
  const asked = judgeOf(work, terms.programme, nowMs);
  const judge: Judge = assumeMember ? { ...asked, state: 'member', earns: true } : asked;
  const compiled = compiledEarning(terms.programme);
  const { placedAtMs } = order;
  const { shares } = awardOf(compiled, judge, { placedAtMs, version: terms.programmeVersion });
  const paid = { ...emptyOrder(order.orderId), snapshot: order, paidAtMs: nowMs };
  const isForeign = order.currency !== terms.currency;
  const standings = isForeign ? [] : countShares(work, paid, shares, { terms, now: nowMs, atMs: nowMs });
  const releaseAt = (share: Share) => {
    const at = releaseOf(paid, share.wait, nowMs);
    return at > nowMs ? at : null;
  };
  const given = standings.map((standing) => ruleOf(standing, releaseAt(standing.share)));
  const missing = compiled.orders.flatMap((rule): RulePreview[] => {
    if (given.some(({ id }) => id === rule.id)) return [];
    const hindrance = hindranceOf(rule, judge, placedAtMs) ?? (isForeign ? 'other_currency' : 'outranked');
    const nothing = { points: 0, reward: null, multipliedBy: [], releasesAtMs: null, baseMinor: 0 };
    return [{ id: rule.id, name: rule.name, ...nothing, hindrance }];
  });
  return {
    state: judge.state,
    tier: judge.tier,
    points: given.reduce((sum, { points }) => sum + points, 0),
    rules: [...given, ...missing],
    campaigns: campaignsOf(compiled, judge, standings, placedAtMs),
  };
}

function ruleOf({ share, earned, hindrance, multipliedBy, baseMinor }: ShareStanding, at: number | null): RulePreview {
  const reward = share.gives.kind === 'reward' && hindrance === null ? share.gives.reward : null;
  const releasesAtMs = earned > 0 ? at : null;
  return { id: share.id, name: share.name, points: earned, reward, multipliedBy, releasesAtMs, baseMinor, hindrance };
}

function campaignsOf(
  { campaigns, orders }: Compiled,
  judge: Judge,
  standings: readonly ShareStanding[],
  placedAtMs: number,
): CampaignPreview[] {
  return campaigns.map((campaign) => {
    const { id, name, minimumMinor } = campaign;
    const rules = new Set(orders.flatMap((rule) => (isFor(campaign, rule) ? rule.id : [])));
    const bases = standings.flatMap(({ share, hindrance, baseMinor }) =>
      rules.has(share.id) && hindrance === null ? baseMinor : [],
    );
    const most = Math.max(0, ...bases);
    const reached = bases.length === 0 ? 'nothing_counts' : most < minimumMinor ? 'below_minimum' : null;
    return { id, name, hindrance: hindranceOf(campaign, judge, placedAtMs) ?? reached };
  });
}
