/** What the drawer's first answer says of the programme: its parts, the shopper's points, where they stand among the tiers. Pure. */
import type { ShopperStanding } from '../customers/reader.ts';
import { ratio } from '../domain/money.ts';
import type { Programme } from '../domain/programme.ts';
import type { Tier } from '../domain/tiers/programme.ts';
import type { TierStanding } from '../domain/tiers/standing.ts';
import type { HubCustomer, HubShop } from '../wire/hub.ts';
import type { HubTier } from '../wire/hub-programme.ts';

/** Which parts there is anything to show of. */
export function partsOf({ order, earning, birthdays, referrals, rewards, members }: Programme): HubShop['programme'] {
  const earns = order !== null || (earning?.rules.length ?? 0) > 0 || birthdays !== undefined;
  return {
    rewards: rewards?.rewards.some(({ active }) => active) ?? false,
    referrals: referrals !== undefined,
    earning: earns || (referrals !== undefined && referrals.referrer !== null),
    // whom the programme takes in by itself may leave, and come back
    joining: members !== undefined,
  };
}

/** A debt is told by itself, and is no balance; who takes no part is shown nothing. */
export function pointsView(
  { worth }: Pick<Programme, 'worth'>,
  { participation, balance, debt, pending, nextExpiry }: ShopperStanding,
): HubCustomer['points'] {
  if (participation === 'disabled') return { balance: 0, owed: 0, pending: null, worthMinor: null, nextExpiry: null };
  const spendable = Math.max(0, balance);
  const worthMinor = worth === null ? null : ratio(spendable, worth.worthMinor, worth.points);
  return { balance: spendable, owed: debt, pending, worthMinor, nextExpiry };
}

export function tierView(standing: TierStanding | null): HubTier | null {
  if (standing === null) return null;
  const { tier, metric, progress, next, keep } = standing;
  return {
    current: tier === null ? null : stepOf(tier),
    metric,
    progress,
    next: next === null ? null : { ...stepOf(next.tier), threshold: next.tier.threshold, missing: next.missing },
    floor: tier?.threshold ?? 0,
    keep,
  };
}

function stepOf({ name, perks }: Tier): { name: string; perks: string[] } {
  return { name, perks };
}
