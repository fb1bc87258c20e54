/** Reaches a customer, or whoever that customer turned out to be: one on the way arrives before anything is told. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';
import { handOver } from './hand-over.ts';
import type { Input } from './input.ts';
import type { Answer } from './record.ts';
import { recordIn } from './stubs.ts';

const MOST_ROUNDS = 8;

export interface Reached {
  customer: string;
  answer: Answer;
  rowsWritten: number;
  projected: boolean;
}

export interface Reach {
  customer: string;
  input: Input;
  /** How long to wait for D1's copy; 0: not at all. */
  waitMs: number;
}

/** Runs one input there; null where the customer kept moving. `version`: of the settings that the caller has seen. */
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
    customer = (await directory.current(customer)) ?? told.moved;
  }
  return null;
}
