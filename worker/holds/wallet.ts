/** Puts a voucher into a customer's wallet from within another object. */

import type { Refusal } from '../domain/refusal.ts';
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { Env } from '../env.ts';
import { recordAt } from './customer.ts';

/** null: they have it. Throws where nobody can say. */
export async function putAt(env: Env, shop: string, customer: string, operation: HoldVoucher): Promise<Refused | null> {
  const answer = await recordAt(env, shop, customer, { kind: 'operation', operation });
  if (answer === 'gone') return refusal('invalid_customer', 'the customer is gone');
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate')
    throw new Error('a voucher was not put into a wallet');
  return answer.refusal === null ? null : refusedIn(answer.refusal);
}

/** What an operation on a voucher was refused with, in the words of vouchers. */
export function refusedIn(why: Refusal): Refused {
  if (why.reason === 'voucher_refused') {
    const { key, message, details, ownMessage, facts } = why;
    return { key, message, details, ownMessage, facts };
  }
  if (why.reason === 'not_found') return refusal('not_found', `there is no such ${why.what}`);
  if (why.reason === 'abandoned') return refusal('multiple_requests', 'it was given up before it came');
  return refusal('invalid_customer', why.reason);
}
