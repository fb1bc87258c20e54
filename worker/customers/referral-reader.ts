/** Referrals of one customer as of now: whom they brought, by whom they were brought, and whether they may bring anybody. */
import { textOf } from '../domain/json.ts';
import { participationOf } from '../domain/members/participation.ts';
import type { Made } from '../domain/referrals/made.ts';
import { asOf } from '../domain/referrals/part.ts';
import { completedReferrals, currentOf, type Received } from '../domain/referrals/state.ts';
import type { Terms } from '../domain/terms.ts';
import type { MadePlace } from './referral-store.ts';
import type { CustomerStore } from './store.ts';

export interface ReferralsOf {
  moved: null;
  /** Takes part, and meets what the programme asks of who refers. */
  mayRefer: boolean;
  /** The e-mail of the profile. */
  email: string | null;
  orders: number;
  completed: number;
  /** The newest first: the one that counts is the one that is alive, else the newest. */
  received: Received[];
  current: Received | null;
  made: Made[];
  next: MadePlace | null;
}

export interface ReferralsPage {
  limit: number;
  before: MadePlace | null;
}

export function referralsOf(
  store: CustomerStore,
  customer: string,
  { limit, before }: ReferralsPage,
  at: { terms: Terms; now: number },
): ReferralsOf | { moved: string } | null {
  const head = store.head(customer);
  if (head === null) return null;
  if (head.movedTo !== null) return { moved: head.movedTo };
  const now = Math.max(head.nowMs, at.now);
  const { programme } = at.terms;
  const isMember = participationOf(head, programme, () => false) === 'member';
  const hasBought = programme.referrals?.whoRefers !== 'buyers' || head.orders > 0;
  const referral = head.loyalty.referral;
  const current = currentOf(referral);
  const made = limit === 0 ? [] : store.referrals.page(customer, limit + 1, before);
  const last = made.length > limit ? made[limit - 1] : undefined;
  return {
    moved: null,
    mayRefer: programme.referrals !== undefined && isMember && hasBought,
    email: textOf(head.traits, 'email'),
    orders: head.orders,
    completed: completedReferrals(referral),
    received: (referral?.received ?? []).map((one) => asOf(one, now)).reverse(),
    current: current === undefined ? null : asOf(current, now),
    made: made.slice(0, limit),
    next: last === undefined ? null : { startedAtMs: last.startedAtMs, id: last.id },
  };
}
