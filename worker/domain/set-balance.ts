/** A balance as it is to be: what it takes to get there is given or taken. Decided where the balance is known, so nothing slips in between. */
import { type AdjustmentWords, decideAdjustment } from './adjustment.ts';
import type { State } from './customer.ts';
import type { Decision } from './decision.ts';
import type { Terms } from './terms.ts';

export interface BalanceSetting extends AdjustmentWords {
  op: 'set_balance';
  /** Not negative. */
  balance: number;
}

export function decideBalanceSetting(state: State, input: BalanceSetting, terms: Terms, now: number): Decision {
  const points = input.balance - state.head.balance;
  return decideAdjustment(state, { ...input, op: 'adjust', points }, terms, now);
}
