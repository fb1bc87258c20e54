/** Two customers who were each brought by somebody turn out to be one: one of the two referrals goes on. */
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { receivedOf } from './changing.ts';
import { cancel } from './completing.ts';
import { isAlive, type Received } from './state.ts';

/** Those that have to go: whoever is furthest goes on, then whoever began first. What is completed stays. */
export function clashing(received: readonly Received[]): Received[] {
  const alive = received.filter(isAlive);
  const [, ...others] = [...alive].sort((a, b) => rankOf(a) - rankOf(b) || a.claimedAtMs - b.claimedAtMs);
  return others.filter(({ status }) => status !== 'completed');
}

function rankOf({ status, order }: Received): number {
  if (status === 'completed') return 0;
  if (status === 'completing') return 1;
  if (status === 'held') return 4;
  return order === undefined ? 3 : 2;
}

export function settleClash(work: Work, terms: Terms, when: When): void {
  for (const one of clashing(receivedOf(work))) cancel(work, one, { reason: 'brought_by_another', terms, when });
}
