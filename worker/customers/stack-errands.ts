/** The errands of stacks that several wallets take part in: one asks who decides, the other has another wallet's part taken back. */
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import type { RollBackVouchers } from '../domain/vouchers/held-request.ts';
import type { Env } from '../env.ts';
import { type Coordinator, outcomeOf } from '../holds/coordinator.ts';
import { recordAt } from '../holds/customer.ts';
import type { AskingShop } from './asking.ts';

/** `posted` or `voided`, for good: one that was not decided on by now never will be. */
export async function askOutcome(env: Env, { id }: AskingShop, { body }: OpenErrand): Promise<JsonObject> {
  const { state } = await outcomeOf(env, id, body.decider as unknown as Coordinator);
  if (state === 'open') throw new Error('it is still going on');
  return { state };
}

/** `done` false: there was nothing to take back there any more. */
export async function rollBackElsewhere(env: Env, { id }: AskingShop, { body }: OpenErrand): Promise<JsonObject> {
  const operation = body.operation as unknown as RollBackVouchers;
  const answer = await recordAt(env, id, textOf(body, 'holder') ?? '', { kind: 'operation', operation });
  if (answer === 'gone' || answer.verdict === 'mismatch') return { done: false };
  if (answer.verdict !== 'recorded' && answer.verdict !== 'duplicate') throw new Error('a rollback was not recorded');
  return { done: answer.refusal === null };
}
