/** Referrals as a part of the programme, at the friend: orders, time, and what the referrer's object answers. */
import type { Head } from '../customer.ts';
import type { Answered } from '../errand.ts';
import { textOf } from '../json.ts';
import type { Happened, Part, When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { attribute, attributed } from './attribution.ts';
import { REFERRAL_ERRAND, receivedOf, tell } from './changing.ts';
import { clashing, settleClash } from './clash.ts';
import { beginCompletion, endCompletion, expire, heard } from './completing.ts';
import { afterOrder } from './friend-orders.ts';
import { followLink } from './link.ts';
import type { Received } from './state.ts';

export const referralsPart: Part = {
  after,
  dueMs,
  due,
  answered,
  // whoever turned out to be another customer is held against the programme anew
  changed: (work, when, terms) => settleClash(work, terms, when),
};

function after(work: Work, happened: Happened, terms: Terms): void {
  followLink(work, happened, terms);
  afterOrder(work, happened, terms);
  attribute(work, happened, terms);
}

function dueMs({ loyalty }: Head): number | null {
  const received = loyalty.referral?.received ?? [];
  const clash = clashing(received).map(({ claimedAtMs }) => claimedAtMs);
  const dues = [...clash, ...received.flatMap((one) => dueOf(one) ?? [])];
  return dues.length === 0 ? null : Math.min(...dues);
}

/** When it completes, or is forgotten. */
function dueOf({ status, order, expiresAtMs }: Received): number | null {
  if (status === 'pending' && order !== undefined) return order.completesAtMs;
  return (status === 'pending' || status === 'held') && order === undefined ? expiresAtMs : null;
}

/** As it reads at an instant, whatever was not done yet. */
export function asOf(received: Received, now: number): Received {
  const isForgotten = received.order === undefined && (dueOf(received) ?? Number.POSITIVE_INFINITY) <= now;
  return isForgotten ? { ...received, status: 'expired' } : received;
}

function due(work: Work, when: When, terms: Terms): void {
  settleClash(work, terms, when);
  for (const received of receivedOf(work)) {
    if ((dueOf(received) ?? Number.POSITIVE_INFINITY) > when.atMs) continue;
    if (received.order === undefined) expire(work, received, { terms, when });
    else beginCompletion(work, received);
  }
}

function answered(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  attributed(work, { errand, answer }, terms, when);
  if (errand.kind !== REFERRAL_ERRAND) return;
  const id = textOf(errand.body, 'referral');
  const before = receivedOf(work).find((one) => one.id === id);
  if (before === undefined) return;
  const received = heard(work, before, Number(errand.body.version));
  if (errand.body.ask === 'reward') rewardAnswered(work, received, answer, { terms, when });
  else if (errand.body.ask === 'revoke' && answer.flagged === true) tell(work, { ...received, flagged: true });
  else tell(work, received);
}

/** Where it was cancelled meanwhile, what was granted is asked back. */
function rewardAnswered(
  work: Work,
  received: Received,
  answer: Answered['answer'],
  { terms, when }: { terms: Terms; when: When },
): void {
  const refusal = answer.granted === true ? null : (textOf(answer, 'reason') ?? 'refused');
  if (received.status === 'completing') endCompletion(work, received, refusal, { terms, when });
  else tell(work, refusal === null ? { ...received, granted: true } : received);
}
