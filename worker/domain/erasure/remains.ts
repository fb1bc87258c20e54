/**
 * What is left of a customer who is erased: amounts with their dates, under a random subject. Points lapse. Everything that
 * somebody wrote, named or chose is left out, whatever it says. Pure.
 */
import type { Head } from '../customer.ts';
import type { JournalRow } from '../journal.ts';
import type { Lot, PointsEntry } from '../ledger.ts';
import { carriedFrom } from '../merge.ts';

/** Who a row belonged to before it was carried, once nobody is to know: it was counted where it was written first. */
const SOMEBODY = 'erased';

/** The row that takes a balance to nothing: open lots are closed, and what was owed is owed no more. */
export function lapse({ balance, debt }: Pick<Head, 'balance' | 'debt'>, lots: Lot[]): PointsEntry[] {
  if (balance === 0 && lots.length === 0) return [];
  const takes = lots.map(({ lot, remaining, expiresAtMs }) => ({ lot, points: 0 - remaining, expiresAtMs }));
  const blank = { orderId: null, reason: 'erased' };
  return [{ kind: 'expired', points: 0 - balance, balanceAfter: 0, lots: takes, debt: 0 - debt, ...blank }];
}

/** A row of the ledger without what it was for. Whoever reads ledgers goes on seeing the same sums. */
export function anonymous(row: JournalRow): JournalRow {
  const carried = carriedFrom(row);
  const entries = row.entries.map((entry): PointsEntry => {
    const { kind, points, balanceAfter, lots, debt, rule } = entry;
    const reason = entry.reason === 'erased' ? entry.reason : null;
    return { kind, points, balanceAfter, lots, debt, orderId: null, reason, ...(rule && { rule }) };
  });
  const about = carried === null ? {} : { carried: { ...carried, customer: SOMEBODY } };
  return { ...row, name: null, key: null, orderId: null, entries, about };
}
