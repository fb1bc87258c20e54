/** Where a code leads whose voucher is not here. */
import type { Found } from './calls.ts';
import type { CodeRow } from './entries.ts';

/** null: the voucher is here. */
export function foundOf(row: CodeRow | null, idOf: (code: string) => string): Exclude<Found, { owner: 'here' }> | null {
  if (row === null) return { owner: 'none' };
  const { owner, customer } = row;
  if (owner === 'here') return null;
  if (owner === 'gone' || customer === null) return { owner: 'gone' };
  return owner === 'referral' ? { owner, customer } : { owner, customer, voucher: idOf(row.code) };
}
