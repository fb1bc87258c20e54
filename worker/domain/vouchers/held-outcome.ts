/** What an operation on a held voucher comes to: the row it leaves, or why it was refused. */
import type { JournalKind } from '../journal.ts';
import type { JsonObject } from '../json.ts';
import type { Refusal } from '../refusal.ts';
import type { Work } from '../work.ts';
import type { Refused } from './refused.ts';
import type { Voucher } from './voucher.ts';

/** What it changed it has put into the work. */
export type Outcome =
  | { kind: JournalKind; name: string | null; orderId?: string | null; about: JsonObject }
  | { refusal: Refusal; name?: string; about?: JsonObject };

export function refusedBy({ key, message, details, ownMessage, facts }: Refused): Refusal {
  return { reason: 'voucher_refused', key, message, details, ownMessage, facts };
}

export function notFound(what: 'voucher' | 'redemption'): { refusal: Refusal } {
  return { refusal: { reason: 'not_found', what } };
}

/** One that is there; whoever holds it may have had it taken away. */
export function heldIn(work: Work, id: string): Voucher | null {
  const voucher = work.vouchers.all.get(id);
  return voucher === undefined || voucher.held?.removed === true ? null : voucher;
}
