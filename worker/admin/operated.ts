/** An operation of one customer, asked for under an `Idempotency-Key`: run once, answered from its journal row for ever. */
import type { JournalRow } from '../domain/journal.ts';
import type { Operation } from '../domain/operations.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { AppContext } from '../http/app.ts';
import { fingerprintOf, idempotencyKey } from '../http/idempotency-key.ts';
import { operate } from '../routing/follow.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { ProblemError } from '../wire/problem.ts';

const COPY_WAIT_MS = 1_000;

export interface Asked {
  key: string;
  fingerprint: string;
}

export interface Outcome {
  customer: string;
  row: JournalRow;
  refusal: Refusal | null;
  headers: Record<string, string>;
}

/** Throws where the key came with another request before, and `unavailable` where the customer kept moving. */
export async function operated(
  c: AppContext,
  shop: ShopSnapshot,
  customer: string,
  operationOf: (asked: Asked) => Operation,
): Promise<Outcome> {
  const key = `op:${idempotencyKey(c) ?? crypto.randomUUID()}`;
  const operation = operationOf({ key, fingerprint: await fingerprintOf(c) });
  const input = { kind: 'operation' as const, operation };
  const told = await operate(c.env, shop, { customer, input, waitMs: COPY_WAIT_MS });
  c.set('rowsWritten', told.rowsWritten);
  const { answer } = told;
  if (answer.verdict === 'mismatch') throw new ProblemError('idempotency_mismatch');
  if (answer.verdict === 'failed' || answer.verdict === 'late' || answer.row === null)
    throw new Error('an operation without its journal row');
  const headers = {
    'X-Projected': String(told.projected),
    ...(answer.verdict === 'duplicate' ? { 'Idempotent-Replayed': 'true' } : {}),
  };
  return { customer: told.customer, row: answer.row, refusal: answer.refusal, headers };
}
