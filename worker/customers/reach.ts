/** Reaches a customer, or whoever that customer turned out to be: one on the way arrives before anything is told. */
import { ERASED } from '../domain/customer.ts';
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import { handOver } from './hand-over.ts';
import type { Input } from './input.ts';
import type { FollowedAnswer } from './record.ts';
import { recordIn } from './stubs.ts';

const MOST_ROUNDS = 8;

export interface Reached {
  customer: string;
  answer: FollowedAnswer;
  rowsWritten: number;
  projected: boolean;
}

export interface Reach {
  customer: string;
  input: Input;
  /** How long to wait for D1's copy; 0: not at all. */
  waitMs: number;
}

/** Runs one input there; null where the customer kept moving; verdict `erased` where there is nobody. `version`: of the settings that the caller has seen. */
export async function reach(env: Env, shop: { id: string; version: number }, wanted: Reach): Promise<Reached | null> {
  const directory = remote(env.DIRECTORY, `directory:${shop.id}`);
  let { customer } = wanted;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const group = { customer, known: false, inputs: [wanted.input] };
    const { groups, rowsWritten, projected } = await recordIn(env, shop, [group], wanted.waitMs);
    const told = groups[0];
    if (told === undefined) throw new Error('no answer for the operation');
    if (told.moved === null) {
      const answer = told.answers[0];
      if (answer === undefined) throw new Error('no answer for the operation');
      return { customer, answer, rowsWritten, projected };
    }
    for (const move of await directory.moves([customer])) await handOver(env, shop, move, directory);
    const current = await directory.current(customer);
    if (current === null && told.moved === ERASED)
      return { customer, answer: { verdict: 'erased' }, rowsWritten: 0, projected: true };
    customer = current ?? told.moved;
  }
  return null;
}
