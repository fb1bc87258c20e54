/** A customer who looks for ways to earn, and the parts of a programme that these tests ask for. */
import { newHead } from '../../../worker/domain/customer.ts';
import type { EarningRule } from '../../../worker/domain/earning/programme.ts';
import type { EarningWays } from '../../../worker/domain/earning/way.ts';
import { waysFor } from '../../../worker/domain/earning/ways.ts';
import type { Loyalty } from '../../../worker/domain/loyalty/state.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { NO_REWARDS, type Reward } from '../../../worker/domain/rewards/programme.ts';
import { DAY, NOW, terms } from '../given.ts';
import { onlyRules } from './given-rules.ts';

export const ADA = { ...newHead(NOW), known: true };

interface Who {
  head?: Partial<typeof ADA>;
  segments?: string[];
  at?: number;
}

export function look(programme: Partial<Programme>, { head = {}, segments = [], at = NOW }: Who = {}): EarningWays {
  const guardedSince = (group: string) => (segments.includes(group) ? NOW - DAY : null);
  return waysFor({ head: { ...ADA, ...head }, guardedSince }, terms(programme), at);
}

export const rulesOf = (...rules: EarningRule[]) => onlyRules(...rules);
export const ids = ({ ways }: EarningWays) => ways.map(({ id }) => id);
export const gives = (found: EarningWays) => found.ways.map((way) => way.gives);
export const states = ({ ways }: EarningWays) => ways.map(({ id, state, againAtMs }) => [id, state, againAtMs]);
export const inTier = (id: string): Partial<typeof ADA> => ({ loyalty: { tier: { id } } as Loyalty });

export const tiers: NonNullable<Programme['tiers']> = {
  metric: 'points',
  spent: 'paid',
  window: 'lifetime',
  startsAtMs: null,
  tiers: [{ id: 'gold', name: 'Gold', threshold: 100, entry: null, perks: [] }],
  entryRewards: 'each_passed',
  demotion: 'one_down',
  graceDays: 0,
  onRefund: 'at_once',
  noticeDays: null,
};

const gift: Reward = {
  id: 'gift',
  name: 'A bag of beans',
  text: null,
  active: true,
  benefit: { kind: 'perk' },
  price: null,
  tierPrices: {},
  stock: null,
  limit: null,
  onlyFor: { segments: [], tiers: [] },
  expires: null,
  minimumMinor: null,
  applicable: { only: [], not: [] },
  combinable: true,
  prefix: '',
};
export const withGift = (active = true) => ({ rewards: { ...NO_REWARDS, rewards: [{ ...gift, active }] } });

export function referrals(
  changes: Partial<NonNullable<Programme['referrals']>> = {},
): NonNullable<Programme['referrals']> {
  return {
    friend: null,
    referrer: { kind: 'points', points: 150 },
    minimumMinor: 0,
    waitingDays: 0,
    claimWithinDays: 30,
    expiresAfterDays: null,
    whoRefers: 'members',
    attribution: 'last',
    landingUrl: null,
    checks: { self: true, knownCustomers: true, sameBrowser: true, perAddress: null },
    ...changes,
  };
}
