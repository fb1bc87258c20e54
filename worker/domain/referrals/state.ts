/** Whom a customer brought, and by whom they were brought. Small: it is kept beside the balance. */
import type { Bonus } from '../loyalty/bonus.ts';

export const REFERRAL_STATUSES = ['pending', 'held', 'blocked', 'completed', 'cancelled', 'expired'] as const;
export type ReferralStatus = (typeof REFERRAL_STATUSES)[number];

/** What the programme promised on the day of the claim; later programmes do not touch it. */
export interface Promised {
  friend: Bonus | null;
  referrer: Bonus | null;
  minimumMinor: number;
  waitingDays: number;
}

/** What somebody got for a referral, as it is found again. */
export interface Given {
  /** Of points: how many, and when their lot runs out. */
  points?: { points: number; expiresAtMs: number };
  voucher?: { id: string; code: string };
}

/** One person was brought by another: kept by the one who was brought, who decides what becomes of it. */
export interface Received {
  id: string;
  code: string;
  /** The customer who brought them, by the id of that day. */
  referrer: string;
  /** `completing`: decided, and the referrer's object does not know it yet. */
  status: ReferralStatus | 'completing';
  /** Why it is held, blocked or cancelled. */
  reasons: string[];
  promised: Promised;
  claimedAtMs: number;
  /** When it is forgotten without an order; null: never. */
  expiresAtMs: number | null;
  /** How many orders there were at the claim, and the first of those that came since. */
  ordersBefore: number;
  ordersSince: string[];
  /** The order that completes it, from when on. */
  order?: { id: string; completesAtMs: number };
  got?: Given;
  /** The referrer's object granted the reward. */
  granted?: true;
  /** Something of what was given could not be taken back. */
  flagged?: true;
  /** How often it changed, how many of the changes the referrer's object was told, and whether it is being told one. */
  version: number;
  told: number;
  telling?: true;
}

export interface ReferralState {
  /** A referrer's code by whose link they came, without having claimed anything. */
  link?: { code: string; atMs: number };
  /** The newest last. At most one is alive; two only until those of two customers who turned out to be one are sorted. */
  received?: Received[];
  /** How many friends came, those left out who sent everything back. */
  completed?: number;
}

/** So many are remembered of somebody; only the last can be alive. */
export const MOST_RECEIVED = 4;

const ALIVE: readonly Received['status'][] = ['pending', 'held', 'completing', 'completed'];

/** Whether it still comes to something, or already did. */
export function isAlive({ status }: Received): boolean {
  return ALIVE.includes(status);
}

/** How many friends a customer brought, for tiers: over a life. */
export function completedReferrals(state: ReferralState | undefined): number {
  return state?.completed ?? 0;
}

/** Of two customers who turned out to be one. Which of two that are alive goes on is decided when the next thing is due: at once. */
export function joinReferrals(
  own: ReferralState | undefined,
  other: ReferralState | undefined,
): ReferralState | undefined {
  if (own === undefined || other === undefined) return own ?? other;
  const received = [...(own.received ?? []), ...(other.received ?? [])].sort((a, b) => a.claimedAtMs - b.claimedAtMs);
  const completed = completedReferrals(own) + completedReferrals(other);
  const [link] = [own.link, other.link].flatMap((one) => one ?? []).sort((a, b) => b.atMs - a.atMs);
  return {
    ...(link === undefined ? {} : { link }),
    ...(received.length === 0 ? {} : { received }),
    ...(completed === 0 ? {} : { completed }),
  };
}

/** The one that is alive, or else the newest; undefined for who was never brought. */
export function currentOf(state: ReferralState | undefined): Received | undefined {
  const received = state?.received ?? [];
  return received.findLast(isAlive) ?? received.at(-1);
}
