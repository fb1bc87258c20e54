/** A referral as it begins, be it by a claim or by an order, and what whoever claims is told of it. */
import type { JsonObject } from '../json.ts';
import { DAY_MS, type Work } from '../work.ts';
import { publicStatus } from './changing.ts';
import type { ReferralProgramme } from './programme.ts';
import type { Received } from './state.ts';

export interface Beginnings {
  /** The new referral's. */
  id: string;
  code: string;
  referrer: string;
  /** Why it is blocked, and why somebody has to look at it. */
  blocked: string[];
  held: string[];
}

/** A referral that begins at `claimedAtMs`, with what the programme promises today. */
export function receivedFrom(
  { head }: Work,
  { id, code, referrer, blocked, held }: Beginnings,
  programme: ReferralProgramme,
  claimedAtMs: number,
): Received {
  const { minimumMinor, waitingDays, expiresAfterDays } = programme;
  return {
    id,
    code,
    referrer,
    status: blocked.length > 0 ? 'blocked' : held.length > 0 ? 'held' : 'pending',
    reasons: blocked.length > 0 ? blocked : held,
    promised: { friend: programme.friend, referrer: programme.referrer, minimumMinor, waitingDays },
    claimedAtMs,
    expiresAtMs: expiresAfterDays === null ? null : claimedAtMs + expiresAfterDays * DAY_MS,
    ordersBefore: head.orders,
    ordersSince: [],
    version: 0,
    told: 0,
  };
}

/** What whoever claims is told. */
export function answerOf(received: Received): JsonObject {
  const { id, got } = received;
  return { referral: id, status: publicStatus(received), voucher: got?.voucher?.code ?? null };
}
