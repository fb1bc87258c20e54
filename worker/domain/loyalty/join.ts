/** What the programme knew of two customers who turned out to be one. */
import { joinBirthdays } from '../birthdays/state.ts';
import { joinEarning } from '../earning/state.ts';
import { joinActivity } from '../inactivity/state.ts';
import { joinMemberships } from '../members/state.ts';
import { joinReferrals } from '../referrals/state.ts';
import { joinRewards } from '../rewards/state.ts';
import { joinTiers } from '../tiers/state.ts';
import type { Loyalty } from './state.ts';

export function joinLoyalty(own: Loyalty, other: Loyalty): Loyalty {
  const joined = {
    pending: (own.pending ?? 0) + (other.pending ?? 0) || undefined,
    member: joinMemberships(own.member, other.member),
    earning: joinEarning(own.earning, other.earning),
    activity: joinActivity(own.activity, other.activity),
    birthday: joinBirthdays(own.birthday, other.birthday),
    tier: joinTiers(own.tier, other.tier),
    rewards: joinRewards(own.rewards, other.rewards),
    referral: joinReferrals(own.referral, other.referral),
    dueMs: earlier(own.dueMs, other.dueMs),
  };
  const known = Object.entries(joined).filter(([, value]) => value !== undefined);
  // whoever joins is held against the programme anew
  return known.length === 0 ? {} : { ...Object.fromEntries(known), programmeVersion: 0 };
}

function earlier(own: number | undefined, other: number | undefined): number | undefined {
  return own === undefined || other === undefined ? (own ?? other) : Math.min(own, other);
}
