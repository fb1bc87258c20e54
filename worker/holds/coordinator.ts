/**
 * Who knows what became of an operation that several objects take part in. A participant whose hold nobody posted or voided
 * asks here, and never decides by itself: where the coordinator has not heard of the operation, asking ends it for good.
 */
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import { recordAt } from './customer.ts';

/** `op` and `fingerprint`: as the coordinator knows the operation. */
export type Coordinator = {
  op: string;
  fingerprint: string /** Which of several uses it is about. */;
  place: number;
} & (
  | { kind: 'customer'; customer: string }
  /** An object of codes, by its name. */
  | { kind: 'codes'; object: string }
);

export type Outcome =
  /** `cost`: what it came to; null: to what was reckoned. */
  | { state: 'posted'; cost: Cost | null }
  | { state: 'voided' }
  /** It is still going on; ask again. */
  | { state: 'open' };

/** Throws where the coordinator cannot be reached: nothing is known then. */
export async function outcomeOf(env: Env, shop: string, coordinator: Coordinator): Promise<Outcome> {
  const { op, fingerprint, place } = coordinator;
  if (coordinator.kind === 'codes') return remote(env.CODES, coordinator.object).outcome(op, fingerprint, place);
  const operation = { op: 'abandon' as const, key: op, fingerprint };
  const answer = await recordAt(env, shop, coordinator.customer, { kind: 'operation', operation });
  if (answer === 'gone' || answer.verdict === 'mismatch') return { state: 'voided' };
  if (answer.verdict === 'failed' || answer.verdict === 'late') throw new Error('the coordinator did not answer');
  return answer.refusal === null ? { state: 'posted', cost: null } : { state: 'voided' };
}
