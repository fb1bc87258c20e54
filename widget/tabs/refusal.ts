/** Why a write came to nothing, in the shopper's words. */
import type { HubError } from '../session/api.ts';
import type { TabWords } from '../strings/tab-words.ts';

/** `otherwise` is said for what has no words of its own. */
export function refusalOf({ own, strings }: TabWords, { key, reason }: HubError, otherwise: string): string {
  if (key === 'unavailable') return own.unsure;
  if (key === 'rate_limited') return strings.tooMany;
  if (key === 'signed_out') return strings.failedLead;
  if (reason === 'insufficient_points' || reason === 'below_minimum') return own.tooFew;
  if (reason === 'out_of_stock') return own.outOfStock;
  return reason === 'reward_limit' ? own.limitReached : otherwise;
}
