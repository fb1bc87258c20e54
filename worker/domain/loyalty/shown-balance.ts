/** What a shopper is told of a balance of which some is owed: beside it or within it, as the programme says. The ledger is the same. */
import type { Head } from '../customer.ts';
import type { Programme } from '../programme.ts';

export interface ShownBalance {
  /** Below zero only where the programme shows what is owed as such. */
  balance: number;
  /** Taken from the next points that are earned. */
  owed: number;
}

export function shownBalance(
  { balance, debt }: Pick<Head, 'balance' | 'debt'>,
  { overdrawn }: Pick<Programme, 'overdrawn'>,
): ShownBalance {
  return overdrawn === 'negative_balance' ? { balance, owed: 0 } : { balance: balance + debt, owed: debt };
}
