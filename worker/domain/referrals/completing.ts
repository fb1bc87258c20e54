/**
 * How a referral ends at the friend. It is decided here and held as `completing` until the referrer's object has answered:
 * then it is completed, or it is not; what came in between is done next, so that both sides end the same.
 */

import type { JsonObject } from '../json.ts';
import type { PointsEntry } from '../ledger.ts';
import { givenProperties, pointsGiven } from '../loyalty/give-bonus.ts';
import type { When } from '../loyalty/part.ts';
import { issueReward } from '../rewards/issue.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { change, keep, tell } from './changing.ts';
import type { Given, Received } from './state.ts';
import { takePointsBack } from './take-back.ts';

export interface Ending {
  terms: Terms;
  when: When;
}

/** Decided: the referrer's object is asked. No row yet, for nobody knows what it will say. */
export function beginCompletion(work: Work, received: Received): void {
  tell(work, { ...received, status: 'completing', version: received.version + 1 });
}

/** The referrer's object gave what was promised, or would not; the friend keeps what is theirs in any case. */
export function endCompletion(work: Work, received: Received, refusal: string | null, { terms, when }: Ending): void {
  const friend = refusal === 'self' ? null : received.promised.friend;
  const givings = friend?.kind === 'points' ? [{ bonus: friend, by: originOf(received), reason: 'Referral' }] : [];
  const entries = pointsGiven(work, givings, terms, when.atMs);
  const [entry] = entries;
  const got: Given = { ...received.got, ...(entry === undefined ? {} : { points: lotOf(entry) }) };
  const status = refusal === null ? 'completed' : refusal === 'self' ? 'blocked' : 'cancelled';
  const outcome: Partial<Received> = refusal === null ? { granted: true } : { reasons: [refusal] };
  const ended: Partial<Received> = { status, got, ...outcome };
  change(work, received, ended, { terms, when, entries, properties: givenProperties(givings, entries, terms) });
}

/** A reward for the friend comes with the claim, in a row of its own. */
export function giveFriend(work: Work, received: Received, { terms, when }: Ending): Received {
  const { friend } = received.promised;
  if (friend?.kind !== 'reward' || received.got?.voucher !== undefined) return received;
  const origin = { kind: 'given' as const, by: originOf(received) };
  const voucher = issueReward(work, { reward: friend.reward, origin, key: originOf(received) }, terms, when);
  if (voucher === null) return received;
  return { ...received, got: { ...received.got, voucher: { id: voucher.id, code: voucher.code } } };
}

interface Cancelling extends Ending {
  reason: string;
  key?: string | null;
  about?: JsonObject;
  status?: 'cancelled' | 'blocked';
}

/** What the friend got in points goes back where it was not used; else it stays, and is flagged. */
export function cancel(work: Work, received: Received, ending: Cancelling): Received {
  const { reason, terms, when, key = null, about = {}, status = 'cancelled' } = ending;
  const back = takePointsBack(work, received.got ?? null, originOf(received), when.nowMs);
  const { points: _, ...got } = received.got ?? {};
  const changes = { status, reasons: [reason], got, ...(back.flagged ? { flagged: true as const } : {}) };
  return change(work, received, changes, { terms, when, key, about, entries: back.entries });
}

/** Nobody ordered in time. The friend hears nothing of it. */
export function expire(work: Work, received: Received, { terms, when }: Ending): void {
  change(work, received, { status: 'expired' }, { terms, when, name: null });
}

export function originOf({ id }: Pick<Received, 'id'>): string {
  return `referral:${id}`;
}

export function lotOf({ points, lots }: PointsEntry): NonNullable<Given['points']> {
  return { points, expiresAtMs: lots[0]?.expiresAtMs ?? 0 };
}

/** The referrer's object heard a change; the next is told. */
export function heard(work: Work, received: Received, version: number): Received {
  const { telling: _, ...rest } = received;
  const after = { ...rest, told: Math.max(rest.told, version) };
  keep(work, after);
  return after;
}
